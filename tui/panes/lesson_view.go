package panes

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"podium/i18n"
	"podium/lessons"
)

// A leaf collects the rows of a lesson's page, each exactly as wide as the pane.
type leaf struct {
	s        Scene
	set      *typesetter
	width    int
	rows     []string
	goals    int            // the row the goals begin at
	commands map[int]string // by row
}

func newLeaf(s Scene, set *typesetter, width int) leaf {
	return leaf{s: s, set: set, width: width, commands: map[int]string{}}
}

func (l *leaf) add(row string) { l.rows = append(l.rows, Fit(row, l.width, l.s.Theme.Ellipsis)) }

// gap parts what follows from what is there by one empty row.
func (l *leaf) gap() {
	if n := len(l.rows); n > 0 && !emptyRow(l.rows[n-1]) {
		l.add("")
	}
}

func (l *leaf) markdown(text string) {
	commands := lessons.Commands(text)
	for _, row := range l.set.rows(l.s.Theme, text, l.width) {
		for _, command := range commands {
			if strings.TrimSpace(stripped(row)) == command {
				l.commands[len(l.rows)] = command
			}
		}
		l.add(row)
	}
}

// paragraph adds wrapped text in one style behind a mark, the rest of its rows
// indented as far as the mark is wide.
func (l *leaf) paragraph(mark string, style lipgloss.Style, text string) {
	indent := cells(stripped(mark))
	for i, row := range wrap(Clean(text), l.width-indent) {
		if i > 0 {
			mark = strings.Repeat(" ", indent)
		}
		l.add(mark + style.Render(row))
	}
}

func (l *leaf) say(id string, pairs ...any) string { return l.s.Lang.Say(i18n.M(id, pairs...)) }

// heading adds a small title above what the learner asked to see.
func (l *leaf) heading(text string) {
	l.gap()
	l.add(l.s.Theme.Calm.Bold(true).Render(text))
}

// compose makes the page of the step being read.
func (l *Lesson) compose(s Scene) {
	p := &l.page
	session := s.Session
	if session.IsZero() {
		return
	}
	if session.Index() >= len(session.Lesson().Steps) {
		p.summary()
		return
	}
	words := session.Words(s.Lang)
	p.paragraph("", s.Theme.Strong, words.Title)
	p.gap()
	p.markdown(textOf(s))
	p.symptoms()
	l.question()
	p.verdicts()
	p.predictions()
	over := s.Round.Debrief != nil && session.Lesson().IsFault()
	if !over {
		p.help()
	}
	p.won()
	if session.Met() && strings.TrimSpace(words.Debrief) != "" {
		p.heading(p.say("tui.lesson.debrief"))
		p.markdown(lessons.On(words.Debrief, s.Lab.Provider))
	}
	p.round()
	if over { // what helped comes after what it was
		p.help()
	}
	if session.Met() && session.Step().Table {
		p.comparison()
	}
	p.outlook()
}

// help adds the hints and the solution that were asked for.
func (l *leaf) help() {
	for i, hint := range l.s.Session.Hints(l.s.Lang) {
		l.heading(l.say("tui.lesson.hint", "Number", i+1))
		l.markdown(hint)
	}
	l.solution()
}

// textOf is the text of the step being read, as it reads on this cluster.
func textOf(s Scene) string {
	return lessons.On(s.Session.Words(s.Lang).Text, s.Lab.Provider)
}

// verdicts adds the goals, each with what was seen at its right.
func (l *leaf) verdicts() {
	step, words := l.s.Session.Step(), l.s.Session.Words(l.s.Lang)
	verdicts := l.s.Session.Verdicts()
	if len(step.Goals) == 0 || len(verdicts) == 0 {
		l.goals = len(l.rows)
		return
	}
	l.gap()
	l.goals = len(l.rows)
	for i, goal := range step.Goals {
		if i < len(verdicts) {
			l.goal(words.Goals[goal.ID], verdicts[i])
		}
	}
}

func (l *leaf) goal(sentence string, v lessons.Verdict) {
	th := l.s.Theme
	mark, style, side := th.Faint.Render(th.Unmet)+" ", th.Text, th.Faint
	seen := Clean(l.s.Lang.Say(v.Seen))
	switch {
	case v.Met:
		mark = th.Good.Render(th.Met) + " "
	case v.Broken:
		mark, style, side = th.Bad.Render(th.Broken)+" ", th.Bad, th.Bad
		seen += " " + th.Here + " F4 " + l.say("tui.offer.again")
	case l.s.Checking:
		mark = th.Waiting.Render(th.Unmet) + " "
	}
	const apart = 2
	if n := cells(seen); n > 0 && cells(Clean(sentence))+n+apart+2 <= l.width {
		l.add(mark + style.Render(Fit(Clean(sentence), l.width-2-n, "")) + side.Render(seen))
		return
	}
	l.paragraph(mark, style, sentence)
	for _, row := range wrap(strings.TrimSpace(seen), l.width-4) {
		l.add(strings.Repeat(" ", max(2, l.width-cells(row))) + side.Render(row))
	}
}

