package kubelet

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"podium/cluster/sim/kubelet/sandbox"
)

// startProbes runs the container's probes until the returned function is
// called, which waits for them. A container without probes costs nothing.
func (c *container) startProbes(machine context.Context, proc *process) (stop func()) {
	if c.role == roleInit || c.spec.StartupProbe == nil && c.spec.LivenessProbe == nil && c.spec.ReadinessProbe == nil {
		if c.role == roleSidecar {
			c.noteStarted()
		}
		return func() {}
	}
	ctx, cancel := context.WithCancel(machine)
	var running sync.WaitGroup
	running.Go(func() {
		if c.spec.StartupProbe != nil && !proc.resumed && !c.probeStartup(ctx, proc) {
			return
		}
		c.set(func() {
			c.begun = ptr.To(true)
			if c.spec.ReadinessProbe == nil {
				c.ready = true
			}
		})
		c.noteStarted()
		if p := c.spec.LivenessProbe; p != nil {
			running.Go(func() { c.probeLiveness(ctx, proc, p) })
		}
		if p := c.spec.ReadinessProbe; p != nil {
			running.Go(func() { c.probeReadiness(ctx, proc, p) })
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

func (c *container) noteStarted() {
	c.pod.mu.Lock()
	defer c.pod.mu.Unlock()
	close(c.probeWatch)
	c.probeWatch = make(chan struct{})
}

// prober repeats one probe and counts its results.
type prober struct {
	container *container
	process   *process
	kind      string // "Startup", "Liveness", "Readiness"
	probe     *corev1.Probe
}

// run probes until decide says that it is enough. decide gets each result that
// has reached its threshold.
func (p prober) run(ctx context.Context, decide func(healthy bool) (enough bool)) {
	// a kubelet's prober hears of a started container with the next relist, not at once
	heard := p.container.pod.nodes.pace.stage(p.container.pod.uid, "probe"+p.kind) / 2
	if !pause(ctx, max(heard, time.Duration(p.probe.InitialDelaySeconds)*time.Second)) {
		return
	}
	ticker := time.NewTicker(time.Duration(max(p.probe.PeriodSeconds, 1)) * time.Second)
	defer ticker.Stop()
	var last bool
	run := int32(0)
	for {
		ok := p.once(ctx)
		if ctx.Err() != nil {
			return
		}
		if ok != last {
			run = 0
		}
		last = ok
		run++
		need := max(p.probe.FailureThreshold, 1)
		if ok {
			need = max(p.probe.SuccessThreshold, 1)
		}
		if run >= need && decide(ok) {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (p prober) once(ctx context.Context) bool {
	ok, output := p.process.check(ctx, p.probe)
	if !ok && ctx.Err() == nil { // text of pkg/kubelet/prober/prober.go
		p.container.event(corev1.EventTypeWarning, "Unhealthy", "%s probe failed: %s", p.kind, output)
	}
	return ok
}

func (c *container) probeStartup(ctx context.Context, proc *process) (started bool) {
	prober{c, proc, "Startup", c.spec.StartupProbe}.run(ctx, func(healthy bool) bool {
		if started = healthy; !healthy {
			c.killUnhealthy(proc, "startup", c.spec.StartupProbe)
		}
		return true
	})
	return started
}

func (c *container) probeLiveness(ctx context.Context, proc *process, probe *corev1.Probe) {
	prober{c, proc, "Liveness", probe}.run(ctx, func(healthy bool) bool {
		if healthy {
			return false
		}
		c.killUnhealthy(proc, "liveness", probe)
		return true
	})
}

func (c *container) probeReadiness(ctx context.Context, proc *process, probe *corev1.Probe) {
	prober{c, proc, "Readiness", probe}.run(ctx, func(healthy bool) bool {
		c.pod.mu.Lock()
		changed := c.ready != healthy && c.process == proc && c.state.Running != nil
		if changed {
			c.ready = healthy
		}
		c.pod.mu.Unlock()
		if changed {
			c.pod.poke()
		}
		return false
	})
}

// killUnhealthy stops the container's process in the background of its pod:
// the restart policy decides what follows.
func (c *container) killUnhealthy(proc *process, kind string, probe *corev1.Probe) {
	c.pod.mu.Lock()
	proc.unhealthy = true
	c.pod.mu.Unlock()
	grace := c.pod.grace()
	if s := probe.TerminationGracePeriodSeconds; s != nil {
		grace = time.Duration(*s) * time.Second
	}
	c.terminate(proc, "Container "+c.spec.Name+" failed "+kind+" probe, will be restarted", grace)
}

// check makes one probe.
func (p *process) check(ctx context.Context, probe *corev1.Probe) (ok bool, output string) {
	timeout := time.Duration(max(probe.TimeoutSeconds, 1)) * time.Second
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch {
	case probe.HTTPGet != nil:
		return p.checkHTTP(ctx, probe.HTTPGet)
	case probe.TCPSocket != nil:
		address := net.JoinHostPort(p.probeHost(probe.TCPSocket.Host), p.portNumber(probe.TCPSocket.Port))
		conn, err := p.container.pod.nodes.options.Network.From("", p.container.pod.node.ip).DialContext(ctx, "tcp", address)
		if err != nil {
			return false, dialText(address, err)
		}
		_ = conn.Close()
		return true, ""
	case probe.Exec != nil:
		return p.checkExec(ctx, probe.Exec.Command, timeout)
	case probe.GRPC != nil:
		return p.checkGRPC(ctx, probe.GRPC, timeout)
	}
	return true, ""
}

func (p *process) probeHost(host string) string {
	if host == "" {
		return p.container.pod.address()
	}
	return host
}

func (p *process) portNumber(port intstr.IntOrString) string {
	if port.Type == intstr.Int {
		return strconv.Itoa(int(port.IntVal))
	}
	for _, cp := range p.container.spec.Ports {
		if cp.Name == port.StrVal {
			return strconv.Itoa(int(cp.ContainerPort))
		}
	}
	return port.StrVal
}

// probeBody bounds what is read of an answer, as the kubelet's maxRespBodyLength.
const probeBody = 10 << 10

func (p *process) checkHTTP(ctx context.Context, get *corev1.HTTPGetAction) (bool, string) {
	status, err := p.get(ctx, get, "kube-probe/")
	switch {
	case err != nil:
		return false, err.Error()
	case status >= http.StatusOK && status < http.StatusBadRequest:
		return true, ""
	}
	return false, fmt.Sprintf("HTTP probe failed with statuscode: %d", status)
}

// get asks as a kubelet does, of which agent and its version tell.
func (p *process) get(ctx context.Context, get *corev1.HTTPGetAction, agent string) (status int, err error) {
	scheme := strings.ToLower(string(get.Scheme))
	if scheme == "" {
		scheme = "http"
	}
	address := net.JoinHostPort(p.probeHost(get.Host), p.portNumber(get.Port))
	url := scheme + "://" + address + "/" + strings.TrimPrefix(get.Path, "/")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", agent+minorVersion(p.container.pod.nodes.options.Version))
	for _, h := range get.HTTPHeaders {
		if strings.EqualFold(h.Name, "Host") {
			req.Host = h.Value
		}
		req.Header.Set(h.Name, h.Value)
	}
	dial := p.container.pod.nodes.options.Network.From("", p.container.pod.node.ip)
	transport := &http.Transport{DialContext: dial.DialContext, DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		if ctx.Err() == context.DeadlineExceeded {
			return 0, fmt.Errorf("Get %q: context deadline exceeded (Client.Timeout exceeded while awaiting headers)", url) //nolint:staticcheck // net/http's words
		}
		return 0, fmt.Errorf("Get %q: %s", url, dialText(address, err)) //nolint:staticcheck // net/http's words
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, probeBody))
	return resp.StatusCode, nil
}

// dialText is a connection's error as Linux words it, on every platform.
func dialText(address string, err error) string {
	text := err.Error()
	if strings.Contains(text, "refused") {
		return "dial tcp " + address + ": connect: connection refused"
	}
	if i := strings.Index(text, "dial tcp"); i >= 0 {
		return text[i:]
	}
	return text
}

func minorVersion(version string) string {
	parts := strings.SplitN(strings.TrimPrefix(version, "v"), ".", 3)
	return strings.Join(parts[:min(len(parts), 2)], ".")
}

func (p *process) checkExec(ctx context.Context, command []string, timeout time.Duration) (bool, string) {
	var out limitedBuffer
	code := p.sandbox().Run(ctx, command, p.env, p.dir, sandbox.Streams{Out: &out, Err: &out}, nil)
	if ctx.Err() == context.DeadlineExceeded {
		return false, fmt.Sprintf("command timed out: %q timed out after %s", strings.Join(command, " "), timeout)
	}
	return code == 0, out.String()
}

// limitedBuffer keeps the first bytes that are written to it.
type limitedBuffer struct {
	mu   sync.Mutex
	text []byte
}

func (b *limitedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, p[:min(len(p), probeBody-len(b.text))]...)
	return len(p), nil
}

func (b *limitedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.text)
}
