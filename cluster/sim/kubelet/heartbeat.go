package kubelet

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

const (
	leaseSeconds = 20 // of podium's node-monitor-grace-period; a kubelet's default is 40
	// leaseInterval is a quarter of it, as a kubelet renews: three may be late
	// on a busy machine before the node counts as lost.
	leaseInterval = leaseSeconds / 4 * time.Second
	// statusInterval is nodeStatusReportFrequency: a status that has not
	// changed is posted that seldom.
	statusInterval = 5 * time.Minute
)

// beat renews the nodes' leases and now and then their status until ctx ends.
func (n *Nodes) beat(ctx context.Context) {
	ticker := time.NewTicker(leaseInterval)
	defer ticker.Stop()
	posted := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		all := time.Since(posted) >= statusInterval
		if all {
			posted = time.Now()
		}
		var group sync.WaitGroup
		for nd, machine := range n.switchedOn() {
			group.Go(func() { n.beatOnce(machine, nd, all) })
		}
		group.Wait()
	}
}

func (n *Nodes) beatOnce(ctx context.Context, nd *node, always bool) {
	if err := n.renewLease(ctx, nd); err != nil {
		if ctx.Err() == nil {
			n.log.Warn("lease not renewed", "node", nd.name, "error", err)
		}
		return
	}
	n.refreshNode(ctx, nd, always)
}

func (n *Nodes) renewLease(ctx context.Context, nd *node) error {
	leases := n.options.Client.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	now := metav1.NowMicro()
	patch := fmt.Appendf(nil, `{"spec":{"renewTime":%q}}`, now.UTC().Format(metav1.RFC3339Micro))
	_, err := leases.Patch(ctx, nd.name, types.MergePatchType, patch, metav1.PatchOptions{})
	if !apierrors.IsNotFound(err) {
		return err
	}
	_, err = leases.Create(ctx, &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{Name: nd.name, Namespace: corev1.NamespaceNodeLease},
		Spec: coordinationv1.LeaseSpec{
			HolderIdentity: &nd.name, LeaseDurationSeconds: ptr.To[int32](leaseSeconds), RenewTime: &now,
		},
	}, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// refreshNode posts the node's status when the API server's differs from it. A
// lost lease makes the node lifecycle controller set Ready to Unknown, and only
// a posted status takes that back.
func (n *Nodes) refreshNode(ctx context.Context, nd *node, always bool) {
	object, err := n.factory.Core().V1().Nodes().Lister().Get(nd.name)
	if err != nil {
		return
	}
	if !always && healthy(object) && len(object.Status.Images) == len(nd.images.list()) {
		return
	}
	if err := n.postNodeStatus(ctx, nd, object); err != nil && ctx.Err() == nil {
		n.log.Warn("node status not posted", "node", nd.name, "error", err)
	}
}

func healthy(object *corev1.Node) bool {
	for _, c := range object.Status.Conditions {
		want := corev1.ConditionFalse
		if c.Type == corev1.NodeReady {
			want = corev1.ConditionTrue
		}
		if c.Status != want {
			return false
		}
	}
	return len(object.Status.Conditions) > 0
}

func (n *Nodes) postNodeStatus(ctx context.Context, nd *node, object *corev1.Node) error {
	status := n.nodeStatus(nd, object.Status, time.Now())
	patch, err := json.Marshal(map[string]any{"status": status})
	if err != nil {
		return err
	}
	_, err = n.options.Client.CoreV1().Nodes().Patch(ctx, nd.name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	if err != nil {
		return fmt.Errorf("post the status of node %s: %w", nd.name, err)
	}
	return nil
}

func sortedImages(list []corev1.ContainerImage) []corev1.ContainerImage {
	slices.SortFunc(list, func(a, b corev1.ContainerImage) int { return strings.Compare(a.Names[1], b.Names[1]) })
	return list
}
