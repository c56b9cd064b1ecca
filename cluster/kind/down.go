package kind

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
		last = e.remove(ctx, nodes)
		return false, nil
	})
	if err == nil {
		return errors.Join(p.removeVolumes(ctx, e), p.removeNetwork(ctx, e))
	}
	if wait.Interrupted(err) {
		err = p.failed(errors.Join(err, last))
	}
	return err
}

// remove removes containers, running or not, with their volumes.
func (e engine) remove(ctx context.Context, nodes []node) error {
	var ids, running []string
	for _, n := range nodes {
		ids = append(ids, n.ID)
		if n.State.Running {
			running = append(running, n.ID)
		}
	}
	_ = e.leaveStopped(ctx, nodes) // one that is half made can't be told
	if e.name == "podman" && len(running) > 0 {
		// Its rm gives each ten seconds to stop by itself.
		_, _ = e.run(ctx, append([]string{"kill"}, running...)...)
	}
	_, err := e.run(ctx, append([]string{"rm", "-f", "-v"}, ids...)...)
	return err
}

// A volume is one of the engine's, as Podman describes it.
type volume struct {
	Name      string
	CreatedAt time.Time
	Labels    map[string]string
}

// removeVolumes removes the volumes that kind makes for the nodes before it makes
// the nodes. Only Podman has them: removing the containers doesn't remove these.
func (p *Provider) removeVolumes(ctx context.Context, e engine) error {
	if e.name != "podman" {
		return nil
	}
	listed, err := e.run(ctx, "volume", "ls", "--format", "json")
	if err != nil {
		return p.failed(err)
	}
	var volumes []volume
	if err := json.Unmarshal([]byte(listed), &volumes); err != nil {
		return p.failed(&CommandError{Command: []string{e.name, "volume", "ls"}, Output: listed, Err: err})
	}
	args := []string{"volume", "rm"}
	for _, v := range volumes {
		if p.record().made(v.CreatedAt) && p.ofNode(v) {
			args = append(args, v.Name)
		}
	}
	if len(args) == 2 {
		return nil
	}
	if _, err := e.run(ctx, args...); err != nil {
		return p.failed(err)
	}
	return nil
}

// ofNode reports whether kind made a volume for a node of this cluster: its label
// is the node's name
// (sigs.k8s.io/kind/pkg/cluster/internal/providers/podman/provision.go).
func (p *Provider) ofNode(v volume) bool {
	names := []string{p.options.Cluster + "-" + controlPlane, p.options.Cluster + "-worker"}
	for i := 2; i <= maxWorkers; i++ {
		names = append(names, fmt.Sprintf("%s%d", names[1], i))
	}
	return slices.ContainsFunc(names, func(name string) bool { return v.Labels[name] == "true" })
}

// networkName is the network that kind puts its nodes on
// (sigs.k8s.io/kind/pkg/cluster/internal/providers/docker/network.go).
const networkName = "kind"

// makeNetwork makes kind's network where kind would fail to: on nerdctl it always
// asks for the same IPv6 addresses, which Docker's network of that name has.
func (p *Provider) makeNetwork(ctx context.Context, e engine, r record) error {
	if e.name != "nerdctl" || !r.Network {
		return nil
	}
	if _, err := e.run(ctx, "network", "create", "--driver=bridge", networkName); err != nil {
		return p.failed(err)
	}
	return nil
}

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
