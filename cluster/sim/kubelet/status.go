package kubelet

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// status is what the kubelet reports of a pod now: a function of the pod's
// object and of what its containers are doing.
func (p *pod) status(now metav1.Time) corev1.PodStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.object.Status
	s := corev1.PodStatus{
		ObservedGeneration: p.object.Generation,
		StartTime:          p.started,
		HostIP:             p.node.ip,
		HostIPs:            []corev1.HostIP{{IP: p.node.ip}},
	}
	if p.ip != "" && (p.sandbox || old.PodIP != "") {
		s.PodIP, s.PodIPs = p.ip, []corev1.PodIP{{IP: p.ip}}
	}
	for _, c := range p.containers {
		if c.role == roleMain {
			s.ContainerStatuses = append(s.ContainerStatuses, c.status())
		} else {
			s.InitContainerStatuses = append(s.InitContainerStatuses, c.status())
		}
	}
	for _, c := range p.ephemeral {
		s.EphemeralContainerStatuses = append(s.EphemeralContainerStatuses, c.status())
	}
	s.Phase = p.phase()
	if p.failure != nil && p.ended { // with the phase and not before, mergePodStatus in pkg/kubelet/status
		s.Reason, s.Message = p.failure.reason, p.failure.message
	}
	conditioned := s
	if p.lost && p.failure == nil {
		conditioned.Phase = corev1.PodPending // TerminatePod changes the phase and no condition
	}
	s.Conditions = p.conditions(conditioned, old, now)
	return s
}

func (c *container) status() corev1.ContainerStatus {
	name := c.wanted
	if c.imageID != "" {
		name = c.imageName // a runtime reports the full reference once it has the image
	}
	begun := *c.begun
	s := corev1.ContainerStatus{
		Name: c.spec.Name, State: c.state, LastTerminationState: c.last, Ready: c.ready && c.state.Waiting == nil,
		Started: &begun, RestartCount: c.restarts, Image: name, ImageID: c.imageID, ContainerID: c.id,
	}
	if c.role == roleEphemeral { // nothing probes them
		s.Ready, s.Started = false, nil
		return s
	}
	if c.state.Running != nil {
		s.Resources = c.spec.Resources.DeepCopy()
		s.Resources.Claims = nil
		s.AllocatedResources = c.spec.Resources.Requests
	}
	return s
}

// phase follows getPhase in pkg/kubelet/kubelet_pods.go.
func (p *pod) phase() corev1.PodPhase {
	if p.failure != nil && p.ended {
		return corev1.PodFailed
	}
	t := p.tally()
	done := p.ended || t.hopeless || t.running+t.waiting+t.restarting+t.sidecars == 0
	switch {
	case p.ended && terminal(p.object):
		return p.object.Status.Phase
	case done && t.failed > 0:
		return corev1.PodFailed
	case done && t.stopped > 0:
		return corev1.PodSucceeded
	case t.waiting > 0 || p.ended:
		return corev1.PodPending
	default:
		return corev1.PodRunning
	}
}

// tally counts the containers by what they do.
type tally struct {
	running, waiting, restarting, stopped, failed, sidecars int
	hopeless                                                bool // an init container failed for good
}

func (p *pod) tally() (t tally) {
	for _, c := range p.containers {
		switch {
		case c.role == roleInit:
			if c.hopeless {
				t.hopeless = true
				t.failed++
			}
		case c.role == roleSidecar:
			if c.state.Running != nil {
				t.sidecars++
			}
		case c.state.Running != nil:
			t.running++
		case c.state.Terminated != nil:
			t.stopped++
			if c.state.Terminated.ExitCode != 0 {
				t.failed++
			}
			if !c.over && !p.ended {
				t.restarting++
			}
		case c.last.Terminated != nil: // CrashLoopBackOff
			t.stopped++
			t.restarting++
		default:
			t.waiting++
		}
	}
	return t
}

