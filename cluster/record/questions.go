package record

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

var podKind = schema.GroupKind{Kind: "Pod"}

// ready is what a Service sends requests to: a pod that is leaving is not.
func ready(p *corev1.Pod) bool {
	state := cluster.PodState(p)
	return state == cluster.Ready
}

// active is what a controller counts as one of its replicas
// (k8s.io/kubernetes/pkg/controller, IsPodActive).
func active(p *corev1.Pod) bool {
	return p.DeletionTimestamp == nil && p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed
}

// A tally counts pods as they change, one at a time.
type tally struct {
	choose Filter
	pods   map[types.NamespacedName]bool // those that are active; true: and ready
	ready  int
}

func newTally(choose Filter, pods []*corev1.Pod) *tally {
	t := &tally{choose: choose, pods: map[types.NamespacedName]bool{}}
	for _, p := range pods {
		t.set(p, true)
	}
	return t
}

// add counts a change and reports whether it was one of a pod.
func (t *tally) add(c cluster.Change) bool {
	p, ok := c.Object.(*corev1.Pod)
	if !ok || c.Kind != podKind {
		return false
	}
	t.set(p, c.Verb != cluster.Deleted)
	return true
}

func (t *tally) set(p *corev1.Pod, there bool) {
	name := types.NamespacedName{Namespace: p.Namespace, Name: p.Name}
	if t.pods[name] {
		t.ready--
	}
	delete(t.pods, name)
	if there && (t.choose == nil || t.choose(p)) && active(p) {
		t.pods[name] = ready(p)
		if t.pods[name] {
			t.ready++
		}
	}
}

// An Extreme is a number and the first moment at which it was reached.
type Extreme struct {
	Count int
	Time  time.Time
}

// Pods is what became of some pods over a span.
type Pods struct {
	// LeastReady is the smallest number of them that were ready at any moment,
	// the first and the last included.
	LeastReady Extreme

	// Most is the largest number of them at any moment, counted as the
	// Deployment controller counts replicas against maxSurge: without those that
	// have finished or are on their way out.
	Most Extreme

	// Downtime is how long, in all, none of them was ready.
	Downtime time.Duration
}

// Pods counts the chosen pods at every moment of the span.
func (s Span) Pods(choose Filter) (Pods, error) {
	start, err := s.Start()
	if err != nil {
		return Pods{}, err
	}
	t := newTally(choose, start.Pods)
	p := Pods{LeastReady: Extreme{t.ready, s.from}, Most: Extreme{len(t.pods), s.from}}
	since := s.from
	pass := func(until time.Time) {
		if t.ready == 0 {
			p.Downtime += max(0, until.Sub(since))
		}
		since = until
	}
	for c, err := range s.All() {
		if err != nil {
			return p, err
		}
		pass(c.Time)
		if !t.add(c) {
			continue
		}
		if t.ready < p.LeastReady.Count {
			p.LeastReady = Extreme{t.ready, c.Time}
		}
		if len(t.pods) > p.Most.Count {
			p.Most = Extreme{len(t.pods), c.Time}
		}
	}
	pass(s.to)
	return p, nil
}

// Requests is how the requests of a span went.
type Requests struct {
	Sent      int
	Failed    int
	ByVersion map[string]int // good answers
}

// Requests sums up the requests whose outcome became known in the span.
func (s Span) Requests() Requests {
	sum := Requests{ByVersion: map[string]int{}}
	known := func(t Traffic) time.Time { return t.Time }
	all := s.recording.notes.traffic
	before := until(all, known, s.from)
	last := Traffic{}
	if len(before) > 0 {
		last = before[len(before)-1]
	}
	for _, now := range until(all, known, s.to)[len(before):] {
		if !now.Began.Equal(last.Began) {
			last = Traffic{} // others: their counts start at nothing
		}
		sum.Sent += now.Sent - last.Sent
		sum.Failed += now.Failed - last.Failed
		for version, n := range now.ByVersion {
			sum.ByVersion[version] += n - last.ByVersion[version]
		}
		last = now
	}
	return sum
}

// A Rollout is one of a Deployment that began in a span.
type Rollout struct {
	Name  string
	Began time.Time
	Ended time.Time // zero: not in the span
	Kind  MarkKind  // how it ended: [Finished], or [Stalled]; [Began] while it goes on
}

// Took is how long it took to finish; 0 if it didn't.
func (r Rollout) Took() time.Duration {
	if r.Kind != Finished {
		return 0
	}
	return r.Ended.Sub(r.Began)
}

// Rollouts are those that began in the span, in that order. A rollout that
// another one of the same Deployment took the place of never ended.
func (s Span) Rollouts() []Rollout {
	var all []Rollout
	for _, m := range s.recording.notes.marks {
		if m.Time.Before(s.from) || m.Time.After(s.to) {
			continue
		}
		switch m.Kind {
		case Began:
			all = append(all, Rollout{Name: m.Name, Began: m.Time, Kind: Began})
		case Stalled, Finished:
			for i := len(all) - 1; i >= 0; i-- {
				if all[i].Name == m.Name {
					all[i].Kind, all[i].Ended = m.Kind, m.Time
					break
				}
			}
		}
	}
	return all
}
