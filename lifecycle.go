package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"podium/cluster"
	"podium/cluster/sim"
	"podium/i18n"
)

// sim returns the provider for the simulated cluster under h.
func (o *options) sim(h home) *sim.Provider {
	return sim.New(sim.Options{Home: h.sim(), Workers: o.workers, Speed: o.speed, Plane: o.plane, Watch: o.watch})
}

// watched returns the provider that looks on while another podium drives.
func (o *options) watched(h home) *sim.Provider {
	return sim.New(sim.Options{Home: h.sim(), Plane: o.plane, Watch: true})
}

// up starts the cluster and leaves it running after this process.
func (o *options) up(ctx context.Context, out io.Writer) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	provider := sim.New(sim.Options{Home: h.sim(), Workers: o.workers, Speed: o.speed, Plane: o.plane, Detach: true})
	before, err := provider.Status(ctx)
	if err != nil {
		return err
	}
	c, err := provider.Open(ctx, func(s cluster.Stage) {
		if s.Done && !before.Running {
			fmt.Fprintf(out, "%6.1f s  %s\n", s.Elapsed.Seconds(), o.lang.Say(s.Message))
		}
	})
	if err != nil {
		return err
	}
	said := i18n.M("cli.up-already")
	if !before.Running {
		after, err := provider.Status(ctx)
		if err != nil {
			return err
		}
		said = i18n.M("cli.up-done", "Nodes", after.Workers+1)
	}
	fmt.Fprintf(out, "%s\n\n  export KUBECONFIG=%s\n", o.lang.Say(said), c.Kubeconfig)
	return c.Close(ctx)
}

func downCommand(o *options, say func(string) string) *cobra.Command {
	remove := false
	c := &cobra.Command{Use: "down", Short: say("down"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.down(c.Context(), c.OutOrStdout(), remove) }}
	c.Flags().BoolVar(&remove, "delete", false, say("flag-delete"))
	return c
}

// down stops the cluster that up left running, or that a killed podium left
// behind.
func (o *options) down(ctx context.Context, out io.Writer, remove bool) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	provider := o.sim(h)
	status, err := provider.Status(ctx)
	if err != nil {
		return err
	}
	said := i18n.M("cli.down-done", "Home", h.sim())
	switch {
	case remove:
		err, said = provider.Delete(ctx), i18n.M("cli.down-deleted")
	case !status.Running:
		said = i18n.M("cli.down-nothing")
	default:
		err = provider.Down(ctx)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(out, o.lang.Say(said))
	return nil
}

// status says what runs; that nothing does is not a failure.
func (o *options) status(ctx context.Context, out io.Writer) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	status, err := o.sim(h).Status(ctx)
	if err != nil {
		return err
	}
	if !status.Running {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.status-down")))
		return nil
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.status-up", "PID", status.PID, "Workers", status.Workers,
		"Since", status.Since.Local().Format(time.DateTime))))
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.status-kubeconfig", "File", status.Kubeconfig)))
	return nil
}
