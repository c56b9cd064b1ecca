package kubelet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// program is what an image does. It runs until ctx ends (SIGKILL), until it has
// been asked to end (process.term) or by itself.
type program func(ctx context.Context, p *process, args []string, out io.Writer) exit

// programs are the words that `program` in images.yaml may be.
var programs map[string]program

func init() {
	programs = map[string]program{
		"nginx":   serveWith(nginxHandler),
		"httpd":   serveWith(httpdHandler),
		"proxy":   serveWith(proxyHandler),
		"echo":    serveWith(echoHandler),
		"podinfo": serveWith(podinfoHandler),
		"idle":    idle,
		"crash":   crash,
		"leak":    leak,
		"shell":   idle, // never asked for: its entrypoint is a shell command
	}
}

// startDelay waits until the program would be up; a resumed one has been.
func (p *process) startDelay(ctx context.Context) bool {
	if p.resumed {
		return ctx.Err() == nil
	}
	return pauseEither(ctx, p.term, p.container.pod.nodes.pace.scaled(p.image.StartDelay))
}

func pauseEither(ctx, other context.Context, d time.Duration) bool {
	both, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(other, cancel)()
	return pause(both, d)
}

// awaitTerm waits until the program is to end and takes its time doing so.
func (p *process) awaitTerm(ctx context.Context) exit {
	asked := p.term.Done()
	if p.image.IgnoresTerm {
		asked = nil
	}
	select {
	case <-asked:
		pause(ctx, p.image.StopDelay)
		return exit{}
	case <-ctx.Done():
		return signalExit(sigKill)
	}
}

func idle(ctx context.Context, p *process, _ []string, out io.Writer) exit {
	for _, port := range p.image.GRPC {
		if err := p.serveHealth(ctx, port, ""); err != nil {
			fmt.Fprintf(out, "listen tcp :%d: bind: address already in use\n", port)
			return exit{code: 1}
		}
	}
	if !p.resumed {
		_, _ = io.WriteString(out, p.image.Text)
	}
	return p.awaitTerm(ctx)
}

func crash(ctx context.Context, p *process, _ []string, out io.Writer) exit {
	if !p.startDelay(ctx) {
		return signalExit(sigTerm)
	}
	_, _ = io.WriteString(out, p.image.Text)
	return exit{code: p.image.ExitCode}
}

func leak(ctx context.Context, p *process, _ []string, out io.Writer) exit {
	_, _ = io.WriteString(out, p.image.Text)
	if !p.startDelay(ctx) {
		return signalExit(sigTerm)
	}
	if p.container.spec.Resources.Limits.Memory().IsZero() {
		return p.awaitTerm(ctx) // without a limit nothing kills it here
	}
	return exit{code: 128 + sigKill, reason: "OOMKilled"}
}

// site is a server of one image.
type site struct {
	handler http.Handler
	ports   []int32
	grpc    int32                   // where it answers gRPC's health protocol, or 0
	service string                  // of which it tells there
	inUse   func(port int32) string // what it logs when the port is taken
	greet   string                  // what it logs when it is up
}

// serveWith makes a program of a site: it listens at the pod's address until it
// is asked to end, then finishes the requests it has.
func serveWith(build func(p *process, args []string, out io.Writer) site) program {
	return func(ctx context.Context, p *process, args []string, out io.Writer) exit {
		s := build(p, args, out)
		if !p.startDelay(ctx) {
			if ctx.Err() != nil {
				return signalExit(sigKill)
			}
			return exit{}
		}
		listeners, taken, err := p.listen(s.ports)
		if err != nil {
			_, _ = io.WriteString(out, s.inUse(taken))
			return exit{code: 1}
		}
		if s.grpc > 0 && p.serveHealth(ctx, s.grpc, s.service) != nil {
			for _, l := range listeners {
				_ = l.Close()
			}
			_, _ = io.WriteString(out, s.inUse(s.grpc))
			return exit{code: 1}
		}
		if !p.resumed {
			_, _ = io.WriteString(out, s.greet)
		}
		return p.serve(ctx, s.handler, listeners)
	}
}

func (p *process) listen(ports []int32) (listeners []net.Listener, taken int32, err error) {
	ip := p.container.pod.address()
	for _, port := range ports {
		l, err := p.container.pod.nodes.options.Network.Listen(net.JoinHostPort(ip, strconv.Itoa(int(port))))
		if err != nil {
			for _, open := range listeners {
				_ = open.Close()
			}
			return nil, port, err
		}
		listeners = append(listeners, l)
	}
	return listeners, 0, nil
}

// serve answers on the first listener; further ports of one image answer alike.
func (p *process) serve(ctx context.Context, handler http.Handler, listeners []net.Listener) exit {
	server := &http.Server{Handler: metered(handler, &p.meter), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	stopped := make(chan struct{})
	defer context.AfterFunc(p.term, func() {
		defer close(stopped)
		// the image's stop signal lets requests finish: nginx has SIGQUIT, httpd SIGWINCH
		_ = server.Shutdown(ctx)
		pause(ctx, p.image.StopDelay)
	})()
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if len(listeners) == 0 {
		return p.awaitTerm(ctx)
	}
	var further sync.WaitGroup
	for _, l := range listeners[1:] {
		further.Go(func() { _ = server.Serve(l) }) // ends with the server, as the first does
	}
	err := server.Serve(listeners[0])
	further.Wait()
	switch {
	case ctx.Err() != nil:
		_ = server.Close()
		return signalExit(sigKill)
	case errors.Is(err, http.ErrServerClosed):
		select {
		case <-stopped:
			return exit{}
		case <-ctx.Done():
			_ = server.Close()
			return signalExit(sigKill)
		}
	default:
		return exit{code: 1}
	}
}

// bindFailed is nginx's message; others say the same in their own way.
func bindFailed(port int32) string {
	at := time.Now().UTC().Format("2006/01/02 15:04:05")
	line := fmt.Sprintf("%s [emerg] 1#1: bind() to 0.0.0.0:%d failed (98: Address already in use)\n", at, port)
	return "nginx: " + strings.TrimPrefix(line, at+" ") + line
}
