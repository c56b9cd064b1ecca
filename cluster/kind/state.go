package kind

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"podium/cluster"
	"podium/i18n"
	"podium/ownfile"
)

// Files in the home directory.
const (
	fileOwner      = "owner.lock"
	fileRecord     = "cluster.json"
	fileLog        = "kind.log"
	fileKubeconfig = "kubeconfig"
	fileViewer     = "viewer.kubeconfig"
	fileSocket     = "network.sock"
	fileArchive    = "images.tar"
)

// homeFiles are all the names podium uses in a home directory; Delete removes
// nothing else. kind's library locks a kubeconfig with a file beside it.
var homeFiles = []string{
	fileRecord, fileLog, fileKubeconfig, fileKubeconfig + ".lock", fileViewer, fileSocket, fileArchive, fileOwner,
}

// A record is cluster.json: what podium has made. It is written before anything
// is, so that a podium that was killed leaves nothing unclaimed.
type record struct {
	Cluster string            `json:"cluster"`
	Engine  string            `json:"engine"`
	Image   string            `json:"image"`
	Began   time.Time         `json:"began"`   // its creation
	Network bool              `json:"network"` // there was no network for kind before
	Token   string            `json:"token"`   // for the relay, see dial.go
	Nodes   map[string]string `json:"nodes"`   // container IDs by name; none while it is being made
}

// record returns what was written last; zero if there is nothing.
func (p *Provider) record() record {
	var r record
	data, err := os.ReadFile(p.path(fileRecord))
	if err != nil || json.Unmarshal(data, &r) != nil {
		return record{}
	}
	return r
}

func (p *Provider) write(r record) error {
	if err := ownfile.Save(p.path(fileRecord), r); err != nil {
		return p.homeError(err)
	}
	return nil
}

// creationLimit is how long after its beginning a creation may still have made
// a container, and how far the engine's clock may be from this one.
const creationLimit = 15 * time.Minute

// owns reports whether podium made this container: it is one of those it noted,
// or it came into being with the creation that podium was killed in.
func (r record) owns(n node) bool {
	if r.Nodes != nil {
		return r.Nodes[n.Name] == n.ID
	}
	return r.made(n.Created)
}

// made reports whether something that came into being at that moment may have
// come with the cluster.
func (r record) made(at time.Time) bool {
	return !r.Began.IsZero() && at.Sub(r.Began).Abs() < creationLimit
}

// mine lists the cluster's containers, or says that they are somebody else's.
func (p *Provider) mine(ctx context.Context, e engine) ([]node, error) {
	nodes, err := e.nodes(ctx, p.options.Cluster)
	if err != nil {
		return nil, p.failed(err)
	}
	r := p.record()
	for _, n := range nodes {
		if r.Cluster != p.options.Cluster || !r.owns(n) {
			return nil, i18n.Errorf(nil, i18n.M("kind.taken", "Cluster", p.options.Cluster))
		}
	}
	return nodes, nil
}

// Status implements [cluster.Keeper]. That there is no container engine means
// that no cluster is running.
func (p *Provider) Status(ctx context.Context) (cluster.Status, error) {
	s := cluster.Status{Home: p.options.Home, Kubeconfig: p.path(fileKubeconfig)}
	r := p.record()
	if r.Cluster == "" {
		return s, nil
	}
	e, err := p.engine(ctx)
	if err != nil {
		return s, err
	}
	nodes, err := p.mine(ctx, e)
	if err != nil || len(nodes) == 0 {
		return s, err
	}
	s.Exists, s.Running, s.Since = true, nodes[0].controlPlane() && nodes[0].State.Running, r.Began
	for _, n := range nodes {
		if !n.controlPlane() {
			s.Workers++
		}
	}
	return s, nil
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

// clean removes the files of a cluster that is gone, and the directory if that
// leaves it empty.
func (p *Provider) clean() error {
	for _, name := range homeFiles {
		if err := os.Remove(p.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return p.homeError(err)
		}
	}
	_ = os.Remove(filepath.Clean(p.options.Home)) // one that the user put something into stays
	return nil
}
