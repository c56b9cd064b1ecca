package panes

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// Matters reports whether a change is one that a learner steps to: something in
// the namespace that is not only an event about it, or a node that comes or goes.
// Heartbeats and the cluster's own objects are passed over.
func Matters(c cluster.Change, namespace string) bool {
	switch o := c.Object.(type) {
	case *corev1.Event:
		return false
	case *corev1.Node:
		before, ok := c.Before.(*corev1.Node)
		return c.Verb != cluster.Modified || !ok || nodeIs(before) != nodeIs(o)
	case *corev1.Pod:
		before, ok := c.Before.(*corev1.Pod)
		return o.Namespace == namespace && (c.Verb != cluster.Modified || !ok || !looksSame(before, o))
	}
	return c.Object.GetNamespace() == namespace && !sameButStatus(c)
}

// nodeIs is what kubectl prints of a node's state.
func nodeIs(n *corev1.Node) string {
	trouble, note := nodeWords(n)
	if len(trouble) == 0 {
		trouble = []string{"Ready"}
	}
	return strings.Join(slices.Concat(trouble, note), ",")
}

// sameButStatus reports whether only what a controller writes about a workload
// or the API server about an object has changed, and nothing that counts pods.
func sameButStatus(c cluster.Change) bool {
	if c.Verb != cluster.Modified {
		return false
	}
	switch o := c.Object.(type) {
	case *appsv1.Deployment:
		before, ok := c.Before.(*appsv1.Deployment)
		return ok && before.Generation == o.Generation && before.Annotations[cluster.RevisionAnnotation] == o.Annotations[cluster.RevisionAnnotation] && phaseOf(before) == phaseOf(o)
	case *appsv1.ReplicaSet:
		before, ok := c.Before.(*appsv1.ReplicaSet)
		return ok && before.Generation == o.Generation
	}
	return false
}

// phaseOf is what a Deployment says about its progress.
func phaseOf(d *appsv1.Deployment) string {
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing {
			return c.Reason
		}
	}
	return ""
}

// tellChange says what a change did: "pod web-7c9-x2x  starting ▸ ready".
func tellChange(l *line, s Scene, c cluster.Change, ink theme.Ink) {
	kind := strings.ToLower(c.Kind.Kind)
	l.put(s.Theme.Inks.Faint, kind+" ")
	l.put(ink, Clean(c.Object.GetName())+"  ")
	before, after := standing(s, c.Before), standing(s, c.Object)
	switch {
	case c.Verb == cluster.Added:
		l.put(s.Theme.Inks.Accent, s.Lang.Say(i18n.M("timeline.added")))
	case c.Verb == cluster.Deleted:
		l.put(s.Theme.Inks.Faint, s.Lang.Say(i18n.M("timeline.deleted")))
	case before != after:
		l.put(s.Theme.Inks.Faint, before+" "+s.Theme.Here+" ")
		l.put(ink, after)
	default:
		l.put(s.Theme.Inks.Faint, s.Lang.Say(i18n.M("timeline.changed")))
	}
}

// standing is what of an object a learner watches, in a word.
func standing(s Scene, o cluster.Object) string {
	switch o := o.(type) {
	case *corev1.Pod:
		state, word := cluster.StateOf(o)
		if state == cluster.Ready {
			word += " " + s.Theme.Ready
		}
		return Clean(word)
	case *appsv1.ReplicaSet:
		return s.Lang.Say(i18n.M("timeline.pods", "Count", int(ptr.Deref(o.Spec.Replicas, 1))))
	case *appsv1.Deployment:
		return s.Lang.Say(i18n.M("timeline.revision", "Revision", Clean(o.Annotations[cluster.RevisionAnnotation]), "Count", int(ptr.Deref(o.Spec.Replicas, 1))))
	case *corev1.Node:
		return nodeIs(o)
	}
	return ""
}
