package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

const (
	maxScript   = 64 << 10 // bytes of one script: bounds the parser's recursion
	maxValue    = 64 << 10 // bytes of one variable
	maxCaptured = 1 << 20  // bytes of one command substitution
	maxDepth    = 200      // functions, subshells and sourced files inside each other
)

// shell is one shell process. A subshell is a copy.
type shell struct {
	machine  *Machine
	name     string // $0
	params   []string
	vars     map[string]expand.Variable
	funcs    map[string]*syntax.Stmt
	traps    map[string]string
	dir      string
	status   int
	files    [10]stream
	term     <-chan struct{}
	budget   *budget
	depth    int
	jobs     *sync.WaitGroup
	options  options
	tested   int // > 0 inside a condition, where `set -e` does not apply
	scanner  *lineReader
	pid      int
	terminal *Terminal // of an interactive shell's own commands
}

type options struct{ errexit, nounset, xtrace, noglob bool }

// stream is one file descriptor.
type stream struct {
	r io.Reader
	w io.Writer
}

// How a statement can leave the ones around it.
type (
	exitFlow   struct{ code int }
	returnFlow struct{ code int }
	loopFlow   struct {
		levels int
		again  bool
	}
)

func (exitFlow) Error() string   { return "exit" }
func (returnFlow) Error() string { return "return" }
func (loopFlow) Error() string   { return "break" }

func newShell(m *Machine, environ []string, dir string, s Streams, term <-chan struct{}) *shell {
	sh := &shell{
		machine: m, name: "sh", dir: dir, term: term, budget: &budget{}, jobs: &sync.WaitGroup{},
		vars: map[string]expand.Variable{}, funcs: map[string]*syntax.Stmt{}, traps: map[string]string{},
	}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			sh.vars[name] = expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: value}
		}
	}
	if _, ok := sh.vars["PATH"]; !ok {
		sh.vars["PATH"] = expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: defaultPath}
	}
	sh.vars["PWD"] = expand.Variable{Set: true, Exported: true, Kind: expand.String, Str: dir}
	sh.files[0], sh.files[1], sh.files[2] = stream{r: s.In}, stream{w: s.Out}, stream{w: s.Err}
	return sh
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// subshell is a copy whose changes stay its own.
func (s *shell) subshell() *shell {
	c := *s
	c.vars, c.funcs, c.traps = maps.Clone(s.vars), maps.Clone(s.funcs), map[string]string{}
	c.params = append([]string(nil), s.params...)
	c.depth++
	return &c
}

func (s *shell) out() io.Writer { return writer(s.files[1].w) }
func (s *shell) err() io.Writer { return writer(s.files[2].w) }

func (s *shell) complain(format string, args ...any) {
	fmt.Fprintf(s.err(), s.name+": "+format+"\n", args...)
}

// source parses and runs a script in this shell.
func (s *shell) source(ctx context.Context, script string) error {
	file, err := s.parse(script)
	if err != nil {
		s.complain("%s", err)
		s.status = 2
		return exitFlow{2}
	}
	return s.stmts(ctx, file.Stmts)
}

func (s *shell) parse(script string) (*syntax.File, error) {
	if len(script) > maxScript {
		return nil, fmt.Errorf("script too long: at most %d bytes", maxScript)
	}
	parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
	file, err := parser.Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, fmt.Errorf("syntax error: %w", err)
	}
	splitBraces(file)
	return file, nil
}

// finish runs the EXIT trap and turns flow into an exit status.
func (s *shell) finish(ctx context.Context, flow error) int {
	var exit exitFlow
	if errors.As(flow, &exit) {
		s.status = exit.code
	}
	if trap, ok := s.traps["EXIT"]; ok {
		delete(s.traps, "EXIT")
		code := s.status
		if err := s.source(ctx, trap); errors.As(err, &exit) {
			code = exit.code
		}
		s.status = code
	}
	return s.status & 0xff
}

func (s *shell) stmts(ctx context.Context, list []*syntax.Stmt) error {
	for _, st := range list {
		if err := s.stmt(ctx, st); err != nil {
			return err
		}
		if err := s.signalled(ctx); err != nil {
			return err
		}
	}
	return nil
}

