package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"podium/cluster"
	"podium/cluster/record"
	"podium/i18n"
	"podium/lessons"
	"podium/tui"
)

// startRecording begins to record what happens on a cluster.
func startRecording(h home) func(*cluster.Cluster) (*record.Recorder, error) {
	return func(c *cluster.Cluster) (*record.Recorder, error) {
		return record.Start(h.recordings(), record.Head{
			Began: time.Now(), Provider: c.Provider, Cluster: c.Name, Namespace: c.Namespace, Podium: version,
		})
	}
}

func replayCommand(o *options, say func(string) string) *cobra.Command {
	return &cobra.Command{Use: "replay [FILE]", Short: say("replay"), Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return o.replay(c.Context(), args) }}
}

func recordCommand(o *options, say func(string) string) *cobra.Command {
	root := &cobra.Command{Use: "record", Short: say("record"), Args: func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("unknown-command", "Word", args[0])
		}
		return usage("record-what")
	}, RunE: func(*cobra.Command, []string) error { return nil }}
	list := &cobra.Command{Use: "list", Short: say("record-list"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.recordings(c.OutOrStdout()) }}
	e := export{}
	write := &cobra.Command{Use: "export [FILE]", Short: say("record-export"), Args: atMostOne,
		RunE: func(c *cobra.Command, args []string) error { return o.export(c.Context(), c.OutOrStdout(), e, args) }}
	flags := write.Flags()
	flags.StringVarP(&e.out, "out", "o", "", say("flag-out"))
	flags.StringVar(&e.from, "from", "", say("flag-from"))
	flags.StringVar(&e.to, "to", "", say("flag-to"))
	flags.StringVar(&e.size, "size", "120x40", say("flag-size"))
	flags.Float64Var(&e.rate, "speed", 1, say("flag-export-speed"))
	root.AddCommand(list, write)
	return root
}

func atMostOne(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage("one-recording")
	}
	return nil
}

// recording opens the recording that is named: a file, one of podium's own by
// its name, or the newest.
func (o *options) recording(args []string) (*record.Recording, error) {
	h, err := findHome()
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		all := recordingsIn(h)
		if len(all) == 0 {
			return nil, i18n.Errorf(nil, i18n.M("cli.record-none"))
		}
		return record.Open(all[0])
	}
	path := args[0]
	if _, err := os.Stat(path); err != nil && filepath.Base(path) == path {
		path = filepath.Join(h.recordings(), strings.TrimSuffix(path, record.Suffix)+record.Suffix)
	}
	return record.Open(path)
}

// recordingsIn lists the recordings, newest first.
func recordingsIn(h home) []string {
	all, _ := filepath.Glob(filepath.Join(h.recordings(), "*"+record.Suffix))
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(changed(b).Compare(changed(a)), cmp.Compare(b, a)) })
	return all
}

func changed(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// replay shows a recording on the terminal.
func (o *options) replay(ctx context.Context, args []string) error {
	film, err := o.recording(args)
	if err != nil {
		return err
	}
	defer film.Close()
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) {
		return i18n.Errorf(nil, i18n.M("cli.no-terminal"))
	}
	h, err := findHome()
	if err != nil {
		return err
	}
	log, err := h.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	return o.draw(h, func(drawn func() error) error {
		opts := o.replaying(h, film)
		opts.Drawn = drawn
		return tui.Run(ctx, opts)
	})
}

// replaying is the screen of a recording.
func (o *options) replaying(h home, film *record.Recording) tui.Options {
	return tui.Options{
		Replay: film, Provider: film.Head().Provider, Lang: o.lang, Look: o.look(), Log: h.crash(),
		LoadLessons: func() ([]lessons.Lesson, error) { return o.load(true) },
	}
}

// recordings lists what there is to replay.
func (o *options) recordings(out io.Writer) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	all := recordingsIn(h)
	if len(all) == 0 {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.record-none")))
		return nil
	}
	for _, path := range all {
		name := strings.TrimSuffix(filepath.Base(path), record.Suffix)
		film, err := record.Open(path)
		if err != nil {
			fmt.Fprintf(out, "%-28s %s\n", name, o.lang.Say(i18n.Explain(err)))
			continue
		}
		size := int64(0)
		if info, err := os.Stat(path); err == nil {
			size = info.Size()
		}
		fmt.Fprintf(out, "%-28s %s\n", name, o.lang.Say(i18n.M("cli.record-row",
			"Provider", film.Head().Provider, "Minutes", film.To().Sub(film.From()).Round(time.Second).String(),
			"Changes", film.Len(), "Commands", len(film.CommandsUntil(film.To())), "KiB", (size+1023)/1024)))
		_ = film.Close()
	}
	return nil
}

// export is how a recording becomes a cast.
type export struct {
	out, from, to, size string
	rate                float64
}

// The sizes and rates that make a picture.
const (
	mostCells           = 500
	leastRate, mostRate = 0.1, 100
)

func (o *options) export(ctx context.Context, stdout io.Writer, e export, args []string) error {
	c := tui.Cast{Speed: e.rate}
	width, height, ok := strings.Cut(e.size, "x")
	var err, err2 error
	c.Width, err = strconv.Atoi(width)
	c.Height, err2 = strconv.Atoi(height)
	if !ok || err != nil || err2 != nil || c.Width < 40 || c.Height < 12 || c.Width > mostCells || c.Height > mostCells {
		return usage("export-size", "Size", e.size)
	}
	if !(e.rate >= leastRate && e.rate <= mostRate) {
		return usage("export-speed", "Speed", e.rate, "Least", leastRate, "Most", mostRate)
	}
	film, err := o.recording(args)
	if err != nil {
		return err
	}
	defer film.Close()
	if c.From, err = momentIn(film, e.from, film.From()); err != nil {
		return err
	}
	if c.To, err = momentIn(film, e.to, film.To()); err != nil {
		return err
	}
	if !c.From.Before(c.To) {
		return usage("export-span", "From", clock(film.From()), "To", clock(film.To()))
	}
	h, err := findHome()
	if err != nil {
		return err
	}
	if e.out == "" {
		return tui.WriteCast(ctx, o.replaying(h, film), c, stdout)
	}
	file, err := os.Create(e.out)
	if err == nil {
		if err = tui.WriteCast(ctx, o.replaying(h, film), c, file); err != nil {
			_ = file.Close()
			return err
		}
		err = file.Close()
	}
	if err != nil {
		return i18n.Errorf(err, i18n.M("cli.export-unwritable", "Problem", plain(err)))
	}
	fmt.Fprintln(stdout, o.lang.Say(i18n.M("cli.export-done", "File", e.out)))
	return nil
}

func clock(t time.Time) string { return t.Local().Format(time.TimeOnly) }

// momentIn reads a moment of a recording: how long after its beginning ("1m30s"),
// or a time of its day ("12:01:08").
func momentIn(film *record.Recording, text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	from, to := film.From(), film.To()
	if after, err := time.ParseDuration(text); err == nil {
		text = clock(from.Add(after))
		if at := from.Add(after); after >= 0 && !at.After(to) {
			return at, nil
		}
	} else if at, err := time.Parse(time.TimeOnly, text); err == nil {
		year, month, day := from.Local().Date()
		for range 2 { // it may have gone on past midnight
			when := time.Date(year, month, day, at.Hour(), at.Minute(), at.Second(), 0, time.Local)
			if !when.Before(from.Add(-time.Second)) && !when.After(to.Add(time.Second)) {
				return when, nil
			}
			day++
		}
	}
	return time.Time{}, usage("export-moment", "Moment", text, "From", clock(from), "To", clock(to))
}
