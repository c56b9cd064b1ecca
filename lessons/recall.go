package lessons

import (
	"slices"

	"podium/cluster"
	"podium/i18n"
)

// A Recap is what a session shows of its lesson at one moment: what a recording
// keeps of it. What the goals are judged on is not in it.
type Recap struct {
	Step        string       `json:"step"` // the one being worked on; "" at the lesson's end
	Met         bool         `json:"met,omitempty"`
	Goals       []Verdict    `json:"goals,omitempty"`
	Answer      string       `json:"answer,omitempty"`
	Reply       i18n.Message `json:"reply,omitzero"`
	Hints       int          `json:"hints,omitempty"`
	Solution    bool         `json:"solution,omitempty"`
	Predictions []Prediction `json:"predictions,omitempty"`
}

// Recap returns what the session shows now.
func (s Session) Recap() Recap {
	if s.lesson == nil || s.Done() {
		return Recap{Predictions: s.Predictions()}
	}
	return Recap{
		Step: s.current().ID, Met: s.met, Goals: s.verdicts, Answer: s.answer, Reply: s.reply,
		Hints: s.help.hints, Solution: s.help.solution, Predictions: s.Predictions(),
	}
}

// Recall returns a session that shows what a recap says, for reading only: it
// was written down at another time, perhaps for another version of the lesson,
// so what doesn't fit is left out.
func Recall(l Lesson, r Recap, namespace string, s cluster.Snapshot) Session {
	at := slices.IndexFunc(l.Steps, func(step Step) bool { return step.ID == r.Step })
	if at < 0 {
		at = len(l.Steps)
	}
	session := Session{
		lesson: &l, namespace: namespace, objects: newObjects(), past: make([]help, len(l.Steps)),
		at: at, shown: at, last: s, began: s.Time, span: beginSpan(namespace, s),
	}
	for _, p := range r.Predictions {
		if step := l.index(p.StepID); step < len(l.Steps) && l.Steps[step].ID == p.StepID {
			session.questions = append(session.questions, question{Prediction: p, step: step})
		}
	}
	if session.Done() {
		return session
	}
	session.met, session.answer, session.reply = r.Met, r.Answer, r.Reply
	session.verdicts = make([]Verdict, len(session.current().Goals))
	copy(session.verdicts, r.Goals)
	session.help = help{hints: max(0, min(r.Hints, session.current().Hints)), solution: r.Solution}
	if session.help.hints > 0 {
		session = session.withHints(session.scope())
	}
	return session
}
