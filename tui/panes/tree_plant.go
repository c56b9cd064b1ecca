package panes

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// A twig is one object of a tree and what it owns. One without an object
// stands for those that are too many to list.
type twig struct {
	kind     string
	object   cluster.Object
	endpoint *discoveryv1.Endpoint
	hidden   int
	owns     []twig
}

// manyPods is how many of an owner's pods are listed one by one.
const manyPods = 24

// plant builds the trees of a namespace: workloads by their owners' UIDs, then
// Services with their endpoints.
func plant(s cluster.Snapshot, namespace string) []twig {
	all := trunks(s, namespace)
	owned := map[types.UID][]twig{} // nil for what nothing hangs below yet
	for _, t := range all {
		owned[t.object.GetUID()] = nil
	}
	var roots []twig
	for _, t := range all {
		if owner, ok := ownerIn(owned, t.object); ok {
			owned[owner] = append(owned[owner], t)
			continue
		}
		roots = append(roots, t)
	}
	roots = append(roots, hangPods(s.Pods, namespace, owned)...)
	for i := range roots {
		roots[i].grow(owned)
	}
	for _, o := range s.Services {
		if o.Namespace == namespace {
			roots = append(roots, serviceTwig(s, o))
		}
	}
	return roots
}

// trunks lists what may own pods, each kind in the snapshot's order.
func trunks(s cluster.Snapshot, namespace string) []twig {
	var all []twig
	all = append(all, twigs("Deployment", s.Deployments, namespace)...)
	all = append(all, twigs("ReplicaSet", s.ReplicaSets, namespace)...)
	all = append(all, twigs("StatefulSet", s.StatefulSets, namespace)...)
	all = append(all, twigs("DaemonSet", s.DaemonSets, namespace)...)
	all = append(all, twigs("CronJob", s.CronJobs, namespace)...)
	return append(all, twigs("Job", s.Jobs, namespace)...)
}

func twigs[T cluster.Object](kind string, objects []T, namespace string) []twig {
	var all []twig
	for _, o := range objects {
		if o.GetNamespace() == namespace {
			all = append(all, twig{kind: kind, object: o})
		}
	}
	return all
}

// ownerIn returns an object's owner if it has one that is on the tree.
func ownerIn(owned map[types.UID][]twig, o cluster.Object) (types.UID, bool) {
	c := metav1.GetControllerOfNoCopy(o)
	if c == nil {
		return "", false
	}
	_, there := owned[c.UID]
	return c.UID, there
}

// hangPods adds pods to what their owners own, the number of those beyond
// [manyPods] in place of the rest, and returns the pods that have no owner.
func hangPods(pods []*corev1.Pod, namespace string, owned map[types.UID][]twig) []twig {
	var free []twig
	more := map[types.UID]int{}
	for _, p := range pods {
		if p.Namespace != namespace {
			continue
		}
		owner, ok := ownerIn(owned, p)
		switch t := (twig{kind: "Pod", object: p}); {
		case !ok:
			free = append(free, t)
		case len(owned[owner]) == manyPods:
			more[owner]++
		default:
			owned[owner] = append(owned[owner], t)
		}
	}
	for uid, n := range more {
		owned[uid] = append(owned[uid], twig{hidden: n})
	}
	return free
}

// grow hangs what a twig owns below it, new revisions before old ones.
func (t *twig) grow(owned map[types.UID][]twig) {
	t.owns = owned[t.object.GetUID()]
	slices.SortStableFunc(t.owns, func(a, b twig) int { return revisionIn(b) - revisionIn(a) })
	for i := range t.owns {
		if t.owns[i].object != nil {
			t.owns[i].grow(owned)
		}
	}
}

func serviceTwig(s cluster.Snapshot, svc *corev1.Service) twig {
	t := twig{kind: "Service", object: svc}
	for _, e := range endpoints(s, svc) {
		if len(t.owns) == manyPods {
			t.owns = append(t.owns, twig{})
		}
		if len(t.owns) > manyPods {
			t.owns[manyPods].hidden++
			continue
		}
		t.owns = append(t.owns, twig{endpoint: e})
	}
	return t
}

// endpoints returns a Service's endpoints in the order of their addresses'
// pods.
func endpoints(s cluster.Snapshot, svc *corev1.Service) []*discoveryv1.Endpoint {
	all := s.Endpoints(svc)
	slices.SortStableFunc(all, func(a, b *discoveryv1.Endpoint) int { return strings.Compare(podOf(a), podOf(b)) })
	return all
}

func podOf(e *discoveryv1.Endpoint) string {
	if e.TargetRef == nil {
		return ""
	}
	return e.TargetRef.Name
}
