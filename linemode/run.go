package linemode

import (
	"context"
	"strings"
	"time"

	"podium/cluster/record"
	"podium/cluster/why"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/prompt"
)

// entered begins the step that the session has come to: its words, its requests
// and what unfolds in it.
func (g *guide) entered(ctx context.Context) error {
	g.endLoad()
	g.save()
	g.place()
	if g.practising() && !g.session.Done() {
		g.roundBegan()
	}
	g.tellStep(true)
	g.told = g.stands()
	step := g.session.Step()
	if g.session.Done() || g.session.Rereading() {
		return nil
	}
	if step.Traffic != nil {
		loading, cancel := context.WithCancel(ctx)
		stats, err := g.lab().Traffic(loading, *step.Traffic)
		if err != nil {
			cancel()
			return g.refused(ctx, err)
		}
		g.load, g.unload = stats, cancel
		g.say("plain.traffic", "Rate", step.Traffic.Rate, "Service", step.Traffic.Service)
	}
	for _, line := range step.Run {
		g.say("plain.runs")
		g.line("  " + line)
		if err := g.run(ctx, line); err != nil {
			return err
		}
	}
	return nil
}

// run runs a line and passes on what it writes. Ctrl-C ends it, and not podium.
func (g *guide) run(ctx context.Context, line string) error {
	o := g.options.Prompt
	o.Folder, o.Language = g.bench(), g.options.Lang
	o.Kubeconfig, o.Network = g.cluster.Kubeconfig, g.cluster.Socket
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	type outcome struct {
		command prompt.Command
		err     error
	}
	ended := make(chan outcome, 1)
	go func() {
		c, err := prompt.Follow(running, o, line, g.options.Keyboard, g.options.Out)
		ended <- outcome{c, err}
	}()
	for {
		select {
		case end := <-ended:
			if end.err != nil {
				return g.refused(ctx, end.err)
			}
			g.ran(false, lab.Judged(end.command))
			if end.command.Exit != 0 {
				g.say("plain.exit", "Status", end.command.Exit)
			}
			g.news(ctx)
			return nil
		case s, ok := <-g.snapshots:
			if ok {
				g.observe(s)
			}
		case <-g.options.Interrupts:
			cancel()
		}
	}
}

// ran keeps commands as causes of what follows and lets the session see those
// that are the learner's.
func (g *guide) ran(lesson bool, commands ...lessons.Command) {
	for _, c := range commands {
		if g.recorder != nil {
			g.recorder.Command(record.Command{Line: c.Line, Calls: c.Calls, Exit: c.Exit, Output: c.Output, Lesson: lesson, Started: c.Started, Ended: c.Ended})
		}
		g.past = g.past.Ran(why.Command{Line: c.Line, Calls: c.Calls, Output: c.Output, Exit: c.Exit, Lesson: lesson, Started: c.Started, Ended: c.Ended})
		if !lesson {
			g.session = g.session.Ran(c)
		}
	}
	g.place()
}

// waitMost is how long the choice wait waits: longer than any step needs.
const waitMost = 3 * time.Minute

// await waits until the step is met, and tells what happens meanwhile.
func (g *guide) await(ctx context.Context) error {
	err := g.awaitFor(ctx, waitMost)
	if err == nil && !g.session.Met() && !g.session.Broken() {
		g.say("plain.waited")
	}
	return err
}

func (g *guide) awaitFor(ctx context.Context, most time.Duration) error {
	limit := time.NewTimer(most)
	defer limit.Stop()
	tick := time.NewTicker(time.Second / 4)
	defer tick.Stop()
	for !g.session.Met() && !g.session.Broken() {
		select {
		case s, ok := <-g.snapshots:
			if !ok {
				return i18n.Errorf(nil, i18n.M("tui.lost"))
			}
			g.observe(s)
		case <-tick.C:
			g.measure()
		case <-limit.C:
			return nil
		case <-g.options.Interrupts:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
		g.news(ctx)
	}
	g.news(ctx)
	return nil
}

// How long a solution may take before the next step's state is made anew, and how
// long the session may need to see what it did.
const (
	playMost = 30 * time.Second
	seeMost  = 10 * time.Second
)

// onward goes on. A step that isn't met is played after the learner has said so
// twice.
func (g *guide) onward(ctx context.Context) error {
	s := g.session
	switch {
	case s.Rereading():
		g.session = s.Next()
		g.tellStep(true)
		return nil
	case s.Met():
		g.session = s.Next()
		return g.entered(ctx)
	case !g.going:
		g.going = true
		if len(s.Step().Goals) > 0 {
			g.say("plain.not-met")
		} else {
			g.say("plain.not-answered")
		}
		return nil
	}
	g.going = false
	if len(s.Step().Goals) > 0 {
		if done, err := g.play(ctx); err != nil || done {
			return err
		}
	}
	g.session = g.session.Skip()
	return g.entered(ctx)
}

// play does what the step asks, as a learner would, and reports whether the step
// is met by it or the next one was entered. Where it can't be met, the state that
// the next step starts from is made anew.
func (g *guide) play(ctx context.Context) (bool, error) {
	g.solution()
	d, lesson, step := g.lab(), g.session.Lesson(), g.session.Reached()
	limited, cancel := context.WithTimeout(ctx, playMost)
	defer cancel()
	if err := lessons.Play(limited, d, lesson, step); err != nil && ctx.Err() == nil {
		if g.practising() { // there is no next step
			return true, g.refused(ctx, err)
		}
		g.session = g.session.Skip()
		if err := g.reset(ctx); err != nil {
			return true, g.refused(ctx, err)
		}
		g.session = g.session.Restarted(g.newest)
		return true, g.entered(ctx)
	}
	commands := d.Commands()
	g.ran(true, commands...)
	for _, c := range commands {
		g.session = g.session.Ran(c)
		for line := range strings.Lines(c.Output) {
			g.line(strings.TrimRight(line, "\n"))
		}
	}
	err := g.awaitFor(ctx, seeMost)
	return g.session.Met(), err
}
