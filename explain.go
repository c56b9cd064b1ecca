package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/panes"
)

// explainLimit is how long explain waits for a cluster's first list: a plane on
// a busy machine needs a few seconds.
const explainLimit = 20 * time.Second

// explain prints a kind's entry of the resource map.
func (o *options) explain(ctx context.Context, out io.Writer, word string) error {
	k, ok := cluster.FindKind(word)
	if !ok {
		return unknownKind(word)
	}
	say := func(id string, pairs ...any) string { return o.lang.Say(i18n.M(id, pairs...)) }
	scope := "map.cluster-wide"
	if k.Namespaced {
		scope = "map.namespaced"
	}
	fmt.Fprintf(out, "%s  %s  %s\n%s\n\n", k.Kind, k.GroupVersion(), say(scope), say("kind."+strings.ToLower(k.Kind)))
	lines := []string{say("cli.explain-names", "Names", strings.Join(k.Names()[1:], ", "))}
	if chain := panes.ChainText(o.lang, k, "▸"); chain != "" {
		lines = append(lines, chain)
	}
	counted, err := o.countKind(ctx, k)
	if err != nil {
		return err
	}
	lines = append(lines, o.lang.Say(counted), say("cli.explain-fields", "Kind", strings.ToLower(k.Kind)))
	fmt.Fprintln(out, strings.Join(lines, "\n"))
	return nil
}

// countKind says how many objects of a kind the running cluster holds.
func (o *options) countKind(ctx context.Context, k cluster.Kind) (i18n.Message, error) {
	h, err := findHome()
	if err != nil {
		return i18n.Message{}, err
	}
	provider := o.keeper(h, look)
	if status, err := provider.Status(ctx); err != nil || !status.Running {
		return i18n.M("cli.explain-down"), err
	}
	ctx, cancel := context.WithTimeout(ctx, explainLimit)
	defer cancel()
	c, err := provider.Open(ctx, func(cluster.Stage) {})
	if err != nil {
		return i18n.Message{}, err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }() // it was there before and stays
	snapshots, err := follow(ctx, c)
	if err != nil {
		return i18n.Message{}, err
	}
	s, ok := <-snapshots
	all := len(s.Objects[k.GroupKind()])
	switch {
	case !ok:
		return i18n.Message{}, context.Cause(ctx)
	case slices.Contains(s.Missing, k.GroupKind()):
		return i18n.M("cli.explain-forbidden"), nil
	case !k.Namespaced:
		return i18n.M("cli.explain-count", "All", all), nil
	}
	return i18n.M("cli.explain-counts", "All", all, "Ours", len(s.In(k.GroupKind(), c.Namespace)), "Namespace", c.Namespace), nil
}

// unknownKind names the nearest kinds, by cobra's own measure of what a mistyped
// word may have meant, or all of them.
func unknownKind(word string) error {
	names := &cobra.Command{SuggestionsMinimumDistance: 2}
	var all []string
	for _, k := range cluster.Kinds() {
		all = append(all, k.Names()[0])
		names.AddCommand(&cobra.Command{Use: k.Names()[0], Run: func(*cobra.Command, []string) {}})
	}
	if near := names.SuggestionsFor(strings.ToLower(word)); len(near) > 0 && len(near) <= 3 {
		return usage("unknown-kind-near", "Word", word, "Near", strings.Join(near, ", "))
	}
	return usage("unknown-kind", "Word", word, "Kinds", strings.Join(all, ", "))
}
