package lessons

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"podium/cluster"
	"podium/i18n"
)

// current is the step being worked on; there must be one.
func (s Session) current() *Step { return &s.lesson.Steps[s.at] }

func (s Session) view(now cluster.Snapshot, over span) View {
	return View{
		Namespace: s.namespace,
		Now:       now,
		Start:     over.start,
		Past:      over.past,
		Commands:  over.commands,
		Load:      s.load,
		Answer:    s.answer,
	}
}

func (s Session) scope() *scope { return newScope(s.view(s.last, s.span), s.objects) }

// judgesMoments reports whether a goal of the current step must hold over time
// and still does.
func (s Session) judgesMoments() bool {
	if s.Done() || s.met {
		return false
	}
	for i, g := range s.current().Goals {
		if g.OverTime() && !s.verdicts[i].Broken {
			return true
		}
	}
	return false
}

// judgeMoment judges what must hold over time at one moment: the one after a
// change or, with none, the newest. Goals that look at nothing of the changed
// object's kind can't have changed their mind and aren't asked.
func (s Session) judgeMoment(moment cluster.Snapshot, change *cluster.Change) Session {
	if !s.judgesMoments() {
		return s
	}
	sc := newScope(s.view(moment, s.span), s.objects)
	verdicts := s.verdicts
	for i, g := range s.current().Goals {
		if !g.OverTime() || verdicts[i].Broken || (change != nil && !g.watches(*change, s.namespace)) {
			continue
		}
		if &verdicts[0] == &s.verdicts[0] {
			verdicts = slices.Clone(verdicts)
		}
		verdict := g.check(sc)
		if verdict.Broken && verdict.Seen.IsZero() {
			verdict.Seen = i18n.M("goal.broken")
		}
		verdicts[i] = verdict
	}
	s.verdicts = verdicts
	return s
}

// touchedBy reports whether any of the changes can make a difference to what is
// shown of the current step. On a busy cluster most can't.
func (s Session) touchedBy(changes []cluster.Change) bool {
	if s.Done() || len(changes) == 0 || s.help.hints > 0 {
		return true
	}
	return slices.ContainsFunc(changes, func(c cluster.Change) bool {
		return slices.ContainsFunc(s.current().Goals, func(g Goal) bool { return g.watches(c, s.namespace) })
	})
}

// watches reports whether a change can make a difference to the goal.
func (g Goal) watches(c cluster.Change, namespace string) bool {
	if g.Expr.usesTime() || g.Seen.usesTime() {
		return true
	}
	if ns := c.Object.GetNamespace(); ns != "" && ns != namespace {
		return false
	}
	return (g.Match != nil && g.Kind == c.Kind) || g.Expr.watches(c.Kind) || g.Seen.watches(c.Kind)
}

func (e Expression) watches(kind schema.GroupKind) bool {
	for name := range e.look().uses {
		if looked, ok := lists[name]; ok && looked == kind {
			return true
		}
	}
	return false
}

// usesTime reports whether an expression looks at what every change may move.
func (e Expression) usesTime() bool {
	for name := range e.look().uses {
		if strings.HasPrefix(name, "timeline.") {
			return true
		}
	}
	return false
}

// judge judges the goals that look at the newest state, and whether the step is
// met. A met step stays met: what the learner does while reading why takes
// nothing back.
func (s Session) judge() Session {
	if s.Done() {
		return s
	}
	sc := s.scope()
	if !s.met {
		s = s.judgeGoals(sc)
	}
	if s.help.hints > 0 {
		s = s.withHints(sc)
	}
	return s
}

func (s Session) judgeGoals(sc *scope) Session {
	step := s.current()
	if len(step.Goals) == 0 {
		return s
	}
	met := true
	s.verdicts = slices.Clone(s.verdicts)
	for i, g := range step.Goals {
		if !g.OverTime() {
			s.verdicts[i] = g.check(sc)
		}
		met = met && s.verdicts[i].Met
	}
	if s.met = met; met {
		s = s.reveal().measure()
	}
	return s
}

// measure keeps what the step that has just been met measured.
func (s Session) measure() Session {
	if s.current().Measure == nil {
		return s
	}
	s.progress = s.progress.clone()
	if s.progress.Runs == nil {
		s.progress.Runs = map[string]Run{}
	}
	s.progress.Runs[s.current().ID] = s.measured()
	return s
}

// reveal answers the questions that waited for the current step.
func (s Session) reveal() Session {
	s.questions = slices.Clone(s.questions)
	for i := range s.questions {
		q := &s.questions[i]
		if q.Known || q.Reveal != s.current().ID {
			continue
		}
		answer, err := s.lesson.Steps[q.step].Ask.answer(newScope(s.view(s.last, q.span), s.objects))
		if err != nil {
			continue // the cluster gave no answer: it stays unknown
		}
		q.Answer, q.Known, q.Right, q.Answered = answer, true, q.Said == answer, s.last.Time
	}
	return s
}

// withHints fills in the hints that were asked for from what is observed now.
func (s Session) withHints(sc *scope) Session {
	texts := map[i18n.Language][]string{}
	for language, words := range s.lesson.Words {
		hints := words.Steps[s.current().ID].Hints
		for _, hint := range hints[:min(s.help.hints, len(hints))] {
			text, _ := hint.render(sc) // a value that isn't there yet shows as a question mark
			texts[language] = append(texts[language], text)
		}
	}
	s.help.texts = texts
	return s
}
