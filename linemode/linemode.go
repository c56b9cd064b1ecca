// Package linemode is podium without a screen: sentences one after the other, and
// numbered choices. It is for screen readers, for terminals that can't draw and
// for pipes.
//
//	input ─▶ ask ─▶ choice, answer or command ─┐
//	snapshots, requests ─▶ observe ────────────┴─▶ Session ─▶ sentences
//
// Nothing that was written is ever drawn over. The lab and the lessons are the
// screen's own; only what is said differs.
package linemode

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"podium/cluster"
	"podium/cluster/record"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/prompt"
)

// Options is what line mode needs from the rest of the program.
type Options struct {
	// Open opens the cluster; Run closes it.
	Open func(ctx context.Context, report func(cluster.Stage)) (*cluster.Cluster, error)

	// Watch returns the cluster's snapshots until ctx ends.
	Watch func(ctx context.Context, c *cluster.Cluster) (<-chan cluster.Snapshot, error)

	// Record begins to record what happens; Run closes it. Nil records nothing.
	Record func(c *cluster.Cluster) (*record.Recorder, error)

	Lessons      []lessons.Lesson
	LoadFaults   func(seed uint64) ([]lessons.Lesson, error) // the practice ground's; nil where there is none
	StartLesson  string                                      // ID of the lesson to begin with
	StartRound   *lessons.Round                              // of practice to begin with
	StartReview  bool                                        // begin with what is due; without any of them, the list of lessons
	ProgressPath string                                      // where the learner's progress is kept
	CardsPath    string                                      // and how well the learner remembers
	Note         string                                      // file that keeps which lesson was the last on the cluster

	Lang   i18n.Language
	Prompt prompt.Options // Folder holds a folder for each lesson

	In         io.Reader
	Keyboard   *os.File // what commands read from; nil where In is no terminal
	Out        io.Writer
	Interrupts <-chan os.Signal // Ctrl-C: ends the command that runs, or podium
}

// errLeave says that the learner wants to leave.
var errLeave = errors.New("leave")

// Run teaches until the learner leaves or the input ends. The error has the
// sentence for what went wrong.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	progress, err := lessons.LoadProgress(o.ProgressPath)
	g := &guide{options: o, progress: progress, input: newInput(o.In), stop: func() {}}
	if err != nil {
		g.tell(i18n.Explain(err))
	}
	defer g.close()
	err = g.start(ctx)
	for err == nil {
		err = g.home(ctx)
	}
	switch {
	case errors.Is(err, errLeave):
		g.say("plain.bye")
		return nil
	case errors.Is(err, io.EOF) && g.input.empty.Err() != nil:
		return i18n.Errorf(nil, i18n.M("cli.no-terminal"))
	case errors.Is(err, io.EOF):
		return nil
	}
	return err
}

// start begins where the learner wants to.
func (g *guide) start(ctx context.Context) error {
	switch o := g.options; {
	case o.StartRound != nil:
		return g.practise(ctx, *o.StartRound)
	case o.StartReview:
		if err := g.review(ctx); err != nil || len(g.cards()) == 0 {
			return err
		}
		return errLeave // five minutes a day, and no lesson after them
	case o.StartLesson != "":
		return g.lesson(ctx, o.StartLesson)
	}
	return g.home(ctx)
}

// close lets everything go that is open.
func (g *guide) close() {
	g.stop()
	g.save()
	if g.recorder != nil {
		_ = g.recorder.Close() // what could not be written was told
	}
	if g.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
		defer cancel()
		_ = g.cluster.Close(ctx)
	}
}

// closeLimit is how long closing the cluster may hold up the end.
const closeLimit = 15 * time.Second

// home lists the lessons and begins the one that is chosen.
func (g *guide) home(ctx context.Context) error {
	g.session = lessons.Session{}
	g.say("plain.lessons")
	for i, l := range g.options.Lessons {
		state := g.text("plain.lesson-new")
		if reached, ok := g.progress.Lessons[l.ID]; ok && !reached.Finished.IsZero() {
			state = g.text("plain.lesson-finished")
		} else if ok {
			state = g.text("plain.lesson-begun", "Done", len(reached.Done), "Steps", len(l.Steps))
		}
		words := l.Words[g.options.Lang]
		g.line(fmt.Sprintf("%d. %s: %s. %s", i+1, words.Title, words.Summary, state))
	}
	g.offerMore()
	for {
		said, err := g.ask(ctx, "plain.which")
		if err != nil {
			return err
		}
		n, failed := strconv.Atoi(said)
		switch {
		case failed == nil && n >= 1 && n <= len(g.options.Lessons):
			return g.lesson(ctx, g.options.Lessons[n-1].ID)
		case g.isWord(said, quit):
			return errLeave
		case g.isWord(said, practice):
			return g.practise(ctx, lessons.Round{})
		case g.isWord(said, review):
			return g.review(ctx)
		case said != "":
			for _, l := range g.options.Lessons {
				if l.ID == said {
					return g.lesson(ctx, said)
				}
			}
			g.say("plain.no-such-lesson", "Most", len(g.options.Lessons))
		}
	}
}

// open opens the cluster once, and begins to follow and record it.
func (g *guide) open(ctx context.Context) error {
	if g.cluster != nil {
		return nil
	}
	g.say("plain.opening")
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	// Without anything to read there is nothing to open a cluster for.
	defer context.AfterFunc(g.input.empty, stop)()
	c, err := g.options.Open(ctx, func(s cluster.Stage) {
		if s.Done {
			g.line(fmt.Sprintf("%s %.1f s", g.options.Lang.Say(s.Message), s.Elapsed.Seconds()))
		}
	})
	if g.input.empty.Err() != nil {
		if c != nil {
			g.cluster = c
		}
		return i18n.Errorf(nil, i18n.M("cli.no-terminal"))
	}
	if err != nil {
		return err
	}
	g.cluster = c
	return g.follow(context.WithoutCancel(ctx))
}

// follow subscribes to the cluster until podium ends.
func (g *guide) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	stop := g.stop
	g.stop = func() { stop(); cancel() }
	stream, err := g.options.Watch(ctx, g.cluster)
	if err != nil {
		return err
	}
	if g.options.Record != nil {
		if g.recorder, err = g.options.Record(g.cluster); err != nil {
			g.tell(i18n.Explain(err))
		}
	}
	g.hub = lab.Follow(stream)
	g.snapshots = g.hub.Subscribe(ctx)
	first, ok := <-g.snapshots
	if !ok {
		return i18n.Errorf(nil, i18n.M("tui.lost"))
	}
	g.observe(first)
	return nil
}

// An input hands out lines when they are asked for, so that a command can read
// the keyboard meanwhile.
type input struct {
	wanted chan struct{}
	lines  chan string
	empty  context.Context // ends when there is nothing at all to read
}

// mostLine bounds a line: no command is as long.
const mostLine = 64 << 10

// newInput reads in a goroutine that ends with the input, or with the process
// while it waits for the keyboard.
func newInput(from io.Reader) *input {
	empty, end := context.WithCancel(context.Background())
	in := &input{wanted: make(chan struct{}), lines: make(chan string, 1), empty: empty}
	reader := bufio.NewReaderSize(from, mostLine)
	go func() {
		defer close(in.lines)
		if _, err := reader.Peek(1); err != nil {
			end()
			return
		}
		for range in.wanted {
			line, err := reader.ReadString('\n')
			if line == "" && err != nil {
				return
			}
			in.lines <- strings.TrimSpace(line)
		}
	}()
	return in
}