// predictions adds what the learner said before, and what the cluster answered.
func (l *leaf) predictions() {
	th := l.s.Theme
	for _, p := range l.s.Session.Revealed() {
		if p.Said == "" {
			continue
		}
		l.gap()
		said, answer := l.answer(p, p.Said), l.answer(p, p.Answer)
		switch {
		case !p.Known:
			l.paragraph(th.Waiting.Render(th.Unmet)+" ", th.Text, l.say("tui.lesson.said", "Said", said))
		case p.Right:
			l.paragraph(th.Good.Render(th.Met)+" ", th.Text, l.say("tui.lesson.said-right", "Said", said))
		default:
			l.paragraph(th.Waiting.Render(th.Here)+" ", th.Text, l.say("tui.lesson.said-other", "Said", said, "Answer", answer))
		}
	}
}

// answer is an answer as the learner reads it: a number, or a choice's sentence.
func (l *leaf) answer(p lessons.Prediction, key string) string {
	lesson := l.s.Session.Lesson()
	for _, step := range lesson.Steps {
		if step.ID != p.StepID || step.Ask == nil {
			continue
		}
		sentences := lesson.Words[l.s.Lang].Steps[step.ID].Choices
		for i, choice := range step.Ask.Choices {
			if choice == key && i < len(sentences) {
				return sentences[i]
			}
		}
	}
	return key
}

func (l *leaf) solution() {
	if !l.s.Session.SolutionShown() {
		return
	}
	l.heading(l.say("tui.lesson.solution"))
	for _, line := range l.s.Session.Step().Solution {
		for i, part := range strings.Split(line, "\n") {
			if i == 0 {
				l.commands[len(l.rows)] = line
			}
			l.paragraph("  ", l.s.Theme.Code, part)
		}
	}
	if !l.s.Session.Met() {
		l.paragraph("", l.s.Theme.Faint, l.say("tui.lesson.solution-again"))
	}
}

// outlook adds what the learner can do now.
func (l *leaf) outlook() {
	th, session := l.s.Theme, l.s.Session
	switch {
	case l.s.Onlooker:
	case session.Met() || session.Rereading():
		l.gap()
		id := "tui.lesson.go-on"
		if session.Lesson().IsFault() {
			id = "tui.practice.another"
		}
		if session.Step().Kind == lessons.Read || session.Rereading() {
			id = "tui.lesson.turn"
		}
		l.paragraph(th.Accent.Render("F5 "), th.Text, l.say(id))
	case session.HintsLeft() > 0 && len(session.Step().Goals) > 0:
		l.gap()
		shown := len(session.Hints(l.s.Lang))
		l.paragraph(th.Accent.Render("F2 "), th.Faint, l.say("tui.lesson.hints-left", "Number", shown+1, "Hints", shown+session.HintsLeft()))
	}
}

// summary is the page after the last step.
func (l *leaf) summary() {
	th, session := l.s.Theme, l.s.Session
	p := session.Progress()
	title := Clean(session.Lesson().Words[l.s.Lang].Title)
	l.paragraph(th.Good.Render(th.Met)+" ", th.Strong, l.say("tui.lesson.done", "Title", title))
	l.gap()
	spent := time.Duration(p.Seconds * float64(time.Second))
	minutes := fmt.Sprintf("%d:%02d", int(spent.Minutes()), int(spent.Seconds())%60)
	l.fact("tui.lesson.time", minutes)
	l.fact("tui.lesson.steps-met", fmt.Sprintf("%d / %d", len(p.Done), len(session.Lesson().Steps)))
	l.fact("tui.lesson.hints", fmt.Sprint(p.Hints))
	l.fact("tui.lesson.solutions", fmt.Sprint(p.Solutions))
	right, all := 0, 0
	for _, q := range p.Predictions {
		if q.Answer != "" && q.Said != "" {
			all++
			if q.Right {
				right++
			}
		}
	}
	if all > 0 {
		l.fact("tui.lesson.predictions", fmt.Sprintf("%d / %d", right, all))
	}
	l.comparison()
	l.gap()
	if next, ok := following(l.s); ok {
		l.paragraph(th.Accent.Render("F5 "), th.Text, l.say("tui.lesson.next-lesson", "Title", Clean(next.Words[l.s.Lang].Title)))
	}
	l.paragraph(th.Accent.Render("F9 "), th.Text, l.say("tui.lesson.back-home"))
}

func (l *leaf) fact(id, value string) {
	const column = 26
	l.add("  " + l.s.Theme.Faint.Render(Fit(l.say(id), min(column, l.width/2), l.s.Theme.Ellipsis)) + " " + value)
}

// following is the lesson after the one that is open.
func following(s Scene) (lessons.Lesson, bool) {
	for i, l := range s.Lessons {
		if l.ID == s.Session.Lesson().ID && i+1 < len(s.Lessons) {
			return s.Lessons[i+1], true
		}
	}
	return lessons.Lesson{}, false
}
