package lessons

import (
	"reflect"
	"slices"

	"podium/cluster"
	"podium/i18n"
)

// strict finds, in a lesson that can be read, what would show only when somebody
// plays it: steps that are met before anything is done, steps that can never be
// met, and mentions of what the lesson doesn't have.
func (r *reader) strict(l *Lesson, docs map[i18n.Language]document) {
	r.reachable(l)
	found := vocabularyOf(l)
	found.goals(r, l)
	for _, language := range i18n.Languages {
		found.words(docs[language], r.m)
	}
}

// reachable goes through the steps as far as that needs no cluster.
func (r *reader) reachable(l *Lesson) {
	untouched := len(l.Setup) == 0 // nothing has been done to the cluster yet
	var before *Step               // the last step that had goals
	for i := range l.Steps {
		s := &l.Steps[i]
		for j, g := range s.Goals {
			if what := g.constant(); !what.IsZero() {
				r.m.at(r.goalsAt[i][j], what)
			}
			if other := contradiction(s.Goals[:j], g); other != "" {
				r.m.at(r.goalsAt[i][j], i18n.M("lesson.contradicts", "ID", g.ID, "Other", other))
			}
		}
		if len(s.Goals) == 0 {
			continue
		}
		switch {
		case untouched && At(*l, i, "lab", cluster.Snapshot{}).Met():
			r.m.at(r.steps[i].at, i18n.M("lesson.metatonce", "Step", s.ID))
		case before != nil && len(s.Run) == 0 && s.Traffic == nil && repeats(before.Goals, s.Goals):
			r.m.at(r.steps[i].at, i18n.M("lesson.metbefore", "Step", s.ID, "Other", before.ID))
		}
		untouched = untouched && len(s.Run) == 0 && len(s.Solution) == 0
		before = s
	}
}

// constant says what is wrong with a goal whose expression looks at nothing, and
// so is what it is whatever the learner does.
func (g Goal) constant() i18n.Message {
	if g.Expr.IsZero() || len(g.Expr.look().uses) > 0 {
		return i18n.Message{}
	}
	truth, err := g.Expr.truth(newScope(View{}, newObjects()))
	switch {
	case err != nil || truth == (g.Test == Never):
		return i18n.M("lesson.neverso", "ID", g.ID)
	case g.Test == CEL:
		return i18n.M("lesson.alwaysso", "ID", g.ID)
	}
	return i18n.Message{}
}

// contradiction names the goal among others that can't be met together with g.
func contradiction(others []Goal, g Goal) string {
	for _, o := range others {
		switch {
		case o.Kind != g.Kind || o.Match == nil || g.Match == nil:
		case o.Test == Want && g.Test == Absent && matches(g.Match, o.Match),
			o.Test == Absent && g.Test == Want && matches(o.Match, g.Match),
			o.Test == Want && g.Test == Want && o.Count > 0 && g.Count > 0 && o.Count != g.Count && reflect.DeepEqual(o.Match, g.Match):
			return o.ID
		}
	}
	return ""
}

// repeats reports whether goals ask for nothing but what was met just before.
func repeats(before, goals []Goal) bool {
	for _, g := range goals {
		same := func(o Goal) bool {
			return g.Match != nil && o.Test == g.Test && o.Kind == g.Kind && o.Count == g.Count && reflect.DeepEqual(o.Match, g.Match)
		}
		if !g.OverTime() && !slices.ContainsFunc(before, same) {
			return false
		}
	}
	return true
}