// signalled runs the trap for SIGTERM between two commands, as a shell does.
func (s *shell) signalled(ctx context.Context) error {
	trap, ok := s.traps["TERM"]
	if !ok || s.term == nil {
		return nil
	}
	select {
	case <-s.term:
		delete(s.traps, "TERM")
		return s.source(ctx, trap)
	default:
		return nil
	}
}

// stmt runs one statement: its redirections, then its command.
func (s *shell) stmt(ctx context.Context, st *syntax.Stmt) error {
	if ctx.Err() != nil {
		return exitFlow{130}
	}
	if err := s.budget.step(ctx); err != nil {
		return exitFlow{130}
	}
	if st.Background {
		return s.background(ctx, st)
	}
	saved := s.files
	undo, err := s.redirect(ctx, st.Redirs)
	if err != nil {
		s.complain("%s", reason(err))
		s.files, s.status = saved, 1
		undo()
		return nil
	}
	if st.Negated {
		s.tested++
	}
	err = s.command(ctx, st.Cmd)
	undo()
	if c, ok := st.Cmd.(*syntax.CallExpr); !ok || !isBareExec(c) {
		s.files = saved
	}
	if st.Negated {
		s.tested--
		s.status = boolStatus(s.status != 0)
	}
	if err == nil && s.status != 0 && s.options.errexit && s.tested == 0 && !isCondition(st.Cmd) && !st.Negated {
		return exitFlow{s.status}
	}
	return err
}

// isBareExec says that a statement is `exec` with redirections alone, which
// stay in force.
func isBareExec(c *syntax.CallExpr) bool {
	return len(c.Args) == 1 && c.Args[0].Lit() == "exec"
}

func isCondition(cmd syntax.Command) bool {
	b, ok := cmd.(*syntax.BinaryCmd)
	return ok && b.Op != syntax.Pipe && b.Op != syntax.PipeAll
}

func (s *shell) background(ctx context.Context, st *syntax.Stmt) error {
	forked, ok := s.machine.fork()
	if !ok {
		return s.cannotFork()
	}
	sub := s.subshell()
	copied := *st
	copied.Background = false
	sub.files[0] = stream{r: strings.NewReader("")}
	pid, end := s.machine.begin("sh")
	s.setVar("!", fmt.Sprint(pid))
	s.status = 0
	s.jobs.Go(func() {
		defer forked()
		defer end()
		defer sub.survive(&sub.status)
		_ = sub.stmt(ctx, &copied)
	})
	return nil
}

func (s *shell) cannotFork() error {
	s.complain("can't fork: Resource temporarily unavailable")
	s.status = 2
	return exitFlow{2}
}

// survive turns a panic in one script into that script's end: a mistake in the
// interpreter must never take the cluster down.
func (s *shell) survive(status *int) {
	if r := recover(); r != nil {
		*status = 2
		fmt.Fprintf(s.err(), "%s: this command is not supported here\n", s.name)
	}
}

func boolStatus(ok bool) int {
	if ok {
		return 0
	}
	return 1
}

// capture runs statements in a subshell and returns what they print.
func (s *shell) capture(ctx context.Context, w io.Writer, list []*syntax.Stmt) error {
	if s.depth >= maxDepth {
		return errTooDeep
	}
	sub := s.subshell()
	limited := &limitedWriter{w: w, left: maxCaptured}
	sub.files[1] = stream{w: limited}
	err := sub.stmts(ctx, list)
	s.status = sub.finish(ctx, err)
	if limited.left < 0 {
		return errors.New("the output of a command substitution is too long")
	}
	return nil
}

var errTooDeep = errors.New("too many shells inside each other")

// limitedWriter fails once more than left bytes have been written.
type limitedWriter struct {
	mu   sync.Mutex
	w    io.Writer
	left int
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left -= len(p); l.left < 0 {
		return 0, errors.New("too much output")
	}
	return l.w.Write(p)
}

// lockedWriter lets several commands write to one stream. Output and errors
// share a lock, because they may be the same stream.
type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func (s Streams) locked() Streams {
	mu := &sync.Mutex{}
	return Streams{In: s.In, Out: lockedWriter{mu, writer(s.Out)}, Err: lockedWriter{mu, writer(s.Err)}}
}

func writer(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}
