package panes

import (
	"fmt"
	"time"

	"podium/lessons"
)

// Timely implements [Timely]: a clock runs.
func (l *Lesson) Timely(s Scene) bool { return s.Round.Timed && s.Round.Ended.IsZero() }

// symptoms adds what showed when a round began, and its clock.
func (l *leaf) symptoms() {
	s := l.s
	lesson := s.Session.Lesson()
	if !lesson.IsFault() || s.Session.Step().ID != lessons.MendStep {
		return
	}
	l.gap()
	words := lesson.Words[s.Lang].Steps[lessons.SymptomStep]
	mark, style := s.Theme.Bad, s.Theme.Text
	if s.Session.Met() { // it was so
		mark, style = s.Theme.Faint, s.Theme.Faint
	}
	for _, g := range lesson.Steps[0].Goals {
		l.paragraph(mark.Render(s.Theme.Broken)+" ", style, words.Goals[g.ID])
	}
	l.clock()
}

// clock adds what is left of a round against the clock.
func (l *leaf) clock() {
	r := l.s.Round
	if !r.Timed || r.Began.IsZero() || !r.Ended.IsZero() {
		return
	}
	l.gap()
	if left := lessons.RoundTime - l.s.Now.Sub(r.Began); left > 0 {
		l.paragraph(l.s.Theme.Accent.Render(clockFace(left))+" ", l.s.Theme.Faint, l.say("tui.practice.left"))
	} else {
		l.paragraph(l.s.Theme.Waiting.Render(l.s.Theme.Here)+" ", l.s.Theme.Text, l.say("tui.practice.over"))
	}
}

func clockFace(d time.Duration) string {
	d = d.Round(time.Second)
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// won says that a round is over, once it has been looked at.
func (l *leaf) won() {
	if d := l.s.Round.Debrief; d != nil && l.s.Session.Lesson().IsFault() {
		l.gap()
		l.paragraph(l.s.Theme.Good.Render(l.s.Theme.Met)+" ", l.s.Theme.Good, l.say("tui.practice.won", "Took", clockFace(d.Mended.Sub(d.Began))))
	}
}

// round tells a round that is over once more.
func (l *leaf) round() {
	d := l.s.Round.Debrief
	if d == nil || !l.s.Session.Lesson().IsFault() {
		return
	}
	fault := l.s.Session.Lesson().Fault
	l.heading(l.say("tui.practice.debrief"))
	if d.Symptom.IsZero() { // failed requests alone told of it
		l.moment(d.Began, l.say("tui.practice.began"), "")
	} else {
		l.moment(d.Symptom, l.say("tui.practice.symptom"), "")
	}
	if d.Sign.Reason != "" {
		l.moment(d.Sign.At, l.say("tui.practice.sign"), d.Sign.Reason+" "+d.Sign.About)
	}
	if d.Saw.Line != "" {
		l.moment(d.Saw.At, l.say("tui.practice.saw"), d.Saw.Line)
	} else {
		l.moment(time.Time{}, l.say("tui.practice.seen-by"), fault.Clue.Line)
	}
	if d.Fixed.Line != "" {
		l.moment(d.Fixed.At, l.say("tui.practice.fixed"), d.Fixed.Line)
	}
	l.moment(d.Mended, l.say("tui.practice.mended"), "")
	id := "tui.practice.took"
	if l.s.Round.Timed && d.Mended.Sub(d.Began) > lessons.RoundTime {
		id = "tui.practice.took-long"
	}
	l.gap()
	p := l.s.Session.Progress()
	l.paragraph("", l.s.Theme.Text, l.say(id, "Hints", p.Hints, "Solutions", p.Solutions, "Seed", l.s.Round.Seed))
}

// moment adds what was at a time, and below it the command or object it is about.
func (l *leaf) moment(at time.Time, what, about string) {
	face := "        "
	if !at.IsZero() {
		face = at.Local().Format("15:04:05")
	}
	l.paragraph("  "+l.s.Theme.Faint.Render(face)+"  ", l.s.Theme.Text, what)
	if about != "" {
		l.paragraph("            ", l.s.Theme.Code, about)
	}
}
