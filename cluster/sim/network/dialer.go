package network

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// Domain is the cluster's DNS domain, kubeadm's default.
const Domain = "cluster.local"

// A Dialer connects as one client of the network: its namespace is where short
// names are looked up, its address is what servers see.
type Dialer struct {
	net       *Network
	namespace string
	source    netip.Addr
}

// From returns the Dialer of a client at clientIP ("" for one outside the
// cluster) in a namespace.
func (n *Network) From(namespace, clientIP string) Dialer {
	source, _ := netip.ParseAddr(clientIP)
	return Dialer{net: n, namespace: namespace, source: source}
}

// DialContext connects to address as [Network.DialContext] does. "localhost"
// is the client's own address, never the machine podium runs on.
func (d Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if !strings.HasPrefix(network, "tcp") {
		return nil, &net.OpError{Op: "dial", Net: network, Err: net.UnknownNetworkError(network)}
	}
	if to, ok := d.net.alias(address); ok {
		return dialHost(ctx, to)
	}
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	port, ok := parsePort(portText)
	if !ok {
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.AddrError{Err: "unknown port", Addr: address}}
	}
	ips, err := d.LookupHost(ctx, host)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	ip, err := netip.ParseAddr(ips[rand.IntN(len(ips))])
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	return d.route(ctx, netip.AddrPortFrom(ip.Unmap(), port))
}

// route follows a Service's address to one of its endpoints.
func (d Dialer) route(ctx context.Context, to netip.AddrPort) (net.Conn, error) {
	target := to
	if r := d.net.services.find(to, d.net.isNode(to.Addr())); r.found {
		endpoint, ok := r.pick(d.source)
		if !ok {
			return nil, dialError(net.TCPAddrFromAddrPort(to), syscall.ECONNREFUSED)
		}
		target = endpoint
	}
	if real, ok := d.net.alias(target.String()); ok {
		return dialHost(ctx, real)
	}
	return d.net.connect(ctx, d.source, target)
}

// LookupHost resolves host as the cluster's DNS would for this client. The
// world outside the cluster has no names here.
func (d Dialer) LookupHost(_ context.Context, host string) ([]string, error) {
	return d.lookup(host, 0)
}

// maxAliases bounds a chain of ExternalName Services that point at each other.
const maxAliases = 8

func (d Dialer) lookup(host string, depth int) ([]string, error) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return []string{d.own(ip)}, nil
	}
	if host == "localhost" && d.source.IsValid() {
		return []string{d.source.String()}, nil
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	for _, full := range searchPath(name, d.namespace) {
		ips, target, found := d.net.services.resolve(full)
		if !found {
			continue
		}
		if target != "" && depth < maxAliases {
			return d.lookup(target, depth+1)
		}
		if len(ips) > 0 {
			return ips, nil
		}
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// own maps the loopback addresses to the client itself.
func (d Dialer) own(ip netip.Addr) string {
	if d.source.IsValid() && (ip.IsLoopback() || ip.IsUnspecified()) {
		return d.source.String()
	}
	return ip.Unmap().String()
}

// searchPath is the list of names a pod's resolver asks for: its resolv.conf
// has "search NS.svc.cluster.local svc.cluster.local cluster.local" and
// "ndots:5".
func searchPath(name, namespace string) []string {
	return []string{
		name + "." + namespace + ".svc." + Domain,
		name + ".svc." + Domain,
		name + "." + Domain,
		name,
	}
}

// dialHost reaches an alias's target on this machine.
func dialHost(ctx context.Context, address string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", address)
}

// hostPort is net.JoinHostPort for a numeric port.
func hostPort(host string, port int32) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}
