package sim

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/gofrs/flock"
	"k8s.io/apimachinery/pkg/util/wait"

	"podium/cluster"
	"podium/i18n"
)

// Files in the home directory. owner.lock is this package's, the others are
// podium-plane's.
const (
	fileOwner      = "owner.lock"
	fileLock       = "plane.lock"
	fileState      = "plane.json"
	fileLog        = "plane.log"
	fileKubeconfig = "kubeconfig"
	fileViewer     = "viewer.kubeconfig"
)

// A planeState is plane.json as podium-plane writes it: what runs, or ran last.
type planeState struct {
	PID      int       `json:"pid"`
	URL      string    `json:"url"`
	Network  string    `json:"network"`
	Workers  int       `json:"workers"`
	Speed    float64   `json:"speed"`
	Started  time.Time `json:"started"`
	Lifeline bool      `json:"lifeline"`
	Ready    bool      `json:"ready"`
	Protocol int       `json:"protocol"`
}

// Status implements [cluster.Keeper]. A home that does not exist yet is no
// error.
func (p *Provider) Status(context.Context) (cluster.Status, error) {
	s := cluster.Status{Home: p.options.Home, Kubeconfig: p.path(fileKubeconfig)}
	running, err := p.running()
	if err != nil || !running {
		return s, err
	}
	state := p.state()
	s.Running, s.Ready, s.Detached = true, state.Ready, !state.Lifeline
	s.PID, s.URL, s.Workers, s.Speed, s.Since = state.PID, state.URL, state.Workers, state.Speed, state.Started
	return s, nil
}

// state returns what podium-plane wrote last; zero if there is nothing.
func (p *Provider) state() planeState {
	var s planeState
	data, err := os.ReadFile(p.path(fileState))
	if err != nil || json.Unmarshal(data, &s) != nil {
		return planeState{}
	}
	return s
}

// running reports whether a control plane holds its lock. The lock and not the
// process id decides: a number is used again, a lock goes with its process.
func (p *Provider) running() (bool, error) {
	if _, err := os.Stat(p.path(fileLock)); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	probe := flock.New(p.path(fileLock), flock.SetPermissions(0o600))
	free, err := probe.TryRLock()
	if err != nil {
		return false, p.homeError(err)
	}
	return !free, probe.Close()
}

// awaitStopped returns once no control plane runs here, or reports false after
// stopGrace.
func (p *Provider) awaitStopped(ctx context.Context) (bool, error) {
	return p.await(ctx, stopGrace, func() (bool, error) {
		running, err := p.running()
		return !running, err
	})
}

func (p *Provider) await(ctx context.Context, limit time.Duration, condition func() (bool, error)) (bool, error) {
	err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, limit, true, func(context.Context) (bool, error) {
		return condition()
	})
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if wait.Interrupted(err) {
		return false, nil
	}
	return err == nil, err
}

// own takes the right to drive the cluster, or returns ErrOwned. The caller
// closes what it gets; the right also goes with the process.
func (p *Provider) own() (*flock.Flock, error) {
	if err := os.MkdirAll(p.options.Home, 0o700); err != nil {
		return nil, p.homeError(err)
	}
	lock := flock.New(p.path(fileOwner), flock.SetPermissions(0o600))
	switch held, err := lock.TryLock(); {
	case err != nil:
		return nil, p.homeError(err)
	case !held:
		return nil, errors.Join(ErrOwned, lock.Close())
	}
	return lock, nil
}

// homeFiles are all the names podium and podium-plane use in a home directory;
// Delete removes nothing else.
var homeFiles = []string{
	fileState, fileLog, fileLog + ".old", fileKubeconfig, fileViewer,
	"network.sock", "etcd.sock", "etcd.crash", "etcd", "etcd.broken-*", "pki", fileLock, fileOwner,
}

// errBusy says that a control plane runs that no podium answers for.
func (p *Provider) errBusy() error {
	return i18n.Errorf(nil, i18n.M("sim.busy", "Home", p.options.Home, "PID", p.state().PID))
}
