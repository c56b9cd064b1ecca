package kubelet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"

	"podium/cluster/sim/kubelet/sandbox"
	"podium/cluster/sim/network"
)

const (
	kubeletPort = 10250

	// streamIdle and streamSetup are a kubelet's defaults
	// (streamingConnectionIdleTimeout, remotecommand.DefaultStreamCreationTimeout).
	streamIdle  = 4 * time.Hour
	streamSetup = 30 * time.Second
)

// serveAPI answers the API server at the node's address.
func (n *Nodes) serveAPI(m *machine, nd *node) error {
	config := &tls.Config{Certificates: []tls.Certificate{n.options.Certificate}, ClientCAs: n.options.ClientCAs,
		ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	l, err := n.options.Network.Listen(net.JoinHostPort(nd.ip, strconv.Itoa(kubeletPort)))
	if err != nil {
		return fmt.Errorf("open the kubelet's port of %s: %w", nd.name, err)
	}
	server := &http.Server{Handler: n.handler(), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: streamSetup,
		BaseContext: func(net.Listener) context.Context { return m.ctx }}
	m.work.Go(func() { _ = server.Serve(tls.NewListener(l, config)) }) // always an error: it was closed
	m.work.Go(func() {
		<-m.ctx.Done()
		_ = server.Close()
	})
	return nil
}

// handler is the part of a kubelet's API that kubectl uses.
func (n *Nodes) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", n.containerLogs)
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		n.stream(w, r, func(s streams, o *remotecommand.Options) {
			remotecommand.ServeExec(w, r, s, r.PathValue("pod"), "", r.PathValue("container"), r.URL.Query()["command"], o,
				streamIdle, streamSetup, remotecommand.SupportedStreamingProtocols)
		})
	})
	mux.HandleFunc("/attach/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		n.stream(w, r, func(s streams, o *remotecommand.Options) {
			remotecommand.ServeAttach(w, r, s, r.PathValue("pod"), "", r.PathValue("container"), o,
				streamIdle, streamSetup, remotecommand.SupportedStreamingProtocols)
		})
	})
	mux.HandleFunc("/portForward/{namespace}/{pod}", func(w http.ResponseWriter, r *http.Request) {
		o, err := portforward.NewV4Options(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		portforward.ServePortForward(w, r, streams{n, r.PathValue("namespace")}, r.PathValue("pod"), "", o,
			streamIdle, streamSetup, portforward.SupportedProtocols)
	})
	return mux
}

func (n *Nodes) stream(w http.ResponseWriter, r *http.Request, serve func(streams, *remotecommand.Options)) {
	o, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s := streams{n, r.PathValue("namespace")}
	if _, err := s.process(r.PathValue("pod"), r.PathValue("container")); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	serve(s, o)
}

// streams serves exec, attach and port-forward for the pods of one namespace.
type streams struct {
	nodes     *Nodes
	namespace string
}

