package kubelet

import (
	"context"
	"maps"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"podium/cluster/sim/network"
)

// pod is the worker of one pod. One goroutine, run, owns its life and posts its
// status; each container has one more while it lives. Between events neither
// wakes up.
type pod struct {
	nodes *Nodes
	node  *node
	name  types.NamespacedName
	uid   types.UID
	spec  *corev1.PodSpec // as the pod began; only what the API server never lets change is read
	wake  chan struct{}   // holds one token: something below has changed

	retry *alarm // of a post or removal that failed; used by run alone

	containers []*container // init containers first, in the spec's order
	volumes    *volumes
	up         chan struct{} // closed when containers can be started

	mu      sync.Mutex
	object  *corev1.Pod // the newest that the API server has
	gone    bool        // the API server has no such pod any more
	ip      string
	sandbox bool // the network is set up
	started *metav1.Time
	failure *podFailure
	ending  bool // containers are being stopped for good
	ended   bool // all have stopped
	lost    bool // containers had to be marked as not located
	held    bool // containers with postStart hooks are being started

	ephemeral []*container
}

// podFailure is why a kubelet ended a pod by itself.
type podFailure struct{ reason, message string }

func newPod(n *Nodes, nd *node, object *corev1.Pod) *pod {
	p := &pod{
		nodes: n, node: nd, uid: object.UID, object: object, spec: &object.Spec,
		name:    types.NamespacedName{Namespace: object.Namespace, Name: object.Name},
		wake:    make(chan struct{}, 1),
		up:      make(chan struct{}),
		started: object.Status.StartTime,
		ip:      object.Status.PodIP,
	}
	for i := range object.Spec.InitContainers {
		role := roleInit
		if ptr.Deref(object.Spec.InitContainers[i].RestartPolicy, "") == corev1.ContainerRestartPolicyAlways {
			role = roleSidecar
		}
		p.containers = append(p.containers, newContainer(p, object.Spec.InitContainers[i], role))
	}
	for i := range object.Spec.Containers {
		p.containers = append(p.containers, newContainer(p, object.Spec.Containers[i], roleMain))
	}
	p.volumes = newVolumes(p)
	if c := findCondition(object.Status, corev1.PodReadyToStartContainers); c != nil && c.Status == corev1.ConditionTrue && !terminal(object) {
		p.sandbox = true // it has been up before: nobody is to see it go down and up again
		n.options.Network.AddHost(p.ip)
	}
	p.poke()
	return p
}

func (p *pod) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// changed takes a newer object and says whether its labels or annotations differ.
func (p *pod) changed(object *corev1.Pod) (metadata bool) {
	p.mu.Lock()
	if newer(object, p.object) {
		metadata = !maps.Equal(object.Labels, p.object.Labels) || !maps.Equal(object.Annotations, p.object.Annotations)
		p.object = object
	}
	p.mu.Unlock()
	p.poke()
	return metadata
}

func (p *pod) removed() {
	p.mu.Lock()
	p.gone = true
	p.mu.Unlock()
	p.poke()
}

func (p *pod) latest() (object *corev1.Pod, gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.object, p.gone
}

// run lives the pod's life until the API server has forgotten it or ctx ends.
// In the second case nothing is posted: the pod resumes with the next start.
func (p *pod) run(ctx context.Context) {
	object, _ := p.latest()
	if terminal(object) {
		p.mu.Lock()
		p.ended = true
		p.mu.Unlock()
	}
	life, stopStarting := context.WithCancel(ctx)
	machine, killAll := context.WithCancel(ctx)
	var inner sync.WaitGroup
	defer func() {
		stopStarting()
		killAll()
		inner.Wait()
		p.closeSandbox()
	}()
	if !terminal(object) && object.DeletionTimestamp == nil || p.wasRunning() {
		inner.Go(func() { p.live(life, machine, &inner) })
	}
	deadline := newAlarm(p.poke)
	defer deadline.stop()
	p.retry = newAlarm(p.poke)
	defer p.retry.stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		object, gone := p.latest()
		if gone {
			return
		}
		deadline.set(p.activeUntil(object))
		if p.shouldEnd(object) {
			stopStarting()
			inner.Go(func() { p.end(machine, object) })
		}
		for _, stop := range p.renew(machine, object) {
			inner.Go(stop)
		}
		for _, c := range p.debuggers(object) {
			inner.Go(func() { c.debug(life, machine) })
		}
		finished := p.finished() // before the post: what it reports is then the end
		if p.post(ctx) && finished && object.DeletionTimestamp != nil {
			p.remove(ctx, object)
		}
	}
}

