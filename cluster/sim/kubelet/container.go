package kubelet

import (
	"context"
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

type role int

const (
	roleMain      role = iota
	roleInit           // runs to its end before the next container begins
	roleSidecar        // an init container with restartPolicy Always
	roleEphemeral      // what kubectl debug adds to a pod that is there; it runs once
)

// container is one container of a pod through all its restarts. What the status
// shows is guarded by the pod's mutex.
type container struct {
	pod    *pod
	spec   corev1.Container
	role   role
	target string                  // an ephemeral one's: whose processes it sees
	ref    *corev1.ObjectReference // what its events are about

	state, last corev1.ContainerState
	ready       bool
	begun       *bool // the status field Started
	restarts    int32
	id          string
	wanted      string        // the image that the spec asks for now
	renewed     chan struct{} // closed and replaced when `wanted` changes
	imageID     string
	imageName   string   // the full reference that imageID belongs to
	over        bool     // it will not run again
	swapping    bool     // stopped for another image and not yet tried with it
	between     bool     // stopped by a probe and not yet tried again
	stopping    bool     // it ran when the pod began to end
	hooking     bool     // its postStart hook runs
	hopeless    bool     // an init container that failed for good
	env         []string // resolved before each start
	process     *process
	previous    *logBook

	crashes, pulls backOff
	image          string        // what the next run is made of; used by the container's goroutine alone
	pullError      string        // of the last pull, for ImagePullBackOff's message
	resume         bool          // it ran before this process started: begin without a word
	probeWatch     chan struct{} // closed and replaced when `begun` changes
	recorded       chan struct{} // closed and replaced when a run's end is noted
}

func newContainer(p *pod, spec corev1.Container, r role) *container {
	c := &container{pod: p, spec: spec, role: r, wanted: spec.Image, image: spec.Image, begun: ptr.To(false),
		renewed: make(chan struct{}), probeWatch: make(chan struct{}), recorded: make(chan struct{})}
	field := "spec.containers{" + spec.Name + "}"
	statuses := p.object.Status.ContainerStatuses
	switch r {
	case roleInit, roleSidecar:
		field, statuses = "spec.initContainers{"+spec.Name+"}", p.object.Status.InitContainerStatuses
	case roleEphemeral:
		field, statuses = "spec.ephemeralContainers{"+spec.Name+"}", p.object.Status.EphemeralContainerStatuses
	}
	c.ref = &corev1.ObjectReference{Kind: "Pod", APIVersion: "v1", Namespace: p.name.Namespace, Name: p.name.Name,
		UID: p.uid, ResourceVersion: p.object.ResourceVersion, FieldPath: field}
	waiting := "ContainerCreating"
	if len(p.object.Spec.InitContainers) > 0 {
		waiting = "PodInitializing"
	}
	c.state.Waiting = &corev1.ContainerStateWaiting{Reason: waiting}
	for _, s := range statuses {
		if s.Name == spec.Name {
			c.restore(s)
		}
	}
	return c
}

// restore takes up what an earlier run reported.
func (c *container) restore(s corev1.ContainerStatus) {
	c.state, c.last, c.restarts = s.State, s.LastTerminationState, s.RestartCount
	c.id, c.imageID, c.imageName = s.ContainerID, s.ImageID, s.Image
	c.ready, c.begun = s.Ready, ptr.To(ptr.Deref(s.Started, false))
	c.resume = s.State.Running != nil
	if ref, err := parseImage(c.image); c.resume && (err != nil || ref.full != s.Image) {
		c.image = s.Image // the spec has changed since it began
	}
	if c.restarts > 0 {
		c.crashes.current = min(backOffFirst<<min(c.restarts-1, 5), backOffMost)
		c.crashes.last = time.Now()
	}
	if t := s.State.Terminated; t != nil && !c.willRestart(int(t.ExitCode)) {
		c.over, c.hopeless = true, c.role == roleInit && t.ExitCode != 0
	}
}

func (c *container) event(kind, reason, format string, args ...any) {
	c.pod.node.recorder.Eventf(c.ref, kind, reason, format, args...)
}

// set changes what the status shows and lets the worker post it.
func (c *container) set(change func()) {
	c.pod.mu.Lock()
	change()
	c.pod.mu.Unlock()
	c.pod.poke()
}

func (c *container) wait(reason, message string) {
	c.set(func() {
		c.swapping, c.between = false, false
		if c.state.Terminated != nil {
			c.last = c.state
		}
		c.state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	})
}

// live runs the container again and again as its restart policy says, until it
// is over or life ends. begun is closed when the first attempt has been made.
func (c *container) live(life, machine context.Context, begun chan struct{}) {
	attempted := func() {
		if begun != nil {
			close(begun)
			begun = nil
		}
	}
	defer attempted()
	if c.over || !c.resumeBackOff(life) {
		return
	}
	for c.prepare(life, attempted) {
		if !c.runOnce(life, machine, attempted) || life.Err() != nil || !c.backOff(life) {
			return
		}
	}
}

// runToEnd runs an init container and says whether it succeeded.
func (c *container) runToEnd(life, machine context.Context) bool {
	if t := c.state.Terminated; t != nil && t.ExitCode == 0 {
		return true
	}
	c.live(life, machine, nil)
	c.pod.mu.Lock()
	defer c.pod.mu.Unlock()
	if t := c.state.Terminated; t != nil && c.over {
		return t.ExitCode == 0
	}
	return false
}

// willRestart applies the restart policy to an exit code.
func (c *container) willRestart(code int) bool {
	policy := c.pod.spec.RestartPolicy
	switch {
	case c.role == roleSidecar:
		return true
	case c.role == roleEphemeral:
		return false
	case c.role == roleInit:
		return code != 0 && policy != corev1.RestartPolicyNever
	case policy == corev1.RestartPolicyNever:
		return false
	case policy == corev1.RestartPolicyOnFailure:
		return code != 0
	default:
		return true
	}
}

// prepare gets the image and the configuration, retrying as a kubelet does.
func (c *container) prepare(life context.Context, attempted func()) bool {
	if c.resume {
		return true
	}
	for {
		if !c.pull(life, attempted) {
			return false
		}
		err := c.pod.checkEnv(life, c)
		if err == nil {
			return true
		}
		if life.Err() != nil {
			return false
		}
		c.event(corev1.EventTypeWarning, "Failed", "Error: %v", err)
		c.wait("CreateContainerConfigError", err.Error())
		attempted()
		if !c.pauseOrRenew(life, c.pod.nodes.pace.backOff(configRetry)) {
			return false
		}
	}
}

// configRetry is about how long a kubelet takes to look at a pod again whose
// container could not be made (its pod workers' backoff and jitter).
const configRetry = 10 * time.Second

// runOnce starts the container, waits for its end and says whether it is to run
// again: not when its restart policy is against it, when it was not to be
// started any more, or when the whole simulation is ending.
func (c *container) runOnce(life, machine context.Context, attempted func()) (again bool) {
	resumed := c.resume
	c.resume = false
	if !resumed && !pause(life, c.pod.nodes.pace.stage(c.pod.uid, "create"+c.spec.Name+strconv.Itoa(int(c.restarts)))/2) {
		return false
	}
	proc, ok := c.begin(machine, resumed)
	if !ok {
		return false
	}
	if !resumed {
		c.event(corev1.EventTypeNormal, "Created", "Container created") // texts of kuberuntime_container.go, v1.36
	}
	if proc.refused != "" {
		c.event(corev1.EventTypeWarning, "Failed", "Error: %s", proc.refused)
		attempted()
		return c.notStarted(proc)
	}
	if !resumed {
		c.event(corev1.EventTypeNormal, "Started", "Container started")
	}
	stop := c.afterStart(life, machine, proc, attempted)
	end := proc.run()
	unstarted := stop()
	if machine.Err() != nil {
		return false
	}
	c.set(func() {
		c.ended(end)
		if again = !c.over; again && unstarted != "" {
			c.last = c.state
			c.state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "PostStartHookError", Message: unstarted}}
		}
	})
	attempted()
	return again
}

