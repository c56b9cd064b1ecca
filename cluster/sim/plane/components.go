package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	basecompatibility "k8s.io/component-base/compatibility"
)

// A components is what runs until its context ends. The first that ends before
// ends all, with its error.
type components struct {
	log    io.Writer
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
}

func newComponents(ctx context.Context, log io.Writer) (context.Context, *components) {
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, &components{log: log, cancel: cancel}
}

// run starts f; stop waits for it.
func (c *components) run(ctx context.Context, name string, f func(context.Context) error) {
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		err := f(ctx)
		fmt.Fprintf(c.log, "%s has ended: %v\n", name, err)
		if err == nil {
			err = fmt.Errorf("it ended by itself")
		}
		c.cancel(fmt.Errorf("%s: %w", name, err))
	}()
}

// stopGrace is how long components may take to end: podium gives the whole
// control plane 5 s.
const stopGrace = time.Second

// stop ends the components and waits for them, at most for stopGrace.
func (c *components) stop() {
	c.cancel(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.wg.Wait()
	}()
	select {
	case <-done:
	case <-time.After(stopGrace):
		fmt.Fprintf(c.log, "components still run after %s\n", stopGrace)
	}
}

// newGlobals returns a registry of versions and feature gates for one component:
// each sets its own, and the process-wide one takes that only once.
func newGlobals() (basecompatibility.ComponentGlobalsRegistry, error) {
	registry := basecompatibility.NewComponentGlobalsRegistry()
	effective := basecompatibility.NewEffectiveVersionFromString(version[1:], "", "")
	gates := utilfeature.DefaultMutableFeatureGate.DeepCopy()
	return registry, registry.Register(basecompatibility.DefaultKubeComponent, effective, gates)
}
