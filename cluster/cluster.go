// Package cluster is podium's vocabulary for a Kubernetes cluster: how one is
// opened ([Provider]), what is known of it at one moment ([Snapshot]), what
// happened between two moments ([Change]) and the revisions of a Deployment
// ([Lane]).
//
// It starts no goroutine and opens no connection. Providers live one per
// package below it; package watch turns an open cluster into a stream of
// snapshots.
package cluster

import (
	"context"
	"errors"
	"net"
	"time"

	"k8s.io/client-go/rest"

	"podium/i18n"
)

// A Provider opens clusters of one sort.
type Provider interface {
	// Name is the word the learner types to choose this provider.
	Name() string

	// Check says why the provider cannot be used on this machine, or nil. The
	// error is an [i18n.Error] whose sentence ends with what to do. It is quick
	// and changes nothing.
	Check(ctx context.Context) error

	// Open finds or makes the cluster and returns once its nodes are ready,
	// telling report about each stage as it begins and ends. It resumes what is
	// there. Cancelling ctx undoes what this call made.
	Open(ctx context.Context, report func(Stage)) (*Cluster, error)
}

// ErrOwned says that another podium drives the cluster. It can be watched.
var ErrOwned = errors.New("another podium drives this cluster")

// A Stage is one step of opening a cluster, for the progress line.
type Stage struct {
	Message i18n.Message  // what is being done
	Elapsed time.Duration // since Open began
	Done    bool          // false: it has begun
}

// A Cluster is an open connection to a cluster.
type Cluster struct {
	Name      string // as its kubeconfig context is called
	Provider  string // the provider's name
	Namespace string // where the learner works; labelled as podium's own

	Config     *rest.Config
	Kubeconfig string // a file that holds this cluster's context and no other

	// Dial reaches Services ("web.lab.svc:80"), ClusterIPs and pod IPs as a
	// client inside the cluster would. It is nil where nothing can.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Nodes takes the power from nodes and gives it back, and where it is a
	// [NodeMaker] also makes and removes them. It is nil where nothing can.
	Nodes NodeSwitch

	// Socket is a unix socket on which an HTTP proxy that only tunnels (CONNECT)
	// dials as Dial does, for other processes of this user. It is "" where there
	// is none.
	Socket string

	// Shared says that the cluster is others' too: podium works in Namespace and
	// nowhere else.
	Shared bool

	// Blind says that this user may not list nodes and namespaces.
	Blind bool

	// ReadOnly says that another podium owns this cluster and this one watches.
	ReadOnly bool

	// Done is closed when the cluster has ended without being asked to. It is
	// nil for a provider that can't tell.
	Done <-chan struct{}

	// Close lets the cluster go: one that this process started for itself ends,
	// one that was there stays. It is never nil and may be called twice.
	Close func(context.Context) error
}

// Namespace is where lessons work on clusters that are podium's alone.
const Namespace = "lab"

// OwnedLabel marks every namespace that podium made and may empty or delete.
const OwnedLabel = "podium.dev/owned"