// wasRunning says that containers of an earlier run are to be taken up again,
// even when the pod is being deleted: their end is still to be reported.
func (p *pod) wasRunning() bool {
	object, _ := p.latest()
	if terminal(object) {
		return false
	}
	for _, c := range object.Status.ContainerStatuses {
		if c.State.Running != nil {
			return true
		}
	}
	return false
}

// live brings the pod up: network, volumes, init containers, containers.
func (p *pod) live(life, machine context.Context, inner *sync.WaitGroup) {
	p.mu.Lock()
	if p.started == nil {
		p.started = ptr.To(stamp())
	}
	resumed := p.object.Status.PodIP != ""
	p.mu.Unlock()
	p.poke()
	if !resumed && !pause(life, p.nodes.pace.stage(p.uid, "sandbox")) {
		return
	}
	// the address is posted with the next change: one request less for each pod
	if !p.volumes.prepare(life) || !p.openSandbox(life) {
		return
	}
	close(p.up)
	release := func() {}
	defer func() { release() }()
	for i, c := range p.containers {
		if i == len(p.containers)-len(p.spec.Containers) { // the first that is no init container
			release = p.hold()
		}
		if c.role == roleInit {
			if !c.runToEnd(life, machine) {
				p.poke()
				return
			}
			continue
		}
		begun := make(chan struct{})
		inner.Go(func() {
			c.live(life, machine, begun)
			p.poke()
		})
		select {
		case <-begun:
		case <-life.Done():
			return
		}
		if c.role == roleSidecar && !c.awaitStarted(life) {
			return
		}
	}
}

// openSandbox gives the pod its address.
func (p *pod) openSandbox(ctx context.Context) bool {
	object, _ := p.latest()
	for {
		p.mu.Lock()
		if p.ending || p.ended {
			p.mu.Unlock()
			return false
		}
		if p.sandbox {
			p.mu.Unlock()
			return true
		}
		switch {
		case p.spec.HostNetwork:
			p.ip, p.sandbox = p.node.ip, true
		case p.ip == "":
			p.ip, p.sandbox = p.nodes.addresses.next(p.node.cidr)
		default:
			p.sandbox = true
		}
		ok := p.sandbox
		if ok {
			p.nodes.options.Network.AddHost(p.ip) // under the lock: closeSandbox may be next
		}
		p.mu.Unlock()
		if ok {
			return true
		}
		p.node.recorder.Eventf(object, corev1.EventTypeWarning, "FailedCreatePodSandBox",
			"Failed to create pod sandbox: no IP addresses available in range set: %s", p.node.cidr)
		if !pause(ctx, p.nodes.pace.backOff(backOffFirst)) {
			return false
		}
	}
}

func (p *pod) closeSandbox() {
	p.mu.Lock()
	open, ip, host := p.sandbox, p.ip, p.spec.HostNetwork
	p.sandbox = false
	p.mu.Unlock()
	if !open {
		return
	}
	p.nodes.options.Network.RemoveHost(ip)
	if !host {
		p.nodes.addresses.release(ip)
	}
}

func (p *pod) dialer() network.Dialer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.nodes.options.Network.From(p.name.Namespace, p.ip)
}

func (p *pod) address() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ip
}

// remove confirms to the API server that a deleted pod has ended.
func (p *pod) remove(ctx context.Context, object *corev1.Pod) {
	err := p.nodes.options.Client.CoreV1().Pods(p.name.Namespace).Delete(ctx, p.name.Name, metav1.DeleteOptions{
		GracePeriodSeconds: ptr.To[int64](0), Preconditions: &metav1.Preconditions{UID: &object.UID},
	})
	switch {
	case err == nil || ctx.Err() != nil:
	case apierrors.IsNotFound(err) || apierrors.IsConflict(err):
		p.removed()
	default:
		p.nodes.log.Warn("ended pod not removed", "pod", p.name.String(), "error", err)
		p.retry.set(time.Now().Add(time.Second))
	}
}

// stamp is the time as the API server keeps it, in whole seconds.
func stamp() metav1.Time { return metav1.Now().Rfc3339Copy() }

func terminal(object *corev1.Pod) bool {
	return object.Status.Phase == corev1.PodSucceeded || object.Status.Phase == corev1.PodFailed
}
