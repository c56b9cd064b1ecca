package kind

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"slices"
	"sync"

	"github.com/gofrs/flock"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	kindcluster "sigs.k8s.io/kind/pkg/cluster"

	"podium/cluster"
	"podium/cluster/tunnel"
	"podium/i18n"
	"podium/ownfile"
)

// Open implements [cluster.Provider]. It joins the cluster that is there, starts
// its containers again if they have stopped, or creates it. The cluster's Close
// stops the containers if this call started or created them without Detach;
// nothing but [Provider.Delete] removes them.
//
// It returns [ErrOwned] if another podium drives this cluster. With Watch it
// opens whatever is running, read-only.
func (p *Provider) Open(ctx context.Context, report func(cluster.Stage)) (*cluster.Cluster, error) {
	progress := newProgress(report, p.now)
	progress.begin(i18n.M("kind.stage.engine"))
	if err := p.Check(ctx); err != nil {
		return nil, err
	}
	e, err := p.engine(ctx)
	if err != nil {
		return nil, err
	}
	if p.options.Watch {
		return p.watch(ctx, e, progress)
	}
	owner, err := p.own()
	if err != nil {
		return nil, err
	}
	c, err := p.drive(ctx, e, progress, owner)
	if err != nil {
		err = errors.Join(err, owner.Close())
		if ctx.Err() != nil && p.record().Cluster == "" {
			err = errors.Join(err, p.clean())
		}
		return nil, err
	}
	return c, nil
}

// drive opens the cluster for its owner.
func (p *Provider) drive(ctx context.Context, e engine, progress *progress, owner *flock.Flock) (*cluster.Cluster, error) {
	nodes, err := p.mine(ctx, e)
	if err != nil {
		return nil, err
	}
	if r := p.record(); r.Cluster != "" && (r.Nodes == nil || len(nodes) == 0) {
		// A podium was killed while it made the cluster, or somebody removed it.
		progress.begin(i18n.M("kind.stage.remains"))
		if err := p.discard(ctx, e, 0); err != nil {
			return nil, err
		}
		if err := os.Remove(p.path(fileRecord)); err != nil {
			return nil, p.homeError(err)
		}
		nodes = nil
	}
	if len(nodes) == 0 {
		return p.create(ctx, e, progress, owner)
	}
	return p.resume(ctx, e, nodes, progress, owner)
}

// create makes the cluster and opens it. If that fails, nothing of it is left.
func (p *Provider) create(ctx context.Context, e engine, progress *progress, owner *flock.Flock) (*cluster.Cluster, error) {
	image, err := p.nodeImage(ctx, e, progress)
	if err != nil {
		return nil, err
	}
	if err := p.pullLessons(ctx, e, progress); err != nil {
		return nil, err
	}
	network, err := e.hasNetwork(ctx)
	if err != nil {
		return nil, p.failed(err)
	}
	r := record{Cluster: p.options.Cluster, Engine: e.name, Image: image, Began: p.now(), Network: !network, Token: rand.Text()}
	if err := p.write(r); err != nil {
		return nil, err
	}
	group, c := 0, (*cluster.Cluster)(nil)
	err = p.makeNetwork(ctx, e, r)
	var made *child
	if err == nil {
		made, err = p.spawn(e, image)
	}
	if err == nil {
		group = made.process.Pid
		err = p.follow(ctx, made, progress)
	}
	if err == nil {
		err = p.note(ctx, e, r)
	}
	if err == nil {
		c, err = p.join(ctx, e, joining{ends: !p.options.Detach}, progress, owner)
	}
	if err != nil {
		err = errors.Join(err, p.discard(ctx, e, group))
		return nil, errors.Join(err, p.forget(ctx.Err() == nil))
	}
	return c, nil
}

// note writes down which containers are the cluster's, now that all are there, and
// that nobody but podium starts them again.
func (p *Provider) note(ctx context.Context, e engine, r record) error {
	nodes, err := p.mine(ctx, e)
	if err != nil {
		return err
	}
	r.Nodes = map[string]string{}
	for _, n := range nodes {
		r.Nodes[n.Name] = n.ID
	}
	if err := e.leaveStopped(ctx, nodes); err != nil {
		return p.failed(err)
	}
	return p.write(r)
}