// begin makes the process and, if it can be started, shows it as running.
func (c *container) begin(machine context.Context, resumed bool) (*process, bool) {
	proc := newProcess(machine, c, resumed)
	c.pod.mu.Lock()
	if c.pod.ending && !resumed || c.pod.ended {
		c.pod.mu.Unlock()
		proc.abandon()
		return nil, false
	}
	c.swapping, c.between = false, false
	if !resumed {
		if t := c.state.Terminated; t != nil {
			c.last = corev1.ContainerState{Terminated: t}
		}
		if c.last.Terminated != nil {
			c.restarts++
		}
		if proc.refused == "" {
			c.state = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: stamp()}}
			c.begun = ptr.To(c.spec.StartupProbe == nil)
			c.ready = c.spec.ReadinessProbe == nil && *c.begun && c.role != roleInit && c.role != roleEphemeral
			c.hooking = c.spec.Lifecycle != nil && c.spec.Lifecycle.PostStart != nil
		}
		c.id = runtimeName + "://" + contentID(string(c.pod.uid), c.spec.Name, strconv.Itoa(int(c.restarts)))
	}
	if c.process != nil {
		c.previous = c.process.logs
	}
	c.process = proc
	c.pod.mu.Unlock()
	c.pod.poke()
	return proc, true
}

