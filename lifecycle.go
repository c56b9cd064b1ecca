package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"podium/cluster"
	"podium/cluster/kubeconfig"
	"podium/i18n"
)

func upCommand(o *options, say func(string) string) *cobra.Command {
	learners := 0
	c := &cobra.Command{Use: "up", Short: say("up"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case learners != 0 && (o.provider != kubeconfig.Name || learners < 0 || learners > kubeconfig.MostLearners):
				return usage("learners", "Most", kubeconfig.MostLearners)
			case learners > 0:
				return o.class(c.Context(), c.OutOrStdout(), learners)
			case o.provider == kubeconfig.Name:
				return o.join(c.Context(), c.OutOrStdout())
			}
			return o.up(c.Context(), c.OutOrStdout())
		}}
	c.Flags().IntVar(&learners, "learners", 0, say("flag-learners"))
	return c
}

// up starts the cluster and leaves it running after this process.
func (o *options) up(ctx context.Context, out io.Writer) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	provider := o.keeper(h, detach)
	before, err := provider.Status(ctx)
	if err != nil {
		return err
	}
	c, err := advised(provider)(ctx, func(s cluster.Stage) {
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
	if o.provider == kubeconfig.Name {
		return o.leave(ctx, out, remove)
	}
	provider := o.keeper(h, drive)
	status, err := provider.Status(ctx)
	if err != nil {
		return err
	}
	said := i18n.M("cli.down-done", "Home", h.provider(o.provider))
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
	status, err := o.keeper(h, drive).Status(ctx)
	if err != nil {
		return err
	}
	if o.provider == kubeconfig.Name {
		return o.sharedStatus(out, status)
	}
	if !status.Running {
		said := i18n.M("cli.status-down", "Provider", o.provider)
		if status.Exists {
			said = i18n.M("cli.status-stopped", "Provider", o.provider, "Workers", status.Workers)
		}
		fmt.Fprintln(out, o.lang.Say(said))
		return nil
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.status-up", "Provider", o.provider, "PID", status.PID, "Workers", status.Workers,
		"Since", status.Since.Local().Format(time.DateTime))))
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.status-kubeconfig", "File", status.Kubeconfig)))
	return nil
}
