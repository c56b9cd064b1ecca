package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"podium/cluster/sim/kubelet"
	"podium/cluster/sim/network"
)

// collectAt is the garbage collector's target once everything is up: a tenth of
// the memory less for a few per mille of a core.
const collectAt = 50

// A plane is the control plane being put together.
type plane struct {
	settings
	stages *stages
	log    *logFile
	stop   context.CancelCauseFunc
	pki    *credentials
	net    *network.Network
	last   state
	images string

	mu    sync.Mutex
	state state // what plane.json says
}

// tell changes plane.json.
func (p *plane) tell(change func(*state)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.state)
	return p.state.write(p.home)
}

// serve runs the control plane until ctx ends and then stops it in order. It
// returns nil when it was asked to stop.
func serve(ctx context.Context, stop context.CancelCauseFunc, o settings, stages *stages) error {
	lock, err := claim(ctx, o.home)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	log, err := openLog(filepath.Join(o.home, fileLog), logLimit)
	if err != nil {
		return err
	}
	if err := log.capture(); err != nil {
		return err
	}
	defer removeSockets(o.home)
	p := &plane{settings: o, stages: stages, log: log, stop: stop, net: network.New(), last: readState(o.home)}
	if err := p.prepare(); err != nil {
		return err
	}
	err = p.run(ctx)
	if ctx.Err() != nil {
		fmt.Fprintf(log, "stopped: %v\n", context.Cause(ctx))
		return nil
	}
	fmt.Fprintf(log, "failed: %v\n", err)
	return err
}

// prepare reads and writes what every component needs before the first starts.
func (p *plane) prepare() (err error) {
	if p.settings.images != "" {
		text, err := os.ReadFile(p.settings.images)
		if err != nil {
			return err
		}
		p.images = string(text)
	}
	socket, err := socketPath(p.home, fileNetwork)
	if err != nil {
		return err
	}
	begun := state{
		PID: os.Getpid(), Network: socket, Workers: p.workers, Speed: p.speed,
		Started: time.Now().UTC(), Version: version, Lifeline: p.lifeline, URL: p.last.URL, Protocol: protocol,
	}
	if err := p.tell(func(s *state) { *s = begun }); err != nil {
		return err
	}
	p.pki, err = issueAll(filepath.Join(p.home, dirPKI))
	return err
}

// run starts everything and returns when ctx or a component has ended and all
// of it has stopped. Its error is the first failure.
func (p *plane) run(ctx context.Context) error {
	p.stages.begin(stageEtcd)
	etcd, err := startEtcd(ctx, p.home, p.pki, p.log, p.stages.reset)
	if err != nil {
		return err
	}
	defer etcd.stop(time.Second, p.log)

	p.stages.begin(stageAPIServer)
	below, bottom := newComponents(context.WithoutCancel(ctx), p.log)
	defer bottom.stop()
	bottom.run(below, "etcd", func(ctx context.Context) error {
		select {
		case err := <-etcd.Err():
			return err
		case <-ctx.Done():
			return nil
		}
	})
	listener, err := p.last.listen(ctx)
	if err != nil {
		return err
	}
	server, err := startAPIServer(below, bottom, listener, p.pki, etcd.flags, p.net.DialContext)
	if err != nil {
		return err
	}
	return p.runAbove(ctx, below, server)
}

// runAbove starts what lives on the API server, and stops it first.
func (p *plane) runAbove(ctx, below context.Context, server *apiServer) error {
	p.route(server)
	if err := p.pki.writeKubeconfigs(p.home, server.url, labNamespace); err != nil {
		return err
	}
	above, top := newComponents(ctx, p.log)
	defer top.stop()
	// When the API server fails, so does what stands on it.
	defer context.AfterFunc(below, func() { top.cancel(context.Cause(below)) })()
	if err := p.startAbove(above, top, server); err != nil {
		return errors.Join(context.Cause(above), err)
	}
	if err := p.tell(func(s *state) { s.URL, s.Ready = server.url, true }); err != nil {
		return err
	}
	debug.SetGCPercent(collectAt)
	debug.FreeOSMemory()
	p.stages.begin(stageReady)
	<-above.Done()
	return context.Cause(above)
}

// startAbove returns once the nodes are ready and pods can be created.
func (p *plane) startAbove(ctx context.Context, run *components, server *apiServer) error {
	p.stages.begin(stageControllers)
	if err := openDoor(ctx, run, p.state.Network, door{dial: p.net.DialContext, stop: p.stop}); err != nil {
		return err
	}
	group, waiting := errgroup.WithContext(ctx)
	group.Go(func() error {
		// One after the other: they register in process-wide tables.
		if err := startScheduler(ctx, run, p.pki); err != nil {
			return err
		}
		if err := server.awaitReady(waiting); err != nil {
			return err
		}
		return startControllers(ctx, run, p.pki)
	})
	group.Go(func() error { return seed(waiting, server) })
	p.stages.begin(stageNodes)
	group.Go(func() error { return p.startNodes(ctx, run, server) })
	return group.Wait()
}

// startNodes starts the simulated nodes.
func (p *plane) startNodes(ctx context.Context, run *components, server *apiServer) error {
	nodes, err := kubelet.Start(ctx, kubelet.Options{
		Client: server.client, Network: p.net, Workers: p.workers, Speed: p.speed, Version: version,
		Certificate: p.pki.kubelet, ClientCAs: p.pki.ca.pool(), Images: p.images, Log: p.log.slog(),
		OnWorkers: func(workers int) {
			if err := p.tell(func(s *state) { s.Workers = workers }); err != nil {
				fmt.Fprintf(p.log, "plane.json is out of date: %v\n", err)
			}
		},
	})
	if err != nil {
		return err
	}
	run.run(ctx, "nodes", func(context.Context) error { nodes.Wait(); return nil })
	return nil
}

// route makes the API server reachable by its addresses inside the cluster.
func (p *plane) route(server *apiServer) {
	loopback := server.url[len("https://"):]
	for _, address := range []string{net.JoinHostPort(controlPlaneIP, fmt.Sprint(apiPort)), net.JoinHostPort(apiServiceIP, "443")} {
		p.net.Alias(address, loopback)
	}
}
