// Package kind is the provider of clusters whose nodes are containers: kind's,
// on Docker, Podman or nerdctl. Pods run real programs there.
//
// A cluster is this package's if cluster.json in its home directory names its
// node containers; no other is ever started, stopped or deleted. It has a
// kubeconfig of its own, and no fixed port of the host.
//
// kind's library can't be interrupted. So it runs in a child process
// ([Main]), which can be killed, and what it had made is removed afterwards.
package kind

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/kind/pkg/apis/config/defaults"

	"podium/cluster"
	"podium/i18n"
)

// The number of workers a cluster can have. Each node takes about 600 MB.
const (
	minWorkers     = 1
	maxWorkers     = 10
	defaultWorkers = 3
)

// defaultCluster is the cluster's name unless another is asked for. kind calls
// the node containers after it.
const defaultCluster = "podium"

// imageVariable names the environment variable with the node image.
const imageVariable = "PODIUM_NODE_IMAGE"

// DefaultImage is the node image that this version of kind was made for, by its
// digest (sigs.k8s.io/kind/pkg/apis/config/defaults).
const DefaultImage = defaults.Image

// Options say which cluster is meant and how to use it.
type Options struct {
	Home    string // the cluster's directory, private to the user, such as ~/.local/state/podium/kind
	Cluster string // its name; "" for podium
	Workers int    // 1 to 10; 0 for as many as it has, or 3
	Image   string // the node image; "" for $PODIUM_NODE_IMAGE or DefaultImage
	Watch   bool   // look on, as a user who can change nothing
	Detach  bool   // the cluster goes on running after Close
}

// A Provider opens the kind cluster in one home directory.
type Provider struct {
	options Options
	engines []engine
	now     func() time.Time
}

var _ cluster.Keeper = (*Provider)(nil)

// New returns the provider for o. It touches nothing yet.
func New(o Options) *Provider {
	o.Cluster = cmp.Or(o.Cluster, defaultCluster)
	o.Image = cmp.Or(o.Image, os.Getenv(imageVariable), DefaultImage)
	return &Provider{options: o, engines: engines(), now: time.Now}
}

// ErrOwned says that another podium drives this cluster.
var ErrOwned = i18n.Errorf(cluster.ErrOwned, i18n.M("kind.owned"))

// Name implements [cluster.Provider].
func (p *Provider) Name() string { return "kind" }

// Check implements [cluster.Provider]. What a container engine said is in the
// error's chain as a [*CommandError].
func (p *Provider) Check(ctx context.Context) error {
	if w := p.options.Workers; w != 0 && (w < minWorkers || w > maxWorkers) {
		return i18n.Errorf(nil, i18n.M("kind.workers", "Workers", w, "Min", minWorkers, "Max", maxWorkers))
	}
	_, err := p.engine(ctx)
	return err
}

// Label is the label of the cluster's containers, "key=value", or "" where podium
// has made none.
func (p *Provider) Label() string {
	if p.record().Cluster == "" {
		return ""
	}
	return labelCluster + "=" + p.options.Cluster
}

func (p *Provider) path(name string) string { return filepath.Join(p.options.Home, name) }

// contextName is what kind calls the cluster's context.
func (p *Provider) contextName() string { return "kind-" + p.options.Cluster }

// homeError is the sentence for a home directory that cannot be used.
func (p *Provider) homeError(err error) error {
	return i18n.Errorf(err, i18n.M("kind.home", "Home", p.options.Home, "Why", err.Error()))
}

// failed is the sentence for what did not work, with the last words of whoever
// said why.
func (p *Provider) failed(err error) error {
	return i18n.Errorf(err, i18n.M("kind.failed", "Why", plain(lastWords(err)), "Log", p.path(fileLog)))
}
