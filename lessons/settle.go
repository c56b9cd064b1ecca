package lessons

import (
	"context"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// How long a cluster must be without change to be taken for settled. A node
// that can't pull an image keeps trying: hence the longer wait where something
// has not come to rest, and an end to it.
const (
	quietAtRest  = 500 * time.Millisecond // pods ready or gone, controllers have seen all
	quietAnyway  = 2 * time.Second        // something is under way, or can't be
	settleAtMost = 15 * time.Second
)

// settle waits until nothing in the namespace changes any more and requests go
// where they now should.
func (p *player) settle(ctx context.Context) error {
	deadline := time.Now().Add(settleAtMost)
	for {
		quiet := quietAnyway
		if atRest(p.session.Observed(), p.driver.Namespace()) && p.stats == nil {
			quiet = quietAtRest
		}
		left := max(time.Until(p.changed.Add(quiet)), time.Until(p.routed.Add(p.driver.Lag())))
		left = min(left, time.Until(deadline))
		if left <= 0 {
			return nil
		}
		if err := p.observe(ctx, left); err != nil {
			return err
		}
	}
}

// atRest reports whether every pod of a namespace has come to where it stays
// and every workload's controller has done what it was told.
func atRest(s cluster.Snapshot, namespace string) bool {
	for _, pod := range s.Pods {
		if pod.Namespace != namespace {
			continue
		}
		switch state := cluster.PodState(pod); state {
		case cluster.Ready, cluster.Completed, cluster.Failed:
		default:
			return false
		}
	}
	for _, d := range s.Deployments {
		if d.Namespace == namespace && !deploymentAtRest(d) {
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
	return true
}

func deploymentAtRest(d *appsv1.Deployment) bool {
	want := ptr.Deref(d.Spec.Replicas, 1)
	return d.Status.ObservedGeneration >= d.Generation && d.Status.Replicas == want && d.Status.ReadyReplicas == want
}
