package tui

import (
	"context"
	"runtime/debug"
	"sync"

	tea "charm.land/bubbletea/v2"
)

// jobs waits for the commands that hold something open: Bubble Tea abandons
// those that still run when the program ends, and an abandoned one could leave
// a half-made cluster behind.
type jobs struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
}

func newJobs(ctx context.Context) *jobs {
	ctx, cancel := context.WithCancel(ctx)
	return &jobs{ctx: ctx, cancel: cancel}
}

// cmd makes a command of do, which must return soon after its context ends. One
// that Bubble Tea starts after close does nothing.
func (j *jobs) cmd(do func(context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		j.mu.Lock()
		if j.closed {
			j.mu.Unlock()
			return nil
		}
		j.wg.Add(1)
		j.mu.Unlock()
		defer j.wg.Done()
		return do(j.ctx)
	}
}

// next makes a command that waits for what a channel brings and returns it as msg
// makes it; nothing comes of a channel that is closed, or of none.
func next[T any](j *jobs, from <-chan T, msg func(T) tea.Msg) tea.Cmd {
	if from == nil {
		return nil
	}
	return j.cmd(func(ctx context.Context) tea.Msg {
		select {
		case value, ok := <-from:
			if ok {
				return msg(value)
			}
		case <-ctx.Done():
		}
		return nil
	})
}

// close ends all jobs and waits for them.
func (j *jobs) close() {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.cancel()
	j.wg.Wait()
}

// A crash is a panic somewhere in the screen.
type crash struct {
	reason any
	stack  []byte
}

// A guard keeps a panic in the model or in one of its commands from reaching
// the terminal: the program ends in order, and [Run] tells what happened.
type guard struct {
	model tea.Model
	last  tea.View
	crash *crash
	early tea.Cmd // of what came before Bubble Tea began
}

// Init implements [tea.Model].
func (g *guard) Init() tea.Cmd { return tea.Batch(g.early, guarded(g.model.Init())) }

// Update implements [tea.Model].
func (g *guard) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	defer func() {
		if reason := recover(); reason != nil {
			next, cmd = g.fail(crash{reason, debug.Stack()})
		}
	}()
	if c, ok := msg.(crash); ok {
		return g.fail(c)
	}
	if g.crash != nil { // View panicked, which can't end the program by itself
		return g, tea.Quit
	}
	g.model, cmd = g.model.Update(msg)
	return g, guarded(cmd)
}

func (g *guard) fail(c crash) (tea.Model, tea.Cmd) {
	if g.crash == nil {
		g.crash = &c
	}
	return g, tea.Quit
}

// View implements [tea.Model]. A model that can't be drawn is drawn as it last
// could, until the program has ended.
func (g *guard) View() (view tea.View) {
	if g.crash != nil {
		return g.last
	}
	defer func() {
		if reason := recover(); reason != nil {
			g.crash = &crash{reason, debug.Stack()}
			view = g.last
		}
	}()
	g.last = g.model.View()
	return g.last
}

// guarded turns a panic in a command, or in one of a batch, into a message.
func guarded(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if reason := recover(); reason != nil {
				msg = crash{reason, debug.Stack()}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			safe := make(tea.BatchMsg, len(batch))
			for i, c := range batch {
				safe[i] = guarded(c)
			}
			return safe
		}
		return msg
	}
}
