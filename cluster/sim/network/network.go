// Package network is the simulated cluster's network: pods and nodes listen on
// realistic addresses without a socket, Services route to them by their
// EndpointSlices, and names resolve as the cluster's DNS would.
//
// Nothing in it reaches the machine it runs on, with two exceptions that are
// asked for by name: an address given to [Network.Alias], and the loopback
// listeners that make a NodePort answer to a browser.
package network

import (
	"context"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// DefaultNamespace is where a name without a namespace is looked up when the
// caller is no pod: the namespace lessons work in.
const DefaultNamespace = "lab"

// A Network holds every listener and route of one cluster. Its methods may be
// called from any goroutine.
type Network struct {
	mu        sync.RWMutex
	listeners map[netip.AddrPort]*listener
	hosts     map[netip.Addr]int // addresses in use, by how many times they were added
	nodes     map[netip.Addr]bool
	aliases   map[string]string
	nextPort  uint16

	services *Services
}

// New returns an empty network.
func New() *Network {
	n := &Network{
		listeners: map[netip.AddrPort]*listener{},
		hosts:     map[netip.Addr]int{},
		nodes:     map[netip.Addr]bool{},
		aliases:   map[string]string{},
	}
	n.services = newServices(n)
	return n
}

// Services is the network's routing table for Services.
func (n *Network) Services() *Services { return n.services }

// Alias makes the cluster address from ("10.96.0.1:443") lead to the real
// loopback address to ("127.0.0.1:41235").
func (n *Network) Alias(from, to string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.aliases[from] = to
}

// AddHost makes ip an address of the network: a connection to a port nobody
// listens on is then refused, instead of finding no route.
func (n *Network) AddHost(ip string) {
	if a, err := netip.ParseAddr(ip); err == nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.hosts[a]++
	}
}

// RemoveHost undoes one AddHost.
func (n *Network) RemoveHost(ip string) {
	if a, err := netip.ParseAddr(ip); err == nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.hosts[a]--; n.hosts[a] <= 0 {
			delete(n.hosts, a)
		}
	}
}

// AddNode makes ip an address of the network at which every NodePort answers.
func (n *Network) AddNode(ip string) {
	n.AddHost(ip)
	if a, err := netip.ParseAddr(ip); err == nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.nodes[a] = true
	}
}

// RemoveNode undoes AddNode.
func (n *Network) RemoveNode(ip string) {
	n.RemoveHost(ip)
	if a, err := netip.ParseAddr(ip); err == nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.nodes, a)
	}
}

// Listen opens ip:port inside the network; no socket is involved. The caller
// closes the listener. An address in use gives an error that is
// syscall.EADDRINUSE.
func (n *Network) Listen(address string) (net.Listener, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Err: err}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[at] != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: net.TCPAddrFromAddrPort(at),
			Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
	}
	l := newListener(n, at)
	n.listeners[at] = l
	return l, nil
}

func (n *Network) forget(l *listener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[l.at] == l {
		delete(n.listeners, l.at)
	}
}

// DialContext connects to a pod's or node's address, a ClusterIP, a Service's
// name or an alias. A bare name is looked up in [DefaultNamespace]. A refused
// connection is syscall.ECONNREFUSED, an unknown name a *net.DNSError.
func (n *Network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return n.From(DefaultNamespace, "").DialContext(ctx, network, address)
}

// connect reaches one ip:port that has already been routed.
func (n *Network) connect(ctx context.Context, source netip.Addr, to netip.AddrPort) (net.Conn, error) {
	n.mu.Lock()
	l, known := n.listeners[to], n.hosts[to.Addr()] > 0
	n.nextPort++
	port := 32768 + n.nextPort%28000 // Linux's ip_local_port_range begins at 32768
	n.mu.Unlock()
	if !source.IsValid() {
		source = netip.AddrFrom4([4]byte{172, 18, 0, 1}) // the gateway, as in a cluster whose client is outside
	}
	client, server := net.TCPAddrFromAddrPort(netip.AddrPortFrom(source, port)), net.TCPAddrFromAddrPort(to)
	switch {
	case l != nil:
		return l.accepted(ctx, client, server)
	case known:
		return nil, dialError(server, syscall.ECONNREFUSED)
	default:
		return nil, dialError(server, syscall.EHOSTUNREACH)
	}
}

func (n *Network) alias(address string) (string, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	to, ok := n.aliases[address]
	return to, ok
}

func (n *Network) isNode(a netip.Addr) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.nodes[a]
}

func dialError(to net.Addr, err error) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: to, Err: os.NewSyscallError("connect", err)}
}

func parsePort(s string) (uint16, bool) {
	p, err := strconv.ParseUint(s, 10, 16)
	return uint16(p), err == nil && p > 0
}
