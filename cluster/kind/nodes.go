package kind

import (
	"context"
	"slices"
	"strings"

	"podium/cluster"
	"podium/i18n"
)

// nodes switches a cluster's worker containers.
type nodes struct {
	provider *Provider
	engine   engine
}

var (
	_ cluster.NodeSwitch = nodes{}
	_ cluster.NodeOwner  = (*Provider)(nil)
)

// Nodes implements [cluster.NodeOwner].
func (p *Provider) Nodes(ctx context.Context) (cluster.NodeSwitch, error) {
	status, err := p.Status(ctx)
	if err != nil {
		return nil, err
	}
	if !status.Running {
		return nil, i18n.Errorf(nil, i18n.M("kind.nothing-runs"))
	}
	e, err := p.engine(ctx)
	return nodes{p, e}, err
}

// StopNode implements [cluster.NodeSwitch]: the container is killed, as a
// machine that loses its power is.
func (n nodes) StopNode(ctx context.Context, name string) error {
	node, err := n.worker(ctx, name)
	if err != nil || !node.State.Running {
		return err
	}
	if _, err := n.engine.run(ctx, "kill", node.Name); err != nil {
		return n.provider.failed(err)
	}
	return nil
}

// StartNode implements [cluster.NodeSwitch].
func (n nodes) StartNode(ctx context.Context, name string) error {
	node, err := n.worker(ctx, name)
	if err != nil || node.State.Running {
		return err
	}
	if _, err := n.engine.run(ctx, "start", node.Name); err != nil {
		return n.provider.failed(err)
	}
	_, client, err := n.provider.connect(fileKubeconfig)
	if err != nil {
		return err
	}
	return n.provider.awaitNode(ctx, client, node.Name)
}

// worker finds a node that may be switched.
func (n nodes) worker(ctx context.Context, name string) (node, error) {
	all, err := n.provider.mine(ctx, n.engine)
	if err != nil {
		return node{}, err
	}
	var names []string
	for _, one := range all {
		names = append(names, one.Name)
	}
	i := slices.Index(names, name)
	switch {
	case i < 0:
		return node{}, cluster.NoNode(plain(name), strings.Join(names, ", "))
	case all[i].controlPlane():
		return node{}, cluster.ControlPlaneNode(name)
	}
	return all[i], nil
}
