// Package tunnel lets other processes reach what one process can dial: an HTTP
// proxy that only tunnels (CONNECT), on a private unix socket.
package tunnel

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
)

// A Dial opens a connection, as [net.Dialer.DialContext] does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Listen makes the socket at path, which only this user can use. One that a
// process left behind there is replaced.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// Serve tunnels through dial for whoever connects to listener, until ctx ends;
// then it closes the listener and every tunnel.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	err := server.Serve(listener)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// ServeHTTP implements http.Handler: it joins the caller with the address it
// names. An address that can't be reached is answered with 502 and the reason.
func (dial Dial) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.NotFound(w, r)
		return
	}
	upstream, err := dial(r.Context(), "tcp", r.Host)
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
