package network

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// backlog is how many connections wait to be accepted before a further one has
// to wait itself; net.core.somaxconn is larger, a pod's burst is not.
const backlog = 128

type listener struct {
	net  *Network
	at   netip.AddrPort
	wait chan *conn

	mu     sync.RWMutex // held for reading while a connection is handed over
	once   sync.Once
	closed chan struct{}
}

func newListener(n *Network, at netip.AddrPort) *listener {
	return &listener{net: n, at: at, wait: make(chan *conn, backlog), closed: make(chan struct{})}
}

// accepted hands the server's end of a new connection to Accept.
func (l *listener) accepted(ctx context.Context, client, server *net.TCPAddr) (net.Conn, error) {
	near, far := newPair(client, server)
	l.mu.RLock()
	defer l.mu.RUnlock()
	if isClosed(l.closed) {
		return nil, dialError(server, syscall.ECONNREFUSED)
	}
	select {
	case l.wait <- far:
		return near, nil
	case <-l.closed:
		return nil, dialError(server, syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: server, Err: ctx.Err()}
	}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.wait:
		return c, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
	}
}

// Close frees the address and drops the connections nobody has accepted.
func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.net.forget(l)
		l.mu.Lock() // every hand-over has ended: nothing more arrives below
		defer l.mu.Unlock()
		for {
			select {
			case c := <-l.wait:
				_ = c.Close()
			default:
				return
			}
		}
	})
	return nil
}

func (l *listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.at) }
