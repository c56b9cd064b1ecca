package kubelet

import (
	"context"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// shouldEnd says, once, that the pod's containers are to be stopped: it is being
// deleted, its deadline has passed, or its main containers are done.
func (p *pod) shouldEnd(object *corev1.Pod) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ending || p.ended {
		return false
	}
	if until := p.activeUntilLocked(object); !until.IsZero() && !time.Now().Before(until) {
		// texts of pkg/kubelet/active_deadline.go
		p.failure = &podFailure{"DeadlineExceeded", "Pod was active on the node longer than the specified deadline"}
		p.node.recorder.Event(object, corev1.EventTypeNormal, p.failure.reason, p.failure.message)
	}
	p.ending = object.DeletionTimestamp != nil || p.failure != nil || p.doneLocked()
	for _, c := range slices.Concat(p.containers, p.ephemeral) {
		c.stopping = p.ending && c.state.Running != nil
	}
	return p.ending
}

// doneLocked says that no main container runs or will run again.
func (p *pod) doneLocked() bool {
	for _, c := range p.containers {
		if c.role == roleInit && c.hopeless {
			return true
		}
	}
	for _, c := range p.containers {
		if c.role == roleMain && !c.over {
			return false
		}
	}
	return true
}

func (p *pod) activeUntil(object *corev1.Pod) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.activeUntilLocked(object)
}

func (p *pod) activeUntilLocked(object *corev1.Pod) time.Time {
	seconds := object.Spec.ActiveDeadlineSeconds
	if seconds == nil || p.started == nil || p.ended || p.ending {
		return time.Time{}
	}
	return p.started.Add(time.Duration(*seconds) * time.Second)
}

// end stops every container that still runs: the main ones together, then the
// sidecars in the reverse of their order.
func (p *pod) end(machine context.Context, object *corev1.Pod) {
	grace := time.Duration(ptr.Deref(object.Spec.TerminationGracePeriodSeconds, 30)) * time.Second
	if object.DeletionTimestamp != nil {
		grace = time.Duration(ptr.Deref(object.DeletionGracePeriodSeconds, 30)) * time.Second
	}
	deadline := time.Now().Add(grace)
	var mains sync.WaitGroup
	for _, c := range p.all() {
		if c.role != roleSidecar {
			mains.Go(func() { c.stop(machine, "Stopping container "+c.spec.Name, time.Until(deadline)) })
		}
	}
	mains.Wait()
	for i := len(p.containers) - 1; i >= 0; i-- {
		if c := p.containers[i]; c.role == roleSidecar {
			c.stop(machine, "Stopping container "+c.spec.Name, time.Until(deadline))
		}
	}
	if machine.Err() != nil {
		return
	}
	p.closeSandbox()
	p.mu.Lock()
	p.ended = true
	p.markLost()
	p.mu.Unlock()
	p.poke()
}

func (p *pod) finished() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// markLost gives the containers that were waiting when their pod ended the state
// that a kubelet reports for them (TerminatePod, pkg/kubelet/status): the end of
// their last run or, if the pod was past its init containers, that they could
// not be located. Init containers that were never tried stay as they are.
func (p *pod) markLost() {
	initialized := p.pastInit()
	tried := -1 // the last init container with a run, or the first one
	for i, c := range p.containers {
		if c.role != roleMain && (tried < 0 || c.state.Waiting == nil || c.last.Terminated != nil) {
			tried = i
		}
	}
	for i, c := range p.containers {
		switch {
		case c.state.Waiting == nil:
		case c.last.Terminated != nil:
			c.state = corev1.ContainerState{Terminated: c.last.Terminated}
		case c.role == roleMain && initialized, c.role != roleMain && i <= tried:
			p.lost = true
			c.state = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
				Reason: "ContainerStatusUnknown", Message: "The container could not be located when the pod was terminated", ExitCode: 137,
			}}
		}
	}
}

// pastInit follows hasPodInitialized in pkg/kubelet/status/status_manager.go.
func (p *pod) pastInit() bool {
	var last *container
	for _, c := range p.containers {
		if c.role == roleMain && (c.state.Waiting == nil || c.last.Terminated != nil) {
			return true
		}
		if c.role != roleMain {
			last = c
		}
	}
	return last == nil || last.state.Terminated != nil && last.state.Terminated.ExitCode == 0
}

// alarm pokes at a moment that can be moved.
type alarm struct {
	ring  func()
	at    time.Time
	timer *time.Timer
}

func newAlarm(ring func()) *alarm { return &alarm{ring: ring} }

func (a *alarm) set(at time.Time) {
	if at.Equal(a.at) {
		return
	}
	a.stop()
	a.at = at
	if !at.IsZero() {
		a.timer = time.AfterFunc(time.Until(at), a.ring)
	}
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}
