package prompt

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"podium/i18n"
)

// dialer reaches what a client in the cluster reaches: host names, ClusterIPs
// and pod IPs through the proxy whose unix socket it is given, and the host's
// own loopback, where NodePorts are, directly.
type dialer struct {
	socket string
}

// dialLimit bounds connecting to the proxy or to loopback.
const dialLimit = 10 * time.Second

func (d dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var plain net.Dialer
	if loopback(host) {
		conn, err := plain.DialContext(ctx, network, address)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return nil, unreachable(address, err.Error())
		}
		return conn, err
	}
	if d.socket == "" {
		return nil, refuse("prompt.loopback-only", "Host", host)
	}
	conn, err := plain.DialContext(ctx, "unix", d.socket)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("prompt.no-network", "Host", host))
	}
	tunnel, err := connectTo(ctx, conn, address)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return tunnel, nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// connectTo asks the proxy at the other end of conn for a tunnel.
func connectTo(ctx context.Context, conn net.Conn, address string) (net.Conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", address, address); err != nil {
		return nil, err
	}
	reader := bufio.NewReader(conn)
	//nolint:bodyclose // what follows the answer is the tunnel; without one the caller closes conn
	answer, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		why, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
		if err != nil || len(why) == 0 {
			why = []byte(answer.Status)
		}
		return nil, unreachable(address, strings.TrimSpace(string(why)))
	}
	return tunnel{Conn: conn, reader: reader}, nil
}

// unreachable is the error for what the other end says of an address: a refused
// connection and an unknown name are what curl knows them as.
func unreachable(address, why string) error {
	host, port, err := net.SplitHostPort(address)
	switch {
	case err == nil && strings.Contains(why, "refused"):
		return i18n.Errorf(syscall.ECONNREFUSED, i18n.M("prompt.refused", "Host", host, "Port", port))
	case err == nil && strings.Contains(why, "no such host"):
		return i18n.Errorf(&net.DNSError{Err: "no such host", Name: host, IsNotFound: true}, i18n.M("prompt.no-such-host", "Host", host))
	}
	return i18n.Errorf(nil, i18n.M("prompt.unreachable", "Address", address, "Reason", printable(why)))
}

// tunnel reads what the reader may have taken beyond the proxy's answer first.
type tunnel struct {
	net.Conn
	reader *bufio.Reader
}

// Read implements net.Conn.
func (t tunnel) Read(p []byte) (int, error) { return t.reader.Read(p) }

// tlsConfig checks certificates unless -k said not to, as curl does.
func tlsConfig(insecure bool) *tls.Config {
	return &tls.Config{InsecureSkipVerify: insecure} //nolint:gosec // the learner asked for it
}
