// Package record keeps what happened on a cluster, so that what must hold over
// time is judged on every change and not on samples.
package record

import (
	"iter"
	"slices"
	"time"

	"podium/cluster"
)

// Limit is how many changes a [Timeline] keeps at least: more than an hour of 50
// changes a second, some 20 MB of them. Beyond it the oldest are forgotten.
const Limit = 200_000

// A Timeline is a span of a cluster's life: how it was when the span began and
// every change since. It is a value: Append returns a longer one and leaves the
// one it is called on as it was. The zero Timeline is empty.
type Timeline struct {
	start   cluster.Snapshot
	last    cluster.Snapshot
	changes history
	dropped int
}

// Begin starts a span at a snapshot. The snapshot's own changes came before it.
func Begin(s cluster.Snapshot) Timeline {
	s.Changes = nil
	return Timeline{start: s, last: s}
}

// Append adds a snapshot and the changes that led to it. Its cost doesn't grow
// with the timeline's length. Beyond [Limit] the oldest changes become part of
// the start.
func (t Timeline) Append(s cluster.Snapshot) Timeline {
	t.changes = t.changes.append(s.Changes)
	for t.changes.len()-chunk >= Limit {
		var oldest []cluster.Change
		t.changes, oldest = t.changes.dropFirst()
		t.start = t.start.Apply(oldest...)
		t.start.Changes = nil
		t.dropped += len(oldest)
	}
	s.Changes = nil
	t.last = s
	return t
}

// Start is the cluster as it was when the span began.
func (t Timeline) Start() cluster.Snapshot { return t.start }

// Last is the newest state.
func (t Timeline) Last() cluster.Snapshot { return t.last }

// Len is how many changes the span holds.
func (t Timeline) Len() int { return t.changes.len() }

// Dropped is how many changes the timeline has forgotten because there were
// more than [Limit]; its start moved forward past them.
func (t Timeline) Dropped() int { return t.dropped }

// Changes returns the span's changes, oldest first, in a slice of the caller's
// own. Each call copies them all; [Timeline.All] doesn't.
func (t Timeline) Changes() []cluster.Change {
	return slices.AppendSeq(make([]cluster.Change, 0, t.Len()), t.All())
}

// All yields the span's changes, oldest first.
func (t Timeline) All() iter.Seq[cluster.Change] { return t.changes.all() }

// Duration is how long the span lasted so far.
func (t Timeline) Duration() time.Duration { return t.last.Time.Sub(t.start.Time) }

// Moments yields the cluster after each single change, beginning with the
// span's first state: what a learner would have seen, had the screen been
// drawn for every change. Each moment's Changes holds the change that led to it.
func (t Timeline) Moments() iter.Seq[cluster.Snapshot] {
	return func(yield func(cluster.Snapshot) bool) {
		moment := t.start
		if !yield(moment) {
			return
		}
		for c := range t.All() {
			moment = moment.Apply(c)
			if !yield(moment) {
				return
			}
		}
	}
}

// At returns the cluster as it was at a time: after every change up to then.
// Before the span it is how the span began.
func (t Timeline) At(when time.Time) cluster.Snapshot {
	var until []cluster.Change
	for c := range t.All() {
		if c.Time.After(when) {
			break
		}
		until = append(until, c)
	}
	s := t.start.Apply(until...)
	s.Changes = nil
	return s
}

// Between returns the part of the span from one time to another: it starts as
// the cluster was at from and holds the changes after from, up to and with to.
func (t Timeline) Between(from, to time.Time) Timeline {
	part := Begin(t.At(from))
	if from.After(part.start.Time) {
		part.start.Time = from
	}
	var changes []cluster.Change
	for c := range t.All() {
		if c.Time.After(from) && !c.Time.After(to) {
			changes = append(changes, c)
		}
	}
	end := part.start.Apply(changes...)
	if to.Before(t.last.Time) {
		end.Time = to
	} else {
		end.Time = t.last.Time
	}
	end.Changes = changes
	return part.Append(end)
}
