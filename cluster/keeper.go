package cluster

import (
	"context"
	"time"
)

// A Keeper is a provider whose cluster can outlive the process that opened it.
type Keeper interface {
	Provider

	// Status says what there is, without opening it.
	Status(ctx context.Context) (Status, error)

	// Down stops the cluster and keeps it for the next Open. That nothing runs is
	// no error. It returns [ErrOwned] while a podium drives the cluster.
	Down(ctx context.Context) error

	// Delete does what Down does and removes the cluster: all that the provider
	// made, and nothing else.
	Delete(ctx context.Context) error
}

// Status is what is known of a cluster without opening it.
type Status struct {
	Home       string // the provider's directory
	Exists     bool   // there is a cluster, running or not; not every provider can tell
	Running    bool
	Ready      bool // it has come all the way up, as far as the provider can tell
	Detached   bool // it outlives the podium that started it
	PID        int  // of the process that is the control plane; 0 if there is none
	URL        string
	Workers    int
	Speed      float64
	Since      time.Time
	Kubeconfig string // the learner's
}
