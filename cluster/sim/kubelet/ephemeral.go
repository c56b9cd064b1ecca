package kubelet

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// debuggers returns the ephemeral containers that the pod's newest object has
// and that are not known yet.
func (p *pod) debuggers(object *corev1.Pod) (fresh []*container) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ending || p.ended {
		return nil
	}
	for i := range object.Spec.EphemeralContainers {
		e := &object.Spec.EphemeralContainers[i]
		if slices.ContainsFunc(p.ephemeral, func(c *container) bool { return c.spec.Name == e.Name }) {
			continue
		}
		c := newContainer(p, corev1.Container(e.EphemeralContainerCommon), roleEphemeral)
		c.target = e.TargetContainerName
		p.ephemeral = append(p.ephemeral, c)
		fresh = append(fresh, c)
	}
	return fresh
}

// debug runs an ephemeral container, once, as soon as the pod has its network:
// even beside init containers that fail.
func (c *container) debug(life, machine context.Context) {
	select {
	case <-c.pod.up:
		c.live(life, machine, nil)
		c.pod.poke()
	case <-life.Done():
	}
}

// all returns every container of the pod.
func (p *pod) all() []*container {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Concat(p.containers, p.ephemeral)
}

// firstOf returns the first process that the commands beside proc see: its own,
// or that of the container whose process namespace an ephemeral one targets.
func (p *pod) firstOf(proc *process) *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.containers {
		if c.spec.Name == proc.container.target && c.process != nil {
			return c.process
		}
	}
	return proc
}
