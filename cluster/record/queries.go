package record

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// A Filter chooses the pods a question is about. It looks at the pod alone, and
// at each of its states anew, so a pod may come and go with its labels. A nil
// Filter chooses every pod.
type Filter func(*corev1.Pod) bool

// Selected chooses the pods in a namespace whose labels match.
func Selected(namespace string, selector labels.Selector) Filter {
	return func(p *corev1.Pod) bool {
		return p.Namespace == namespace && selector.Matches(labels.Set(p.Labels))
	}
}

// OwnedBy chooses the pods whose controller has this UID.
func OwnedBy(owner types.UID) Filter {
	return func(p *corev1.Pod) bool {
		c := metav1.GetControllerOfNoCopy(p)
		return c != nil && c.UID == owner
	}
}

// LeastReady returns the smallest number of chosen pods that were ready at any
// moment of the span, the first and the last included.
func (t Timeline) LeastReady(choose Filter) int {
	least := -1
	for _, n := range t.counts(choose, ready) {
		if least < 0 || n < least {
			least = n
		}
	}
	return max(0, least)
}

// MostPods returns the largest number of chosen pods at any moment, counted as
// the Deployment controller counts replicas against maxSurge: without those
// that have finished or are on their way out.
func (t Timeline) MostPods(choose Filter) int {
	most := 0
	for _, n := range t.counts(choose, active) {
		most = max(most, n)
	}
	return most
}

// Downtime returns how long, in all, no chosen pod was ready.
func (t Timeline) Downtime(choose Filter) time.Duration {
	var sum time.Duration
	down, since := false, t.start.Time
	for at, n := range t.counts(choose, ready) {
		if down {
			sum += max(0, at.Sub(since))
		}
		down, since = n == 0, at
	}
	return sum
}

// Created returns the changes that made an object of a kind; a nil match means
// every object.
func (t Timeline) Created(kind schema.GroupKind, match func(cluster.Object) bool) []cluster.Change {
	return t.find(cluster.Added, kind, match)
}

// Deleted returns the changes that removed an object of a kind; a nil match
// means every object.
func (t Timeline) Deleted(kind schema.GroupKind, match func(cluster.Object) bool) []cluster.Change {
	return t.find(cluster.Deleted, kind, match)
}

func (t Timeline) find(verb cluster.Verb, kind schema.GroupKind, match func(cluster.Object) bool) []cluster.Change {
	var found []cluster.Change
	for c := range t.All() {
		if c.Verb == verb && c.Kind == kind && (match == nil || match(c.Object)) {
			found = append(found, c)
		}
	}
	return found
}

// A Moment is a state of the cluster and how far into the span it came about.
type Moment struct {
	After    time.Duration
	Snapshot cluster.Snapshot // its Changes holds the change that led to it
}

// First returns the first moment that holds, and whether there is one. It
// builds every state up to it: on a large cluster, ask [Timeline.All].
func (t Timeline) First(holds func(cluster.Snapshot) bool) (Moment, bool) {
	for s := range t.Moments() {
		if holds(s) {
			return Moment{After: s.Time.Sub(t.start.Time), Snapshot: s}, true
		}
	}
	return Moment{}, false
}

// TimeTo returns how long after the span's beginning it first held, and whether
// it ever did.
func (t Timeline) TimeTo(holds func(cluster.Snapshot) bool) (time.Duration, bool) {
	m, ok := t.First(holds)
	return m.After, ok
}
