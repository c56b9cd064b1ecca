// Package why tells why a cluster is as it is: who made what, what followed from
// it, and what of that is on record.
//
//	snapshots, commands ─▶ Past ─▶ Story: what happened, with causes
//	                        └────▶ Explain: the chain behind one object
//	                        └────▶ Counts: ready pods over time
//
// It never guesses. A cause is owner references, managed fields, events, a
// change that was seen, or a command that named the object, succeeded and ran at
// that moment. What none of them tells is said to be unknown.
package why

import (
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// What a [Past] keeps at most; the oldest is forgotten.
const (
	mostDeeds    = 4096
	mostCounts   = 16384
	mostCommands = 1024
)

// A Past is what happened on a cluster, as far as causes go. It is a value:
// Append and Ran return a longer one. The zero Past knows nothing.
type Past struct {
	began    time.Time
	deeds    log[Deed]
	counts   log[Count]
	commands log[Command]
	tallies  map[types.UID]tally // by controller; only Append looks at them
}

// A Command is a line somebody ran.
type Command struct {
	Line           string
	Calls          [][]string // each kubectl call in it, by its arguments without "kubectl"
	Output         string
	Exit           int
	Lesson         bool // podium ran it for a lesson, not the learner
	Started, Ended time.Time
}

func (c Command) when() time.Time { return c.Started }

// A Count is how many pods of a controller there are from a moment on.
type Count struct {
	Time  time.Time
	Owner types.UID // of the ReplicaSet, StatefulSet, DaemonSet or Job
	Ready int
	Pods  int // those that are leaving not counted
}

func (c Count) when() time.Time { return c.Time }

// A tally is what is known of a controller's pods now.
type tally struct {
	owner       types.UID // the Deployment behind a ReplicaSet
	want        int
	ready, pods int
	owed        int // pods it was told to make and hasn't
	due         int // pods it was told to remove and hasn't
}

// Append returns p with a snapshot and the changes that led to it. The first
// snapshot is where the story begins.
func (p Past) Append(s cluster.Snapshot) Past {
	f := fold{Past: p, now: s}
	if p.began.IsZero() {
		f.begin()
		return f.Past
	}
	for _, c := range s.Changes {
		f.notice(c)
	}
	f.Past.deeds = p.deeds.append(mostDeeds, f.made...)
	f.Past.counts = p.counts.append(mostCounts, f.counted...)
	return f.Past
}

// Ran returns p with a command that has ended.
func (p Past) Ran(c Command) Past {
	p.commands = p.commands.append(mostCommands, c)
	return p
}

// Until returns the past as it was known at a time, for a screen that shows that
// moment. It costs next to nothing.
func (p Past) Until(t time.Time) Past {
	p.deeds, p.counts, p.commands = p.deeds.until(t), p.counts.until(t), p.commands.until(t)
	return p
}

// Began is when the story begins; what is older is not known.
func (p Past) Began() time.Time { return p.began }

// Size tells one past from a longer one of the same cluster.
func (p Past) Size() [3]int { return [3]int{p.deeds.len(), p.counts.len(), p.commands.len()} }

// Counts returns how many pods these controllers had from a moment on, oldest
// first. Of each the first one tells how it was at that moment, if that is known.
func (p Past) Counts(from time.Time, owners ...types.UID) []Count {
	open := make(map[types.UID]bool, len(owners))
	for _, uid := range owners {
		open[uid] = true
	}
	var found []Count
	for c := range p.counts.back() {
		if len(open) == 0 {
			break
		}
		if !open[c.Owner] {
			continue
		}
		if found = append(found, c); !c.Time.After(from) {
			delete(open, c.Owner)
		}
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found
}

// A fold is a Past under construction.
type fold struct {
	Past
	now     cluster.Snapshot // as it is after the changes
	made    []Deed
	counted []Count
	own     bool // tallies are this fold's own copy
}

// begin counts what is there.
func (f *fold) begin() {
	f.Past.began = f.now.Time
	f.Past.tallies, f.own = map[types.UID]tally{}, true
	for _, rs := range f.now.ReplicaSets {
		f.Past.tallies[rs.UID] = tally{owner: controller(rs).UID, want: wanted(rs.Spec.Replicas)}
	}
	for _, p := range f.now.Pods {
		if c := controller(p); c.UID != "" {
			t := f.Past.tallies[c.UID]
			t.ready, t.pods = t.ready+one(isReady(p)), t.pods+one(isActive(p))
			f.Past.tallies[c.UID] = t
		}
	}
	for uid, t := range f.Past.tallies {
		f.counted = append(f.counted, Count{Time: f.now.Time, Owner: uid, Ready: t.ready, Pods: t.pods})
	}
	f.Past.counts = f.Past.counts.append(mostCounts, f.counted...)
}

// tell changes what is known of a controller.
func (f *fold) tally(at time.Time, uid types.UID, change func(*tally)) {
	if uid == "" {
		return
	}
	if !f.own {
		f.Past.tallies, f.own = maps.Clone(f.Past.tallies), true
	}
	t := f.Past.tallies[uid]
	before := t
	change(&t)
	f.Past.tallies[uid] = t
	if t.ready != before.ready || t.pods != before.pods {
		f.counted = append(f.counted, Count{Time: at, Owner: uid, Ready: t.ready, Pods: t.pods})
	}
}

func controller(o metav1.Object) metav1.OwnerReference {
	if c := metav1.GetControllerOfNoCopy(o); c != nil {
		return *c
	}
	return metav1.OwnerReference{}
}

func isReady(p *corev1.Pod) bool {
	state := cluster.PodState(p)
	return state == cluster.Ready
}

// isActive is what a controller counts as one of its replicas
// (k8s.io/kubernetes/pkg/controller, IsPodActive).
func isActive(p *corev1.Pod) bool {
	return p.DeletionTimestamp == nil && p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// wanted is a number of replicas as the API server fills it in.
func wanted(replicas *int32) int {
	if replicas == nil {
		return 1
	}
	return int(*replicas)
}
