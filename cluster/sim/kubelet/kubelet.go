// Package kubelet simulates the nodes of a cluster: it registers them, runs the
// pods bound to them with the states, events and delays of a real kubelet, and
// serves the kubelet's API (logs, exec, attach, port-forward) on each node's
// address. Containers run none of the machine's programs: what an image does is
// in manifests/images.yaml, and shell commands run in package sandbox.
package kubelet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"

	"podium/cluster/sim/network"
)

// Options say what to simulate.
type Options struct {
	Client  kubernetes.Interface // without a rate limit of its own
	Network *network.Network
	Workers int     // beside the control plane, up to 50; 0 for as many as there are, or 3
	Speed   float64 // 1 is lifelike, 2 twice as fast, 0 without delays
	Version string  // the kubelet's version, "v1.36.3"

	Certificate tls.Certificate // of the kubelets' API on every node
	ClientCAs   *x509.CertPool  // who may use it

	Images string // a further catalogue in images.yaml's form; may be ""

	// OnWorkers is told how many workers there are, whenever that changes; may be
	// nil. It must return soon.
	OnWorkers func(int)

	Log *slog.Logger
}

// Nodes are the simulated nodes, most of them running. They end with the context given to Start.
type Nodes struct {
	options   Options
	log       *slog.Logger
	pace      pace
	images    shelf
	preloaded []imageRef // on every node, as what runs in kube-system is
	factory   informers.SharedInformerFactory
	running   sync.WaitGroup
	mu        sync.Mutex
	nodes     map[string]*node
	pods      map[types.UID]*pod
	byName    map[types.NamespacedName]*pod
	posting   chan struct{} // bounds the status posts under way
	services  serviceEvents
	addresses addresses
}

// maxPosting is how many pods' statuses are posted at once. When a thousand pods
// start together, the rest of the cluster's requests must not wait behind them.
const maxPosting = 16

// Start registers the nodes, routes Services to their pods and returns when
// every node has reported Ready. What runs in kube-system is applied in the
// background. Cancelling ctx ends everything; [Nodes.Wait] waits for it.
func Start(ctx context.Context, o Options) (*Nodes, error) {
	if o.Client == nil || o.Network == nil {
		return nil, errors.New("kubelet: Options need a Client and a Network")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	n := &Nodes{
		options: o, log: o.Log, pace: newPace(o.Speed),
		nodes:   map[string]*node{},
		pods:    map[types.UID]*pod{},
		byName:  map[types.NamespacedName]*pod{},
		posting: make(chan struct{}, maxPosting),
	}
	if err := n.images.fill(o.Images); err != nil {
		return nil, fmt.Errorf("kubelet: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	if err := n.start(ctx); err != nil {
		cancel()
		n.Wait()
		return nil, fmt.Errorf("kubelet: %w", err)
	}
	context.AfterFunc(ctx, cancel)
	return n, nil
}

func (n *Nodes) start(ctx context.Context) error {
	system, err := systemObjects()
	if err != nil {
		return err
	}
	n.preloaded = imagesOf(system)
	if err := n.register(ctx); err != nil {
		return err
	}
	if err := n.watch(ctx); err != nil {
		return err
	}
	if err := n.tend(ctx); err != nil {
		return err
	}
	n.running.Go(func() { n.beat(ctx) })
	n.running.Go(func() { n.applySystem(ctx, system) })
	return nil
}

// Wait returns when everything that Start began has ended.
func (n *Nodes) Wait() {
	n.running.Wait()
	n.options.Network.Services().Close()
}
