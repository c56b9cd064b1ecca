// Package sim is the provider of the simulated cluster: a real control plane in
// a child process (podium-plane), with nodes that only pretend to run
// containers. It needs nothing but podium itself.
//
// Whoever drives the cluster holds owner.lock in its home directory and either
// starts the control plane, which then ends with this process, or takes up one
// that was left running. Everybody else may watch.
package sim

import (
	"context"
	"path/filepath"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// The number of workers a cluster can have; podium-plane accepts no other.
const (
	minWorkers = 1
	maxWorkers = 50
)

// contextName is what podium-plane calls the context in its kubeconfigs.
const contextName = "podium"

// Options say which simulated cluster is meant and how to use it.
type Options struct {
	Home    string  // the cluster's directory, private to the user, such as ~/.local/state/podium/sim
	Workers int     // 1 to 50; 0 for as many as last time, or 3
	Speed   float64 // of what the nodes do: 1 is lifelike, 2 twice as fast, 0 without delays
	Plane   string  // the podium-plane executable; "" to look for it
	Images  string  // a file with more images for the catalogue; may be ""

	// Course returns the further images of the course that is learnt with, a file
	// in images.yaml's form for each lesson that has one; nil leaves those that the
	// cluster has. It is called by Open.
	Course func() map[string]string

	Watch  bool // look on, with a certificate that can change nothing
	Detach bool // the control plane outlives this process
}

// A Provider opens the simulated cluster in one home directory.
type Provider struct {
	options Options
	find    finder
	now     func() time.Time
}

var _ cluster.Keeper = (*Provider)(nil)

// New returns the provider for o. It touches nothing yet.
func New(o Options) *Provider {
	return &Provider{options: o, find: newFinder(o.Plane), now: time.Now}
}

// ErrOwned says that another podium drives this cluster.
var ErrOwned = i18n.Errorf(cluster.ErrOwned, i18n.M("sim.owned"))

// Name implements [cluster.Provider].
func (p *Provider) Name() string { return "sim" }

// Check implements [cluster.Provider].
func (p *Provider) Check(context.Context) error {
	if w := p.options.Workers; w != 0 && (w < minWorkers || w > maxWorkers) {
		return i18n.Errorf(nil, i18n.M("sim.workers", "Workers", w, "Min", minWorkers, "Max", maxWorkers))
	}
	if p.options.Watch {
		return nil
	}
	return p.find.check()
}

// Plane returns the path of podium-plane, or where it will be unpacked to.
func (p *Provider) Plane() (string, error) {
	if p.find.explicit == "" && p.find.variable == "" && p.find.embedded != nil {
		return p.find.unpacked()
	}
	return p.find.locate()
}

func (p *Provider) path(name string) string { return filepath.Join(p.options.Home, name) }

// homeError is the sentence for a home directory that cannot be used.
func (p *Provider) homeError(err error) error {
	return i18n.Errorf(err, i18n.M("sim.home", "Home", p.options.Home, "Why", err.Error()))
}
