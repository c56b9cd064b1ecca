package serve

import (
	"context"
	"errors"
	"image"
	"io"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"

	"podium/i18n"
)

// A labSession is a learner in their lab.
type labSession struct {
	end  context.CancelCauseFunc // its cause is what the learner is told
	done chan struct{}
}

// farewell is how long a lab may take to keep its progress when its learner
// leaves.
const farewell = 5 * time.Second

// lab runs a learner's lab in a terminal of its own until either ends. A learner
// who comes in once more takes the lab over from their other window.
func (s *Server) lab(ctx context.Context, g Guest) error {
	if s.options.Lab == nil {
		return i18n.Errorf(nil, i18n.M("serve.watch-only"))
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	mine := &labSession{end: end, done: make(chan struct{})}
	if err := s.enter(ctx, g.Name, mine); err != nil {
		return err
	}
	defer s.leave(g.Name, mine)
	cmd, err := s.options.Lab(ctx, g)
	if err == nil {
		err = run(cmd, g, func() { end(nil) })
	}
	if ctx.Err() == nil {
		return err
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// enter waits until the learner's other window has ended.
func (s *Server) enter(ctx context.Context, name string, mine *labSession) error {
	for {
		s.mu.Lock()
		other := s.labs[name]
		if other == nil {
			defer s.mu.Unlock()
			if len(s.labs) >= s.options.MostLabs {
				return i18n.Errorf(nil, i18n.M("serve.labs-full", "Most", s.options.MostLabs))
			}
			s.labs[name] = mine
			return nil
		}
		s.mu.Unlock()
		other.end(i18n.Errorf(nil, i18n.M("serve.taken-over")))
		select {
		case <-other.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Server) leave(name string, mine *labSession) {
	s.mu.Lock()
	delete(s.labs, name)
	s.mu.Unlock()
	close(mine.done)
}

// End closes a learner's lab, if it is open, and tells them why.
func (s *Server) End(learner string, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.labs[learner]; l != nil {
		l.end(why)
	}
}

// run gives cmd a terminal and joins it to the guest's until one of them ends.
// It calls leave when the guest's input has ended; that must end cmd.
func run(cmd *exec.Cmd, g Guest, leave func()) error {
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = farewell
	terminal, err := pty.StartWithSize(cmd, winsize(g.Size))
	if err != nil {
		return i18n.Errorf(err, i18n.M("serve.no-pty", "Problem", err.Error()))
	}
	defer terminal.Close()
	go func() { // outlives the lab until the guest's next key
		_, _ = io.Copy(terminal, g.In)
		leave()
	}()
	ended := make(chan struct{})
	var resizing sync.WaitGroup
	resizing.Go(func() {
		for {
			select {
			case size, ok := <-g.Sizes:
				if !ok {
					return
				}
				_ = pty.Setsize(terminal, winsize(size))
			case <-ended:
				return
			}
		}
	})
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(g.Out, terminal)
		_, _ = io.Copy(io.Discard, terminal) // a guest who is gone holds nothing up
	}()
	err = cmd.Wait()
	close(ended)
	resizing.Wait()
	select {
	case <-drained:
	case <-time.After(time.Second): // a guest who doesn't read is not waited for
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return i18n.Errorf(err, i18n.M("serve.no-pty", "Problem", err.Error()))
	}
	return nil
}

func winsize(size image.Point) *pty.Winsize {
	return &pty.Winsize{Cols: uint16(size.X), Rows: uint16(size.Y)} //nolint:gosec // at most [largest]
}