func (s streams) process(pod, container string) (*process, error) {
	p := s.nodes.find(s.namespace, pod)
	if p == nil {
		return nil, fmt.Errorf("pod %s_%s not found", pod, s.namespace)
	}
	c := p.container(container)
	if c == nil {
		return nil, fmt.Errorf("container %q not found in pod %s_%s", container, pod, s.namespace)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.process == nil || c.state.Running == nil {
		return nil, fmt.Errorf("container not found (%q)", container)
	}
	return c.process, nil
}

func (p *pod) container(name string) *container {
	for _, c := range p.all() {
		if c.spec.Name == name {
			return c
		}
	}
	return nil
}

// ExecInContainer runs a command in the container's sandbox.
func (s streams) ExecInContainer(ctx context.Context, pod, _, container string, cmd []string, in io.Reader, out, errOut io.WriteCloser,
	tty bool, resize <-chan remotecommand.TerminalSize, timeout time.Duration) error {
	proc, err := s.process(pod, container)
	if err != nil {
		return err
	}
	if len(cmd) == 0 {
		return errors.New("no command specified")
	}
	if !proc.sandbox().Executable(cmd, proc.env, proc.dir) {
		// the words of containerd and runc, which learners will see elsewhere
		return fmt.Errorf("failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: "+
			"unable to start container process: exec: %q: executable file not found in $PATH", cmd[0])
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(proc.ctx, cancel)()
	go drain(ctx, resize) // ends with ctx
	var code int
	if tty && in != nil {
		env := append([]string{"TERM=xterm"}, proc.env...)
		code = proc.sandbox().RunTerminal(ctx, cmd, env, proc.dir, sandbox.NewTerminal(in, out))
	} else {
		code = proc.sandbox().Run(ctx, cmd, proc.env, proc.dir, sandbox.Streams{In: reader(in), Out: out, Err: errWriter(out, errOut)}, nil)
	}
	if proc.ctx.Err() != nil {
		code = 128 + sigKill
	}
	if code != 0 {
		return utilexec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", code), Code: code}
	}
	return nil
}

func drain(ctx context.Context, resize <-chan remotecommand.TerminalSize) {
	for {
		select {
		case _, ok := <-resize:
			if !ok {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

func reader(in io.Reader) io.Reader {
	if in == nil {
		return eof{}
	}
	return in
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

func errWriter(out, errOut io.Writer) io.Writer {
	if errOut == nil {
		return out
	}
	return errOut
}

// AttachContainer shows what the container's process writes from now on and
// passes input on to it.
func (s streams) AttachContainer(ctx context.Context, pod, _, container string, in io.Reader, out, _ io.WriteCloser, _ bool,
	resize <-chan remotecommand.TerminalSize) error {
	proc, err := s.process(pod, container)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go drain(ctx, resize) // ends with ctx
	if in != nil && proc.input.w != nil {
		go func() { // ends with the client's stream or with the process, which closes its input
			_, _ = io.Copy(proc.input.w, in)
			if proc.container.spec.StdinOnce {
				_ = proc.input.w.Close()
			}
		}()
	}
	chunks, detach := proc.out.attach()
	defer detach()
	for {
		select {
		case chunk := <-chunks:
			if _, err := out.Write(chunk); err != nil {
				return nil // the client has gone
			}
		case <-proc.done:
			flushChunks(out, chunks)
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// flushChunks writes what an ended process has left, as far as the client still
// wants it.
func flushChunks(out io.Writer, chunks <-chan []byte) {
	for {
		select {
		case chunk := <-chunks:
			if _, err := out.Write(chunk); err != nil {
				return
			}
		default:
			return
		}
	}
}

// PortForward joins a stream with a port of the pod.
func (s streams) PortForward(ctx context.Context, pod, _ string, port int32, stream io.ReadWriteCloser) error {
	p := s.nodes.find(s.namespace, pod)
	if p == nil {
		return fmt.Errorf("pod %s_%s not found", pod, s.namespace)
	}
	address := net.JoinHostPort(p.address(), strconv.Itoa(int(port)))
	conn, err := s.nodes.options.Network.From(s.namespace, p.address()).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("failed to connect to localhost:%d inside namespace %q: %s", port, pod, dialText(address, err))
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	network.Join(conn, stream)
	return nil
}

func (n *Nodes) containerLogs(w http.ResponseWriter, r *http.Request) {
	namespace, name, container := r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container")
	p := n.find(namespace, name)
	if p == nil {
		http.Error(w, fmt.Sprintf("pod %q does not exist", name), http.StatusNotFound)
		return
	}
	c := p.container(container)
	if c == nil {
		http.Error(w, fmt.Sprintf("container %q not found in pod %q", container, name), http.StatusNotFound)
		return
	}
	o := readLogOptions(r)
	book, err := c.book(r.FormValue("previous") == "true")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	flush := func() {}
	if f, ok := w.(http.Flusher); ok {
		flush = f.Flush
	}
	_ = book.write(r.Context(), w, flush, o) // the client has gone: nobody to tell
}

// book finds the log of the current or the previous run, with the errors of
// validateContainerLogStatus in pkg/kubelet/kubelet_pods.go.
func (c *container) book(previous bool) (*logBook, error) {
	c.pod.mu.Lock()
	defer c.pod.mu.Unlock()
	switch {
	case previous && c.state.Waiting != nil && c.process != nil:
		return c.process.logs, nil
	case previous && c.previous != nil:
		return c.previous, nil
	case previous:
		return nil, fmt.Errorf("previous terminated container %q in pod %q not found", c.spec.Name, c.pod.name.Name)
	case c.process != nil:
		return c.process.logs, nil
	case c.state.Terminated != nil:
		return &logBook{closed: true}, nil // it ran before this process started
	}
	state := c.state.Waiting
	if state == nil {
		state = &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}
	}
	reason := state.Reason
	switch reason {
	case "ErrImagePull", "ImagePullBackOff":
		reason = "trying and failing to pull image"
	case "ErrImageNeverPull":
		reason = "image can't be pulled"
	}
	return nil, fmt.Errorf("container %q in pod %q is waiting to start: %s", c.spec.Name, c.pod.name.Name, reason)
}

func readLogOptions(r *http.Request) logOptions {
	o := logOptions{follow: r.FormValue("follow") == "true", timestamps: r.FormValue("timestamps") == "true", tail: -1}
	if n, err := strconv.Atoi(r.FormValue("tailLines")); err == nil && n >= 0 {
		o.tail = n
	}
	if n, err := strconv.ParseInt(r.FormValue("sinceSeconds"), 10, 64); err == nil && n >= 0 {
		o.since = time.Now().Add(-time.Duration(n) * time.Second)
	}
	if at, err := time.Parse(time.RFC3339, r.FormValue("sinceTime")); err == nil {
		o.since = at
	}
	if n, err := strconv.ParseInt(r.FormValue("limitBytes"), 10, 64); err == nil && n > 0 {
		o.limit = n
	}
	return o
}
