package kubelet

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// renew hands the containers the images that the pod's newest object asks for:
// the only part of a container that may change without a new pod (a kubelet
// compares the same, HashContainer in pkg/kubelet/container/helpers.go). It
// returns the stops of those that run another one; their own goroutines start
// them again.
func (p *pod) renew(machine context.Context, object *corev1.Pod) (stops []func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ending || p.ended {
		return nil
	}
	grace := time.Duration(ptr.Deref(object.Spec.TerminationGracePeriodSeconds, 30)) * time.Second
	for _, c := range p.containers {
		if image := imageOf(object, c.spec.Name); image != "" && image != c.wanted {
			c.wanted = image
			close(c.renewed)
			c.renewed = make(chan struct{})
		}
		proc := c.process
		if c.role == roleInit || c.state.Running == nil || proc == nil || proc.replaced || proc.asked == c.wanted {
			continue
		}
		proc.replaced = true
		// texts of kuberuntime_manager.go and, for sidecars, kuberuntime_container.go, v1.36
		message := "Container " + c.spec.Name + " definition changed, will be restarted"
		if c.role == roleSidecar {
			message = "Init container " + c.spec.Name + " definition changed"
		}
		stops = append(stops, func() { c.stop(machine, message, grace) })
	}
	return stops
}

// imageOf is the image of a container or init container, or "".
func imageOf(object *corev1.Pod, name string) string {
	for _, list := range [][]corev1.Container{object.Spec.Containers, object.Spec.InitContainers} {
		for i := range list {
			if list[i].Name == name {
				return list[i].Image
			}
		}
	}
	return ""
}

// inSync says that containers are between two states of which a kubelet's worker
// shows only the second: it posts nothing while one call of it runs. SyncPod
// starts a container and runs its postStart hook, or stops it and starts it
// again, for another image or because a probe failed; SyncTerminatingPod stops all. (Nor would the API server take a
// container of a pod that never restarts back from Terminated,
// ValidateContainerStateTransition, pkg/apis/core/validation.)
func (p *pod) inSync() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	if p.held && !p.ending {
		return true
	}
	return slices.ContainsFunc(slices.Concat(p.containers, p.ephemeral), func(c *container) bool {
		if p.ending {
			return c.stopping && c.state.Terminated != nil
		}
		return c.swapping || c.between || c.hooking && c.state.Running != nil
	})
}

// outdated says that the last run was stopped for another image, or that the
// spec asks for another one now.
func (c *container) outdated() bool {
	c.pod.mu.Lock()
	defer c.pod.mu.Unlock()
	return c.swapping || c.image != c.wanted
}

// takeWanted makes the image that the spec asks for the one of the next run. A
// back-off counts for one image only.
func (c *container) takeWanted() {
	c.pod.mu.Lock()
	defer c.pod.mu.Unlock()
	if c.image != c.wanted {
		c.image, c.pulls, c.crashes, c.pullError = c.wanted, backOff{}, backOff{}, ""
	}
}

// pauseOrRenew waits for d, or until the spec asks for another image than the
// container's last, and says whether life goes on.
func (c *container) pauseOrRenew(life context.Context, d time.Duration) bool {
	c.pod.mu.Lock()
	renewed, outdated := c.renewed, c.image != c.wanted
	c.pod.mu.Unlock()
	if outdated {
		return life.Err() == nil
	}
	if d <= 0 {
		return life.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-renewed:
	case <-life.Done():
	}
	return life.Err() == nil
}
