package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"podium/cluster"
	"podium/i18n"
)

// nodeCommand is `podium node`, in a shell and at podium's own prompt alike.
func nodeCommand(o *options) *cobra.Command {
	say := func(id string) string { return o.lang.Say(i18n.M("node." + id)) }
	c := &cobra.Command{Use: "node", Short: say("short"), Long: say("long"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{i18n.Errorf(nil, i18n.M("node.unknown", "Word", args[0]))}
			}
			return usageError{i18n.Errorf(nil, i18n.M("node.what"))}
		}}
	verb := func(name, use string, args cobra.PositionalArgs, do func(context.Context, cluster.NodeSwitch, string) (i18n.Message, error)) {
		c.AddCommand(&cobra.Command{Use: name + use, Short: say(name), Args: args,
			RunE: func(c *cobra.Command, args []string) error {
				return o.node(c.Context(), c.OutOrStdout(), func(ctx context.Context, nodes cluster.NodeSwitch) (i18n.Message, error) {
					return do(ctx, nodes, append(args, "")[0])
				})
			}})
	}
	verb("add", "", noArguments, addNode)
	verb("stop", " NAME", oneNode, func(ctx context.Context, nodes cluster.NodeSwitch, name string) (i18n.Message, error) {
		return i18n.M("node.stopped", "Name", name), nodes.StopNode(ctx, name)
	})
	verb("start", " NAME", oneNode, func(ctx context.Context, nodes cluster.NodeSwitch, name string) (i18n.Message, error) {
		return i18n.M("node.started", "Name", name), nodes.StartNode(ctx, name)
	})
	verb("remove", " NAME", oneNode, removeNode)
	return c
}

func oneNode(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usageError{i18n.Errorf(nil, i18n.M("node.one"))}
	}
	return nil
}

func addNode(ctx context.Context, nodes cluster.NodeSwitch, _ string) (i18n.Message, error) {
	maker, ok := nodes.(cluster.NodeMaker)
	if !ok {
		return i18n.Message{}, i18n.Errorf(nil, i18n.M("node.fixed"))
	}
	name, err := maker.AddNode(ctx)
	return i18n.M("node.added", "Name", name), err
}

func removeNode(ctx context.Context, nodes cluster.NodeSwitch, name string) (i18n.Message, error) {
	maker, ok := nodes.(cluster.NodeMaker)
	if !ok {
		return i18n.Message{}, i18n.Errorf(nil, i18n.M("node.fixed"))
	}
	return i18n.M("node.removed", "Name", name), maker.RemoveNode(ctx, name)
}

// node does one thing to the nodes of the running cluster, whichever podium
// drives it, and says what it did.
func (o *options) node(ctx context.Context, out io.Writer, do func(context.Context, cluster.NodeSwitch) (i18n.Message, error)) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	owner, ok := o.keeper(h, drive).(cluster.NodeOwner)
	if !ok {
		return i18n.Errorf(nil, i18n.M("node.fixed"))
	}
	nodes, err := owner.Nodes(ctx)
	if err != nil {
		return err
	}
	done, err := do(ctx, nodes)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, o.lang.Say(done))
	return nil
}
