package lessons

import (
	"context"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/cluster/record"
)

// A Debrief tells a round of practice once more, from its recording.
type Debrief struct {
	Began   time.Time // when the learner could begin
	Mended  time.Time
	Symptom time.Time // since when the fault showed; zero if the recording doesn't say
	Sign    Sign      // the first warning; zero if there was none
	Saw     Seen      // the learner's first command that showed the fault; zero if none did
	Fixed   Seen      // the learner's last change before all was well; zero if there was none
}

// A Sign is a warning that the cluster gave.
type Sign struct {
	At           time.Time
	About        string // kind/name
	Reason, Note string
}

// A Seen is a command of the learner's.
type Seen struct {
	At   time.Time
	Line string
}

// changing are kubectl's verbs that can mend something.
var changing = []string{
	"apply", "create", "delete", "edit", "patch", "replace", "scale", "set", "rollout", "label", "annotate", "taint", "uncordon",
	"cordon", "drain", "expose", "run", "autoscale",
}

// Debrief tells the round that the session has gone through. over begins before
// the fault was put in; began and mended are when the learner could begin and
// when all was well.
func (s Session) Debrief(over record.Span, began, mended time.Time) (Debrief, error) {
	d := s.DebriefAlone(began, mended)
	if s.lesson == nil || s.lesson.Fault == nil {
		return d, nil
	}
	return s.replayed(d, over)
}

// DebriefFrom is [Session.Debrief] of what a recorder has kept so far. Without one,
// and where that can't be read, it is what the session alone knows.
func (s Session) DebriefFrom(ctx context.Context, r *record.Recorder, prepared, began, mended time.Time) Debrief {
	alone := s.DebriefAlone(began, mended)
	if r == nil {
		return alone
	}
	film, err := r.Recording(ctx)
	if err != nil {
		return alone
	}
	defer film.Close()
	told, err := s.Debrief(film.Between(prepared, mended), began, mended)
	if err != nil {
		return alone
	}
	return told
}

// DebriefAlone is what the session knows of a round without its recording.
func (s Session) DebriefAlone(began, mended time.Time) Debrief {
	d := Debrief{Began: began, Mended: mended}
	if s.lesson == nil || s.lesson.Fault == nil {
		return d
	}
	clue := s.lesson.Fault.Clue
	for _, c := range s.Commands() {
		if c.Started.After(mended) {
			continue
		}
		if d.Saw.Line == "" && strings.Contains(c.Output, clue.Shows) {
			d.Saw = Seen{c.Started, c.Line}
		}
		if c.Exit == 0 && slices.Contains(changing, c.Verb) {
			d.Fixed = Seen{c.Started, c.Line}
			if c.Verb == "edit" { // the file was open until then
				d.Fixed.At = c.Ended
			}
		}
	}
	return d
}

// signAhead is how much earlier than what it tells of a warning may be seen: a node
// posts the event and then the pod's status.
const signAhead = 500 * time.Millisecond

// replayed finds in the recording since when the fault showed, and the first
// warning after it.
func (s Session) replayed(d Debrief, over record.Span) (Debrief, error) {
	now, err := over.Start()
	if err != nil {
		return d, err
	}
	t := &showing{session: s, objects: newObjects(), span: beginSpan(s.namespace, now)}
	t.look(now, now.Time)
	var signs []Sign
	for c, err := range over.All() {
		if err != nil {
			return d, err
		}
		now = now.Apply(c)
		t.span = t.span.happened(s.namespace, c)
		if c.Time.Before(d.Began) && slices.ContainsFunc(t.goals(), func(g Goal) bool { return g.watches(c, s.namespace) }) {
			t.look(now, c.Time)
		}
		if sign, ok := s.sign(c); ok {
			signs = append(signs, sign)
		}
	}
	d.Symptom = t.since
	d.Sign = d.first(signs)
	return d, nil
}

// first is the first of some warnings that can be about the fault: none from before
// it, and none that mending it brought about.
func (d Debrief) first(signs []Sign) Sign {
	until := d.Mended
	if !d.Fixed.At.IsZero() {
		until = d.Fixed.At
	}
	for _, sign := range signs {
		if !d.Symptom.IsZero() && !sign.At.Before(d.Symptom.Add(-signAhead)) && sign.At.Before(until) {
			return sign
		}
	}
	return Sign{}
}

// A showing follows whether a fault shows.
type showing struct {
	session Session
	objects *objects
	span    span
	since   time.Time // zero: it doesn't
}

// goals are the symptoms that a recording of the cluster can tell.
func (t *showing) goals() []Goal {
	return slices.DeleteFunc(slices.Clone(t.session.lesson.Steps[0].Goals), func(g Goal) bool {
		for name := range g.Expr.look().uses {
			if strings.HasPrefix(name, "load.") {
				return true
			}
		}
		return false
	})
}

func (t *showing) look(now cluster.Snapshot, at time.Time) {
	goals := t.goals()
	scope := newScope(t.session.view(now, t.span), t.objects)
	shows := len(goals) > 0 && !slices.ContainsFunc(goals, func(g Goal) bool { return !g.check(scope).Met })
	switch {
	case !shows:
		t.since = time.Time{}
	case t.since.IsZero():
		t.since = at
	}
}

// sign is the warning that a change brings, if it does.
func (s Session) sign(c cluster.Change) (Sign, bool) {
	e, ok := c.Object.(*corev1.Event)
	if !ok || c.Verb == cluster.Deleted || e.Type != corev1.EventTypeWarning || e.Namespace != s.namespace {
		return Sign{}, false
	}
	about := strings.ToLower(e.InvolvedObject.Kind) + "/" + e.InvolvedObject.Name
	return Sign{c.Time, Plain(about), Plain(e.Reason), cut(Plain(e.Message), 200)}, true
}
