package sim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Down ends the control plane that runs in the home directory and keeps its
// data. That none runs is no error. It returns [ErrOwned] while a podium drives
// the cluster.
func (p *Provider) Down(ctx context.Context) error {
	owner, err := p.own()
	if err != nil {
		return err
	}
	return errors.Join(p.stop(ctx), owner.Close())
}

// Delete does what Down does and then removes the cluster's data: the files
// that podium made and nothing else that may lie in the directory.
func (p *Provider) Delete(ctx context.Context) error {
	owner, err := p.own()
	if err != nil {
		return err
	}
	err = p.stop(ctx)
	if err == nil {
		err = p.remove()
	}
	err = errors.Join(err, owner.Close())
	// Only an empty directory goes; one that the user put something into stays.
	if failed := os.Remove(p.options.Home); failed != nil && err == nil {
		if left, _ := os.ReadDir(p.options.Home); len(left) == 0 && !errors.Is(failed, fs.ErrNotExist) {
			err = p.homeError(failed)
		}
	}
	return err
}

func (p *Provider) remove() error {
	for _, name := range homeFiles {
		paths, err := filepath.Glob(p.path(name))
		if err != nil {
			return err
		}
		for _, path := range paths {
			if err := os.RemoveAll(path); err != nil {
				return p.homeError(err)
			}
		}
	}
	return nil
}

// stop ends whatever control plane holds the lock: by asking, which one that is
// still starting hears in a moment, or, if it never does, by force.
func (p *Provider) stop(ctx context.Context) error {
	_, err := p.await(ctx, 2*stopGrace, func() (bool, error) {
		if running, err := p.running(); err != nil || !running {
			return true, err
		}
		return askToStop(ctx, p.state().Network) == nil, nil
	})
	if err != nil {
		return err
	}
	if gone, err := p.awaitStopped(ctx); gone || err != nil {
		return err
	}
	// By now plane.json is of this run and no longer of one before.
	if err := p.kill(); err != nil {
		return errors.Join(p.errBusy(), err)
	}
	gone, err := p.awaitStopped(ctx)
	if err == nil && !gone {
		err = p.errBusy()
	}
	return err
}

// kill kills the control plane that plane.json names; the caller knows that it
// is running. Numbers that mean more than one process are refused.
func (p *Provider) kill() error {
	pid := p.state().PID
	if pid <= 1 {
		return fmt.Errorf("%s names no process", p.path(fileState))
	}
	return killProcess(pid)
}
