package record

import (
	"iter"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

var podKind = schema.GroupKind{Kind: "Pod"}

// ready is what a Service sends requests to: a pod that is leaving is not.
func ready(p *corev1.Pod) bool {
	state, _ := cluster.StateOf(p)
	return state == cluster.Ready
}

// active is what a controller counts as one of its replicas
// (k8s.io/kubernetes/pkg/controller, IsPodActive).
func active(p *corev1.Pod) bool {
	return p.DeletionTimestamp == nil && p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed
}

// counts yields how many chosen pods are so, with the time from which on it
// holds: at the start, after each change of a pod, and at the end. It follows
// single pods instead of building every state, so it costs as much as there are
// changes.
func (t Timeline) counts(choose Filter, so func(*corev1.Pod) bool) iter.Seq2[time.Time, int] {
	return func(yield func(time.Time, int) bool) {
		counted := map[types.NamespacedName]bool{}
		mark := func(p *corev1.Pod, there bool) {
			name := types.NamespacedName{Namespace: p.Namespace, Name: p.Name}
			if there && (choose == nil || choose(p)) && so(p) {
				counted[name] = true
			} else {
				delete(counted, name)
			}
		}
		for _, p := range t.start.Pods {
			mark(p, true)
		}
		if !yield(t.start.Time, len(counted)) {
			return
		}
		for c := range t.All() {
			p, ok := c.Object.(*corev1.Pod)
			if c.Kind != podKind || !ok {
				continue
			}
			mark(p, c.Verb != cluster.Deleted)
			if !yield(c.Time, len(counted)) {
				return
			}
		}
		yield(t.last.Time, len(counted))
	}
}
