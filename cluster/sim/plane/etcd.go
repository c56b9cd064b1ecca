package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/storage/wal"
)

// fileEtcdCrash is where the runtime puts the stack of a crash while etcd
// starts; an empty or absent one says that the last start got through.
const fileEtcdCrash = "etcd.crash"

// etcdLimit is how long etcd may take before its data counts as unusable.
const etcdLimit = 20 * time.Second

// An etcdServer is a running etcd and how the API server reaches it.
type etcdServer struct {
	*embed.Etcd
	flags []string // for the API server
}

// startEtcd starts etcd on the data in home. Data it cannot read, as after a
// power cut, is moved aside and aside says where to; the cluster is then empty,
// which beats one that never starts again.
func startEtcd(ctx context.Context, home string, pki *credentials, log *logFile, aside func(string)) (*etcdServer, error) {
	if crashed(home) {
		if err := moveAside(home, aside); err != nil {
			return nil, err
		}
	}
	server, err := tryEtcd(ctx, home, pki, log)
	if err == nil || ctx.Err() != nil || !spoilt(err) {
		return server, err
	}
	fmt.Fprintf(log, "etcd does not start on its data: %v\n", err)
	if failed := moveAside(home, aside); failed != nil {
		// On Windows what etcd still has open cannot be moved; the next start can.
		return nil, errors.Join(err, failed, os.WriteFile(filepath.Join(home, fileEtcdCrash), fmt.Appendf(nil, "go.etcd.io/: %v\n", err), 0o600))
	}
	return tryEtcd(ctx, home, pki, log)
}

// stop ends etcd, or leaves it to the end of the process after limit: what it
// acknowledged is safe either way.
func (e *etcdServer) stop(limit time.Duration, log *logFile) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.Close()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		fmt.Fprintf(log, "etcd still runs after %s\n", limit)
	}
}

// errLate is etcd on a machine too busy for it; its data is as good as ever.
var errLate = fmt.Errorf("etcd was not ready within %s", etcdLimit)

// machineTroubles are words of errors that lie in the machine and not in the
// data, and that go away.
var machineTroubles = []string{
	"no space left", "disk quota", "permission denied", "too many open files", "read-only file system", "input/output error",
	"out of memory", "cannot allocate memory", "bind:", "SIGQUIT", "SIGABRT",
}

// spoilt reports whether err lies in the data.
func spoilt(err error) bool {
	return !errors.Is(err, errLate) && !slices.ContainsFunc(machineTroubles, func(words string) bool {
		return strings.Contains(err.Error(), words)
	})
}

// crashed reports whether the process last died inside etcd while it started:
// some of its goroutines panic where nobody can recover.
func crashed(home string) bool {
	data, err := os.ReadFile(filepath.Join(home, fileEtcdCrash))
	return err == nil && strings.Contains(string(data), "go.etcd.io/") && spoilt(errors.New(string(data)))
}

func moveAside(home string, aside func(string)) error {
	to := filepath.Join(home, "etcd.broken-"+time.Now().UTC().Format("20060102-150405.000"))
	if err := os.Rename(filepath.Join(home, dirEtcd), to); err != nil {
		return err
	}
	aside(to)
	err := os.Remove(filepath.Join(home, fileEtcdCrash))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return err
}

func tryEtcd(ctx context.Context, home string, pki *credentials, log *logFile) (server *etcdServer, err error) {
	end, err := watchCrash(filepath.Join(home, fileEtcdCrash))
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			server, err = nil, fmt.Errorf("etcd: %v", p)
		}
		err = errors.Join(err, end())
	}()
	config := embed.NewConfig()
	flags, err := listenEtcd(config, home, pki)
	if err != nil {
		return nil, err
	}
	tuneEtcd(config, home, log)
	e, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-e.Server.ReadyNotify():
		return &etcdServer{e, flags}, nil
	case err = <-e.Err():
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-time.After(etcdLimit):
		err = errLate
	}
	e.Close()
	return nil, err
}

// tuneEtcd fits etcd to one member on one person's machine.
func tuneEtcd(config *embed.Config, home string, log *logFile) {
	config.Name = "podium"
	config.Dir = filepath.Join(home, dirEtcd)
	config.ListenPeerUrls = nil // one member has no peer; the advertised URL stays a mere name
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	// A write is acknowledged once it is in the page cache, which outlives this
	// process however it is killed. Only a power cut can lose the last writes
	// or tear the log, and startEtcd gets over that. It makes every change of a
	// rollout several times faster on a laptop's disk.
	config.UnsafeNoFsync = true
	wal.SegmentSizeBytes = 4 << 20 // preallocated twice; etcd's own 64 MiB is most of the directory
	// A lone member is elected once the election time is over, so that it is
	// part of every start; etcd wants it to be five ticks at least.
	config.TickMs, config.ElectionMs = 50, 250
	config.SnapshotCount = 5000 // entries kept in memory; a lab needs few
	config.WarningUnaryRequestDuration = 500 * time.Millisecond
	config.ZapLoggerBuilder = embed.NewZapLoggerBuilder(log.zap())
}

// watchCrash has the runtime write a crash to path as well, until end.
func watchCrash(path string) (end func() error, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if err := debug.SetCrashOutput(file, debug.CrashOptions{}); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error {
		return errors.Join(debug.SetCrashOutput(nil, debug.CrashOptions{}), file.Close(), os.Remove(path))
	}, nil
}
