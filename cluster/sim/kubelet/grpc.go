package kubelet

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// checkGRPC makes one gRPC probe, with the texts of pkg/probe/grpc/grpc.go. Like
// a kubelet's it waits for a connection until its time is over: a refused one
// looks like one that takes too long.
func (p *process) checkGRPC(ctx context.Context, probe *corev1.GRPCAction, timeout time.Duration) (bool, string) {
	dial := p.container.pod.nodes.options.Network.From("", p.container.pod.node.ip)
	address := net.JoinHostPort(p.probeHost(""), strconv.Itoa(int(probe.Port)))
	conn, err := grpc.NewClient("passthrough:///"+address,
		grpc.WithUserAgent("kube-probe/"+minorVersion(p.container.pod.nodes.options.Version)),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return dial.DialContext(ctx, "tcp", address)
		}))
	if err != nil {
		return false, fmt.Sprintf("error: failed to connect service at %q: %+v", address, err)
	}
	defer conn.Close()
	conn.Connect()
	for state := conn.GetState(); state != connectivity.Ready; state = conn.GetState() {
		if !conn.WaitForStateChange(ctx, state) {
			return false, fmt.Sprintf("timeout: failed to connect service %q within %v: %+v", address, timeout, ctx.Err())
		}
	}
	answer, err := healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{Service: ptr.Deref(probe.Service, "")})
	switch status.Code(err) {
	case codes.OK:
	case codes.Unimplemented:
		return false, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): " + status.Convert(err).Message()
	case codes.DeadlineExceeded:
		return false, fmt.Sprintf("timeout: health rpc did not complete within %v", timeout)
	default:
		return false, fmt.Sprintf("error: health rpc probe failed: %+v", err)
	}
	if s := answer.GetStatus(); s != healthv1.HealthCheckResponse_SERVING {
		return false, fmt.Sprintf("service unhealthy (responded with %q)", s.String())
	}
	return true, ""
}

// serveHealth answers gRPC's health protocol on a port, for the whole server and
// for a service of the given name, until ctx ends or the process is asked to.
func (p *process) serveHealth(ctx context.Context, port int32, service string) error {
	listener, err := p.container.pod.nodes.options.Network.Listen(net.JoinHostPort(p.container.pod.address(), strconv.Itoa(int(port))))
	if err != nil {
		return err
	}
	states := health.NewServer()
	states.SetServingStatus(service, healthv1.HealthCheckResponse_SERVING)
	server := grpc.NewServer()
	healthv1.RegisterHealthServer(server, states)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // ends with Stop
	}()
	stop := func() {
		server.Stop()
		<-ended
	}
	context.AfterFunc(ctx, stop)
	context.AfterFunc(p.term, stop)
	return nil
}
