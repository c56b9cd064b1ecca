package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"podium/cluster"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
)

// How often, and on how many clusters at once, lessons may be proven: beyond
// that a machine is only kept busy.
const (
	mostTimes = 100
	mostJobs  = 8
)

func verifyCommand(o *options, say func(string) string) *cobra.Command {
	v := &proving{options: o}
	c := &cobra.Command{Use: "verify [ID…]", Short: say("verify"),
		RunE: func(c *cobra.Command, args []string) error { return v.verify(c.Context(), c.OutOrStdout(), args) }}
	c.Flags().IntVar(&v.times, "times", 1, say("flag-times"))
	c.Flags().IntVar(&v.jobs, "jobs", 1, say("flag-jobs"))
	c.Flags().BoolVar(&v.practice, "faults", false, say("flag-faults"))
	c.Flags().Uint64Var(&v.seed, "seed", 1, say("flag-seed"))
	return c
}

// A proving goes through lessons on clusters of its own, in homes that are gone
// afterwards, so that the learner's is never touched.
type proving struct {
	*options
	times, jobs int
	practice    bool   // prove the practice ground's faults, not the lessons
	seed        uint64 // of the first round; each later one takes the next

	mu     sync.Mutex // guards what follows, and the lines of the table
	out    io.Writer
	passed int
	failed []string // lesson, step and check of each
}

// A turn is one lesson to be proven, for the nth time.
type turn struct {
	lesson lessons.Lesson
	round  int
}

func (v *proving) verify(ctx context.Context, out io.Writer, ids []string) error {
	v.out = out
	if v.times < 1 || v.times > mostTimes || v.jobs < 1 || v.jobs > mostJobs {
		return usage("verify-bounds", "Times", mostTimes, "Jobs", mostJobs)
	}
	chosen, err := v.sound(ids)
	if err != nil {
		return err
	}
	began := time.Now()
	names := make([]string, len(chosen))
	turns := make(chan turn, len(chosen)*v.times)
	for round := range v.times {
		if v.practice && round > 0 { // the same faults with other values
			if chosen, err = v.sound(ids); err != nil {
				return err
			}
		}
		v.seed++
		for i, l := range chosen {
			names[i] = l.ID
			turns <- turn{l, round + 1}
		}
	}
	close(turns)
	fmt.Fprintln(out, v.lang.Say(i18n.M("cli.verify-head", "Lessons", strings.Join(names, ", "), "Provider", v.provider)))
	say := func(id string) string { return v.lang.Say(i18n.M("cli.verify-column-" + id)) }
	v.row(say("lesson"), say("step"), say("check"), "", say("took"))
	lanes, laneCtx := errgroup.WithContext(ctx)
	for range min(v.jobs, len(turns)) {
		lanes.Go(func() error { return v.lane(laneCtx, turns) })
	}
	if err := lanes.Wait(); err != nil {
		return err
	}
	return v.total(len(chosen), time.Since(began))
}

// sound returns the lessons with these IDs if a strict reading finds nothing
// wrong with the course; every mistake is told.
func (v *proving) sound(ids []string) ([]lessons.Lesson, error) {
	all, err := v.load(false)
	if v.practice {
		all, err = v.loadFaults(v.seed, false)
	}
	if err == nil {
		return pick(all, ids)
	}
	found := lessons.Mistakes(err)
	for _, mistake := range found {
		fmt.Fprintln(v.out, v.lang.Say(mistake))
	}
	fmt.Fprintln(v.out, v.lang.Say(i18n.M("cli.lint-failed", "Count", len(found))))
	return nil, errSaid
}

