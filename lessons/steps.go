package lessons

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/google/cel-go/cel"
	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"podium/cluster"
	"podium/i18n"
)

func sortedFields(table fieldTable) []string { return slices.Sorted(maps.Keys(table)) }

// step reads one step. How its fields may go together is checked by [reader.rules].
func (r *reader) step(n *yaml.Node) Step {
	s := Step{}
	var goals []place
	at := r.place(n)
	r.fields(n, fieldTable{
		"id": func(n *yaml.Node) { s.ID, at = r.id(n), r.place(n) },
		"kind": func(n *yaml.Node) {
			s.Kind = Kind(r.text(n))
			if !slices.Contains(kinds, s.Kind) {
				r.at(n, i18n.M("lesson.unknownkind", "Kind", cut(Plain(string(s.Kind)), 40), "Known", join(kinds)))
			}
		},
		"needs":    func(n *yaml.Node) { s.Needs = r.need(n) },
		"start":    func(n *yaml.Node) { s.Start = r.commands(n) },
		"run":      func(n *yaml.Node) { s.Run = r.commands(n) },
		"solution": func(n *yaml.Node) { s.Solution = r.commands(n) },
		"also":     func(n *yaml.Node) { s.Also = r.ways(n) },
		"wrong":    func(n *yaml.Node) { s.Wrong = r.ways(n) },
		"goals":    func(n *yaml.Node) { s.Goals, goals = r.goals(n) },
		"ask":      func(n *yaml.Node) { s.Ask = r.question(n) },
		"traffic":  func(n *yaml.Node) { s.Traffic = r.traffic(n) },
		"measure":  func(n *yaml.Node) { s.Measure = r.measure(n) },
		"table":    func(n *yaml.Node) { s.Table = r.yes(n) },
	})
	switch {
	case s.ID == "":
		r.m.at(at, i18n.M("lesson.noid"))
	case slices.ContainsFunc(r.steps, func(other listed) bool { return other.name == s.ID }):
		r.m.at(at, i18n.M("lesson.sameidinside", "ID", s.ID))
	}
	r.goalsAt = append(r.goalsAt, goals)
	r.steps = append(r.steps, listed{s.ID, at})
	return s
}

var kinds = []Kind{Read, Predict, Do, Watch, Quiz}

func join[T ~string](words []T) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += ", "
		}
		text += string(w)
	}
	return text
}

// goals reads a list of goals, and where each stands.
func (r *reader) goals(n *yaml.Node) (all []Goal, at []place) {
	r.each(n, maxGoals, func(n *yaml.Node) { all, at = append(all, r.goal(n, all)), append(at, r.place(n)) })
	return all, at
}

// need reads what a step needs of the cluster.
func (r *reader) need(n *yaml.Node) Need {
	need := Need(r.text(n))
	if _, known := allNeeds[need]; !known {
		all := slices.Sorted(maps.Keys(allNeeds))
		r.at(n, i18n.M("lesson.unknownneed", "Need", cut(Plain(string(need)), 40), "Known", join(all)))
	}
	return need
}

// goal reads one goal.
func (r *reader) goal(n *yaml.Node, others []Goal) Goal {
	g := Goal{}
	var tests []Test
	counted := false
	manifest := func(test Test) func(*yaml.Node) {
		return func(n *yaml.Node) {
			tests, g.Test = append(tests, test), test
			g.Kind, g.Match = r.manifest(n)
		}
	}
	truth := func(test Test) func(*yaml.Node) {
		return func(n *yaml.Node) {
			tests, g.Test = append(tests, test), test
			g.Expr = r.expression(n, cel.BoolType)
		}
	}
	r.fields(n, fieldTable{
		"id":     func(n *yaml.Node) { g.ID = r.id(n) },
		"want":   manifest(Want),
		"absent": manifest(Absent),
		"count":  func(n *yaml.Node) { g.Count, counted = r.number(n, 1, 10000), true },
		"cel":    truth(CEL),
		"always": truth(Always),
		"never":  truth(Never),
		"seen": func(n *yaml.Node) {
			g.Seen = r.expression(n)
		},
	})
	switch {
	case g.ID == "":
		r.at(n, i18n.M("lesson.noid"))
	case slices.ContainsFunc(others, func(o Goal) bool { return o.ID == g.ID }):
		r.at(n, i18n.M("lesson.sameidinside", "ID", g.ID))
	case len(tests) != 1:
		r.at(n, i18n.M("lesson.onetest", "ID", g.ID))
	case counted && g.Test != Want:
		r.at(n, i18n.M("lesson.countwant", "ID", g.ID))
	}
	return g
}

