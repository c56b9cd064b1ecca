// Podium-plane is a Kubernetes control plane in one process: etcd, the API
// server, the controllers and the scheduler, all real, with simulated nodes. It
// listens on loopback only and keeps everything under one directory.
//
// It is podium's child and no tool for people: it says on standard output, one
// JSON line per stage, how far it has come, and everything else goes to its log.
//
//	lock HOME ─▶ etcd ─▶ API server ─▶ controllers, scheduler, nodes ─▶ ready
//	                                       ▲ in parallel
//	stop: nodes, scheduler, controllers ─▶ API server ─▶ etcd
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/pflag"
)

// version is the Kubernetes release that is linked in; go.mod decides it.
const version = "v1.36.3"

// protocol numbers what this program and podium say to each other: flags, stages,
// plane.json, labels, annotations. Whoever changes one of them raises it here and in package
// cluster/sim.
const protocol = 3

// stopLimit bounds a graceful stop. What is acknowledged is in etcd's log by
// then, so that ending hard afterwards loses nothing.
const stopLimit = 3 * time.Second

// A settings is the command line.
type settings struct {
	home     string
	workers  int
	speed    float64
	lifeline bool
	images   string
	protocol int
}

func parse(args []string) (settings, error) {
	var o settings
	flags := pflag.NewFlagSet("podium-plane", pflag.ContinueOnError)
	flags.StringVar(&o.home, "home", "", "directory for everything this control plane keeps")
	flags.IntVar(&o.workers, "workers", 0, "worker nodes, 1 to 50; 0 for as many as there are, or 3")
	flags.Float64Var(&o.speed, "speed", 1, "of what the nodes do: 1 is lifelike, 2 twice as fast, 0 without delays")
	flags.BoolVar(&o.lifeline, "lifeline", false, "end when standard input does")
	flags.StringVar(&o.images, "images", "", "a file with more images for the catalogue")
	flags.IntVar(&o.protocol, "protocol", protocol, "which protocol the parent speaks")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case o.protocol != protocol:
		return o, fmt.Errorf("protocol %d is spoken here, not %d", protocol, o.protocol)
	case o.home == "":
		return o, errors.New("say where to keep the state with --home DIR")
	case o.workers < 0 || o.workers > 50:
		return o, fmt.Errorf("--workers is %d: choose 1 to 50", o.workers)
	case !(o.speed >= 0 && o.speed <= 100):
		return o, fmt.Errorf("--speed is %v: choose 0 to 100", o.speed)
	case flags.NArg() > 0:
		return o, fmt.Errorf("%q is not understood: podium-plane takes flags only", flags.Arg(0))
	}
	home, err := filepath.Abs(o.home)
	o.home = home
	return o, err
}

func main() {
	os.Exit(run())
}

func run() int {
	stages := newStages(os.Stdout, time.Now)
	o, err := parse(os.Args[1:])
	if errors.Is(err, pflag.ErrHelp) {
		return 0
	}
	if err != nil {
		stages.failed(err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ignoreBrokenPipes()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if o.lifeline {
		holdLifeline(os.Stdin, cancel)
	}
	// Whatever hangs on the way down must not become an orphan.
	context.AfterFunc(ctx, func() { time.AfterFunc(stopLimit, func() { os.Exit(3) }) })

	if err := serve(ctx, cancel, o, stages); err != nil {
		stages.failed(err)
		return 1
	}
	return 0
}
