package record

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// deadlineExceeded is the reason of a Deployment that makes no progress
// (k8s.io/kubernetes/pkg/controller/deployment/util, TimedOutReason).
const deadlineExceeded = "ProgressDeadlineExceeded"

// rollouts follows the Deployments of the learner's namespace, to mark where
// their rollouts begin and end.
type rollouts struct {
	namespace string
	known     map[types.UID]rollout
}

type rollout struct {
	revision string
	open     bool // it began and has not finished
	stalled  bool
}

// newRollouts begins with what is there: its rollouts began before.
func newRollouts(namespace string, s cluster.Snapshot) *rollouts {
	r := &rollouts{namespace, map[types.UID]rollout{}}
	for _, d := range s.Deployments {
		p := phase(d)
		r.known[d.UID] = rollout{d.Annotations[cluster.RevisionAnnotation], p != Finished, p == Stalled}
	}
	return r
}

// add returns the marks of a change, if it has any.
func (r *rollouts) add(c cluster.Change) []Mark {
	d, ok := c.Object.(*appsv1.Deployment)
	switch {
	case !ok || d.Namespace != r.namespace:
		return nil
	case c.Verb == cluster.Deleted:
		delete(r.known, d.UID)
		return nil
	}
	known := r.known[d.UID]
	var marks []Mark
	if revision := d.Annotations[cluster.RevisionAnnotation]; revision != known.revision {
		known = rollout{revision: revision, open: true}
		marks = append(marks, mark(Began, d, c.Time))
	}
	switch p := phase(d); {
	case !known.open:
	case p == Finished:
		known.open = false
		marks = append(marks, mark(Finished, d, c.Time))
	case p == Stalled && !known.stalled:
		marks = append(marks, mark(Stalled, d, c.Time))
	}
	known.stalled = known.open && phase(d) == Stalled
	r.known[d.UID] = known
	return marks
}

func mark(kind MarkKind, d *appsv1.Deployment, at time.Time) Mark {
	return Mark{Time: at, Kind: kind, Name: d.Name}
}

// phase says how far a Deployment's newest rollout is, by the rules of kubectl
// rollout status (k8s.io/kubectl/pkg/polymorphichelpers, DeploymentStatusViewer).
func phase(d *appsv1.Deployment) MarkKind {
	s := d.Status
	if s.ObservedGeneration < d.Generation {
		return Began
	}
	for _, c := range s.Conditions {
		if c.Type == appsv1.DeploymentProgressing && c.Reason == deadlineExceeded {
			return Stalled
		}
	}
	if s.UpdatedReplicas < ptr.Deref(d.Spec.Replicas, 1) || s.Replicas > s.UpdatedReplicas || s.AvailableReplicas < s.UpdatedReplicas {
		return Began
	}
	return Finished
}