// conditions are a kubelet's own five, with the reasons and messages of
// pkg/kubelet/status/generate.go; those that others set are left alone.
func (p *pod) conditions(s, old corev1.PodStatus, now metav1.Time) []corev1.PodCondition {
	ready := p.containersReady(s)
	list := []corev1.PodCondition{
		{Type: corev1.PodReadyToStartContainers, Status: boolStatus(p.sandbox)},
		p.initialized(s),
		withType(p.readinessGates(ready, old), corev1.PodReady),
		withType(ready, corev1.ContainersReady),
	}
	if scheduled := findCondition(old, corev1.PodScheduled); scheduled == nil {
		list = append(list, corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionTrue})
	}
	for i := range list {
		c := &list[i]
		c.ObservedGeneration = p.object.Generation
		c.LastTransitionTime = now
		if was := findCondition(old, c.Type); was != nil && was.Status == c.Status {
			c.LastTransitionTime = was.LastTransitionTime
		}
	}
	return list
}

func (p *pod) containersReady(s corev1.PodStatus) corev1.PodCondition {
	switch s.Phase {
	case corev1.PodSucceeded:
		return corev1.PodCondition{Status: corev1.ConditionFalse, Reason: "PodCompleted"}
	case corev1.PodFailed:
		return corev1.PodCondition{Status: corev1.ConditionFalse, Reason: "PodFailed"}
	}
	var unready []string
	for _, c := range p.containers {
		if c.role != roleInit && (!c.ready || c.state.Running == nil) {
			unready = append(unready, c.spec.Name)
		}
	}
	if len(unready) > 0 {
		return corev1.PodCondition{Status: corev1.ConditionFalse, Reason: "ContainersNotReady",
			Message: fmt.Sprintf("containers with unready status: [%s]", strings.Join(unready, " "))}
	}
	return corev1.PodCondition{Status: corev1.ConditionTrue}
}

func (p *pod) readinessGates(ready corev1.PodCondition, old corev1.PodStatus) corev1.PodCondition {
	if ready.Status != corev1.ConditionTrue {
		return ready
	}
	var missing []string
	for _, gate := range p.object.Spec.ReadinessGates {
		switch c := findCondition(old, gate.ConditionType); {
		case c == nil:
			missing = append(missing, fmt.Sprintf("corresponding condition of pod readiness gate %q does not exist.", string(gate.ConditionType)))
		case c.Status != corev1.ConditionTrue:
			missing = append(missing, fmt.Sprintf("the status of pod readiness gate %q is not \"True\", but %v", string(gate.ConditionType), c.Status))
		}
	}
	if len(missing) > 0 {
		return corev1.PodCondition{Status: corev1.ConditionFalse, Reason: "ReadinessGatesNotReady", Message: strings.Join(missing, ", ")}
	}
	return ready
}

func (p *pod) initialized(s corev1.PodStatus) corev1.PodCondition {
	done := corev1.PodCondition{Type: corev1.PodInitialized, Status: corev1.ConditionTrue}
	if s.Phase == corev1.PodSucceeded {
		done.Reason = "PodCompleted"
		return done
	}
	var incomplete []string
	for _, c := range p.containers {
		switch {
		case c.role == roleMain && (c.state.Running != nil || c.last.Terminated != nil || c.state.Terminated != nil):
			return done // a main container has run: the pod has been initialized
		case c.role == roleInit && (c.state.Terminated == nil || c.state.Terminated.ExitCode != 0),
			c.role == roleSidecar && !*c.begun:
			incomplete = append(incomplete, c.spec.Name)
		}
	}
	if len(incomplete) == 0 {
		return done
	}
	return corev1.PodCondition{Type: corev1.PodInitialized, Status: corev1.ConditionFalse, Reason: "ContainersNotInitialized",
		Message: fmt.Sprintf("containers with incomplete status: [%s]", strings.Join(incomplete, " "))}
}

func findCondition(s corev1.PodStatus, t corev1.PodConditionType) *corev1.PodCondition {
	for i := range s.Conditions {
		if s.Conditions[i].Type == t {
			return &s.Conditions[i]
		}
	}
	return nil
}

func withType(c corev1.PodCondition, t corev1.PodConditionType) corev1.PodCondition {
	c.Type = t
	return c
}

func boolStatus(b bool) corev1.ConditionStatus {
	if b {
		return corev1.ConditionTrue
	}
	return corev1.ConditionFalse
}