// lane proves one lesson after the other on a cluster of its own.
func (v *proving) lane(ctx context.Context, turns <-chan turn) (err error) {
	// A short path: a unix socket's has about a hundred bytes.
	dir, err := os.MkdirTemp("", "podium")
	if err != nil {
		return i18n.Errorf(err, i18n.M("cli.home", "Dir", os.TempDir(), "Problem", plain(err)))
	}
	defer func() { v.leave(dir, err) }()
	h := home(dir)
	log, err := h.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	own := *v.options
	own.cluster = "podium-verify-" + strings.TrimPrefix(filepath.Base(dir), "podium")
	provider := own.keeper(h, detach) // nothing need be kept: it is deleted
	c, err := provider.Open(ctx, func(cluster.Stage) {})
	if err != nil {
		return err
	}
	err = v.prove(ctx, h, c, turns)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), deleteLimit)
	defer cancel()
	if c.Shared { // where others learn too, the namespace stays as podium up leaves it: with nothing in it
		ground := lessons.Ground{Namespace: c.Namespace}
		return errors.Join(err, ground.Empty(closing, c.Config), c.Close(closing))
	}
	return errors.Join(err, c.Close(closing), provider.Delete(closing))
}

// leave removes a lane's home, unless its logs may tell why something failed.
func (v *proving) leave(dir string, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.failed) > 0 || err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(v.out, v.lang.Say(i18n.M("cli.verify-kept", "Dir", dir)))
		return
	}
	_ = os.RemoveAll(dir) // what is left of it is in the machine's temporary files
}

// deleteLimit is how long removing the cluster that lessons were proven on may
// take: an engine removes containers one by one.
const deleteLimit = 2 * time.Minute

// prove goes through lessons on c.
func (v *proving) prove(ctx context.Context, h home, c *cluster.Cluster, turns <-chan turn) error {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	stream, err := follow(watching, c)
	if err != nil {
		return err
	}
	hub := lab.Follow(stream)
	for t := range turns {
		lines := v.prompt(h)
		lines.Folder = filepath.Join(string(h), "files", t.lesson.ID)
		if _, err := lessons.Verify(ctx, t.lesson.On(lab.Offers(c)...), lab.New(c, lines, hub), func(r lessons.Row) { v.note(t, r) }); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// note prints a check as it ends, and what was seen if it failed.
func (v *proving) note(t turn, r lessons.Row) {
	v.mu.Lock()
	defer v.mu.Unlock()
	name := r.Lesson
	if v.times > 1 {
		name += fmt.Sprintf(" %d/%d", t.round, v.times)
	}
	check := v.lang.Say(r.Check.Message())
	v.row(name, r.Step, check, mark(r.OK), fmt.Sprintf("%.1f s", r.Took.Seconds()))
	if r.OK {
		v.passed++
		return
	}
	why := ansi.Strip(v.lang.Say(r.Why))
	v.failed = append(v.failed, fmt.Sprintf("%s, %s, %s: %s", name, r.Step, check, why))
	fmt.Fprintf(v.out, "      %s\n", why)
	for _, line := range r.Evidence {
		fmt.Fprintf(v.out, "        %s\n", ansi.Strip(v.lang.Say(line)))
	}
}

// total says how it went: every failure once more, and a last line that says all.
func (v *proving) total(lessons int, took time.Duration) error {
	count := i18n.M("cli.verify-lessons", "Count", lessons)
	times := i18n.M("cli.verify-times", "Count", v.times)
	spent := took.Round(time.Second).String()
	if len(v.failed) == 0 {
		fmt.Fprintln(v.out, v.lang.Say(i18n.M("cli.verify-ok", "Count", v.passed, "Lessons", count, "Times", times, "Took", spent)))
		return nil
	}
	fmt.Fprintln(v.out)
	for _, line := range v.failed {
		fmt.Fprintln(v.out, line)
	}
	fmt.Fprintln(v.out, v.lang.Say(i18n.M("cli.verify-failed", "Count", len(v.failed), "All", v.passed+len(v.failed),
		"Lessons", count, "Times", times, "Took", spent)))
	return errSaid
}

func mark(ok bool) string {
	if ok {
		return "ok"
	}
	return "FAIL"
}

// row prints a line of the table.
func (v *proving) row(lesson, step, check, ok, took string) {
	fmt.Fprintf(v.out, "%s %s %s %s %8s\n", column(lesson, 15), column(step, 20), column(check, 36), column(ok, 4), took)
}
