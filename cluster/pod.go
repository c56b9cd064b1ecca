package cluster

import (
	corev1 "k8s.io/api/core/v1"
)

// State is what a learner needs to know of a pod at a glance.
type State string

// The states, in the order of a pod's life.
const (
	Unplaced    State = "unplaced"    // no node yet
	Starting    State = "starting"    // bound to a node, not all containers started
	Ready       State = "ready"       // Ready condition is true
	Unready     State = "unready"     // was started, is running, is not ready
	Failing     State = "failing"     // a container can't be pulled, created or kept running
	Completed   State = "completed"   // phase Succeeded
	Failed      State = "failed"      // phase Failed
	Terminating State = "terminating" // marked for deletion
)

// StateOf returns a pod's state and the word that kubectl prints for it in its
// STATUS column: Running, ContainerCreating, ImagePullBackOff, Init:0/1.
func StateOf(p *corev1.Pod) (State, string) { return PodState(p), status(p) }

// PodState is [StateOf] without the word, which takes longer to find than the
// state: a screen asks for thousands of pods.
func PodState(p *corev1.Pod) State {
	switch {
	case p.DeletionTimestamp != nil:
		return Terminating
	case p.Status.Phase == corev1.PodSucceeded:
		return Completed
	case p.Status.Phase == corev1.PodFailed:
		return Failed
	case p.Spec.NodeName == "":
		return Unplaced
	case failing(p):
		return Failing
	case condition(p, corev1.PodReady):
		return Ready
	case running(p):
		return Unready
	}
	return Starting
}

// failing reports whether there is a sign that a container won't run: it waits
// for another reason than its turn, or it ended badly.
func failing(p *corev1.Pod) bool {
	for _, statuses := range [][]corev1.ContainerStatus{p.Status.InitContainerStatuses, p.Status.ContainerStatuses} {
		for i := range statuses {
			c := &statuses[i]
			if w := c.State.Waiting; w != nil {
				switch w.Reason {
				case "", "ContainerCreating", "PodInitializing":
				default:
					return true
				}
			}
			if t := c.State.Terminated; t != nil && t.ExitCode != 0 {
				return true
			}
		}
	}
	return false
}

func condition(p *corev1.Pod, kind corev1.PodConditionType) bool {
	for i := range p.Status.Conditions {
		if c := &p.Status.Conditions[i]; c.Type == kind {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// running reports whether every container has started; one that is done counts.
func running(p *corev1.Pod) bool {
	for i := range p.Status.ContainerStatuses {
		if c := &p.Status.ContainerStatuses[i]; c.State.Running == nil && c.State.Terminated == nil {
			return false
		}
	}
	return len(p.Status.ContainerStatuses) > 0
}

// ReadyContainers returns how many of a pod's containers are ready and how many
// it defines: the two numbers of kubectl's READY column. Init containers that
// keep running (sidecars, restartPolicy Always) count as kubectl counts them.
func ReadyContainers(p *corev1.Pod) (ready, defined int) {
	sidecars := sidecars(p)
	for _, c := range p.Status.InitContainerStatuses {
		if c.Ready && sidecars[c.Name] {
			ready++
		}
	}
	for _, c := range p.Status.ContainerStatuses {
		if c.Ready && c.State.Running != nil {
			ready++
		}
	}
	return ready, len(p.Spec.Containers) + len(sidecars)
}

// sidecars names the init containers that keep running.
func sidecars(p *corev1.Pod) map[string]bool {
	names := map[string]bool{}
	for _, c := range p.Spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			names[c.Name] = true
		}
	}
	return names
}
