package sim

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// dialThrough returns a dialer into the pod network through podium-plane's
// socket, an HTTP proxy that only tunnels.
func dialThrough(socket string) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := tunnel(ctx, socket, address)
		if err != nil {
			return nil, &net.OpError{Op: "dial", Net: network, Addr: named(address), Err: err}
		}
		return conn, nil
	}
}

func tunnel(ctx context.Context, socket, address string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	called := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	reader, err := handshake(conn, address)
	if !called() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &tunnelConn{UnixConn: conn.(*net.UnixConn), reader: reader}, nil
}

// handshake asks for address and returns what to read from: the reader may hold
// the first bytes already.
func handshake(conn net.Conn, address string) (*bufio.Reader, error) {
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if err := request.Write(conn); err != nil {
		return nil, err
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return reader, nil
	}
	defer response.Body.Close()
	why, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err != nil {
		return nil, err
	}
	return nil, refusal(strings.TrimSpace(string(why)))
}

// refusal turns the network's words back into the error they come from, so that
// callers can tell a refused connection from an address nobody has.
func refusal(why string) error {
	for _, number := range []syscall.Errno{syscall.ECONNREFUSED, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ETIMEDOUT} {
		if err := os.NewSyscallError("connect", number); err.Error() == why {
			return err
		}
	}
	return errors.New(why)
}

// A tunnelConn reads what the handshake left over first.
type tunnelConn struct {
	*net.UnixConn
	reader *bufio.Reader
}

func (c *tunnelConn) Read(p []byte) (int, error) { return c.reader.Read(p) }

// named is an address that is only a name.
type named string

func (named) Network() string  { return "tcp" }
func (n named) String() string { return string(n) }

// An alive is a request that podium-plane answers only by ending.
type alive struct {
	done   chan struct{} // closed when podium-plane has ended, or close was called
	cancel context.CancelFunc
}

// watchAlive starts watching the podium-plane behind socket. The caller calls
// close.
func watchAlive(ctx context.Context, socket string) (*alive, error) {
	client := clientOf(socket)
	request, cancel, err := newRequest(context.WithoutCancel(ctx), http.MethodGet, "/alive")
	if err != nil {
		return nil, err
	}
	// Only the answer's beginning may take no longer than the caller waits.
	called := context.AfterFunc(ctx, cancel)
	response, err := client.Do(request) //nolint:bodyclose // the goroutine below closes it
	called()
	if err != nil {
		cancel()
		return nil, err
	}
	a := &alive{done: make(chan struct{}), cancel: cancel}
	go func() {
		defer close(a.done)
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
	}()
	return a, nil
}

// close stops watching and returns when nothing of it is left.
func (a *alive) close() {
	a.cancel()
	<-a.done
}

// askToStop asks the podium-plane behind socket to end; it answers before it
// does.
func askToStop(ctx context.Context, socket string) error {
	request, cancel, err := newRequest(ctx, http.MethodPost, "/stop")
	if err != nil {
		return err
	}
	defer cancel()
	response, err := clientOf(socket).Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		return fmt.Errorf("podium-plane answered %s", response.Status)
	}
	return nil
}

func newRequest(ctx context.Context, method, path string) (*http.Request, context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(ctx)
	request, err := http.NewRequestWithContext(ctx, method, "http://podium-plane"+path, nil)
	if err != nil {
		cancel()
	}
	return request, cancel, err
}

func clientOf(socket string) *http.Client {
	var dialer net.Dialer
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", socket)
		},
	}}
}
