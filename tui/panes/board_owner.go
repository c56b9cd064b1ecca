package panes

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// An owner is the workload that stands behind pods: the topmost one, which the
// learner made.
type owner struct {
	kind string
	uid  types.UID
	name string

	revision int // a Deployment's; 0 for others
	age      int // of the revision: 0 newest, 1 the one before or of an older Deployment beside it, 2 older; loose for pods without one
}

// loose is the age of pods that no revision made.
const loose = -1

// owners finds the owner behind a pod's controller by the controller's UID.
type owners map[types.UID]owner

// ownersOf indexes a snapshot's workloads.
func ownersOf(s cluster.Snapshot) owners {
	found := owners{}
	deployments := map[types.UID]*appsv1.Deployment{}
	for _, d := range s.Deployments {
		deployments[d.UID] = d
	}
	revisions := map[types.UID][]*appsv1.ReplicaSet{}
	for _, rs := range s.ReplicaSets {
		if c := metav1.GetControllerOfNoCopy(rs); c != nil && deployments[c.UID] != nil {
			revisions[c.UID] = append(revisions[c.UID], rs)
			continue
		}
		found[rs.UID] = owner{kind: "ReplicaSet", uid: rs.UID, name: Clean(rs.Name), age: loose}
	}
	elder := elders(s)
	for uid, sets := range revisions {
		newest := 0
		if elder[uid] {
			newest = 1
		}
		slices.SortFunc(sets, func(a, b *appsv1.ReplicaSet) int { return cmp.Compare(revisionOf(b), revisionOf(a)) })
		for i, rs := range sets {
			found[rs.UID] = owner{
				kind: "Deployment", uid: uid, name: Clean(deployments[uid].Name),
				revision: revisionOf(rs), age: min(newest+i, 2),
			}
		}
	}
	add := func(kind string, o metav1.Object) {
		found[o.GetUID()] = owner{kind: kind, uid: o.GetUID(), name: Clean(o.GetName()), age: loose}
	}
	for _, o := range s.DaemonSets {
		add("DaemonSet", o)
	}
	for _, o := range s.StatefulSets {
		add("StatefulSet", o)
	}
	for _, o := range s.Jobs {
		add("Job", o)
	}
	return found
}

// update returns the owners of a snapshot, and the same map as before when
// nothing in it changed, so that its users can compare by identity.
func (o owners) update(s cluster.Snapshot) (now owners, changed bool) {
	now = ownersOf(s)
	if maps.Equal(o, now) {
		return o, false
	}
	return now, true
}

// of returns the owner behind a pod; a pod that nothing known controls owns
// itself.
func (o owners) of(p *corev1.Pod) owner {
	if c := metav1.GetControllerOfNoCopy(p); c != nil {
		if found, ok := o[c.UID]; ok {
			return found
		}
	}
	return owner{kind: "Pod", uid: p.UID, name: Clean(p.Name), age: loose}
}

func revisionOf(rs *appsv1.ReplicaSet) int {
	n, err := strconv.Atoi(rs.Annotations[cluster.RevisionAnnotation])
	if err != nil {
		return 0
	}
	return n
}

// label is what stands on a pod's tile before its mark: the revision, a
// StatefulSet pod's ordinal, or its owner's letter.
func (o owner) label(pod string) string {
	switch {
	case o.revision > 0:
		return strconv.Itoa(o.revision)
	case o.kind == "Job":
		return "j"
	case o.kind == "StatefulSet":
		if n, ok := strings.CutPrefix(pod, o.name+"-"); ok && len(n) <= 3 {
			return n
		}
	}
	for _, r := range o.name {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return strings.ToLower(string(r))
		}
	}
	return "p"
}

// shortName is a pod's name without what its owner's name says already: the
// random end, or all of it for a pod that owns itself.
func shortName(o owner, pod string) string {
	if o.kind == "Pod" {
		return pod
	}
	if i := strings.LastIndexByte(pod, '-'); i >= 0 && i+1 < len(pod) {
		return pod[i+1:]
	}
	return pod
}
