package lessons

import (
	"slices"

	"podium/cluster"
	"podium/i18n"
)

// Lesson returns the lesson. It is not to be written to.
func (s Session) Lesson() Lesson {
	if s.lesson == nil {
		return Lesson{}
	}
	return *s.lesson
}

// IsZero reports whether there is no lesson.
func (s Session) IsZero() bool { return s.lesson == nil }

// Done reports whether every step was gone through.
func (s Session) Done() bool { return s.lesson == nil || s.at >= len(s.lesson.Steps) }

// Index is the place, from 0, of the step being read; the number of steps when
// the lesson is done and its end is shown.
func (s Session) Index() int { return s.shown }

// Reached is the place of the step being worked on, at or after Index.
func (s Session) Reached() int { return s.at }

// Rereading reports whether an earlier step than the one reached is being read.
func (s Session) Rereading() bool { return s.shown < s.at }

// Step returns the step being read; the zero Step when the lesson is done.
func (s Session) Step() Step {
	if s.lesson == nil || s.shown >= len(s.lesson.Steps) {
		return Step{}
	}
	return s.lesson.Steps[s.shown]
}

// Words returns what the step being read says in a language.
func (s Session) Words(l i18n.Language) StepWords {
	if s.lesson == nil {
		return StepWords{}
	}
	return s.lesson.Words[l].Steps[s.Step().ID]
}

// Met reports whether the step being read is met. The session stays on a met
// step until Next, so that nothing vanishes under the reader's eyes.
func (s Session) Met() bool {
	switch {
	case s.Rereading():
		return true
	case s.Done():
		return false
	}
	return s.met || s.current().Kind == Read
}

// Broken reports whether the step can't be met any more in this attempt: begin
// it anew with a reset.
func (s Session) Broken() bool {
	return !s.Met() && slices.ContainsFunc(s.Verdicts(), func(v Verdict) bool { return v.Broken })
}

// Verdicts says how each goal of the step being read stands, in the order of
// its Goals. Those of a met step stay as they were when it was met.
func (s Session) Verdicts() []Verdict { return s.helpShown().verdicts }

func (s Session) helpShown() help {
	if s.lesson == nil || s.shown >= len(s.lesson.Steps) {
		return help{}
	}
	if s.Rereading() {
		return s.past[s.shown]
	}
	h := s.help
	h.verdicts = s.verdicts
	return h
}

// Hints returns the hints asked for so far, in a language, filled in from what
// is observed.
func (s Session) Hints(l i18n.Language) []string { return s.helpShown().texts[l] }

// HintsLeft says how many hints Hint can still show.
func (s Session) HintsLeft() int {
	if s.Done() || s.Rereading() {
		return 0
	}
	return s.current().Hints - s.help.hints
}

// SolutionShown reports whether the learner asked for the solution.
func (s Session) SolutionShown() bool { return s.helpShown().solution }

// Answered is what the learner answered in the step being read; "" if nothing.
func (s Session) Answered() string {
	if !s.Rereading() {
		return s.answer
	}
	for _, q := range s.questions {
		if q.step == s.shown {
			return q.Said
		}
	}
	return ""
}

// Reply is what there is to say about the newest answer; zero if nothing.
func (s Session) Reply() i18n.Message {
	if s.Rereading() {
		return i18n.Message{}
	}
	return s.reply
}

// Mistakes counts the wrong answers to the current quiz.
func (s Session) Mistakes() int { return s.wrong }

// Predictions returns every prediction so far, oldest first.
func (s Session) Predictions() []Prediction {
	all := make([]Prediction, len(s.questions))
	for i, q := range s.questions {
		all[i] = q.Prediction
	}
	return all
}

// Revealed returns the predictions to be shown with the step being read: those
// it reveals, and its own.
func (s Session) Revealed() []Prediction {
	var some []Prediction
	id := s.Step().ID
	for _, q := range s.questions {
		if q.StepID == id || (q.Reveal == id && q.Known) {
			some = append(some, q.Prediction)
		}
	}
	return some
}

// Observed is the newest snapshot, without its changes.
func (s Session) Observed() cluster.Snapshot { return s.last }

// Commands returns what the learner ran in the current step, oldest first.
func (s Session) Commands() []Command { return s.span.commands }

// Past says what happened since the current step began.
func (s Session) Past() Past { return s.span.past }

// Progress is what is worth keeping of the session.
func (s Session) Progress() LessonProgress {
	p := s.progress.clone()
	if s.Done() {
		p.Step = ""
	} else {
		p.Step = s.current().ID
	}
	if spent := s.base + s.last.Time.Sub(s.began); spent > 0 {
		p.Seconds = spent.Seconds()
	}
	for _, q := range s.questions {
		if q.Said == "" && !q.Known {
			continue
		}
		if p.Predictions == nil {
			p.Predictions = map[string]PredictionRecord{}
		}
		p.Predictions[q.StepID] = PredictionRecord{Said: q.Said, Answer: q.Answer, Right: q.Right}
	}
	return p
}