// forget removes the files of a creation that failed, but for the lock that is
// held and the log if the sentence about the failure points to it.
func (p *Provider) forget(keepLog bool) error {
	for _, name := range homeFiles {
		if name == fileOwner || name == fileLog && keepLog {
			continue
		}
		if err := os.RemoveAll(p.path(name)); err != nil {
			return p.homeError(err)
		}
	}
	return nil
}

// resume opens a cluster that is there.
func (p *Provider) resume(ctx context.Context, e engine, nodes []node, progress *progress, owner *flock.Flock) (*cluster.Cluster, error) {
	if workers := len(nodes) - 1; p.options.Workers != 0 && p.options.Workers != workers {
		return nil, i18n.Errorf(nil, i18n.M("kind.other-workers", "Workers", workers, "Wanted", p.options.Workers))
	}
	if r := p.record(); len(r.Nodes) != len(nodes) {
		return nil, i18n.Errorf(nil, i18n.M("kind.incomplete", "Nodes", len(nodes), "Of", len(r.Nodes)))
	}
	progress.begin(i18n.M("kind.stage.join"))
	fresh := map[string]bool{}
	for _, n := range nodes { // the control plane is first: workers look for it by its name
		if n.State.Running {
			continue
		}
		progress.begin(i18n.M("kind.stage.start"))
		fresh[n.Name] = true
		if _, err := e.run(ctx, "start", n.Name); err != nil {
			return nil, errors.Join(p.failed(err), p.stopAgain(ctx, e, fresh))
		}
	}
	c, err := p.join(ctx, e, joining{fresh: fresh, ends: len(fresh) > 0 && !p.options.Detach}, progress, owner)
	if err != nil {
		return nil, errors.Join(err, p.stopAgain(ctx, e, fresh))
	}
	return c, nil
}

// stopAgain stops what this call has started.
func (p *Provider) stopAgain(ctx context.Context, e engine, started map[string]bool) error {
	if len(started) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardLimit)
	defer cancel()
	args := []string{"stop", "--time", stopGrace}
	for name := range started {
		args = append(args, name)
	}
	if _, err := e.run(ctx, args...); err != nil {
		return p.failed(err)
	}
	return nil
}

// joining says how a cluster came to run that is now joined.
type joining struct {
	fresh map[string]bool // nodes that were started just now
	ends  bool            // closing the cluster stops its containers
}

// join connects to a cluster whose containers run, waits until it is ready and
// prepares it.
func (p *Provider) join(ctx context.Context, e engine, how joining, progress *progress, owner *flock.Flock) (*cluster.Cluster, error) {
	if err := p.export(e); err != nil {
		return nil, err
	}
	c, client, err := p.connect(fileKubeconfig)
	if err != nil {
		return nil, err
	}
	containers, err := p.mine(ctx, e) // again: ports are new after a start
	if err != nil {
		return nil, err
	}
	// Both need little but patience of the nodes. Before kubeadm is done they would
	// take the processor from it.
	images, endLoad := ahead(ctx, func(ctx context.Context) ([]string, error) { return p.load(ctx, e, containers) })
	defer endLoad()
	relayed, endRelay := ahead(ctx, func(ctx context.Context) (*relay, error) { return p.startRelay(ctx, e, containers[0]) })
	defer endRelay()
	progress.begin(i18n.M("kind.stage.ready"))
	if err := p.awaitReady(ctx, client, len(containers), how.fresh); err != nil {
		return nil, err
	}
	progress.begin(i18n.M("kind.stage.load"))
	loaded, err := images()
	if err != nil {
		return nil, err
	}
	progress.begin(i18n.M("kind.stage.prepare"))
	if err := seed(ctx, client, loaded); err != nil {
		return nil, p.failed(err)
	}
	stopNetwork, err := p.network(ctx, relayed, c)
	if err != nil {
		return nil, err
	}
	progress.finish()
	c.Nodes = nodes{p, e}
	c.Close = once(func(ctx context.Context) error {
		err := stopNetwork()
		if how.ends {
			err = errors.Join(err, p.stop(ctx, e))
		}
		return errors.Join(err, owner.Close())
	})
	return c, nil
}

