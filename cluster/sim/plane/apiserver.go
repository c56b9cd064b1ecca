package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apiserver/pkg/server/egressselector"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// readyLimit is how long the API server may take to be ready.
const readyLimit = 90 * time.Second

// An apiServer is the running API server.
type apiServer struct {
	url    string
	config *rest.Config // loopback, may do everything, no rate limit
	client kubernetes.Interface
}

func apiServerFlags(pki *credentials, etcd []string) []string {
	return append([]string{
		"--bind-address=127.0.0.1",
		"--advertise-address=" + controlPlaneIP, // a loopback address is refused
		"--cert-dir=" + pki.dir,
		"--tls-cert-file=" + pki.file("apiserver.crt"), "--tls-private-key-file=" + pki.file("apiserver.key"),
		"--client-ca-file=" + pki.file("ca.crt"),
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-key-file=" + pki.file("sa.key"), "--service-account-signing-key-file=" + pki.file("sa.key"),
		"--service-cluster-ip-range=" + serviceRange,
		"--authorization-mode=RBAC",
		"--kubelet-client-certificate=" + pki.file("kubelet-client.crt"), "--kubelet-client-key=" + pki.file("kubelet-client.key"),
		"--kubelet-certificate-authority=" + pki.file("ca.crt"),
		"--kubelet-preferred-address-types=InternalIP",
		"--allow-privileged=true",
		"--profiling=false",
		"--endpoint-reconciler-type=lease",
		"--shutdown-delay-duration=0s",
		// A learner watches what a stopped node's pods do; five minutes is too long for that.
		"--default-not-ready-toleration-seconds=5", "--default-unreachable-toleration-seconds=5",
		// Nobody reads these measurements; taking them wakes an idle machine.
		"--etcd-db-metric-poll-interval=0", "--etcd-count-metric-poll-period=0",
		// It shares an API server out among many who know nothing of each other. A
		// lab's few need no more than the plain bound on requests in flight, and a
		// thousand pods are ready an eighth sooner.
		"--enable-priority-and-fairness=false",
	}, etcd...)
}

// startAPIServer starts the API server on l and returns once it serves and has
// made its own namespaces. What it sends to pods, Services and kubelets goes
// through dial.
func startAPIServer(ctx context.Context, run *components, l *net.TCPListener, pki *credentials, etcd []string, dial utilnet.DialFunc) (*apiServer, error) {
	completed, err := completeAPIServer(ctx, l, apiServerFlags(pki, etcd))
	if err != nil {
		return nil, err
	}
	config, err := app.NewConfig(completed)
	if err != nil {
		return nil, err
	}
	config.KubeAPIs.ControlPlane.ProxyTransport.DialContext = dial
	config.KubeAPIs.KubeletClientConfig.Lookup = func(egressselector.NetworkContext) (utilnet.DialFunc, error) { return dial, nil }
	config.KubeAPIs.ControlPlane.Generic.SecureServing.Listener = published{l}
	ready, err := config.Complete()
	if err != nil {
		return nil, err
	}
	chain, err := app.CreateServerChain(ready)
	if err != nil {
		return nil, err
	}
	// Connections that are still open get this long; a watch never ends by itself.
	chain.GenericAPIServer.ShutdownTimeout = 500 * time.Millisecond
	prepared, err := chain.PrepareRun()
	if err != nil {
		return nil, err
	}
	server := &apiServer{url: "https://" + l.Addr().String(), config: rest.CopyConfig(chain.GenericAPIServer.LoopbackClientConfig)}
	server.config.QPS = -1
	if server.client, err = kubernetes.NewForConfig(server.config); err != nil {
		return nil, err
	}
	run.run(ctx, "kube-apiserver", prepared.Run)
	return server, server.awaitServing(ctx)
}

func completeAPIServer(ctx context.Context, l *net.TCPListener, args []string) (options.CompletedOptions, error) {
	var none options.CompletedOptions
	globals, err := newGlobals()
	if err != nil {
		return none, err
	}
	s := options.NewServerRunOptions()
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, set := range s.Flags().FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(args); err != nil {
		return none, err
	}
	s.SecureServing.Listener, s.SecureServing.BindPort = l, l.Addr().(*net.TCPAddr).Port
	s.GenericServerRunOptions.ComponentGlobalsRegistry = globals
	if err := globals.Set(); err != nil {
		return none, err
	}
	completed, err := s.Complete(ctx)
	if err != nil {
		return none, err
	}
	return completed, utilerrors.NewAggregate(completed.Validate())
}

// awaitServing returns once there is a place for the nodes' leases. That is a
// second before the API server calls itself ready: some of what it does at its
// start is tried once a second.
func (s *apiServer) awaitServing(ctx context.Context) error {
	return s.await(ctx, func(ctx context.Context) error {
		_, err := s.client.CoreV1().Namespaces().Get(ctx, corev1.NamespaceNodeLease, metav1.GetOptions{})
		return err
	})
}

// awaitReady returns once the API server says that it is ready.
func (s *apiServer) awaitReady(ctx context.Context) error {
	return s.await(ctx, func(ctx context.Context) error {
		_, err := s.client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err
	})
}

func (s *apiServer) await(ctx context.Context, try func(context.Context) error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, 10*time.Millisecond, readyLimit, true, func(ctx context.Context) (bool, error) {
		last = try(ctx)
		return last == nil, nil
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return fmt.Errorf("the API server is not ready after %s: %w", readyLimit, last)
	}
	return nil
}

// A published listener says that it listens where the simulated cluster knows
// the API server, so that `kubectl get endpoints kubernetes` reads as it would
// anywhere, whatever loopback port is behind it.
type published struct{ net.Listener }

func (published) Addr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(controlPlaneIP), Port: apiPort}
}
