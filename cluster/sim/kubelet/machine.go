package kubelet

import (
	"context"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// machine is what a node runs on while it is switched on: its kubelet and its
// pods end with it, without a word to the API server.
type machine struct {
	ctx      context.Context
	cancel   context.CancelFunc
	work     sync.WaitGroup
	rebooted bool // whatever ran on the node before is dead
}

// end switches the machine off and returns when nothing runs on it.
func (m *machine) end() {
	m.cancel()
	m.work.Wait()
}

// switchOn starts a node's kubelet and then the pods that are bound to it. It
// does nothing to a node that is on.
func (n *Nodes) switchOn(ctx context.Context, nd *node, rebooted bool) error {
	if n.isOn(nd) {
		return nil
	}
	m := &machine{rebooted: rebooted}
	m.ctx, m.cancel = context.WithCancel(ctx)
	n.options.Network.AddNode(nd.ip)
	err := n.serveAPI(m, nd)
	if err == nil && nd.index == 0 {
		err = n.serveMetrics(m, nd)
	}
	if err == nil {
		nd.recorder = n.newRecorder(m.ctx, &m.work, nd.name)
		err = n.registerNode(m.ctx, nd, rebooted)
	}
	if err != nil {
		m.end()
		n.options.Network.RemoveNode(nd.ip)
		return err
	}
	n.running.Go(func() {
		<-m.ctx.Done()
		n.unplug(nd, m)
		m.work.Wait()
	})
	n.mu.Lock()
	defer n.mu.Unlock()
	nd.machine = m
	for _, object := range n.podsOn(nd.name) {
		n.startPod(object)
	}
	return nil
}

// switchOff takes a node's power. It returns when nothing runs on it any more.
func (n *Nodes) switchOff(nd *node) {
	n.mu.Lock()
	m := nd.machine
	n.mu.Unlock()
	if m == nil {
		return
	}
	n.unplug(nd, m)
	m.end()
	n.options.Network.RemoveNode(nd.ip)
}

// unplug makes sure that nothing more is started on m.
func (n *Nodes) unplug(nd *node, m *machine) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if nd.machine == m {
		nd.machine = nil
	}
}

func (n *Nodes) isOn(nd *node) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return nd.machine != nil
}

// switchedOn returns the nodes that are on, each with the context of its machine.
func (n *Nodes) switchedOn() map[*node]context.Context {
	n.mu.Lock()
	defer n.mu.Unlock()
	on := map[*node]context.Context{}
	for _, nd := range n.nodes {
		if nd.machine != nil {
			on[nd] = nd.machine.ctx
		}
	}
	return on
}

// podsOn returns the pods bound to a node, as far as the informer has them.
func (n *Nodes) podsOn(name string) []*corev1.Pod {
	if n.factory == nil {
		return nil
	}
	var bound []*corev1.Pod
	for _, o := range n.factory.Core().V1().Pods().Informer().GetStore().List() {
		if p := o.(*corev1.Pod); p.Spec.NodeName == name {
			bound = append(bound, p)
		}
	}
	return bound
}

// startPod starts a worker for a pod if its node is on. The caller holds mu.
func (n *Nodes) startPod(object *corev1.Pod) {
	nd := n.nodes[object.Spec.NodeName]
	if nd == nil || nd.machine == nil || n.pods[object.UID] != nil {
		return
	}
	m := nd.machine
	if m.rebooted && ran(object) {
		// text of pkg/kubelet/kuberuntime/kuberuntime_manager.go
		nd.recorder.Event(object, corev1.EventTypeNormal, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
		object = afterReboot(object, stamp())
	}
	p := newPod(n, nd, object)
	n.pods[object.UID] = p
	n.byName[p.name] = p
	m.work.Go(func() {
		p.run(m.ctx)
		n.forget(p)
		if m.ctx.Err() == nil {
			n.restoreMirror(m.ctx, p.name)
		}
	})
}

// ran says that a pod was up when it was last reported.
func ran(object *corev1.Pod) bool {
	return !terminal(object) && object.Status.PodIP != ""
}

// afterReboot is a pod as its kubelet finds it on a machine that has been off:
// the network is gone, what ran is dead with the exit code that containerd gives
// it, and init containers are to run again.
func afterReboot(object *corev1.Pod, now metav1.Time) *corev1.Pod {
	o := object.DeepCopy()
	o.Status.PodIP, o.Status.PodIPs = "", nil
	if c := findCondition(o.Status, corev1.PodReadyToStartContainers); c != nil {
		c.Status = corev1.ConditionFalse
	}
	for i := range o.Status.ContainerStatuses {
		kill(&o.Status.ContainerStatuses[i], now)
	}
	for i := range o.Status.InitContainerStatuses {
		s := &o.Status.InitContainerStatuses[i]
		kill(s, now)
		if s.State.Terminated != nil && o.DeletionTimestamp == nil {
			s.LastTerminationState = s.State
			s.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "PodInitializing"}}
			s.Ready = false
		}
	}
	return o
}

func kill(s *corev1.ContainerStatus, now metav1.Time) {
	if s.State.Running == nil {
		return
	}
	s.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: 255, Reason: "Unknown", StartedAt: s.State.Running.StartedAt, FinishedAt: now, ContainerID: s.ContainerID,
	}}
	s.Ready, s.Started = false, ptr.To(false)
}

// announce tells of a node that was switched on while the cluster ran, in the
// words of pkg/kubelet/kubelet.go and nodestatus/setters.go.
func (n *Nodes) announce(nd *node, rebooted bool) {
	ref := &corev1.ObjectReference{Kind: "Node", APIVersion: "v1", Name: nd.name, UID: types.UID(nd.name)} // a kubelet uses the name, too
	nd.recorder.Event(ref, corev1.EventTypeNormal, "Starting", "Starting kubelet.")
	if rebooted {
		nd.recorder.Eventf(ref, corev1.EventTypeWarning, "Rebooted", "Node %s has been rebooted, boot id: %s", nd.name, nd.boot)
	}
	nd.recorder.Eventf(ref, corev1.EventTypeNormal, "NodeReady", "Node %s status is now: NodeReady", nd.name)
}

// bootID names one run of a machine.
func bootID(name string, at time.Time) string {
	return contentID("boot", name, fmt.Sprint(at.UnixNano()))[:32]
}
