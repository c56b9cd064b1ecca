package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"podium/cluster"
	"podium/cluster/sim"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
)

// verify proves lessons on a cluster of their own, in a home that is gone
// afterwards, so that the learner's is never touched.
func (o *options) verify(ctx context.Context, out io.Writer, ids []string) error {
	chosen, err := o.named(ids, false)
	if err != nil {
		return err
	}
	// A short path: a unix socket's has about a hundred bytes.
	dir, err := os.MkdirTemp("", "podium")
	if err != nil {
		return i18n.Errorf(err, i18n.M("cli.home", "Dir", os.TempDir(), "Problem", plain(err)))
	}
	defer os.RemoveAll(dir)
	h := home(dir)
	log, err := h.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	names := make([]string, len(chosen))
	for i, l := range chosen {
		names[i] = l.ID
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.verify-head", "Lessons", strings.Join(names, ", "))))
	provider := sim.New(sim.Options{Home: h.sim(), Workers: o.workers, Speed: o.speed, Plane: o.plane})
	c, err := provider.Open(ctx, func(cluster.Stage) {})
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
		defer cancel()
		_ = c.Close(closing) // the plane ends with this process in any case
	}()
	return o.prove(ctx, out, h, c, chosen)
}

// prove verifies lessons one after the other on c and prints a table.
func (o *options) prove(ctx context.Context, out io.Writer, h home, c *cluster.Cluster, chosen []lessons.Lesson) error {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	stream, err := follow(watching, c)
	if err != nil {
		return err
	}
	hub := lab.Follow(stream)
	say := func(id string) string { return o.lang.Say(i18n.M("cli.verify-column-" + id)) }
	o.row(out, say("lesson"), say("step"), say("check"), "", say("took"))
	passed, failed := 0, 0
	for _, l := range chosen {
		lines := o.prompt(h)
		lines.Folder = filepath.Join(string(h), "files", l.ID)
		report, err := lessons.Verify(ctx, l, lab.New(c, lines, hub), func(r lessons.Row) {
			o.row(out, r.Lesson, r.Step, o.lang.Say(r.Check.Message()), mark(r.OK), fmt.Sprintf("%.1f s", r.Took.Seconds()))
			if !r.OK {
				fmt.Fprintf(out, "      %s\n", ansi.Strip(o.lang.Say(r.Why)))
			}
		})
		if err != nil {
			return err
		}
		failed += len(report.Failed())
		passed += len(report.Rows) - len(report.Failed())
	}
	if failed > 0 {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.verify-failed", "Count", failed)))
		return errSaid
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.verify-ok", "Count", passed)))
	return nil
}

func mark(ok bool) string {
	if ok {
		return "ok"
	}
	return "FAIL"
}

// row prints a line of the table.
func (o *options) row(out io.Writer, lesson, step, check, ok, took string) {
	fmt.Fprintf(out, "%s %s %s %s %8s\n", column(lesson, 12), column(step, 20), column(check, 36), column(ok, 4), took)
}
