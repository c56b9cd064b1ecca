package linemode

import (
	"context"
	"fmt"
	"time"

	"podium/cluster/why"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/recall"
)

// A round is a round of practice as it goes.
type round struct {
	lessons.Round
	prepared time.Time // when it was begun to be made
	began    time.Time // when the fault was in
	ended    time.Time // when all was well; zero before
	late     bool      // that the time is over was told
}

func (g *guide) practising() bool { return g.session.Lesson().IsFault() }

// practise leads through a round, and others after it while the learner likes.
func (g *guide) practise(ctx context.Context, r lessons.Round) error {
	if g.options.LoadFaults == nil {
		g.say("tui.practice.none")
		return nil
	}
	if err := g.open(ctx); err != nil {
		return err
	}
	defer func() { g.session, g.round = lessons.Session{}, round{} }()
	for again := true; again; {
		r = r.Sown(time.Now())
		fault, err := r.Deal(g.options.LoadFaults, lab.Offers(g.cluster))
		if err != nil {
			return g.refused(ctx, err)
		}
		begun, err := g.beginRound(ctx, fault, r)
		if err != nil || !begun {
			return err
		}
		err = g.teach(ctx)
		g.endLoad()
		if err != nil || !g.session.Done() {
			return err
		}
		if again, err = g.anotherRound(ctx); err != nil {
			return err
		}
		r = lessons.Round{Timed: r.Timed}
	}
	return nil
}

// beginRound makes the healthy application and puts the fault into it. It is
// false where that can't be, or without consent.
func (g *guide) beginRound(ctx context.Context, fault lessons.Lesson, r lessons.Round) (bool, error) {
	if g.cluster.ReadOnly {
		g.say("tui.read-only")
		return false, nil
	}
	folder := g.folder(lab.Bench)
	if agreed, err := g.agreed(ctx, folder); err != nil || !agreed {
		return false, err
	}
	g.session = lessons.Practise(fault, g.cluster.Namespace, g.newest)
	g.round = round{Round: r, prepared: time.Now()}
	err := g.reset(ctx)
	if err == nil {
		err = lab.Place(folder, nil, lab.Keep)
	}
	if err == nil {
		err = lab.NoteLesson(g.options.Note, folder)
	}
	if err != nil {
		return false, err
	}
	g.session = lessons.Practise(fault, g.cluster.Namespace, g.newest)
	g.listChoices()
	return true, g.entered(ctx)
}

// roundBegan starts the clock: the fault is in, and shows.
func (g *guide) roundBegan() {
	g.past = why.Past{} // who broke it, and how, is the riddle
	g.round.began, g.round.ended, g.round.late = time.Now(), time.Time{}, false
	if g.round.Timed {
		g.say("plain.timed", "Minutes", int(lessons.RoundTime.Minutes()))
	}
}

// clock tells once that a round against the clock has taken its time.
func (g *guide) clock() {
	r := &g.round
	if !g.practising() || !r.Timed || r.late || !r.ended.IsZero() || r.began.IsZero() || time.Since(r.began) < lessons.RoundTime {
		return
	}
	r.late = true
	g.line("")
	g.say("plain.time-over")
	g.mark()
}

// tellSymptoms says what showed when the round began.
func (g *guide) tellSymptoms() {
	if !g.practising() {
		return
	}
	lesson := g.session.Lesson()
	words := lesson.Words[g.options.Lang].Steps[lessons.SymptomStep]
	for _, goal := range lesson.Steps[0].Goals {
		g.say("plain.symptom", "Symptom", words.Goals[goal.ID])
	}
}

// tellRound tells a round that is over once more, and lets its fault come back.
func (g *guide) tellRound(ctx context.Context) {
	r := &g.round
	r.ended = time.Now()
	d := g.session.DebriefFrom(ctx, g.recorder, r.prepared, r.began, r.ended)
	moment := func(at time.Time, id, about string) {
		text := g.text(id)
		if about != "" {
			text += ": " + about
		}
		if !at.IsZero() {
			text = at.Local().Format(time.TimeOnly) + " " + text
		}
		g.line(text)
	}
	if d.Symptom.IsZero() { // failed requests alone told of it
		moment(d.Began, "tui.practice.began", "")
	} else {
		moment(d.Symptom, "tui.practice.symptom", "")
	}
	if d.Sign.Reason != "" {
		moment(d.Sign.At, "tui.practice.sign", d.Sign.Reason+" "+d.Sign.About)
	}
	if d.Saw.Line != "" {
		moment(d.Saw.At, "tui.practice.saw", d.Saw.Line)
	} else {
		moment(time.Time{}, "tui.practice.seen-by", g.session.Lesson().Fault.Clue.Line)
	}
	if d.Fixed.Line != "" {
		moment(d.Fixed.At, "tui.practice.fixed", d.Fixed.Line)
	}
	took, p := d.Mended.Sub(d.Began).Round(time.Second), g.session.Progress()
	id := "tui.practice.took"
	if r.Timed && took > lessons.RoundTime {
		id = "tui.practice.took-long"
	}
	g.say("tui.practice.won", "Took", fmt.Sprintf("%d:%02d", int(took.Minutes()), int(took.Seconds())%60))
	g.say(id, "Hints", p.Hints, "Solutions", p.Solutions, "Seed", r.Seed)
	g.keep(recall.FaultID(g.session.Lesson().ID), recall.GradeRound(p.Hints, p.Solutions, took))
}

// keep grades a card in the learner's file.
func (g *guide) keep(id string, grade recall.Grade) {
	deck, err := recall.Load(g.options.CardsPath)
	if err == nil {
		err = deck.Graded(id, grade, time.Now()).Save(g.options.CardsPath)
	}
	if err != nil {
		g.tell(i18n.Explain(err))
	}
}

// anotherRound asks whether to go on.
func (g *guide) anotherRound(ctx context.Context) (bool, error) {
	for {
		said, err := g.ask(ctx, "plain.next-round")
		switch {
		case err != nil:
			return false, err
		case said == "1" || g.isWord(said, onward):
			return true, nil
		case said == "2" || g.isWord(said, list):
			return false, nil
		case said == "3" || g.isWord(said, quit):
			return false, errLeave
		}
	}
}
