package lessons

import (
	"context"
	"maps"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// How long a cluster must be without change to be taken for settled. A node
// that can't pull an image keeps trying: hence the longer wait where something
// has not come to rest, and an end to it.
const (
	quietAtRest  = 250 * time.Millisecond // pods ready or gone, controllers have seen all
	quietAnyway  = 2 * time.Second        // something is under way, or can't be
	settleAtMost = 15 * time.Second
	behindAtMost = time.Minute // how long snapshots that lag behind the cluster are waited for
)

// settle waits until nothing in the namespace changes any more, that has been
// observed, and requests go where they now should.
func (p *player) settle(ctx context.Context) error {
	began := time.Now()
	for {
		left := min(p.unsettled(), time.Until(began.Add(settleAtMost)))
		if left <= 0 {
			current, err := p.driver.Current(ctx, p.session.Observed())
			if err != nil || current || time.Since(began) >= behindAtMost {
				return err
			}
			left = tick
		}
		if err := p.observe(ctx, left); err != nil {
			return err
		}
	}
}

// unsettled is how long it has to stay as it is to be taken for settled.
func (p *player) unsettled() time.Duration {
	quiet := quietAnyway
	if atRest(p.session.Observed(), p.driver.Namespace()) && p.stats == nil {
		quiet = quietAtRest
	}
	return max(time.Until(p.changed.Add(quiet)), time.Until(p.routed.Add(p.driver.Lag())))
}

// atRest reports whether every pod of a namespace has come to where it stays,
// every workload's controller has done what it was told, and every Service's
// endpoints are the pods that are ready.
func atRest(s cluster.Snapshot, namespace string) bool {
	unready := int32(0)
	for _, pod := range s.Pods {
		if pod.Namespace != namespace {
			continue
		}
		switch state := cluster.PodState(pod); state {
		case cluster.Ready, cluster.Completed, cluster.Failed:
		default:
			if !lacksImage(pod) && !wentUnready(pod) {
				return false
			}
			unready++
		}
	}
	for _, d := range s.Deployments {
		if d.Namespace == namespace && !deploymentAtRest(d, unready) {
			return false
		}
	}
	for _, rs := range s.ReplicaSets {
		if rs.Namespace == namespace && (rs.Status.ObservedGeneration < rs.Generation ||
			rs.Status.Replicas != ptr.Deref(rs.Spec.Replicas, 1)) {
			return false
		}
	}
	for _, ds := range s.DaemonSets {
		if ds.Namespace == namespace && (ds.Status.ObservedGeneration < ds.Generation ||
			ds.Status.NumberReady != ds.Status.DesiredNumberScheduled) {
			return false
		}
	}
	return !slices.ContainsFunc(s.Services, func(svc *corev1.Service) bool {
		return svc.Namespace == namespace && !routed(s, svc)
	})
}

// routed reports whether the endpoints of a Service that selects pods are the ready
// ones of them.
func routed(s cluster.Snapshot, svc *corev1.Service) bool {
	if len(svc.Spec.Selector) == 0 || svc.Spec.PublishNotReadyAddresses || slices.Contains(s.Missing, endpointSliceKind) {
		return true
	}
	ready := map[types.UID]bool{}
	selector := labels.SelectorFromSet(svc.Spec.Selector)
	for _, pod := range s.Pods {
		if pod.Namespace == svc.Namespace && selector.Matches(labels.Set(pod.Labels)) && cluster.PodState(pod) == cluster.Ready {
			ready[pod.UID] = true
		}
	}
	return maps.Equal(ready, s.Receiving(svc))
}

// deploymentAtRest reports whether a Deployment is complete, or held up by nothing
// but pods that lack their image or don't want to be asked.
func deploymentAtRest(d *appsv1.Deployment, unready int32) bool {
	want := ptr.Deref(d.Spec.Replicas, 1)
	if d.Status.ObservedGeneration < d.Generation {
		return false
	}
	return d.Status.Replicas == want && d.Status.ReadyReplicas == want ||
		unready > 0 && d.Status.Replicas >= want && d.Status.Replicas-d.Status.ReadyReplicas <= unready
}

// lacksImage reports whether a pod waits until its image can be pulled: that it is
// tried again from time to time changes nothing.
func lacksImage(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.ContainerStatuses, func(c corev1.ContainerStatus) bool {
		return c.State.Waiting != nil && slices.Contains([]string{"ErrImagePull", "ImagePullBackOff"}, c.State.Waiting.Reason)
	})
}

// wentUnready reports whether a pod runs that was ready once and isn't now: it is
// not on its way to being ready. The API tells times in whole seconds: of one that
// changed within the second in which it started nothing is known.
func wentUnready(pod *corev1.Pod) bool {
	i := slices.IndexFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool { return c.Type == corev1.PodReady })
	if i < 0 || pod.DeletionTimestamp != nil || len(pod.Status.ContainerStatuses) == 0 {
		return false
	}
	at := pod.Status.Conditions[i]
	return at.Status == corev1.ConditionFalse && !slices.ContainsFunc(pod.Status.ContainerStatuses, func(c corev1.ContainerStatus) bool {
		return c.State.Running == nil || !at.LastTransitionTime.After(c.State.Running.StartedAt.Time)
	})
}
