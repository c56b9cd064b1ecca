package traffic

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
)

// A service stands for a Service and its pods: every connection goes to the
// next of them. It lives in memory, so that a test's clock can be synctest's.
type service struct {
	t *testing.T

	mu    sync.Mutex
	pods  []http.Handler
	next  int
	err   error // what dialling fails with, if anything
	dials int
	asked string // the address dialled last
}

// set replaces the pods; none refuse every connection.
func (s *service) set(err error, pods ...http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.pods = err, pods
}

func (s *service) counts() (dials int, asked string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dials, s.asked
}

func (s *service) dial(_ context.Context, network, address string) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials++
	s.asked = address
	if s.err != nil {
		return nil, s.err
	}
	if len(s.pods) == 0 {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	pod := s.pods[s.next%len(s.pods)]
	s.next++
	near, far := net.Pipe()
	go serveOne(pod, far)
	return near, nil
}

// serveOne serves the requests of one connection and returns when it ends.
func serveOne(pod http.Handler, conn net.Conn) {
	closed := make(chan struct{})
	listener := &oneConn{conn: conn, closed: closed}
	server := &http.Server{Handler: pod, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed || state == http.StateHijacked {
			close(closed)
		}
	}}
	_ = server.Serve(listener) // the listener's end is the only one it has
}

// A oneConn is a listener that yields one connection and ends with it.
type oneConn struct {
	conn   net.Conn
	given  bool
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if l.given {
		<-l.closed
		return nil, net.ErrClosed
	}
	l.given = true
	return l.conn, nil
}

func (l *oneConn) Close() error   { return nil }
func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }

// podinfo answers as the image of that name.
func podinfo(pod, version string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprintf(w, `{"hostname": %q, "version": %q, "message": "greetings", "num_cpu": "2"}`, pod, version)
	})
}

// status answers with a status and nothing else.
func status(code int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
}

// hang never answers.
var hang = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
