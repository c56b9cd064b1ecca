package kubelet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"podium/cluster/sim/kubelet/sandbox"
)

// hook runs a lifecycle hook. Its error is in the words of
// pkg/kubelet/lifecycle/handlers.go. Any answer to an HTTP request is success.
func (p *process) hook(ctx context.Context, h *corev1.LifecycleHandler) error {
	c := p.container
	failed := func(kind string, what any, err error, more string) error {
		return fmt.Errorf("%s lifecycle hook (%v) for Container %q in Pod %q failed - error: %w%s",
			kind, what, c.spec.Name, fmt.Sprintf("%s_%s(%s)", c.pod.name.Name, c.pod.name.Namespace, c.pod.uid), err, more)
	}
	switch {
	case h.Sleep != nil:
		if !pause(ctx, time.Duration(h.Sleep.Seconds)*time.Second) {
			return failed("Sleep", h.Sleep.Seconds, fmt.Errorf("container terminated before sleep hook finished"), "")
		}
	case h.Exec != nil:
		var out, errOut limitedBuffer
		code := p.sandbox().Run(ctx, h.Exec.Command, p.env, p.dir, sandbox.Streams{Out: &out, Err: &errOut}, nil)
		if code != 0 {
			err := fmt.Errorf("command '%s' exited with %d: %s", strings.Join(h.Exec.Command, " "), code, errOut.String())
			return failed("Exec", h.Exec.Command, err, fmt.Sprintf(", message: %q", out.String()+errOut.String()))
		}
	case h.HTTPGet != nil:
		if _, err := p.get(ctx, h.HTTPGet, "kube-lifecycle/"); err != nil {
			return failed("HTTP", h.HTTPGet.Path, err, "")
		}
	}
	return nil
}

// afterStart does what comes once a container's process runs: its postStart
// hook, then its probes. The next container waits for the hook, as in a
// kubelet, whose worker does one after the other and posts nothing meanwhile.
// The returned function ends it and says why the hook failed, or "".
func (c *container) afterStart(life, machine context.Context, proc *process, attempted func()) (stop func() string) {
	hook := c.spec.Lifecycle
	if hook == nil || hook.PostStart == nil || proc.resumed {
		stopProbes := c.startProbes(machine, proc)
		attempted()
		return func() string { stopProbes(); return "" }
	}
	ctx, cancel := context.WithCancel(life)
	unlink := context.AfterFunc(proc.ctx, cancel)
	var failure string
	done := make(chan struct{})
	stopProbes := func() {}
	go func() { // ends with the hook, whose context ends with the process
		defer close(done)
		err := proc.hook(ctx, hook.PostStart)
		if err == nil {
			c.set(func() { c.hooking = false })
			stopProbes = c.startProbes(machine, proc)
			attempted()
		} else if life.Err() == nil {
			failure = err.Error()
			c.event(corev1.EventTypeWarning, "FailedPostStartHook", "PostStartHook failed")
			c.terminate(proc, "FailedPostStartHook", c.pod.grace())
		}
	}()
	return func() string {
		cancel()
		unlink()
		<-done
		stopProbes()
		return failure
	}
}

// hold keeps the pod's status to itself while containers with postStart hooks
// are started, until the returned function is called: a kubelet's worker starts
// all of them before it posts again.
func (p *pod) hold() (release func()) {
	hooked := func(c corev1.Container) bool { return c.Lifecycle != nil && c.Lifecycle.PostStart != nil }
	if !slices.ContainsFunc(p.spec.Containers, hooked) {
		return func() {}
	}
	set := func(held bool) {
		p.mu.Lock()
		p.held = held
		p.mu.Unlock()
		p.poke()
	}
	set(true)
	return func() { set(false) }
}

// terminate ends a process as a kubelet's killContainer does, and doesn't wait
// for its end.
func (c *container) terminate(proc *process, message string, grace time.Duration) {
	c.event(corev1.EventTypeNormal, "Killing", "%s", message)
	deadline := time.Now().Add(grace)
	if hook := c.spec.Lifecycle; hook != nil && hook.PreStop != nil {
		ctx, cancel := context.WithDeadline(proc.ctx, deadline)
		_ = proc.hook(ctx, hook.PreStop)
		cancel()
	}
	proc.ask()
	timer := time.AfterFunc(max(time.Until(deadline), shortestGrace), proc.kill)
	context.AfterFunc(proc.ctx, func() { timer.Stop() })
}

// shortestGrace is minimumGracePeriodInSeconds, pkg/kubelet/kuberuntime/kuberuntime_container.go.
const shortestGrace = 2 * time.Second

// grace is how long the pod's containers may take to end.
func (p *pod) grace() time.Duration {
	object, _ := p.latest()
	return time.Duration(ptr.Deref(object.Spec.TerminationGracePeriodSeconds, 30)) * time.Second
}

const (
	mostMessage, mostLogMessage, mostLogLines = 4 << 10, 2 << 10, 80 // MaxContainerTerminationMessage…, pkg/kubelet/container
)

// lastWords is the message that a process leaves for its status: what it wrote
// to terminationMessagePath, or the end of its log if it failed and the policy
// says so.
func (p *process) lastWords(code int) string {
	spec := p.container.spec
	if at := spec.TerminationMessagePath; at != "" && p.looked.Load() {
		if text, err := p.sandbox().FS.ReadFile(at); err == nil && len(text) > 0 {
			return string(text[:min(len(text), mostMessage)])
		}
	}
	if spec.TerminationMessagePolicy != corev1.TerminationMessageFallbackToLogsOnError || code == 0 {
		return ""
	}
	lines, _, _ := p.logs.after(0)
	var text strings.Builder
	for _, line := range lines[max(0, len(lines)-mostLogLines):] {
		text.Write(line.text)
	}
	all := text.String()
	return all[max(0, len(all)-mostLogMessage):]
}
