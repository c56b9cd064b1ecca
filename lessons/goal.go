package lessons

import (
	"k8s.io/apimachinery/pkg/runtime/schema"

	"podium/i18n"
)

// Test names the one thing a goal tests.
type Test string

// The tests, by the words lesson.yaml uses.
const (
	Want   Test = "want"   // objects that match a part of a manifest are there
	Absent Test = "absent" // no object matches
	CEL    Test = "cel"    // an expression is true now
	Always Test = "always" // an expression has been true at every moment of the step
	Never  Test = "never"  // an expression has been true at no moment of the step
)

// A Goal is one thing a step asks to be so.
type Goal struct {
	ID    string
	Test  Test
	Kind  schema.GroupKind // want and absent: what kind of object
	Match map[string]any   // want and absent: the part of a manifest, without apiVersion
	Count int              // want: exactly so many; 0 asks for one or more
	Expr  Expression       // cel, always and never
	Seen  Expression       // what to show beside the goal; may be zero
}

// OverTime reports whether every moment of the step counts, and not only the
// newest one.
func (g Goal) OverTime() bool { return g.Test == Always || g.Test == Never }

// A Verdict is what is known of a goal at one moment.
type Verdict struct {
	Met  bool         // for always and never: so far
	Seen i18n.Message // what was seen, such as "2 of 4"; may be zero

	// Broken says that an always or never has failed: the goal can't be met any
	// more in this attempt, and a reset begins a new one.
	Broken bool
}

// Check judges a goal on what a view shows now. An always or never is judged on
// this one moment; a [Session] judges it on every moment since the step began.
func (g Goal) Check(v View) Verdict { return g.check(newScope(v, newObjects())) }

func (g Goal) check(s *scope) Verdict {
	switch g.Test {
	case Want, Absent:
		return g.withSeen(s, g.match(s))
	case CEL:
		return g.withSeen(s, g.truth(s))
	default:
		return g.withSeen(s, g.hold(s))
	}
}

// truth judges cel.
func (g Goal) truth(s *scope) Verdict {
	if counts := g.Expr.look().counts; counts != nil && g.Seen.IsZero() {
		if verdict, ok := counts.judge(s); ok {
			return verdict
		}
	}
	met, err := g.Expr.truth(s)
	switch {
	case err != nil:
		return Verdict{Seen: i18n.M("goal.unclear", "Reason", reason(err))}
	case !met:
		return Verdict{Seen: i18n.M("goal.notyet")}
	}
	return Verdict{Met: true}
}

// hold judges an always or never at one moment. An expression that fails to
// evaluate breaks nothing: it says nothing about the cluster.
func (g Goal) hold(s *scope) Verdict {
	truth, err := g.Expr.truth(s)
	if err != nil {
		return Verdict{Seen: i18n.M("goal.unclear", "Reason", reason(err))}
	}
	if truth == (g.Test == Always) {
		return Verdict{Met: true}
	}
	return Verdict{Broken: true}
}

func (g Goal) withSeen(s *scope, v Verdict) Verdict {
	if g.Seen.IsZero() {
		return v
	}
	text, err := g.Seen.text(s)
	if err == nil && text != "" {
		v.Seen = i18n.Text(text)
	}
	return v
}

// match judges want and absent.
func (g Goal) match(s *scope) Verdict {
	objects := s.kind(g.Kind)
	if g.Test == Absent {
		for _, o := range objects {
			if s.objects.match(g.Match, o) {
				return Verdict{Seen: stillThere(o)}
			}
		}
		return Verdict{Met: true}
	}
	var found int
	for _, o := range objects {
		if o.source.GetDeletionTimestamp() == nil && s.objects.match(g.Match, o) {
			found++
		}
	}
	if g.Count > 0 {
		return Verdict{Met: found == g.Count, Seen: howMany(found, g.Count)}
	}
	if found > 0 {
		return Verdict{Met: true}
	}
	return Verdict{Seen: nearest(g.Match, objects)}
}

func howMany(found, want int) i18n.Message {
	if found > want {
		return i18n.M("goal.toomany", "Have", found, "Want", want)
	}
	return i18n.M("goal.count", "Have", found, "Want", want)
}
