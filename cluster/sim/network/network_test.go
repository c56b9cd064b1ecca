package network

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/nettest"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

func TestConnectionsBehaveAsTheNetPackageAsks(t *testing.T) {
	nettest.TestConn(t, func() (c1, c2 net.Conn, stop func(), err error) {
		addr := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 80}
		a, b := newPair(addr, addr)
		return a, b, func() { _ = a.Close(); _ = b.Close() }, nil
	})
}

func TestHalfCloseLeavesTheOtherDirectionOpen(t *testing.T) {
	n := New()
	l := listen(t, n, "10.244.1.2:80")
	var server sync.WaitGroup
	server.Go(func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		got, _ := io.ReadAll(c)
		fmt.Fprintf(c, "got %d bytes", len(got))
	})
	c := dial(t, n.From("lab", "10.244.1.3"), "10.244.1.2:80")
	fmt.Fprint(c, strings.Repeat("x", 3*windowBytes))
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	server.Wait()
	if err != nil || string(answer) != fmt.Sprintf("got %d bytes", 3*windowBytes) {
		t.Errorf("answer %q, error %v", answer, err)
	}
}

func TestDialErrorsAreThoseOfARealNetwork(t *testing.T) {
	n := New()
	n.AddHost("10.244.1.2")
	n.services.Set(aService("web", "10.96.0.20", 80))
	tests := []struct {
		address string
		want    error
	}{
		{"10.244.1.2:81", syscall.ECONNREFUSED},
		{"10.244.9.9:80", syscall.EHOSTUNREACH},
		{"10.96.0.20:80", syscall.ECONNREFUSED}, // no endpoints
		{"10.96.0.20:99", syscall.ECONNREFUSED}, // no such port
		{"web:80", syscall.ECONNREFUSED},
	}
	for _, tt := range tests {
		if _, err := n.DialContext(t.Context(), "tcp", tt.address); !errors.Is(err, tt.want) {
			t.Errorf("dial %s: %v, want %v", tt.address, err, tt.want)
		}
	}
	var dns *net.DNSError
	for _, name := range []string{"nothere:80", "web.other:80", "example.com:443", "localhost:22"} {
		if _, err := n.DialContext(t.Context(), "tcp", name); !errors.As(err, &dns) || !dns.IsNotFound {
			t.Errorf("dial %s: %v, want no such host", name, err)
		}
	}
}

func TestLoopbackIsThePodItselfAndNeverThisMachine(t *testing.T) {
	host, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	port := host.Addr().(*net.TCPAddr).Port
	n := New()
	n.AddHost("10.244.1.2")
	l := listen(t, n, "10.244.1.2:8080")
	pod := n.From("lab", "10.244.1.2")
	for _, name := range []string{"localhost", "127.0.0.1", "[::1]", "0.0.0.0"} {
		c := dial(t, pod, name+":8080")
		got, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Close(), got.Close()
		for _, d := range []Dialer{pod, n.From("lab", "")} {
			if _, err := d.DialContext(t.Context(), "tcp", fmt.Sprintf("%s:%d", name, port)); err == nil {
				t.Errorf("%s:%d of this machine was reached", name, port)
			}
		}
	}
}

func TestDeadlineInThePastEndsAPendingRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		addr := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 80}
		a, b := newPair(addr, addr)
		defer a.Close()
		defer b.Close()
		done := make(chan error)
		go func() {
			_, err := a.Read(make([]byte, 1))
			done <- err
		}()
		synctest.Wait()
		_ = a.SetReadDeadline(time.Unix(1, 0))
		err := <-done
		var ne net.Error
		if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &ne) || !ne.Timeout() {
			t.Errorf("error %v is no timeout", err)
		}
		_ = a.SetReadDeadline(time.Time{}) // as net/http does after a hijack
		go func() { _, _ = b.Write([]byte("x")) }()
		if _, err := a.Read(make([]byte, 1)); err != nil {
			t.Errorf("read after the deadline was lifted: %v", err)
		}
	})
}

func TestTheBacklogIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New()
		l := listen(t, n, "10.244.1.2:80")
		for range backlog {
			_ = dial(t, n.From("", ""), "10.244.1.2:80")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := n.DialContext(ctx, "tcp", "10.244.1.2:80"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a connection beyond the backlog: %v", err)
		}
		_ = l.Close()
		if _, err := n.Listen("10.244.1.2:80"); err != nil {
			t.Errorf("the address is not free after Close: %v", err)
		}
	})
}

func TestServicesRouteByReadiness(t *testing.T) {
	n := New()
	for _, ip := range []string{"10.244.1.2", "10.244.1.3", "10.244.1.4"} {
		n.AddHost(ip)
		serve(t, n, ip)
	}
	n.AddNode("172.18.0.3")
	svc := aService("web", "10.96.0.20", 80)
	svc.Spec.Ports[0].NodePort = 30080
	n.services.Set(svc)
	ready, notReady, ending := "10.244.1.2", "10.244.1.3", "10.244.1.4"
	n.services.SetSlice(aSlice("web", 8080,
		discoveryv1.Endpoint{Addresses: []string{ready}, Conditions: conditions(true, true, false)},
		discoveryv1.Endpoint{Addresses: []string{notReady}, Conditions: conditions(false, false, false)},
		discoveryv1.Endpoint{Addresses: []string{ending}, Conditions: conditions(false, true, true)}))
	names := []string{"10.96.0.20", "web", "web.lab", "web.lab.svc", "web.lab.svc.cluster.local", "web.lab.svc.cluster.local.", "172.18.0.3:30080"}
	for _, name := range names {
		if got := ask(t, n, name); got != ready {
			t.Errorf("%s answered from %q, want %s", name, got, ready)
		}
	}
	n.services.SetSlice(aSlice("web", 8080,
		discoveryv1.Endpoint{Addresses: []string{notReady}, Conditions: conditions(false, false, false)},
		discoveryv1.Endpoint{Addresses: []string{ending}, Conditions: conditions(false, true, true)}))
	if got := ask(t, n, "web"); got != ending {
		t.Errorf("with nothing ready it answered from %q, want the one that ends", got)
	}
	n.services.DeleteSlice("lab", "web-1")
	if got := ask(t, n, "web"); !strings.Contains(got, "refused") {
		t.Errorf("without endpoints: %q, want refused", got)
	}
}

func TestNamesResolveAsTheClustersDNSDoes(t *testing.T) {
	n := New()
	headless := aService("db", corev1.ClusterIPNone, 80)
	n.services.Set(headless)
	sl := aSlice("db", 80,
		discoveryv1.Endpoint{Addresses: []string{"10.244.1.2"}, Hostname: ptr.To("db-0"), Conditions: conditions(true, true, false)},
		discoveryv1.Endpoint{Addresses: []string{"10.244.1.3"}, Hostname: ptr.To("db-1"), Conditions: conditions(true, true, false)})
	n.services.SetSlice(sl)
	n.services.Set(aService("web", "10.96.0.20", 80))
	n.services.Set(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "alias", Namespace: "lab"},
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "web.lab.svc.cluster.local"}})
	n.services.Set(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "loop", Namespace: "lab"},
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "loop.lab.svc.cluster.local"}})
	tests := []struct{ namespace, name, want string }{
		{"lab", "web", "10.96.0.20"},
		{"other", "web.lab", "10.96.0.20"},
		{"other", "web", "no such host"},
		{"lab", "WEB", "10.96.0.20"},
		{"lab", "db", "10.244.1.2 10.244.1.3"},
		{"lab", "db-1.db", "10.244.1.3"},
		{"lab", "db-7.db", "no such host"},
		{"lab", "alias", "10.96.0.20"},
		{"lab", "loop", "no such host"},
		{"lab", "10-244-1-9.lab.pod", "10.244.1.9"},
		{"lab", "kubernetes.io", "no such host"},
	}
	for _, tt := range tests {
		ips, err := n.From(tt.namespace, "10.244.9.9").LookupHost(t.Context(), tt.name)
		got := strings.Join(ips, " ")
		if failed := (*net.DNSError)(nil); errors.As(err, &failed) {
			got = failed.Err
		}
		if got != tt.want {
			t.Errorf("%s in %s: %q, want %q", tt.name, tt.namespace, got, tt.want)
		}
	}
}

