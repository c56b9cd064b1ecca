package sim

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"podium/cluster"
	"podium/i18n"
)

// startLimit is how long a control plane may take to come up: a slow machine's
// first start.
const startLimit = 2 * time.Minute

// Open implements [cluster.Provider]. It takes up a control plane that was left
// running with Detach, or else starts one on the data that is there. The
// cluster's Close ends a control plane that this call started without Detach.
//
// It returns [ErrOwned] if another podium drives this cluster. With Watch it
// opens whatever is running, read-only.
func (p *Provider) Open(ctx context.Context, report func(cluster.Stage)) (*cluster.Cluster, error) {
	if err := p.Check(ctx); err != nil {
		return nil, err
	}
	progress := newProgress(report, p.now)
	if p.options.Watch {
		return p.watch(ctx, progress)
	}
	owner, err := p.own()
	if err != nil {
		return nil, err
	}
	c, err := p.drive(ctx, progress, owner)
	if err != nil {
		return nil, errors.Join(err, owner.Close())
	}
	if err := p.bringImages(ctx, c); err != nil {
		return nil, errors.Join(err, c.Close(context.WithoutCancel(ctx)))
	}
	return c, nil
}

// drive opens the cluster for its owner.
func (p *Provider) drive(ctx context.Context, progress *progress, owner *flock.Flock) (*cluster.Cluster, error) {
	running, err := p.running()
	if err != nil {
		return nil, err
	}
	detach := p.options.Detach
	if running {
		state := p.state()
		if !state.Lifeline && state.Protocol == protocol && (p.options.Workers == 0 || p.options.Workers == state.Workers) {
			return p.attach(ctx, progress, owner)
		}
		// Left running with another number of workers, by another build of podium,
		// or by one that was killed this moment.
		if err := p.stop(ctx); err != nil {
			return nil, err
		}
		detach = detach || !state.Lifeline
	}
	return p.spawn(ctx, progress, owner, detach)
}

// spawn opens the cluster with a control plane of its own.
func (p *Provider) spawn(ctx context.Context, progress *progress, owner *flock.Flock, detach bool) (*cluster.Cluster, error) {
	executable, err := p.find.executable(progress)
	if err != nil {
		return nil, err
	}
	child, err := p.bringUp(ctx, executable, detach, progress)
	if err != nil {
		return nil, err
	}
	var c *cluster.Cluster
	if detach {
		// From here on it is a stranger's process, as for whoever attaches later.
		child.release()
		c, err = p.attach(ctx, progress, owner)
	} else {
		c, err = p.hold(child, owner)
	}
	if err != nil {
		child.kill()
		return nil, err
	}
	return c, nil
}

// hold opens the cluster with a child that ends when the cluster is closed.
func (p *Provider) hold(child *child, owner *flock.Flock) (*cluster.Cluster, error) {
	c, err := p.connect(fileKubeconfig, p.state().Network)
	if err != nil {
		return nil, err
	}
	c.Done, c.Close = endWith(child.done, func(ctx context.Context) error {
		return errors.Join(child.stop(ctx), owner.Close())
	})
	return c, nil
}

// attach opens the cluster with a control plane that runs by itself.
func (p *Provider) attach(ctx context.Context, progress *progress, owner *flock.Flock) (*cluster.Cluster, error) {
	return p.join(ctx, progress, fileKubeconfig, owner.Close)
}

// watch opens the cluster read-only, whoever drives it.
func (p *Provider) watch(ctx context.Context, progress *progress) (*cluster.Cluster, error) {
	running, err := p.running()
	if err != nil {
		return nil, err
	}
	if !running {
		return nil, i18n.Errorf(nil, i18n.M("sim.nothing"))
	}
	c, err := p.join(ctx, progress, fileViewer, func() error { return nil })
	if err != nil {
		return nil, err
	}
	c.ReadOnly, c.Nodes = true, nil
	return c, nil
}

// join connects to a control plane that someone else ends; Close calls letGo.
func (p *Provider) join(ctx context.Context, progress *progress, kubeconfig string, letGo func() error) (*cluster.Cluster, error) {
	progress.begin(i18n.M("sim.stage.attach"))
	alive, err := p.awaitReady(ctx)
	if err != nil {
		return nil, err
	}
	c, err := p.connect(kubeconfig, p.state().Network)
	if err != nil {
		alive.close()
		return nil, err
	}
	c.Done, c.Close = endWith(alive.done, func(context.Context) error {
		alive.close()
		return letGo()
	})
	progress.finish()
	return c, nil
}

// awaitReady watches the running control plane once it has come all the way up.
func (p *Provider) awaitReady(ctx context.Context) (*alive, error) {
	var watched *alive
	ready, err := p.await(ctx, startLimit, func() (bool, error) {
		if running, err := p.running(); err != nil || !running {
			return false, errors.Join(err, p.failed(lastWords(p.path(fileLog))))
		}
		state := p.state()
		if !state.Ready {
			return false, nil
		}
		// For a moment it may be the state of the run before, which nobody
		// answers for.
		var err error
		watched, err = watchAlive(ctx, state.Network)
		return err == nil, nil
	})
	if err == nil && !ready {
		err = i18n.Errorf(nil, i18n.M("sim.slow", "Log", p.path(fileLog)))
	}
	return watched, err
}

// connect builds the cluster's values from a kubeconfig podium-plane wrote.
func (p *Provider) connect(kubeconfig, socket string) (*cluster.Cluster, error) {
	path := p.path(kubeconfig)
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, p.failed(err.Error())
	}
	config.QPS = -1 // the limit protects shared clusters; this one is ours
	// Typed clients take this up; dynamic and discovery clients set their own.
	config.ContentConfig = rest.ContentConfig{
		AcceptContentTypes: "application/vnd.kubernetes.protobuf,application/json",
		ContentType:        "application/vnd.kubernetes.protobuf",
	}
	nodes, err := newNodes(config)
	if err != nil {
		return nil, p.failed(err.Error())
	}
	return &cluster.Cluster{
		Name: contextName, Provider: p.Name(), Namespace: cluster.Namespace,
		Config: config, Kubeconfig: path, Dial: dialThrough(socket), Socket: socket, Nodes: nodes,
	}, nil
}

// failed is the sentence for a control plane that did not come up.
func (p *Provider) failed(why string) error {
	return i18n.Errorf(nil, i18n.M("sim.failed", "Why", why, "Log", p.path(fileLog)))
}

// endWith returns a channel that is closed when ended is, unless the returned
// close function was called first, and that function, which may be called again.
func endWith(ended <-chan struct{}, closeOnce func(context.Context) error) (<-chan struct{}, func(context.Context) error) {
	done, asked := make(chan struct{}), make(chan struct{})
	go func() {
		select {
		case <-ended:
			close(done)
		case <-asked:
		}
	}()
	var once sync.Once
	var err error
	return done, func(ctx context.Context) error {
		once.Do(func() {
			close(asked)
			err = closeOnce(ctx)
		})
		return err
	}
}
