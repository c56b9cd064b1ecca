package kind

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"podium/cluster"
)

// relayScript runs in the control plane's container and joins podium with what
// can be reached from there.
//
//go:embed relay.pl
var relayScript string

const (
	relayPort       = "6444" // in the container; manifests/kind.yaml publishes it on a free port of the host's loopback
	relayScriptPath = "/var/lib/podium/relay.pl"
	relaySecret     = "/var/lib/podium/token"

	// dnsAddress is the cluster's DNS Service: kubeadm gives it the tenth
	// address of the Services' network, which is kind's default.
	dnsAddress = "10.96.0.10:53"

	// clusterDomain is the suffix of the cluster's names, kubeadm's default.
	clusterDomain = "cluster.local."
)

// A relay dials through relay.pl.
type relay struct {
	address string // on the host
	token   string
	names   *net.Resolver // asks the cluster's DNS

	mu    sync.Mutex
	known map[string]answer
}

// An answer is what the cluster's DNS said of a name.
type answer struct {
	addresses []netip.Addr
	until     time.Time
}

// answerLife is how long an answer is used: short enough that a Service that
// was made again is found, long enough that a name isn't asked for with each of
// fifty requests a second. CoreDNS itself allows 30 s.
const answerLife = 2 * time.Second

// startRelay makes the relay run on the control plane and returns it. It is nil
// where the node image has no Perl.
func (p *Provider) startRelay(ctx context.Context, e engine, control node) (*relay, error) {
	ports := control.NetworkSettings.Ports[relayPort+"/tcp"]
	if len(ports) == 0 || ports[0].HostPort == "" {
		return nil, nil
	}
	r := &relay{address: net.JoinHostPort("127.0.0.1", ports[0].HostPort), token: p.record().Token, known: map[string]answer{}}
	r.names = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return r.connect(ctx, dnsAddress)
	}}
	if r.answers(ctx) {
		return r, nil
	}
	if _, err := e.run(ctx, "exec", control.Name, "perl", "-MIO::Socket::INET", "-e", "1"); err != nil {
		return nil, context.Cause(ctx)
	}
	write := "umask 077; mkdir -p /var/lib/podium && cat > "
	for path, content := range map[string]string{relayScriptPath: relayScript, relaySecret: r.token + "\n"} {
		if _, err := e.feed(ctx, strings.NewReader(content), "exec", "-i", control.Name, "sh", "-c", write+path); err != nil {
			return nil, p.failed(err)
		}
	}
	if _, err := e.run(ctx, "exec", "-d", control.Name, "perl", relayScriptPath, relayPort, relaySecret); err != nil {
		return nil, p.failed(err)
	}
	err := wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		return r.answers(ctx), nil
	})
	if err != nil {
		return nil, p.failed(errors.New("the relay on the control plane does not answer"))
	}
	return r, nil
}

// answers reports whether the relay is there. Port 0 asks for nothing else.
func (r *relay) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := r.connect(ctx, "0.0.0.0:0")
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// dial is the cluster's Dial.
func (r *relay) dial(ctx context.Context, network, address string) (net.Conn, error) {
	failed := func(err error) error {
		return &net.OpError{Op: "dial", Net: network, Addr: named(address), Err: err}
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, failed(err)
	}
	addresses, err := r.resolve(ctx, host)
	if err != nil {
		return nil, failed(err)
	}
	conn, err := r.connect(ctx, net.JoinHostPort(addresses[0].String(), port))
	if err != nil {
		return nil, failed(err)
	}
	return conn, nil
}

// resolve returns a host's addresses as a pod in the learner's namespace would
// find them.
func (r *relay) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if host == "localhost" {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
	}
	if address, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{address}, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock() // who asks for the same name meanwhile gets the same answer
	if a := r.known[host]; time.Now().Before(a.until) {
		return a.addresses, nil
	}
	var last error
	for _, name := range candidates(host) {
		addresses, err := r.names.LookupNetIP(ctx, "ip4", name)
		if err == nil && len(addresses) > 0 {
			r.known[host] = answer{addresses, time.Now().Add(answerLife)}
			return addresses, nil
		}
		last = err
	}
	var unknown *net.DNSError
	if errors.As(last, &unknown) && unknown.IsNotFound {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return nil, last
}

// candidates are the full names that a pod's resolver would try, in its order
// (the search list that the kubelet writes).
func candidates(host string) []string {
	if strings.HasSuffix(host, ".") {
		return []string{host}
	}
	if strings.HasSuffix(host+".", "."+clusterDomain) {
		return []string{host + "."}
	}
	return []string{
		host + "." + cluster.Namespace + ".svc." + clusterDomain, host + ".svc." + clusterDomain, host + "." + clusterDomain,
	}
}

// connect joins with an address through the relay.
func (r *relay) connect(ctx context.Context, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", r.address)
	if err != nil {
		return nil, err
	}
	called := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	reader, err := greet(conn, fmt.Sprintf("%s %s %s\n", r.token, host, port))
	if !called() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return &relayed{Conn: conn, reader: reader}, nil
}

// greet says where to and returns what to read from: the reader may hold the
// first bytes already.
func greet(conn net.Conn, line string) (*bufio.Reader, error) {
	if _, err := io.WriteString(conn, line); err != nil {
		return nil, err
	}
	reader := bufio.NewReader(conn)
	said, err := reader.ReadString('\n')
	if err != nil {
		return nil, err
	}
	switch said = strings.TrimSpace(said); said {
	case "ok":
		return reader, nil
	case "ECONNREFUSED":
		return nil, os.NewSyscallError("connect", syscall.ECONNREFUSED)
	case "EHOSTUNREACH":
		return nil, os.NewSyscallError("connect", syscall.EHOSTUNREACH)
	case "ENETUNREACH":
		return nil, os.NewSyscallError("connect", syscall.ENETUNREACH)
	case "ETIMEDOUT":
		return nil, os.NewSyscallError("connect", syscall.ETIMEDOUT)
	}
	return nil, errors.New(said)
}

// relayed reads what the greeting left over first. It is no TCPConn: that one
// has ways of copying that pass the reader by.
type relayed struct {
	net.Conn
	reader *bufio.Reader
}

// CloseWrite says that nothing more will be sent.
func (c *relayed) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Read implements net.Conn.
func (c *relayed) Read(p []byte) (int, error) { return c.reader.Read(p) }

// named is an address that is only a name.
type named string

func (named) Network() string  { return "tcp" }
func (n named) String() string { return string(n) }
