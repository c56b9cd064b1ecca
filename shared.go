package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"podium/cluster"
	"podium/cluster/kubeconfig"
	"podium/i18n"
)

// shared returns the provider of a cluster that belongs to others.
func (o *options) shared(h home) *kubeconfig.Provider {
	return kubeconfig.New(kubeconfig.Options{
		Home: filepath.Join(h.provider(kubeconfig.Name), o.learner), File: o.config, Context: o.context, Learner: o.learner, Confirmed: o.confirmed,
	})
}

// confirm asks for the name of a context that looks like production, where
// somebody can be asked. Elsewhere opening it fails and says what to do.
func (o *options) confirm(in *os.File, out io.Writer) error {
	if o.provider != kubeconfig.Name || o.confirmed != "" || !term.IsTerminal(in.Fd()) {
		return nil
	}
	provider := o.shared("")
	err := provider.Check(context.Background())
	if !errors.Is(err, kubeconfig.ErrProduction) {
		return nil // it is fine, or fails later with its own sentence
	}
	fmt.Fprint(out, o.lang.Say(provider.Question(err)))
	answer, _ := bufio.NewReader(in).ReadString('\n') // what ended early isn't the name
	if o.confirmed = strings.TrimSpace(answer); o.confirmed != o.context {
		return err
	}
	return nil
}

// join prepares the learner's namespace and says how to use it.
func (o *options) join(ctx context.Context, out io.Writer) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	c, err := advised(o.shared(h))(ctx, func(s cluster.Stage) {
		if s.Done {
			fmt.Fprintf(out, "%6.1f s  %s\n", s.Elapsed.Seconds(), o.lang.Say(s.Message))
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n\n  export KUBECONFIG=%s\n", o.lang.Say(i18n.M("cli.joined", "Context", c.Name, "Namespace", c.Namespace)), c.Kubeconfig)
	return c.Close(ctx)
}

// class prepares the cluster for a number of learners.
func (o *options) class(ctx context.Context, out io.Writer, learners int) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	dir := filepath.Join(h.provider(kubeconfig.Name), "class")
	err = o.shared(h).Class(ctx, learners, dir, func(s kubeconfig.Seat) {
		fmt.Fprintf(out, "%s  %s  %s\n", s.Namespace, s.Expires.Local().Format(time.DateOnly), s.Kubeconfig)
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.class", "Count", learners, "Context", o.context)))
	return nil
}

// leave removes what podium made on the cluster, if asked to; nothing else is
// podium's to stop.
func (o *options) leave(ctx context.Context, out io.Writer, remove bool) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	if !remove {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.leave-stays", "Context", o.context)))
		return nil
	}
	err = o.shared(h).Remove(ctx, func(kind, name string) { fmt.Fprintf(out, "- %s %s\n", kind, name) })
	if err != nil {
		return err
	}
	if err := os.RemoveAll(h.provider(kubeconfig.Name)); err != nil {
		return i18n.Errorf(err, i18n.M("cli.home", "Dir", h.provider(kubeconfig.Name), "Problem", plain(err)))
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.leave-removed", "Context", o.context)))
	return nil
}

func (o *options) sharedStatus(out io.Writer, status cluster.Status) error {
	said := i18n.M("cli.shared-none", "Context", o.context, "Namespace", kubeconfig.NamespaceOf(o.learner))
	if status.Exists {
		said = i18n.M("cli.shared-there", "Context", o.context, "Namespace", kubeconfig.NamespaceOf(o.learner), "Since", status.Since.Local().Format(time.DateTime))
	}
	fmt.Fprintln(out, o.lang.Say(said))
	return nil
}

func rbacCommand(say func(string) string) *cobra.Command {
	return &cobra.Command{Use: "rbac", Short: say("rbac"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return rbac(c.OutOrStdout()) }}
}

// rbac prints the roles that podium asks a cluster's administrator for.
func rbac(out io.Writer) error {
	for _, role := range kubeconfig.Roles() {
		text, err := yaml.Marshal(role)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "---\n%s", text)
	}
	return nil
}