// manifest reads a part of a manifest, with its numbers as JSON has them.
func (r *reader) manifest(n *yaml.Node) (schema.GroupKind, map[string]any) {
	if !r.fits(n) {
		return schema.GroupKind{}, nil
	}
	n = r.follow(n)
	var raw, want map[string]any
	err := n.Decode(&raw)
	var data []byte
	if err == nil {
		data, err = json.Marshal(raw)
	}
	if err == nil {
		err = json.Unmarshal(data, &want)
	}
	if err != nil {
		r.at(n, i18n.M("lesson.manifest"))
		return schema.GroupKind{}, nil
	}
	kind := kindOf(want)
	known := slices.ContainsFunc(cluster.Kinds(), func(k cluster.Kind) bool { return k.GroupKind() == kind })
	switch {
	case kind.Kind == "" || lookup(want, "apiVersion") == nil:
		r.at(n, i18n.M("lesson.manifest"))
	case !known:
		r.at(n, i18n.M("lesson.unwatched", "Kind", cut(Plain(kind.String()), 80)))
	case lookup(want, "metadata", "namespace") != nil:
		r.at(n, i18n.M("lesson.namespace"))
	}
	delete(want, "apiVersion") // the kind decides; a version is only a way to write it
	return kind, want
}

// question reads what a predict or quiz step asks.
func (r *reader) question(n *yaml.Node) *Question {
	q := &Question{}
	var answer *yaml.Node
	r.fields(n, fieldTable{
		"form": func(n *yaml.Node) {
			q.Form = Form(r.text(n))
			if q.Form != Number && q.Form != Choice {
				r.at(n, i18n.M("lesson.form"))
			}
		},
		"choices": func(n *yaml.Node) {
			r.each(n, maxGoals, func(n *yaml.Node) { q.Choices = append(q.Choices, r.id(n)) })
		},
		"reveal": func(n *yaml.Node) { q.Reveal = r.id(n) },
		"answer": func(n *yaml.Node) { answer = n },
	})
	unique := slices.Compact(slices.Sorted(slices.Values(q.Choices)))
	switch {
	case q.Form == "":
		r.at(n, i18n.M("lesson.form"))
	case q.Form != Number && q.Form != Choice: // said already
	case answer == nil:
		r.at(n, i18n.M("lesson.noanswer"))
	case q.Form == Choice && (len(q.Choices) < 2 || len(unique) < len(q.Choices)):
		r.at(n, i18n.M("lesson.choices"))
	case q.Form == Number && len(q.Choices) > 0:
		r.at(n, i18n.M("lesson.nochoices"))
	default:
		q.Answer = r.expression(answer, q.Form.results()...)
	}
	return q
}

// maxRate bounds a lesson's traffic, requests per second.
const maxRate = 500

func (r *reader) traffic(n *yaml.Node) *Traffic {
	t := &Traffic{Port: 80, Path: "/", Rate: 20}
	r.fields(n, fieldTable{
		"service": func(n *yaml.Node) { t.Service = r.id(n) },
		"port":    func(n *yaml.Node) { t.Port = r.number(n, 1, 65535) },
		"path":    func(n *yaml.Node) { t.Path = r.text(n) },
		"rate":    func(n *yaml.Node) { t.Rate = r.number(n, 1, maxRate) },
	})
	if t.Service == "" {
		r.at(n, i18n.M("lesson.noservice"))
	}
	return t
}

func (r *reader) measure(n *yaml.Node) *Measure {
	m := &Measure{}
	r.fields(n, fieldTable{
		"row":  func(n *yaml.Node) { m.Row = r.id(n) },
		"back": func(n *yaml.Node) { m.Back = r.yes(n) },
	})
	if m.Row == "" {
		r.at(n, i18n.M("lesson.norow"))
	}
	return m
}

// yes reads true or false.
func (r *reader) yes(n *yaml.Node) bool {
	value, err := strconv.ParseBool(r.text(n))
	if err != nil {
		r.at(n, i18n.M("lesson.wantbool"))
	}
	return value
}
