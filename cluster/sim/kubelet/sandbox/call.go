package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// call runs a simple command: assignments, then a function, builtin, command of
// the machine or script, looked up in that order.
func (s *shell) call(ctx context.Context, c *syntax.CallExpr) error {
	args, err := s.fields(ctx, c.Args...)
	if err != nil {
		return s.expansionFailed(err)
	}
	if len(args) == 0 {
		s.status = 0
		for _, a := range c.Assigns {
			if err := s.assign(ctx, a); err != nil {
				return s.expansionFailed(err)
			}
		}
		return nil
	}
	saved := map[string]expand.Variable{}
	for _, a := range c.Assigns {
		saved[a.Name.Value] = s.vars[a.Name.Value]
		if err := s.assign(ctx, a); err != nil {
			return s.expansionFailed(err)
		}
		v := s.vars[a.Name.Value]
		v.Exported = true
		s.vars[a.Name.Value] = v
	}
	if s.options.xtrace {
		fmt.Fprintf(s.err(), "+ %s\n", strings.Join(args, " "))
	}
	flow := s.invoke(ctx, args)
	for name, v := range saved {
		s.vars[name] = v
	}
	return flow
}

// invoke runs a command by its words.
func (s *shell) invoke(ctx context.Context, args []string) error {
	if body, ok := s.funcs[args[0]]; ok {
		return s.function(ctx, body, args)
	}
	if b, ok := builtins[args[0]]; ok {
		return b(ctx, s, args)
	}
	s.status = s.run(ctx, args)
	return nil
}

func (s *shell) function(ctx context.Context, body *syntax.Stmt, args []string) error {
	if s.depth >= maxDepth {
		s.complain("%s", errTooDeep)
		return exitFlow{2}
	}
	saved := s.params
	s.params = args[1:]
	s.depth++
	err := s.stmt(ctx, body)
	s.depth--
	s.params = saved
	var ret returnFlow
	if errors.As(err, &ret) {
		s.status = ret.code
		return nil
	}
	return err
}

// run runs a command that is not the shell's own and returns its status.
func (s *shell) run(ctx context.Context, args []string) int {
	command, script, err := s.machine.find(s, args[0])
	switch {
	case errors.Is(err, syscall.EACCES):
		s.complain("%s: Permission denied", args[0])
		return 126
	case err != nil:
		s.complain("%s: not found", args[0])
		return 127
	case s.depth >= maxDepth:
		s.complain("%s", errTooDeep)
		return 2
	case script != "":
		return s.script(ctx, script, args)
	}
	_, end := s.machine.begin(strings.Join(args, " "))
	defer end()
	return command(ctx, &Call{
		Machine: s.machine, Args: args, Env: s.getVar, Environ: s.environ(), Dir: s.dir,
		Stdin: s.input(), Stdout: s.out(), Stderr: s.err(), Term: s.term, Terminal: s.terminal, depth: s.depth + 1, budget: s.budget,
	})
}

// script runs a file as a shell script.
func (s *shell) script(ctx context.Context, content string, args []string) int {
	sub := newShell(s.machine, s.environ(), s.dir, Streams{In: s.files[0].r, Out: s.out(), Err: s.err()}, s.term)
	sub.name, sub.params, sub.depth, sub.budget = path.Base(args[0]), args[1:], s.depth+1, s.budget
	return sub.finish(ctx, sub.source(ctx, content))
}

// systemDirs are where the machine's own commands seem to live.
var systemDirs = map[string]bool{
	"/bin": true, "/sbin": true, "/usr/bin": true, "/usr/sbin": true, "/usr/local/bin": true, "/usr/local/sbin": true, ".": true,
}

// find looks a command up: one of the machine's, or the content of a script.
func (m *Machine) find(s *shell, name string) (Command, string, error) {
	base := path.Base(name)
	if !strings.Contains(name, "/") || systemDirs[path.Dir(name)] {
		if c := m.command(base); c != nil {
			return c, "", nil
		}
	}
	var candidates []string
	if strings.Contains(name, "/") {
		candidates = []string{s.path(name)}
	} else {
		for _, dir := range strings.Split(s.getVar("PATH"), ":") {
			candidates = append(candidates, path.Join("/", dir, name))
		}
	}
	for _, file := range candidates {
		info, err := m.FS.Stat(file)
		if err != nil {
			continue
		}
		if info.IsDir() || info.Mode()&0o111 == 0 && !strings.HasSuffix(file, ".sh") {
			return nil, "", syscall.EACCES
		}
		content, err := m.FS.ReadFile(file)
		if err != nil || len(content) > maxScript {
			return nil, "", syscall.EACCES
		}
		if len(content) == 0 {
			content = []byte(":")
		}
		return nil, string(content), nil
	}
	return nil, "", syscall.ENOENT
}

