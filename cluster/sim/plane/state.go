package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2/maybe"
)

// The files under the home directory that others look at.
const (
	fileLock       = "plane.lock"
	fileState      = "plane.json"
	fileLog        = "plane.log"
	fileKubeconfig = "kubeconfig"
	fileViewer     = "viewer.kubeconfig"
	fileNetwork    = "network.sock"
	fileEtcd       = "etcd.sock"
	dirPKI         = "pki"
	dirEtcd        = "etcd"
)

// lockLimit is how long a control plane that is on its way down may keep the
// home directory from the next one.
const lockLimit = 10 * time.Second

// A state is plane.json: what runs here, or ran last.
type state struct {
	PID      int       `json:"pid"`
	URL      string    `json:"url"`
	Network  string    `json:"network"` // the socket that leads into the pod network
	Workers  int       `json:"workers"`
	Speed    float64   `json:"speed"`
	Started  time.Time `json:"started"`
	Version  string    `json:"version"`
	Lifeline bool      `json:"lifeline"` // ends with its parent
	Ready    bool      `json:"ready"`
	Protocol int       `json:"protocol"`
}

// claim makes home and takes its lock, so that no two control planes ever share
// data. The lock goes with the process.
func claim(ctx context.Context, home string) (*flock.Flock, error) {
	if err := os.MkdirAll(filepath.Join(home, dirPKI), 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(home, 0o700); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lockLimit)
	defer cancel()
	lock := flock.New(filepath.Join(home, fileLock), flock.SetPermissions(0o600))
	held, err := lock.TryLockContext(ctx, 20*time.Millisecond)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("another control plane is running in %s", home)
	}
	if err == nil && !held {
		err = errors.New("the lock could not be taken")
	}
	return lock, err
}

// readState returns what the last control plane here left; zero if nothing.
func readState(home string) state {
	var s state
	data, err := os.ReadFile(filepath.Join(home, fileState))
	if err != nil || json.Unmarshal(data, &s) != nil {
		return state{}
	}
	return s
}

func (s state) write(home string) error {
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return maybe.WriteFile(filepath.Join(home, fileState), append(data, '\n'), 0o600)
}

// listen opens the API server's port: the same as last time if it is free, so
// that a kubeconfig in use in another terminal keeps working.
func (s state) listen(ctx context.Context) (*net.TCPListener, error) {
	ports := []string{"0"}
	if u, err := url.Parse(s.URL); err == nil && u.Port() != "" {
		ports = []string{u.Port(), "0"}
	}
	var failed error
	for _, port := range ports {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
		if err == nil {
			return l.(*net.TCPListener), nil
		}
		failed = err
	}
	return nil, failed
}
