package network

import (
	"context"
	"io"
	"net"
	"net/netip"
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// A NodePortError says that a Service's node port could not be opened on this
// machine's loopback. The port still answers inside the network.
type NodePortError struct {
	Namespace, Service string
	Port               int32
	Err                error
}

func (e *NodePortError) Error() string {
	return "port " + hostPort("127.0.0.1", e.Port) + " of this computer is in use by another program: " +
		"the node port answers inside the cluster only; choose another nodePort or stop that program"
}

func (e *NodePortError) Unwrap() error { return e.Err }

// nodePorts keeps one real loopback listener per node port, so that a browser
// on this machine reaches the Service.
type nodePorts struct {
	services *Services

	mu     sync.Mutex
	report func(*NodePortError)
	open   map[uint16]*nodePort
	owned  map[types.NamespacedName][]uint16
	closed bool
	all    sync.WaitGroup
}

type nodePort struct {
	net.Listener
	owner types.NamespacedName
}

func (n *nodePorts) init(s *Services) {
	n.services = s
	n.open = map[uint16]*nodePort{}
	n.owned = map[types.NamespacedName][]uint16{}
}

// OpenNodePorts begins to open node ports on 127.0.0.1, those of the Services
// already known included. report is called, from the goroutine that set the
// Service, for each that can't be opened.
func (s *Services) OpenNodePorts(report func(*NodePortError)) {
	s.ports.mu.Lock()
	s.ports.report = report
	s.ports.mu.Unlock()
	s.mu.Lock()
	known := make([]*service, 0, len(s.services))
	for _, svc := range s.services {
		known = append(known, svc)
	}
	s.mu.Unlock()
	for _, svc := range known {
		s.ports.want(svc.name, svc.ports)
	}
}

// Close closes every node port's listener and connection and waits for them.
func (s *Services) Close() {
	n := &s.ports
	n.mu.Lock()
	n.closed = true
	for _, l := range n.open {
		_ = l.Close()
	}
	n.mu.Unlock()
	n.all.Wait()
}

// want makes owner's open ports be exactly those of ports.
func (n *nodePorts) want(owner types.NamespacedName, ports []servicePort) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.report == nil || n.closed {
		return
	}
	keep := map[uint16]bool{}
	for _, p := range ports {
		if p.nodePort != 0 {
			keep[p.nodePort] = true
		}
	}
	for _, port := range n.owned[owner] {
		if l := n.open[port]; l != nil && l.owner == owner && !keep[port] {
			_ = l.Close()
			delete(n.open, port)
		}
	}
	n.owned[owner] = nil
	for port := range keep {
		n.owned[owner] = append(n.owned[owner], port)
		if l := n.open[port]; l != nil {
			l.owner = owner
			continue
		}
		// Taking a port does not wait: there is nothing to cancel.
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", hostPort("127.0.0.1", int32(port)))
		if err != nil {
			n.report(&NodePortError{Namespace: owner.Namespace, Service: owner.Name, Port: int32(port), Err: err})
			continue
		}
		n.open[port] = &nodePort{Listener: l, owner: owner}
		n.all.Go(func() { n.serve(l, port) })
	}
	if len(keep) == 0 {
		delete(n.owned, owner)
	}
}

// serve forwards what comes in on the machine's port until l is closed.
func (n *nodePorts) serve(l net.Listener, port uint16) {
	ctx, cancel := context.WithCancel(context.Background())
	var open sync.WaitGroup
	defer open.Wait()
	defer cancel()
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		open.Go(func() { n.forward(ctx, in, port) })
	}
}

func (n *nodePorts) forward(ctx context.Context, in net.Conn, port uint16) {
	defer in.Close()
	s := n.services
	s.mu.Lock()
	t, ok := s.byNode[port]
	s.mu.Unlock()
	if !ok {
		return
	}
	client, _ := netip.ParseAddr("172.18.0.1") // what a pod sees of a client beside the nodes
	to, ok := route{found: true, table: s, target: t}.pick(client)
	if !ok {
		return
	}
	out, err := s.net.connect(ctx, client, to)
	if err != nil {
		return
	}
	defer out.Close()
	stop := context.AfterFunc(ctx, func() { _ = in.Close(); _ = out.Close() })
	defer stop()
	Join(in, out)
}

// Join copies both ways between a and b until both directions have ended,
// passing on half-closes. It closes neither.
func Join(a, b io.ReadWriteCloser) {
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(a, b); finishWriting(a) })
	both.Go(func() { _, _ = io.Copy(b, a); finishWriting(b) })
	both.Wait()
}

func finishWriting(c io.ReadWriteCloser) {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		return
	}
	_ = c.Close()
}