// notStarted records that the runtime could not start the process and says
// whether it is to be tried again: then the container waits with
// RunContainerError, and only its last state says StartError.
func (c *container) notStarted(proc *process) (again bool) {
	proc.abandon()
	c.set(func() {
		end := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: startErrorCode, Reason: "StartError", Message: proc.refused,
			StartedAt: metav1.Unix(0, 0), FinishedAt: stamp(), ContainerID: c.id,
		}}
		c.state, c.ready, c.begun = end, false, ptr.To(false)
		c.over = !c.willRestart(startErrorCode)
		c.hopeless = c.role == roleInit && c.over
		if again = !c.over; again {
			c.last = end
			c.state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "RunContainerError", Message: proc.refused}}
		}
	})
	return again
}

// startErrorCode is containerd's exit code of a container that it could not
// start (internal/cri/server/container_start.go).
const startErrorCode = 128

// ended records how the container's process ended.
func (c *container) ended(end exit) {
	started := metav1.Time{}
	if r := c.state.Running; r != nil {
		started = r.StartedAt
	}
	reason := end.reason
	if reason == "" {
		reason = "Error"
		if end.code == 0 {
			reason = "Completed"
		}
	}
	c.state = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: int32(end.code), Reason: reason, Message: end.message,
		StartedAt: started, FinishedAt: stamp(), ContainerID: c.id,
	}}
	c.ready = c.role == roleInit && end.code == 0
	c.begun, c.hooking = ptr.To(false), false
	c.swapping = c.process.replaced
	c.over = !c.willRestart(end.code) && !c.swapping
	c.between = c.process.unhealthy && !c.over
	c.hopeless = c.role == roleInit && c.over && end.code != 0
	close(c.recorded)
	c.recorded = make(chan struct{})
}

// backOff waits before a restart. The first restart follows at once; later ones
// show CrashLoopBackOff.
func (c *container) backOff(life context.Context) bool {
	if c.outdated() {
		return true // another image has a back-off of its own
	}
	pace := c.pod.nodes.pace
	ended := time.Now()
	if !pause(life, pace.stage(c.pod.uid, "relist"+strconv.Itoa(int(c.restarts)))) {
		return false
	}
	if left := c.crashes.left(pace, ended, time.Now()); left > 0 {
		c.event(corev1.EventTypeWarning, "BackOff", "Back-off restarting failed container %s in pod %s_%s(%s)",
			c.spec.Name, c.pod.name.Name, c.pod.name.Namespace, c.pod.uid)
		message := fmt.Sprintf("back-off %s restarting failed container=%s pod=%s_%s(%s)",
			c.crashes.current, c.spec.Name, c.pod.name.Name, c.pod.name.Namespace, c.pod.uid)
		c.set(func() {
			c.between = false
			if c.state.Terminated != nil {
				c.last = c.state
			}
			c.state = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: message}}
		})
		if !c.pauseOrRenew(life, left) {
			return false
		}
		if c.outdated() {
			return true
		}
	}
	c.crashes.next(pace, time.Now())
	return true
}

// resumeBackOff goes on with a back-off that an earlier run began.
func (c *container) resumeBackOff(life context.Context) bool {
	if c.state.Waiting == nil || c.state.Waiting.Reason != "CrashLoopBackOff" || c.last.Terminated == nil {
		return true
	}
	ok := c.pauseOrRenew(life, c.crashes.left(c.pod.nodes.pace, c.last.Terminated.FinishedAt.Time, time.Now()))
	c.crashes.next(c.pod.nodes.pace, time.Now())
	return ok
}

// awaitStarted waits until a sidecar counts as started.
func (c *container) awaitStarted(life context.Context) bool {
	for {
		c.pod.mu.Lock()
		started, changed := ptr.Deref(c.begun, false), c.probeWatch
		c.pod.mu.Unlock()
		if started {
			return true
		}
		select {
		case <-changed:
		case <-life.Done():
			return false
		}
	}
}
