package kind

import (
	"context"
	"errors"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"podium/i18n"
)

// Down stops the cluster's containers and keeps them. That none run is no
// error. It returns [ErrOwned] while a podium drives the cluster.
func (p *Provider) Down(ctx context.Context) error {
	owner, err := p.own()
	if err != nil {
		return err
	}
	return errors.Join(p.down(ctx), owner.Close())
}

func (p *Provider) down(ctx context.Context) error {
	if p.record().Cluster == "" {
		return nil
	}
	e, err := p.engine(ctx)
	if err != nil {
		return err
	}
	return p.stop(ctx, e)
}

// Delete removes the cluster's containers, the network if podium made it and
// nobody else uses it, and the files in the home directory.
func (p *Provider) Delete(ctx context.Context) error {
	owner, err := p.own()
	if err != nil {
		return err
	}
	if p.record().Cluster != "" {
		e, failed := p.engine(ctx)
		if err = failed; err == nil {
			err = p.discard(ctx, e, 0)
		}
	}
	err = errors.Join(err, owner.Close())
	if err == nil {
		err = p.clean()
	}
	return err
}

// stopGrace is how many seconds a node may take to shut down before it is
// killed, as the engines' commands want it. etcd survives a kill.
const stopGrace = "3"

// stop stops the containers of the cluster that run.
func (p *Provider) stop(ctx context.Context, e engine) error {
	nodes, err := p.mine(ctx, e)
	if err != nil {
		return err
	}
	nodes = slices.DeleteFunc(nodes, func(n node) bool { return !n.State.Running })
	if len(nodes) == 0 {
		return nil
	}
	args := []string{"stop", "--time", stopGrace}
	for _, n := range nodes {
		args = append(args, n.Name)
	}
	if _, err := e.run(ctx, args...); err != nil {
		return p.failed(err)
	}
	return nil
}

// discardLimit is how long removing a cluster may take.
const discardLimit = 2 * time.Minute

// discard removes all there is of the cluster, also what a child that was
// killed has set off and the engine is still at: group is that child's process
// group, or 0.
func (p *Provider) discard(ctx context.Context, e engine, group int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardLimit)
	defer cancel()
	var last error
	err := wait.PollUntilContextCancel(ctx, 100*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		over := group == 0 || !groupAlive(group) // asked first: what it made is then listed
		nodes, err := p.mine(ctx, e)
		var foreign *i18n.Error
		if errors.As(err, &foreign) && foreign.Message.ID == "kind.taken" {
			return false, err
		}
		if last = err; err != nil {
			return false, nil
		}
		if len(nodes) == 0 {
			return over, nil
		}
		args := []string{"rm", "-f", "-v"}
		for _, n := range nodes {
			args = append(args, n.ID)
		}
		_, last = e.run(ctx, args...)
		return false, nil
	})
	if err == nil {
		return p.removeNetwork(ctx, e)
	}
	if wait.Interrupted(err) {
		err = p.failed(errors.Join(err, last))
	}
	return err
}

// networkName is the network that kind puts its nodes on
// (sigs.k8s.io/kind/pkg/cluster/internal/providers/docker/network.go).
const networkName = "kind"

// removeNetwork removes kind's network if it came with this cluster and no
// other cluster of kind's is left, running or not.
func (p *Provider) removeNetwork(ctx context.Context, e engine) error {
	if !p.record().Network {
		return nil
	}
	others, err := e.run(ctx, "ps", "-a", "-q", "--filter", "label="+labelCluster)
	if err != nil {
		return p.failed(err)
	}
	if there, err := e.hasNetwork(ctx); others != "" || err != nil || !there {
		return err
	}
	if _, err := e.run(ctx, "network", "rm", networkName); err != nil {
		return p.failed(err)
	}
	return nil
}

// hasNetwork reports whether kind's network is there.
func (e engine) hasNetwork(ctx context.Context) (bool, error) {
	names, err := e.run(ctx, "network", "ls", "--format", "{{.Name}}")
	return slices.Contains(lines(names), networkName), err
}
