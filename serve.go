package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/wait"

	"podium/classroom"
	"podium/cluster"
	"podium/confine"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/prompt"
	"podium/serve"
	"podium/talk"
	"podium/tui"
)

// A serving is how podium is to serve: `podium serve`'s flags.
type serving struct {
	keys, listen           string
	labs, watchers, memory int
}

// What the flags can be.
const (
	mostGuests  = 200
	leastMemory = 128
)

func serveCommand(o *options, say func(string) string) *cobra.Command {
	s := serving{}
	c := &cobra.Command{Use: "serve", Short: say("serve"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case s.keys == "":
				return usage("serve-keys")
			case s.labs < 0 || s.labs > mostGuests || s.watchers < 0 || s.watchers > mostGuests || s.memory < leastMemory:
				return usage("serve-limits", "Most", mostGuests, "Least", leastMemory)
			}
			if lacking := confine.Supported(); s.labs > 0 && lacking != nil {
				alone := i18n.M("cli.serve-unconfined")
				if errors.Is(lacking, confine.ErrCgo) {
					alone = i18n.M("cli.serve-cgo")
				}
				if c.Flags().Changed("labs") {
					return i18n.Errorf(lacking, alone)
				}
				s.labs = 0
				fmt.Fprintln(c.OutOrStdout(), o.lang.Say(alone))
			}
			return o.serve(c.Context(), c.OutOrStdout(), s)
		}}
	flags := c.Flags()
	flags.StringVar(&s.keys, "keys", "", say("flag-keys"))
	flags.StringVar(&s.listen, "listen", "127.0.0.1:2323", say("flag-listen"))
	flags.IntVar(&s.labs, "labs", 20, say("flag-labs"))
	flags.IntVar(&s.watchers, "watchers", 100, say("flag-watchers"))
	flags.IntVar(&s.memory, "memory", 512, say("flag-memory"))
	return c
}

// A hall is what podium serves: a cluster, and the lessons that are given there.
type hall struct {
	*options
	home    home
	stage   home // of the lab that is watched: a talk's own, while one is given
	serving serving
	cluster *cluster.Cluster
	hub     *lab.Hub
	lessons []lessons.Lesson
	server  *serve.Server
	port    string // that it listens at
}

// serve lets guests in until ctx ends, or the instructor leaves the overview.
func (o *options) serve(ctx context.Context, out io.Writer, s serving) error {
	home, err := findHome()
	if err != nil {
		return err
	}
	h := &hall{options: o, home: home, stage: home}
	if o.provider == "sim" && talk.UnderWay(home.live()) {
		h.stage, s.labs = home.talks(), 0
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.serve-talk")))
	}
	h.serving = s
	if h.lessons, err = o.load(true); err != nil && len(h.lessons) == 0 {
		return err
	}
	h.server, err = serve.New(serve.Options{
		HostKey: h.path("host_key"), Keys: s.keys, Names: h.path("names.json"),
		Watch: h.watch, Lab: h.labs(), MostWatchers: s.watchers, MostLabs: s.labs,
	})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return i18n.Errorf(err, i18n.M("cli.serve-listen", "Address", s.listen, "Problem", plain(err)))
	}
	defer listener.Close()
	if err := h.open(ctx, out); err != nil {
		return err
	}
	defer h.close()
	_, h.port, _ = net.SplitHostPort(listener.Addr().String())
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.serve-ready", "Address", listener.Addr().String(), "Key", h.server.HostKey())))
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.serve-watch", "Port", h.port)))
	if s.labs > 0 {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.serve-lab", "Port", h.port, "Count", s.labs)))
	}
	return h.run(ctx, listener)
}

// run serves, with the overview on the terminal if there is one.
func (h *hall) run(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lost := i18n.Errorf(nil, i18n.M("cli.serve-lost"))
	if h.cluster.Done != nil {
		go func() {
			select {
			case <-h.cluster.Done:
				cancel(lost)
			case <-ctx.Done():
			}
		}()
	}
	served := make(chan error, 1)
	go func() {
		served <- h.server.Serve(ctx, listener)
		cancel(nil)
	}()
	if term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()) {
		_ = h.draw(h.home, func(drawn func() error) error {
			o := h.overview(ctx)
			o.Drawn = drawn
			return tui.Run(ctx, o)
		})
		cancel(nil)
	}
	err := <-served
	if cause := context.Cause(ctx); cause == error(lost) {
		return cause
	}
	return err
}

// open looks on at the cluster that runs, or else starts one.
func (h *hall) open(ctx context.Context, out io.Writer) error {
	var status cluster.Status
	err := wait.PollUntilContextCancel(ctx, time.Second/2, true, func(ctx context.Context) (running bool, err error) {
		status, err = h.keeper(h.stage, drive).Status(ctx)
		coming := h.stage != h.home && talk.UnderWay(h.home.live()) // up, by the talk's own podium
		return status.Running || !coming, err
	})
	if err != nil {
		return err
	}
	want := drive
	if status.Running {
		want = look
	}
	h.cluster, err = advised(h.keeper(h.stage, want))(ctx, func(s cluster.Stage) {
		if s.Done && want == drive {
			fmt.Fprintf(out, "%6.1f s  %s\n", s.Elapsed.Seconds(), h.lang.Say(s.Message))
		}
	})
	if err != nil {
		return err
	}
	snapshots, err := follow(ctx, h.cluster)
	if err != nil {
		h.close()
		return err
	}
	h.hub = lab.Follow(snapshots)
	return nil
}

func (h *hall) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = h.cluster.Close(ctx)
}

// path is a file of the server's own, which no learner can reach.
func (h *hall) path(names ...string) string {
	return filepath.Join(append([]string{string(h.home), "serve"}, names...)...)
}

// lab is a learner's own home, the only folder they can reach.
func (h *hall) lab(learner string) home { return home(h.path("labs", learner)) }

// onlook is the screen of somebody who changes nothing.
func (h *hall) onlook() tui.Options {
	return tui.Options{
		Open: tui.Onlook(h.cluster),
		Watch: func(ctx context.Context, _ *cluster.Cluster) (<-chan cluster.Snapshot, error) {
			return h.hub.Glance(ctx), nil
		},
		Provider: h.provider, Lessons: h.lessons, Lang: h.lang, Log: h.home.crash(), Prompt: prompt.Options{Language: h.lang},
	}
}

// watch shows a guest the presenter's lab.
func (h *hall) watch(ctx context.Context, g serve.Guest) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o := h.onlook()
	o.Lang, o.Mirror = g.Lang, classroom.Follow(ctx, h.stage.standing())
	o.Remote = &tui.Remote{In: g.In, Out: g.Out, Env: g.Env, Size: g.Size, Sizes: g.Sizes}
	err := tui.Run(ctx, o)
	if ctx.Err() != nil {
		return nil
	}
	return err
}
