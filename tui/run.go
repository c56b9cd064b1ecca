package tui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/mattn/go-runewidth"

	"podium/i18n"
	"podium/ownfile"
)

// fps is how often the terminal is written to at most, and how often a screen at
// rest is looked at. Snapshots come no more often than every 60 ms.
const fps = 30

// Run shows the screen until the learner leaves it or ctx ends, and closes the
// cluster. Its error has a sentence for the learner; the terminal is as it was.
func Run(ctx context.Context, opts Options) error {
	// Libraries that measure text would take a Korean locale for a terminal that
	// draws box lines two cells wide; the terminal itself is asked instead.
	runewidth.DefaultCondition.EastAsianWidth = false

	m := New(ctx, opts)
	g := &guard{model: m}
	if len(opts.Program) == 0 && opts.Remote == nil {
		g.first(os.Stdout)
	}
	if opts.Drawn != nil {
		if err := opts.Drawn(); err != nil {
			undoFirst(os.Stdout)
			m.end()
			return err
		}
	}
	options, begun := opts.Program, func(*tea.Program) {}
	if opts.Remote != nil {
		options = slices.Concat(options, opts.Remote.options())
		begun = func(p *tea.Program) { go opts.Remote.follow(m.jobs.ctx, p) }
	}
	err := show(ctx, g, opts.Log, begun, options...)
	m.end()
	return cmp.Or(err, m.talk.left)
}

// show draws a model until it ends or ctx does. begun gets the program that does
// it before it runs.
func show(ctx context.Context, g *guard, log string, begun func(*tea.Program), options ...tea.ProgramOption) error {
	// Signals end ctx; Bubble Tea's own handler would wait for ever on a program
	// that has ended meanwhile.
	options = append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFPS(fps)}, options...)
	program := tea.NewProgram(g, options...)
	begun(program)
	_, err := program.Run()
	switch {
	case g.crash != nil:
		return crashed(log, *g.crash)
	case err == nil, errors.Is(err, tea.ErrInterrupted):
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return i18n.Errorf(err, i18n.M("tui.no-screen", "Problem", err.Error()))
}

// end lets everything go that the screen had open, and keeps the progress.
func (m *Model) end() {
	m.jobs.close()
	m.prompt.Close()
	if m.course.prober != nil {
		m.course.prober.Stop()
	}
	if s := m.scene.Session; !s.IsZero() && !m.course.trial && m.course.known && !m.scene.Lab.ReadOnly {
		_ = m.scene.Progress.With(s.Lesson().ID, s.Progress()).Save(m.opts.ProgressPath)
	}
	if now := m.layoutNow(); m.opts.LayoutPath != "" && !now.equal(m.layout.saved) {
		_ = ownfile.Save(m.opts.LayoutPath, now)
	}
	m.talk.left = m.endTalk()
	if r := m.recorder.Load(); r != nil {
		_ = r.Close() // what could not be written was told
	}
	if c := m.opened.Load(); c != nil {
		shut(c)
	}
}

// crashed writes what is known of a crash to the log and makes the one sentence
// of it.
func crashed(log string, c crash) error {
	text := fmt.Appendf(nil, "%v\n\n%s", c.reason, c.stack)
	if err := os.WriteFile(log, text, 0o600); err != nil {
		return i18n.Errorf(fmt.Errorf("%v", c.reason), i18n.M("tui.crashed-unlogged"))
	}
	return i18n.Errorf(fmt.Errorf("%v", c.reason), i18n.M("tui.crashed", "File", log))
}
