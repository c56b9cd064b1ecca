package cluster

import (
	"context"
	"errors"

	"podium/i18n"
)

// A NodeSwitch takes the power from a cluster's nodes and gives it back, so that
// a learner sees what Kubernetes does about it. Its errors are [i18n.Error]s;
// one about a name that no node has is [ErrNoNode].
type NodeSwitch interface {
	// StopNode returns once the node's kubelet and its pods are dead. What the
	// cluster makes of that takes its own time. A node that is off stays off.
	StopNode(ctx context.Context, name string) error

	// StartNode returns once the node is Ready. A node that is on stays on.
	StartNode(ctx context.Context, name string) error
}

// A NodeMaker can also make nodes and remove them.
type NodeMaker interface {
	NodeSwitch

	// AddNode returns the name of a new worker once it is Ready.
	AddNode(ctx context.Context) (name string, err error)

	// RemoveNode returns once the node and everything bound to it is gone from
	// the cluster, drained or not.
	RemoveNode(ctx context.Context, name string) error
}

// A NodePacer can also change how fast its nodes work, as only simulated ones can.
type NodePacer interface {
	// SetSpeed changes it for what begins from now on: 1 is as fast as they were
	// opened to be, 2 twice as fast, 0 without delays.
	SetSpeed(ctx context.Context, speed float64) error
}

// A NodeOwner is a [Provider] whose running cluster's nodes can be switched
// without opening it, which another podium may have done.
type NodeOwner interface {
	// Nodes returns the switch, which may be a [NodeMaker]. It is an error that
	// no cluster is running.
	Nodes(ctx context.Context) (NodeSwitch, error)
}

// ErrNoNode says that no node has that name.
var ErrNoNode = errors.New("no such node")

// NoNode returns [ErrNoNode] with the names to choose from.
func NoNode(name string, there string) error {
	return i18n.Errorf(ErrNoNode, i18n.M("cluster.no-node", "Name", name, "There", there))
}

// ControlPlaneNode returns the error for a node that a cluster can't do without.
func ControlPlaneNode(name string) error {
	return i18n.Errorf(nil, i18n.M("cluster.control-plane-node", "Name", name))
}