// ahead begins something that may fail as long as nodes aren't ready. The first
// function waits for its result and, if it failed, does it once more; the second
// ends it, and has to be called.
func ahead[T any](ctx context.Context, do func(context.Context) (T, error)) (result func() (T, error), end func()) {
	early, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	var value T
	var err error
	go func() {
		defer close(done)
		value, err = do(early)
	}()
	result = func() (T, error) {
		if <-done; err != nil {
			return do(ctx)
		}
		return value, nil
	}
	return result, func() {
		cancel()
		<-done
	}
}

// watch opens the cluster read-only, whoever drives it.
func (p *Provider) watch(ctx context.Context, e engine, progress *progress) (*cluster.Cluster, error) {
	nodes, err := p.mine(ctx, e)
	if err != nil {
		return nil, err
	}
	if len(nodes) == 0 || !slices.ContainsFunc(nodes, func(n node) bool { return n.controlPlane() && n.State.Running }) {
		return nil, i18n.Errorf(nil, i18n.M("kind.nothing"))
	}
	progress.begin(i18n.M("kind.stage.join"))
	c, _, err := p.connect(fileViewer)
	if err != nil {
		return nil, err
	}
	relay, err := p.startRelay(ctx, e, nodes[0])
	if err != nil {
		return nil, err
	}
	if relay != nil {
		c.Dial = relay.dial
	}
	progress.finish()
	c.ReadOnly, c.Close = true, func(context.Context) error { return nil }
	return c, nil
}

// network gives c its Dial, and a socket through which other processes dial. The
// returned function ends both.
func (p *Provider) network(ctx context.Context, relayed func() (*relay, error), c *cluster.Cluster) (func() error, error) {
	relay, err := relayed()
	if err != nil || relay == nil {
		return func() error { return nil }, err
	}
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	listener, err := tunnel.Listen(serving, p.path(fileSocket))
	if err != nil {
		cancel()
		return nil, p.homeError(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- tunnel.Serve(serving, listener, tunnel.Dial(relay.dial)) }()
	c.Dial, c.Socket = relay.dial, p.path(fileSocket)
	return func() error {
		cancel()
		return <-ended
	}, nil
}

// export writes the cluster's kubeconfigs: the learner's, and one for looking
// on. The API server's port is another one after each start.
func (p *Provider) export(e engine) error {
	text, err := kindcluster.NewProvider(e.option()).KubeConfig(p.options.Cluster, false)
	if err != nil {
		f := failure(err)
		return p.failed(&CommandError{Command: f.Command, Output: f.Output, Err: err})
	}
	config, err := clientcmd.Load([]byte(text))
	if err != nil {
		return p.failed(err)
	}
	for _, c := range config.Contexts {
		c.Namespace = cluster.Namespace
	}
	for _, file := range []string{fileKubeconfig, fileViewer} {
		data, err := clientcmd.Write(*config)
		if err != nil {
			return p.failed(err)
		}
		if err := ownfile.Write(p.path(file), data); err != nil {
			return p.homeError(err)
		}
		for _, user := range config.AuthInfos {
			user.Impersonate = viewer
		}
	}
	return nil
}

// connect builds the cluster's values from a kubeconfig.
func (p *Provider) connect(kubeconfig string) (*cluster.Cluster, kubernetes.Interface, error) {
	path := p.path(kubeconfig)
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return nil, nil, p.failed(err)
	}
	config.QPS = -1 // the limit protects shared clusters; this one is ours
	// Typed clients take this up; dynamic and discovery clients set their own.
	config.ContentConfig = rest.ContentConfig{
		AcceptContentTypes: "application/vnd.kubernetes.protobuf,application/json",
		ContentType:        "application/vnd.kubernetes.protobuf",
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, nil, p.failed(err)
	}
	return &cluster.Cluster{
		Name: p.contextName(), Provider: p.Name(), Namespace: cluster.Namespace, Config: config, Kubeconfig: path,
	}, client, nil
}

// once makes a close function that may be called again.
func once(closeOnce func(context.Context) error) func(context.Context) error {
	var done sync.Once
	var err error
	return func(ctx context.Context) error {
		done.Do(func() { err = closeOnce(ctx) })
		return err
	}
}
