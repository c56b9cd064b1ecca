package cluster

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// An Object is anything the API server keeps. It is never written to.
type Object interface {
	metav1.Object
	runtime.Object
}

// A Snapshot is all podium knows about a cluster at one moment. Nothing in it
// is ever written again, so panes and goals may share it freely.
type Snapshot struct {
	Seq  uint64    // grows by one with each snapshot
	Time time.Time // when it was taken, by this machine's clock

	// The kinds that are drawn, each sorted by namespace and name.
	Nodes          []*corev1.Node
	Namespaces     []*corev1.Namespace
	Pods           []*corev1.Pod
	Services       []*corev1.Service
	EndpointSlices []*discoveryv1.EndpointSlice
	Events         []*corev1.Event
	Deployments    []*appsv1.Deployment
	ReplicaSets    []*appsv1.ReplicaSet
	DaemonSets     []*appsv1.DaemonSet
	StatefulSets   []*appsv1.StatefulSet
	Jobs           []*batchv1.Job
	CronJobs       []*batchv1.CronJob

	// Objects holds every watched object, the ones above included, sorted by
	// namespace and name. Each says its apiVersion and kind. Goals look here, so a
	// lesson may name any of [Kinds]. A kind of which there is none is not a key.
	Objects map[schema.GroupKind][]Object

	// Missing lists the kinds that the API server doesn't let this user list, or
	// doesn't serve: that there are none of them in Objects says nothing.
	Missing []schema.GroupKind

	// Narrowed lists the kinds of which only the learner's namespace is watched,
	// because this user may not list them everywhere.
	Narrowed []schema.GroupKind

	// Changes lists what happened since the snapshot its reader took before
	// this one, oldest first, however many snapshots the reader missed. It is
	// empty in a reader's first snapshot.
	Changes []Change
}

// A Change is one step in an object's life.
type Change struct {
	Time   time.Time // when podium learned of it
	Verb   Verb
	Kind   schema.GroupKind
	Object Object // as it is now; as it last was, for Deleted
	Before Object // as it was; nil for Added, the same as Object for Deleted
}

// Verb says what a [Change] did.
type Verb string

// The verbs, in the API server's own words for watch events.
const (
	Added    Verb = "ADDED"
	Modified Verb = "MODIFIED"
	Deleted  Verb = "DELETED"
)

// Merge returns next with the changes of a snapshot nobody read put before its
// own: the newest state, and the whole history.
func Merge(unread, next Snapshot) Snapshot {
	next.Changes = slices.Concat(unread.Changes, next.Changes)
	return next
}

// PodsOn returns the pods bound to node; "" asks for those not yet scheduled.
func (s Snapshot) PodsOn(node string) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, p := range s.Pods {
		if p.Spec.NodeName == node {
			pods = append(pods, p)
		}
	}
	return pods
}

// OwnedBy returns the pods whose controller is the object with this UID.
func (s Snapshot) OwnedBy(owner types.UID) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, p := range s.Pods {
		if c := metav1.GetControllerOfNoCopy(p); c != nil && c.UID == owner {
			pods = append(pods, p)
		}
	}
	return pods
}

// In returns the objects of a kind in a namespace; "" asks for all of them.
func (s Snapshot) In(kind schema.GroupKind, namespace string) []Object {
	all := s.Objects[kind]
	if namespace == "" {
		return all
	}
	var some []Object
	for _, o := range all {
		if o.GetNamespace() == namespace {
			some = append(some, o)
		}
	}
	return some
}
