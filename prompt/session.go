package prompt

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"sync"
	"time"

	"github.com/charmbracelet/x/xpty"

	"podium/cluster/kubectl"
	"podium/i18n"
)

// session is one command in a pseudo-terminal, from its start until every
// goroutine that served it has ended.
type session struct {
	cmd  *exec.Cmd
	pty  xpty.Pty
	wire io.ReadWriteCloser // the pty's bytes; closing it wakes who waits for them
	out  *outbox            // towards the command
	done chan struct{}
}

// open starts cmd in a new pseudo-terminal of the given size.
func open(cmd *exec.Cmd, width, height int) (*session, error) {
	pty, err := xpty.NewPty(max(width, 2), max(height, 1))
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("prompt.no-terminal", "Reason", err.Error()))
	}
	wire, err := wireOf(pty)
	if err != nil {
		_ = pty.Close()
		return nil, i18n.Errorf(err, i18n.M("prompt.no-terminal", "Reason", err.Error()))
	}
	lead(cmd)
	if err := pty.Start(cmd); err != nil {
		_ = wire.Close()
		_ = pty.Close()
		return nil, i18n.Errorf(err, i18n.M("prompt.no-child", "Reason", err.Error()))
	}
	release(pty)
	return &session{cmd: cmd, pty: pty, wire: wire, out: newOutbox(), done: make(chan struct{})}, nil
}

// serve moves bytes until the command has ended and all it wrote was shown,
// and returns its exit code. replies is the emulator's side: what it answers is
// sent to the command; endReplies ends reading from it.
func (s *session) serve(ctx context.Context, replies io.Reader, endReplies func(), show func([]byte)) int {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { hangUp(s.cmd, ended) })
	defer stop()

	var pumps sync.WaitGroup
	pumps.Go(func() { _, _ = io.Copy(s.out, replies) })
	pumps.Go(func() { s.out.deliver(s.wire) })
	drained := make(chan struct{})
	hurry := make(chan struct{})
	go func() {
		defer close(drained)
		s.read(show, hurry)
	}()

	err := xpty.WaitProcess(context.WithoutCancel(ctx), s.cmd)
	close(ended)
	killGroup(s.cmd)
	close(hurry)
	s.drain(drained)
	_ = s.wire.Close()
	_ = s.pty.Close()
	<-drained
	endReplies()
	s.out.close()
	pumps.Wait()
	return exitCode(s.cmd, err)
}

// drain waits until what the command left in the terminal has been read. A
// descendant that got away may hold the terminal open: it is not waited for.
func (s *session) drain(drained <-chan struct{}) {
	limit := time.NewTimer(drainLimit)
	defer limit.Stop()
	select {
	case <-drained:
	case <-limit.C:
	}
}

// read shows what the command writes until the terminal is gone. It rests when
// a flood takes more than its share of a core, until hurry is closed.
func (s *session) read(show func([]byte), hurry <-chan struct{}) {
	buffer := make([]byte, 4<<10)
	var p pace
	for {
		n, err := s.wire.Read(buffer)
		if n > 0 {
			began := time.Now()
			show(buffer[:n])
			now := time.Now()
			if rest := p.after(now, now.Sub(began)); rest > 0 {
				pause(rest, hurry)
			}
		}
		if err != nil {
			return
		}
	}
}

func pause(rest time.Duration, hurry <-chan struct{}) {
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-hurry:
	}
}

// hangUp asks the command's processes to end, and makes them after
// [kubectl.Grace] unless the command has ended.
func hangUp(cmd *exec.Cmd, ended <-chan struct{}) {
	interruptGroup(cmd)
	timer := time.NewTimer(kubectl.Grace)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		killGroup(cmd)
	}
}

// exitCode is the code a shell would report: 128 and the signal's number for a
// command that a signal ended.
func exitCode(cmd *exec.Cmd, err error) int {
	if cmd.ProcessState == nil {
		return 127
	}
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return 128 + signalNumber(cmd)
	}
	return 1
}
