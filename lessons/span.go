package lessons

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
)

// A span is the time since a step or a question began. It is a value: its
// methods return a longer one.
type span struct {
	start    cluster.Snapshot
	past     Past
	commands []Command

	meant   time.Time // of the first change that a person made; see [Run]
	settled time.Time // of the last change of all
}

// maxCommands bounds how many of a step's commands goals can look back at.
const maxCommands = 200

func beginSpan(namespace string, s cluster.Snapshot) span {
	s.Changes = nil
	past := Past{}
	for _, o := range s.In(podKind, namespace) {
		past.pods++
		if isReady(o) {
			past.ready++
		}
		if o.GetDeletionTimestamp() == nil {
			past.staying++
		}
	}
	past.LeastReady, past.MostPods, past.MostStaying = past.ready, past.pods, past.staying
	return span{start: s, past: past}
}

// happened adds one change.
func (s span) happened(namespace string, c cluster.Change) span {
	s = s.until(c.Time)
	p := &s.past
	if c.Object == nil || c.Object.GetNamespace() != namespace || c.Kind == eventKind {
		return s
	}
	switch {
	case c.Verb == cluster.Deleted:
		p.Deleted = list(p.Deleted, c.Object)
	case c.Before == nil:
		p.Created = list(p.Created, c.Object)
	}
	if s.settled = c.Time; s.meant.IsZero() && meant(c) {
		s.meant = c.Time
	}
	if c.Kind != podKind {
		return s
	}
	if c.Before != nil || c.Verb == cluster.Deleted {
		p.count(before(c), -1)
	}
	if c.Verb != cluster.Deleted {
		p.count(c.Object, +1)
	}
	p.LeastReady = min(p.LeastReady, p.ready)
	p.MostPods = max(p.MostPods, p.pods)
	p.MostStaying = max(p.MostStaying, p.staying)
	return s
}

// until makes the span last until a time, if it doesn't yet.
func (s span) until(t time.Time) span {
	s.past.Seconds = max(s.past.Seconds, t.Sub(s.start.Time).Seconds())
	return s
}

// before is the object as it stood until the change. A deletion that doesn't
// say is taken at its last state.
func before(c cluster.Change) cluster.Object {
	if c.Before != nil {
		return c.Before
	}
	return c.Object
}

func (p *Past) count(o cluster.Object, by int) {
	p.pods += by
	if o.GetDeletionTimestamp() == nil {
		p.staying += by
	}
	if isReady(o) {
		p.ready += by
	}
}

func isReady(o cluster.Object) bool {
	pod, ok := o.(*corev1.Pod)
	if !ok {
		return false
	}
	state := cluster.PodState(pod)
	return state == cluster.Ready
}

func list(all []cluster.Object, o cluster.Object) []cluster.Object {
	if len(all) >= maxListed {
		all = all[len(all)-maxListed+1:]
	}
	return append(slices.Clip(all), o)
}

// ran adds a command.
func (s span) ran(c Command) span {
	if len(s.commands) >= maxCommands {
		s.commands = s.commands[len(s.commands)-maxCommands+1:]
	}
	s.commands = append(slices.Clip(s.commands), c)
	return s
}
