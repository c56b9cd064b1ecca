package lessons

import (
	"slices"

	"podium/i18n"
)

// rules checks what a step of each kind needs and may not have.
func (r *reader) rules(l *Lesson) {
	for i := range l.Steps {
		s := &l.Steps[i]
		at := func(what i18n.Message) { r.m.at(r.steps[i].at, what) }
		for _, field := range needs[s.Kind] {
			if !given(s, field) {
				at(i18n.M("lesson.needs", "Step", s.ID, "Kind", string(s.Kind), "Field", field))
			}
		}
		for _, field := range stepFields {
			if given(s, field) && !slices.Contains(needs[s.Kind], field) && !slices.Contains(may[s.Kind], field) {
				at(i18n.M("lesson.maynot", "Step", s.ID, "Kind", string(s.Kind), "Field", field))
			}
		}
		if s.Kind == Watch && len(s.Run) == 0 && s.Traffic == nil {
			at(i18n.M("lesson.nothingtowatch", "Step", s.ID))
		}
		if len(s.Goals) > 0 && !slices.ContainsFunc(s.Goals, func(g Goal) bool { return !g.OverTime() }) {
			at(i18n.M("lesson.noend", "Step", s.ID))
		}
		switch {
		case s.Measure != nil && len(s.Goals) == 0:
			at(i18n.M("lesson.measuregoals", "Step", s.ID))
		case s.Measure != nil && s.Traffic == nil && !s.Measure.Back:
			at(i18n.M("lesson.measuretraffic", "Step", s.ID))
		case s.Table && len(l.Rows) == 0:
			at(i18n.M("lesson.norows", "Step", s.ID))
		}
		if s.Ask == nil {
			continue
		}
		switch {
		case s.Kind == Quiz && s.Ask.Reveal != "":
			at(i18n.M("lesson.quizreveal", "Step", s.ID))
		case s.Kind == Predict && !slices.ContainsFunc(l.Steps[i+1:], func(later Step) bool {
			return later.ID == s.Ask.Reveal && len(later.Goals) > 0
		}):
			at(i18n.M("lesson.reveal", "Step", s.ID, "Reveal", s.Ask.Reveal))
		}
	}
}

// What a step of each kind needs and may have beside its id, kind and start.
var (
	stepFields = []string{"run", "goals", "solution", "also", "wrong", "ask", "traffic"}

	needs = map[Kind][]string{
		Predict: {"ask"},
		Do:      {"goals", "solution", "wrong"},
		Watch:   {"goals"},
		Quiz:    {"ask"},
	}
	may = map[Kind][]string{
		Do:    {"also", "traffic"},
		Watch: {"run", "traffic"},
	}
)

func given(s *Step, field string) bool {
	switch field {
	case "run":
		return len(s.Run) > 0
	case "goals":
		return len(s.Goals) > 0
	case "solution":
		return len(s.Solution) > 0
	case "also":
		return len(s.Also) > 0
	case "wrong":
		return len(s.Wrong) > 0 && !slices.ContainsFunc(s.Wrong, func(w []string) bool { return len(w) == 0 })
	case "ask":
		return s.Ask != nil
	}
	return s.Traffic != nil
}
