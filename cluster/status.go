package cluster

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// nodeLost is the reason of a pod whose node has gone silent
// (k8s.io/kubernetes/pkg/util/node, NodeUnreachablePodReason).
const nodeLost = "NodeLost"

// status returns what kubectl prints in its STATUS column, by the same rules:
// the API server makes that table in
// k8s.io/kubernetes/pkg/printers/internalversion, printPod.
func status(p *corev1.Pod) string {
	finished := p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
	switch {
	case p.DeletionTimestamp != nil && p.Status.Reason == nodeLost:
		return "Unknown"
	case p.DeletionTimestamp != nil && !finished:
		return "Terminating"
	}
	word := cmp.Or(p.Status.Reason, string(p.Status.Phase))
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonSchedulingGated {
			word = corev1.PodReasonSchedulingGated
		}
	}
	initializing := initStatus(p)
	if initializing != "" && !condition(p, corev1.PodInitialized) {
		return initializing
	}
	return containerStatus(p, cmp.Or(initializing, word))
}

// initStatus returns what the first init container that is not done says, or ""
// when all are.
func initStatus(p *corev1.Pod) string {
	sidecars := sidecars(p)
	for i, c := range p.Status.InitContainerStatuses {
		ended, waits := c.State.Terminated, c.State.Waiting
		switch {
		case ended != nil && ended.ExitCode == 0:
		case sidecars[c.Name] && c.Started != nil && *c.Started:
		case ended != nil:
			return "Init:" + ending(ended)
		case waits != nil && waits.Reason != "" && waits.Reason != "PodInitializing":
			return "Init:" + waits.Reason
		default:
			return fmt.Sprintf("Init:%d/%d", i, len(p.Spec.InitContainers))
		}
	}
	return ""
}

// containerStatus returns what the containers say, the first one's word before
// the others', or word where they say nothing.
func containerStatus(p *corev1.Pod, word string) string {
	runs, failure := false, ""
	for i := len(p.Status.ContainerStatuses) - 1; i >= 0; i-- {
		c := p.Status.ContainerStatuses[i]
		switch {
		case c.State.Waiting != nil && c.State.Waiting.Reason != "":
			word = c.State.Waiting.Reason
		case c.State.Terminated != nil:
			word = ending(c.State.Terminated)
			if c.State.Terminated.ExitCode != 0 {
				failure = word
			}
		case c.Ready && c.State.Running != nil:
			runs = true
		}
	}
	switch {
	case word != "Completed":
		return word
	case runs && condition(p, corev1.PodReady):
		return "Running"
	case failure != "":
		return failure
	case runs:
		return "NotReady"
	}
	return word
}

// ending says how a container ended.
func ending(t *corev1.ContainerStateTerminated) string {
	switch {
	case t.Reason != "":
		return t.Reason
	case t.Signal != 0:
		return fmt.Sprintf("Signal:%d", t.Signal)
	}
	return fmt.Sprintf("ExitCode:%d", t.ExitCode)
}