func TestClientIPAffinityKeepsAClientOnOneEndpoint(t *testing.T) {
	n := New()
	svc := aService("web", "10.96.0.20", 80)
	svc.Spec.SessionAffinity = corev1.ServiceAffinityClientIP
	n.services.Set(svc)
	var endpoints []discoveryv1.Endpoint
	for i := range 8 {
		endpoints = append(endpoints, discoveryv1.Endpoint{Addresses: []string{fmt.Sprintf("10.244.1.%d", 2+i)}, Conditions: conditions(true, true, false)})
	}
	n.services.SetSlice(aSlice("web", 8080, endpoints...))
	picks := func(client string) map[string]bool {
		seen := map[string]bool{}
		for range 50 {
			d := n.From("lab", client)
			at, ok := n.services.find(netip.MustParseAddrPort("10.96.0.20:80"), false).pick(d.source)
			if !ok {
				t.Fatal("no endpoint")
			}
			seen[at.String()] = true
		}
		return seen
	}
	if got := picks("10.244.2.2"); len(got) != 1 {
		t.Errorf("one client met %d endpoints, want 1", len(got))
	}
	svc.Spec.SessionAffinity = corev1.ServiceAffinityNone
	n.services.Set(svc)
	if got := picks("10.244.2.2"); len(got) < 2 {
		t.Errorf("without affinity a client met %d endpoints, want several", len(got))
	}
}

func TestANodePortAnswersOnThisMachine(t *testing.T) {
	n := New()
	defer n.services.Close()
	n.AddHost("10.244.1.2")
	serve(t, n, "10.244.1.2")
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	var reports []string
	n.services.OpenNodePorts(func(e *NodePortError) { reports = append(reports, e.Service+": "+e.Error()) })
	web := aService("web", "10.96.0.20", 80)
	web.Spec.Ports[0].NodePort = int32(port)
	n.services.SetSlice(aSlice("web", 8080, discoveryv1.Endpoint{Addresses: []string{"10.244.1.2"}, Conditions: conditions(true, true, false)}))
	n.services.Set(web)
	taken := aService("taken", "10.96.0.21", 80)
	taken.Spec.Ports[0].NodePort = int32(busy.Addr().(*net.TCPAddr).Port)
	n.services.Set(taken)
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", port))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if string(body) != "10.244.1.2" {
		t.Errorf("answer %q", body)
	}
	if len(reports) != 1 || !strings.HasPrefix(reports[0], "taken: port 127.0.0.1:") {
		t.Errorf("reports %q", reports)
	}
	n.services.Delete("lab", "web")
	if _, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
		t.Error("the port is open after its Service has gone")
	}
}

func aService(name, ip string, port int32) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "lab"},
		Spec: corev1.ServiceSpec{ClusterIP: ip, Ports: []corev1.ServicePort{{Name: "http", Port: port, Protocol: corev1.ProtocolTCP}}}}
}

func aSlice(service string, port int32, endpoints ...discoveryv1.Endpoint) *discoveryv1.EndpointSlice {
	return &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Name: service + "-1", Namespace: "lab", Labels: map[string]string{discoveryv1.LabelServiceName: service}},
		Ports:      []discoveryv1.EndpointPort{{Name: ptr.To("http"), Port: &port}}, Endpoints: endpoints,
	}
}

func conditions(ready, serving, terminating bool) discoveryv1.EndpointConditions {
	return discoveryv1.EndpointConditions{Ready: &ready, Serving: &serving, Terminating: &terminating}
}

func listen(t *testing.T, n *Network, address string) net.Listener {
	t.Helper()
	l, err := n.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func dial(t *testing.T, d Dialer, address string) net.Conn {
	t.Helper()
	c, err := d.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// serve answers every request at ip:8080 with ip.
func serve(t *testing.T, n *Network, ip string) {
	t.Helper()
	l := listen(t, n, ip+":8080")
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, ip) })}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() { _ = server.Close(); running.Wait() })
}

func ask(t *testing.T, n *Network, host string) string {
	t.Helper()
	if !strings.Contains(host, ":") {
		host += ":80"
	}
	c, err := n.DialContext(t.Context(), "tcp", host)
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.0\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}
