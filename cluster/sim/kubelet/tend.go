package kubelet

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
)

// Node objects are the list of machines, and what podium asks of them is said
// there, so that it survives the control plane and needs no other way in: one
// that is created is a new machine, one that is deleted is a machine gone, and
// stoppedMark switches a machine off. The control plane's stays on.
//
// Package cluster/sim writes the same names.
const (
	controlPlaneName = "control-plane"
	controlPlaneRole = "node-role.kubernetes.io/control-plane"

	// simulatedLabel marks the nodes of this package; its value is the node's
	// index, from which its name and addresses follow.
	simulatedLabel = "podium.dev/node"

	// stoppedMark is an annotation: stopAsked until the machine is off, then
	// since when it is. Without it the machine is on.
	stoppedMark = "podium.dev/stopped"
	stopAsked   = "asked"

	// speedMark is an annotation of the control plane's node: how fast all
	// machines work, against [Options.Speed]. Without it, at that speed.
	speedMark = "podium.dev/speed"
	mostSpeed = 100
)

const (
	defaultWorkers = 3
	maxWorkers     = 50
)

// lineUp says which workers to make and which to remove so that there are want
// of them; 0 is as many as there are, or the default.
func lineUp(have []int, want int) (missing, surplus []int) {
	slices.Sort(have)
	if want == 0 {
		want = len(have)
	}
	if want == 0 {
		want = defaultWorkers
	}
	if len(have) > want {
		return nil, slices.Clone(have[want:]) // the caller goes on changing have
	}
	for i := 1; len(have)+len(missing) < want && i <= maxWorkers; i++ {
		if !slices.Contains(have, i) {
			missing = append(missing, i)
		}
	}
	return missing, nil
}

// indexOf returns the index of a node that is one of this package's.
func indexOf(object *corev1.Node) (int, bool) {
	index, err := strconv.Atoi(object.Labels[simulatedLabel])
	return index, err == nil && index >= 0 && index <= maxWorkers && object.Name == nodeName(index)
}

// tend follows the Node objects from now on: machines are switched on and off,
// added and removed, one after the other.
func (n *Nodes) tend(ctx context.Context) error {
	queue := workqueue.NewTyped[string]()
	n.running.Go(func() {
		<-ctx.Done()
		queue.ShutDown()
	})
	n.running.Go(func() {
		for {
			name, done := queue.Get()
			if done {
				return
			}
			if err := n.reconcile(ctx, name); err != nil && ctx.Err() == nil {
				n.log.Warn("node not brought in line", "node", name, "error", err)
				time.AfterFunc(time.Second, func() { queue.Add(name) })
			}
			queue.Done(name)
		}
	})
	look := func(o any) {
		object := o.(*corev1.Node)
		if object.Name == controlPlaneName {
			n.pace.change(speedOf(object))
		}
		if n.differs(object) {
			queue.Add(object.Name)
		}
	}
	return handle(n.factory.Core().V1().Nodes().Informer(), look, func(o any) { queue.Add(o.(*corev1.Node).Name) })
}

// speedOf is the speed that is asked for on the control plane's node; what can't
// be understood asks for none.
func speedOf(object *corev1.Node) float64 {
	asked, err := strconv.ParseFloat(object.Annotations[speedMark], 64)
	if err != nil || !(asked >= 0 && asked <= mostSpeed) {
		return 1
	}
	return asked
}

// differs says that a machine is not as its Node object wants it.
func (n *Nodes) differs(object *corev1.Node) bool {
	if _, ours := indexOf(object); !ours {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	nd := n.nodes[object.Name]
	stop := wantsStop(object)
	return nd == nil || nd.uid != string(object.UID) || stop != (nd.machine == nil) || stop && object.Annotations[stoppedMark] == stopAsked
}

// reconcile brings one machine in line with its Node object.
func (n *Nodes) reconcile(ctx context.Context, name string) error {
	object, err := n.options.Client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	there := err == nil
	nd := n.node(name)
	if nd != nil && (!there || !n.same(nd, object)) {
		if nd.index == 0 { // it can't be done without: its kubelet registers it again
			return n.registerNode(ctx, nd, false)
		}
		if err := n.scrap(ctx, nd); err != nil {
			return err
		}
		nd = nil
	}
	if !there {
		return nil
	}
	index, ours := indexOf(object)
	if !ours {
		return nil
	}
	added := nd == nil
	if added {
		nd = n.list(index)
		n.count()
	}
	if wantsStop(object) {
		n.switchOff(nd)
		return n.noteStopped(ctx, object)
	}
	if n.isOn(nd) {
		return nil
	}
	if err := n.switchOn(ctx, nd, !added); err != nil {
		return err
	}
	n.announce(nd, !added)
	return nil
}

// same says that object is the one that the node was registered as.
func (n *Nodes) same(nd *node, object *corev1.Node) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return nd.uid == string(object.UID)
}

// wantsStop says that a machine is to be off.
func wantsStop(object *corev1.Node) bool {
	_, marked := object.Annotations[stoppedMark]
	return marked && object.Name != controlPlaneName
}

// noteStopped answers the request to stop a machine.
func (n *Nodes) noteStopped(ctx context.Context, object *corev1.Node) error {
	if object.Annotations[stoppedMark] != stopAsked {
		return nil
	}
	patch := fmt.Appendf(nil, `{"metadata":{"annotations":{%q:%q}}}`, stoppedMark, time.Now().UTC().Format(time.RFC3339))
	_, err := n.options.Client.CoreV1().Nodes().Patch(ctx, object.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// scrap ends a machine whose Node object is gone, and removes what nobody would
// ever report the end of. The lease goes last: who removes a node waits for that.
func (n *Nodes) scrap(ctx context.Context, nd *node) error {
	n.switchOff(nd)
	if err := n.removePodsOn(ctx, nd.name); err != nil {
		return err
	}
	err := n.options.Client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Delete(ctx, nd.name, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove the lease of node %s: %w", nd.name, err)
	}
	n.mu.Lock()
	delete(n.nodes, nd.name)
	n.mu.Unlock()
	n.count()
	return nil
}

func (n *Nodes) node(name string) *node {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.nodes[name]
}

// list takes a node into the list, its machine off.
func (n *Nodes) list(index int) *node {
	nd := newNode(index)
	for _, ref := range n.preloaded {
		nd.images.add(ref)
	}
	n.mu.Lock()
	n.nodes[nd.name] = nd
	n.mu.Unlock()
	return nd
}

// count tells how many workers there are now.
func (n *Nodes) count() {
	if n.options.OnWorkers == nil {
		return
	}
	n.mu.Lock()
	workers := len(n.nodes)
	if n.nodes[controlPlaneName] != nil {
		workers--
	}
	n.mu.Unlock()
	n.options.OnWorkers(workers)
}
