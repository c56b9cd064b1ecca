package sandbox

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"sync"
	"time"
)

// Run runs one command line, not through a shell unless it names one, as a
// container runtime does. dir is the working directory. It returns the exit
// status once the command and everything it started have ended.
func (m *Machine) Run(ctx context.Context, args, environ []string, dir string, streams Streams, term <-chan struct{}) (status int) {
	ctx, cancel := context.WithCancel(ctx)
	sh := newShell(m, environ, dir, streams.locked(), term)
	sh.name = path.Base(args[0])
	defer sh.jobs.Wait()
	defer cancel()
	defer sh.survive(&status)
	return sh.exec(ctx, args)
}

// Executable says whether a command could be started at all: a runtime reports
// one that can't before the container runs.
func (m *Machine) Executable(args, environ []string, dir string) bool {
	sh := newShell(m, environ, dir, Streams{}, nil)
	_, _, err := m.find(sh, args[0])
	return err == nil
}

func (s *shell) exec(ctx context.Context, args []string) int {
	command, script, err := s.machine.find(s, args[0])
	switch {
	case err != nil:
		return 127
	case script != "":
		return s.script(ctx, script, args)
	}
	return command(ctx, &Call{
		Machine: s.machine, Args: args, Env: s.getVar, Environ: s.environ(), Dir: s.dir,
		Stdin: s.input(), Stdout: s.out(), Stderr: s.err(), Term: s.term, Terminal: s.terminal, budget: s.budget, depth: s.depth + 1,
	})
}

// shellCommand is sh, bash and ash: `sh -c SCRIPT`, `sh FILE`, or commands from
// the standard input.
func shellCommand(ctx context.Context, c *Call) (status int) {
	sh := newShell(c.Machine, c.Environ, c.Dir, Streams{In: c.Stdin, Out: c.Stdout, Err: c.Stderr}, c.Term)
	sh.name, sh.depth = path.Base(c.Args[0]), c.depth
	if c.budget != nil {
		sh.budget = c.budget
	}
	jobs, cancel := context.WithCancel(ctx)
	defer sh.jobs.Wait()
	defer cancel()
	defer sh.survive(&status)
	if sh.depth >= maxDepth {
		sh.complain("%s", errTooDeep)
		return 2
	}
	args, script := sh.flags(c.Args[1:])
	switch {
	case script && len(args) == 0:
		sh.complain("-c requires an argument")
		return 2
	case script:
		if len(args) > 1 {
			sh.name, sh.params = args[1], args[2:]
		}
		return sh.finish(jobs, sh.source(jobs, args[0]))
	case len(args) > 0:
		content, err := c.Machine.FS.ReadFile(sh.path(args[0]))
		if err != nil {
			sh.complain("can't open '%s': %s", args[0], reason(err))
			return 2
		}
		sh.name, sh.params = args[0], args[1:]
		return sh.finish(jobs, sh.source(jobs, string(content)))
	case c.Terminal != nil:
		return sh.interact(jobs, c.Terminal)
	default:
		return sh.fromInput(jobs)
	}
}

// flags reads sh's options; the result says whether -c was among them.
func (s *shell) flags(args []string) (rest []string, script bool) {
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		flag := args[0]
		args = args[1:]
		if flag == "--" {
			break
		}
		if strings.HasPrefix(flag, "--") {
			continue // --login, --norc
		}
		if flag == "-o" && len(args) > 0 {
			s.option(args[0], true)
			args = args[1:]
			continue
		}
		for _, f := range flag[1:] {
			if f == 'c' {
				script = true
				continue
			}
			s.flag(f, flag[0] == '-')
		}
	}
	return args, script
}

// fromInput runs what comes on the standard input, statement by statement, so
// that `kubectl exec -i` answers each line.
func (s *shell) fromInput(ctx context.Context) int {
	s.scanner = &lineReader{from: s.files[0].r}
	var pending strings.Builder
	for {
		line, err := s.scanner.line()
		pending.WriteString(line)
		if err == nil && s.incomplete(pending.String()) {
			continue
		}
		script := pending.String()
		pending.Reset()
		if strings.TrimSpace(script) != "" {
			if flow := s.source(ctx, script); flow != nil {
				return s.finish(ctx, flow)
			}
		}
		if err != nil || ctx.Err() != nil {
			return s.finish(ctx, nil)
		}
	}
}

// lineReader reads lines without taking more than a line from its source, so
// that the rest is there for the commands that the line starts.
type lineReader struct {
	from io.Reader
}

func (l *lineReader) line() (string, error) {
	var line []byte
	var one [1]byte
	for len(line) < maxScript {
		n, err := l.Read(one[:])
		if n == 1 {
			line = append(line, one[0])
			if one[0] == '\n' {
				return string(line), nil
			}
		}
		if err != nil {
			return string(line), err
		}
	}
	return string(line), errors.New("line too long")
}

func (l *lineReader) Read(p []byte) (int, error) {
	if l.from == nil {
		return 0, io.EOF
	}
	return l.from.Read(p)
}

// budget slows a script down that never rests. It is shared by the shells of
// one Run.
type budget struct {
	mu    sync.Mutex
	steps int
	seed  uint32
}

const (
	stepsAtOnce = 512                   // statements between two rests
	stepRest    = 10 * time.Millisecond // about 50,000 statements a second
	stepsFree   = 4096                  // a short script is not slowed down at all
)

func (b *budget) step(ctx context.Context) error {
	b.mu.Lock()
	b.steps++
	rest := b.steps > stepsFree && b.steps%stepsAtOnce == 0
	b.mu.Unlock()
	if !rest {
		return nil
	}
	return sleep(ctx, stepRest, nil)
}

// random is $RANDOM: a plain generator is enough and can be repeated.
func (b *budget) random() uint32 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seed = b.seed*1103515245 + 12345
	return b.seed >> 16 & 0x7fff
}

// sleep waits for d, or less when ctx or interrupt ends.
func sleep(ctx context.Context, d time.Duration, interrupt <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-interrupt:
		return context.Canceled
	case <-ctx.Done():
		return ctx.Err()
	}
}

// RunTerminal is Run for a command whose standard streams are a terminal. It
// reads from the terminal until ctx ends or the terminal's input does.
func (m *Machine) RunTerminal(ctx context.Context, args, environ []string, dir string, t *Terminal) (status int) {
	ctx, cancel := context.WithCancel(ctx)
	sh := newShell(m, environ, dir, Streams{In: t, Out: t, Err: t}.locked(), nil)
	sh.name, sh.terminal = path.Base(args[0]), t
	defer sh.jobs.Wait()
	defer cancel()
	defer sh.survive(&status)
	go t.pump(ctx) // ends with its input, which the caller closes
	if !isShell(sh.name) {
		running, done := t.foreground(ctx)
		defer done()
		ctx = running
	}
	return sh.exec(ctx, args)
}

func isShell(name string) bool { return name == "sh" || name == "bash" || name == "ash" }
