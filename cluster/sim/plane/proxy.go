package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// errAsked is the cause of a stop that podium asked for.
var errAsked = errors.New("asked to stop")

// A door is how podium reaches into this process: an HTTP server on a private
// socket. CONNECT leads to an address in the pod network, GET /alive answers
// when this process ends and POST /stop ends it.
type door struct {
	dial utilnet.DialFunc
	stop context.CancelCauseFunc
}

// openDoor serves on path until ctx ends, as one of run's components.
func openDoor(ctx context.Context, run *components, path string, d door) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	server := &http.Server{
		Handler:           d,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	run.run(ctx, "network socket", func(ctx context.Context) error {
		defer context.AfterFunc(ctx, func() { _ = server.Close() })()
		return server.Serve(listener)
	})
	return nil
}

// ServeHTTP implements http.Handler.
func (d door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodConnect:
		d.connect(w, r)
	case r.Method == http.MethodGet && r.URL.Path == "/alive":
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	case r.Method == http.MethodPost && r.URL.Path == "/stop":
		w.WriteHeader(http.StatusAccepted)
		_ = http.NewResponseController(w).Flush()
		d.stop(errAsked)
	default:
		http.NotFound(w, r)
	}
}

// connect joins the caller with the address it names.
func (d door) connect(w http.ResponseWriter, r *http.Request) {
	upstream, err := d.dial(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, reason(err).Error(), http.StatusBadGateway)
		return
	}
	defer upstream.Close()
	caller, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer caller.Close()
	defer context.AfterFunc(r.Context(), func() { caller.Close(); upstream.Close() })()
	if _, err := io.WriteString(caller, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { pour(upstream, buffered) })
	both.Go(func() { pour(caller, upstream) })
	both.Wait()
}

// reason returns what went wrong without "dial tcp ADDRESS:", which the caller
// says again.
func reason(err error) error {
	var failed *net.OpError
	if errors.As(err, &failed) && failed.Err != nil {
		return failed.Err
	}
	return err
}

// pour copies from to to and passes on that from has ended.
func pour(to net.Conn, from io.Reader) {
	_, _ = io.Copy(to, from)
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	_ = to.Close()
}
