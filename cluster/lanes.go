package cluster

import (
	"cmp"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// RevisionAnnotation holds a ReplicaSet's revision, set by the Deployment
// controller (k8s.io/kubectl/pkg/util/deployment).
const RevisionAnnotation = "deployment.kubernetes.io/revision"

// A Lane is one revision of a Deployment: its ReplicaSet and the pods it owns.
type Lane struct {
	Revision   int
	ReplicaSet *appsv1.ReplicaSet
	Pods       []*corev1.Pod
}

// Images returns the images of the revision's containers, in order.
func (l Lane) Images() []string {
	var images []string
	for _, c := range l.ReplicaSet.Spec.Template.Spec.Containers {
		images = append(images, c.Image)
	}
	return images
}

// Lanes returns every revision of d that the cluster still keeps, newest first,
// those scaled to zero included. Owners are found by UID, never by name.
func (s Snapshot) Lanes(d *appsv1.Deployment) []Lane {
	var lanes []Lane
	for _, rs := range s.ReplicaSets {
		if c := metav1.GetControllerOfNoCopy(rs); c == nil || c.UID != d.UID {
			continue
		}
		lanes = append(lanes, Lane{Revision: revision(rs), ReplicaSet: rs})
	}
	slices.SortStableFunc(lanes, func(a, b Lane) int { return cmp.Compare(b.Revision, a.Revision) })
	for _, p := range s.Pods {
		c := metav1.GetControllerOfNoCopy(p)
		if c == nil {
			continue
		}
		// There are a few lanes and maybe thousands of pods: no map is faster.
		if i := slices.IndexFunc(lanes, func(l Lane) bool { return l.ReplicaSet.UID == c.UID }); i >= 0 {
			lanes[i].Pods = append(lanes[i].Pods, p)
		}
	}
	return lanes
}

// Revision returns the revision a pod was made by: its ReplicaSet's, or 0 for a
// pod that no Deployment's ReplicaSet owns.
func (s Snapshot) Revision(p *corev1.Pod) int {
	c := metav1.GetControllerOfNoCopy(p)
	if c == nil || c.Kind != "ReplicaSet" {
		return 0
	}
	owner := key{p.Namespace, c.Name}
	i, found := slices.BinarySearchFunc(s.ReplicaSets, owner, func(rs *appsv1.ReplicaSet, k key) int { return keyOf(rs).compare(k) })
	if !found || s.ReplicaSets[i].UID != c.UID {
		return 0 // gone; at best another stands under its name
	}
	return revision(s.ReplicaSets[i])
}

// revision returns a ReplicaSet's revision, or 0 if it has none.
func revision(rs *appsv1.ReplicaSet) int {
	n, err := strconv.Atoi(rs.Annotations[RevisionAnnotation])
	if err != nil {
		return 0
	}
	return n
}

// Bounds returns how few available and how many pods in all a rolling update of
// d may reach: replicas − maxUnavailable, rounded down, and replicas + maxSurge,
// rounded up, as the Deployment controller does
// (k8s.io/kubernetes/pkg/controller/deployment/util, ResolveFenceposts). A field
// that is not set counts as the API server would fill it in
// (k8s.io/kubernetes/pkg/apis/apps/v1, SetDefaults_Deployment).
func Bounds(d *appsv1.Deployment) (floor, ceiling int) {
	replicas := int(ptr.Deref(d.Spec.Replicas, 1))
	if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		return 0, replicas
	}
	var rolling appsv1.RollingUpdateDeployment
	if d.Spec.Strategy.RollingUpdate != nil {
		rolling = *d.Spec.Strategy.RollingUpdate
	}
	surge := share(rolling.MaxSurge, replicas, true)
	unavailable := share(rolling.MaxUnavailable, replicas, false)
	if surge == 0 && unavailable == 0 {
		unavailable = 1 // else nothing could ever move
	}
	return max(0, replicas-unavailable), replicas + surge
}

// share returns a number or percentage of replicas. The API server lets no
// malformed one in, so that one counts as none.
func share(of *intstr.IntOrString, replicas int, up bool) int {
	n, err := intstr.GetScaledValueFromIntOrPercent(ptr.To(ptr.Deref(of, intstr.FromString("25%"))), replicas, up)
	if err != nil {
		return 0
	}
	return n
}