// command returns a command by its plain name, or nil.
func (m *Machine) command(name string) Command {
	if c, ok := m.Commands[name]; ok {
		return c
	}
	if m.Has != nil && !m.Has(name) {
		return nil
	}
	return commands[name]
}

func (s *shell) input() io.Reader {
	if s.scanner != nil && s.scanner.from == s.files[0].r {
		return s.scanner
	}
	if s.files[0].r == nil {
		return strings.NewReader("")
	}
	return s.files[0].r
}

// redirect applies redirections. undo closes what was opened.
func (s *shell) redirect(ctx context.Context, list []*syntax.Redirect) (undo func(), err error) {
	var opened []io.Closer
	undo = func() {
		for _, c := range opened {
			_ = c.Close()
		}
	}
	for _, r := range list {
		if err := s.redirectOne(ctx, r, &opened); err != nil {
			return undo, err
		}
	}
	return undo, nil
}

func (s *shell) redirectOne(ctx context.Context, r *syntax.Redirect, opened *[]io.Closer) error {
	fd := defaultFD(r.Op)
	if r.N != nil {
		n, err := strconv.Atoi(r.N.Value)
		if err != nil || n < 0 || n >= len(s.files) {
			return fmt.Errorf("%s: bad file descriptor", r.N.Value)
		}
		fd = n
	}
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		text, err := expand.Document(s.config(ctx), r.Hdoc)
		if r.Op == syntax.DashHdoc {
			text = strings.TrimLeft(strings.ReplaceAll(text, "\n\t", "\n"), "\t")
		}
		s.files[fd] = stream{r: strings.NewReader(text)}
		return err
	case syntax.WordHdoc:
		text, err := s.literal(ctx, r.Word)
		s.files[fd] = stream{r: strings.NewReader(text + "\n")}
		return err
	}
	name, err := s.literal(ctx, r.Word)
	if err != nil {
		return err
	}
	if r.Op == syntax.DplOut || r.Op == syntax.DplIn {
		return s.duplicate(fd, name)
	}
	return s.open(fd, r.Op, name, opened)
}

func defaultFD(op syntax.RedirOperator) int {
	switch op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		return 0
	default:
		return 1
	}
}

func (s *shell) duplicate(fd int, name string) error {
	if name == "-" {
		s.files[fd] = stream{}
		return nil
	}
	n, err := strconv.Atoi(name)
	if err != nil || n < 0 || n >= len(s.files) {
		return fmt.Errorf("%s: bad file descriptor", name)
	}
	s.files[fd] = s.files[n]
	return nil
}

// standardFiles are the paths that mean a descriptor of the shell itself.
var standardFiles = map[string]int{
	"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2, "/dev/fd/0": 0, "/dev/fd/1": 1, "/dev/fd/2": 2,
	"/proc/self/fd/0": 0, "/proc/self/fd/1": 1, "/proc/self/fd/2": 2,
}

func (s *shell) open(fd int, op syntax.RedirOperator, name string, opened *[]io.Closer) error {
	if n, ok := standardFiles[name]; ok {
		s.files[fd] = s.files[n]
		return nil
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	switch op {
	case syntax.RdrIn:
		flags = os.O_RDONLY
	case syntax.RdrInOut:
		flags = os.O_RDWR | os.O_CREATE
	case syntax.AppOut, syntax.AppAll:
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	}
	file, err := s.machine.FS.Open(s.path(name), flags)
	if err != nil {
		return fmt.Errorf("can't open %s: %w", name, err)
	}
	*opened = append(*opened, file)
	s.files[fd] = stream{r: file, w: file}
	if op == syntax.RdrAll || op == syntax.AppAll {
		s.files[2] = s.files[fd]
	}
	return nil
}

// reason is an error in a shell's words, the same on every platform.
func reason(err error) string {
	for _, known := range []struct {
		err  error
		text string
	}{
		{syscall.ENOENT, "No such file or directory"}, {syscall.ENOTDIR, "Not a directory"},
		{syscall.EISDIR, "Is a directory"}, {syscall.EEXIST, "File exists"}, {syscall.EROFS, "Read-only file system"},
		{syscall.ENOSPC, "No space left on device"}, {syscall.ENOTEMPTY, "Directory not empty"},
		{syscall.EACCES, "Permission denied"}, {syscall.EBUSY, "Device or resource busy"}, {syscall.ELOOP, "Symbolic link loop"},
		{syscall.EINVAL, "Invalid argument"}, {syscall.EBADF, "Bad file descriptor"},
	} {
		if errors.Is(err, known.err) {
			var p *os.PathError
			if errors.As(err, &p) { // what stands around it stays
				return strings.TrimSuffix(err.Error(), p.Error()) + known.text
			}
			return known.text
		}
	}
	return err.Error()
}
