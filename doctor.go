package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"podium/cluster"
	"podium/cluster/doctor"
	"podium/cluster/kind"
	"podium/cluster/sim"
	"podium/i18n"
)

func doctorCommand(o *options, say func(string) string) *cobra.Command {
	return &cobra.Command{Use: "doctor", Short: say("doctor"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.doctor(c.Context(), c.OutOrStdout()) }}
}

// doctor examines this machine. It fails when the chosen provider can't be used
// here.
func (o *options) doctor(ctx context.Context, out io.Writer) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	containers := kind.New(kind.Options{Home: h.provider("kind"), Cluster: o.cluster})
	list := doctor.Judge(doctor.Look(ctx, doctor.Where{
		Home:    string(h),
		Plane:   sim.New(sim.Options{Home: h.provider("sim"), Plane: o.plane}).Plane,
		Engines: containers.Engines(),
		Wish:    containers.Wish(),
		Label:   containers.Label(),
	}))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fmt.Fprintf(out, "%s\n\n", o.lang.Say(i18n.M("doctor.head")))
	o.findings(out, list)
	simulated, inContainers := i18n.M("doctor.sim-ready"), i18n.M("doctor.kind-ready")
	if doctor.Worst(list, "sim") == doctor.Problem {
		simulated = i18n.M("doctor.sim-not")
	}
	if doctor.Worst(list, "kind") == doctor.Problem {
		inContainers = i18n.M("doctor.kind-not")
	}
	fmt.Fprintf(out, "\n%s\n%s\n", o.lang.Say(simulated), o.lang.Say(inContainers))
	if doctor.Worst(list, o.provider) == doctor.Problem {
		return i18n.Errorf(nil, i18n.M("doctor.failed", "Provider", o.provider))
	}
	return nil
}

// marks tell the levels apart without colour.
var marks = map[doctor.Level]string{doctor.Fine: "✓", doctor.Warning: "!", doctor.Problem: "✕"}

// textWidth is how wide advice is set, so that it reads well in any terminal.
const textWidth = 76

func (o *options) findings(out io.Writer, list []doctor.Finding) {
	widest := 0
	for _, f := range list {
		widest = max(widest, ansi.StringWidth(o.lang.Say(f.Topic)))
	}
	for _, f := range list {
		topic := o.lang.Say(f.Topic)
		gap := strings.Repeat(" ", widest-ansi.StringWidth(topic)+2)
		fmt.Fprintf(out, " %s %s%s%s\n", marks[f.Level], topic, gap, ansi.Strip(o.lang.Say(f.Seen)))
		if f.Advice == nil || f.Level == doctor.Fine {
			continue
		}
		advice := o.lang.Say(f.Advice.Cause) + " " + o.lang.Say(f.Advice.Remedy)
		for line := range strings.SplitSeq(ansi.Wordwrap(advice, textWidth-5, ""), "\n") {
			fmt.Fprintf(out, "     %s\n", line)
		}
		if command := f.Advice.Command(); command != "" {
			fmt.Fprintf(out, "       $ %s\n", command)
		}
		if f.Advice.Link != "" {
			fmt.Fprintf(out, "       %s\n", f.Advice.Link)
		}
	}
}

// advise puts the doctor's words in the place of what an engine or kind said of
// a failure that is known. The error stays in the chain, for the log.
func advise(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	advice, ok := doctor.Advise(err.Error(), engineOf(err))
	if errors.Is(err, syscall.ENOSPC) { // it happened here; an engine's full disk is only told
		advice, ok = doctor.Named("home-full", ""), true
	}
	if !ok {
		return err
	}
	if advice.Link == "" {
		return i18n.Errorf(err, i18n.M("doctor.advised-here", "Cause", advice.Cause, "Remedy", advice.Remedy))
	}
	said := i18n.M("doctor.advised", "Cause", advice.Cause, "Remedy", advice.Remedy, "Link", advice.Link)
	if command := advice.Command(); command != "" {
		said = i18n.M("doctor.advised-paste", "Cause", advice.Cause, "Remedy", advice.Remedy, "Command", command, "Link", advice.Link)
	}
	return i18n.Errorf(err, said)
}

// engineOf is the container engine whose command failed, or "".
func engineOf(err error) string {
	var failed *kind.CommandError
	if !errors.As(err, &failed) || len(failed.Command) == 0 {
		return ""
	}
	return failed.Command[0]
}

// advised opens a cluster whose known failures are explained.
func advised(provider cluster.Provider) func(context.Context, func(cluster.Stage)) (*cluster.Cluster, error) {
	return func(ctx context.Context, report func(cluster.Stage)) (*cluster.Cluster, error) {
		c, err := provider.Open(ctx, report)
		if provider.Name() == "sim" {
			return c, err // it has no engine; its sentences say what to do
		}
		return c, advise(err)
	}
}
