package sandbox

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// builtin runs in the shell itself and may change it or leave it.
type builtin func(ctx context.Context, s *shell, args []string) error

// builtins is filled by init: eval and the rest refer back to it.
var builtins map[string]builtin

func init() {
	builtins = map[string]builtin{
		":": succeed, "true": succeed, "false": fail,
		"cd": changeDir, "pwd": printDir, "exit": exitShell, "return": returnFrom,
		"break": breakLoop, "continue": continueLoop, "set": setOptions, "shift": shift, "unset": unset,
		"eval": eval, "source": sourceFile, ".": sourceFile, "exec": execute, "read": read,
		"trap": trap, "wait": waitJobs, "type": whatIs, "command": runCommand, "umask": succeed, "ulimit": succeed,
		"test": testBuiltin, "[": testBuiltin, "jobs": succeed, "kill": kill, "alias": succeed, "getopts": fail, "hash": succeed,
		"shopt": succeed,
	}
}

func succeed(_ context.Context, s *shell, _ []string) error { s.status = 0; return nil }
func fail(_ context.Context, s *shell, _ []string) error    { s.status = 1; return nil }

func changeDir(_ context.Context, s *shell, args []string) error {
	dir := s.getVar("HOME")
	if len(args) > 1 {
		dir = args[1]
	}
	if dir == "-" {
		dir = s.getVar("OLDPWD")
	}
	if dir == "" {
		dir = "/"
	}
	full := s.path(dir)
	info, err := s.machine.FS.Stat(full)
	switch {
	case err != nil:
		s.complain("cd: can't cd to %s: %s", dir, reason(err))
		s.status = 2
	case !info.IsDir():
		s.complain("cd: can't cd to %s: Not a directory", dir)
		s.status = 2
	default:
		s.setVar("OLDPWD", s.dir)
		s.dir, s.status = full, 0
		s.setVar("PWD", full)
	}
	return nil
}

func printDir(_ context.Context, s *shell, _ []string) error {
	fmt.Fprintln(s.out(), s.dir)
	s.status = 0
	return nil
}

func (s *shell) number(args []string, otherwise int) int {
	if len(args) < 2 {
		return otherwise
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		s.complain("%s: Illegal number: %s", args[0], args[1])
		return 2
	}
	return n
}

func exitShell(_ context.Context, s *shell, args []string) error {
	return exitFlow{s.number(args, s.status) & 0xff}
}

func returnFrom(_ context.Context, s *shell, args []string) error {
	return returnFlow{s.number(args, s.status) & 0xff}
}

func breakLoop(_ context.Context, s *shell, args []string) error {
	s.status = 0
	return loopFlow{levels: max(s.number(args, 1), 1)}
}

func continueLoop(_ context.Context, s *shell, args []string) error {
	s.status = 0
	return loopFlow{levels: max(s.number(args, 1), 1), again: true}
}

func setOptions(_ context.Context, s *shell, args []string) error {
	s.status = 0
	args = args[1:]
	for len(args) > 0 {
		a := args[0]
		if a == "--" {
			s.params = slices.Clone(args[1:])
			return nil
		}
		if len(a) < 2 || a[0] != '-' && a[0] != '+' {
			s.params = slices.Clone(args)
			return nil
		}
		args = args[1:]
		if a[1:] == "o" && len(args) > 0 {
			s.option(args[0], a[0] == '-')
			args = args[1:]
			continue
		}
		for _, f := range a[1:] {
			s.flag(f, a[0] == '-')
		}
	}
	return nil
}

func (s *shell) flag(f rune, on bool) {
	switch f {
	case 'e':
		s.options.errexit = on
	case 'u':
		s.options.nounset = on
	case 'x':
		s.options.xtrace = on
	case 'f':
		s.options.noglob = on
	}
}

func (s *shell) option(name string, on bool) {
	switch name {
	case "errexit":
		s.options.errexit = on
	case "nounset":
		s.options.nounset = on
	case "xtrace":
		s.options.xtrace = on
	case "noglob":
		s.options.noglob = on
	}
}

func shift(_ context.Context, s *shell, args []string) error {
	n := s.number(args, 1)
	if n < 0 || n > len(s.params) {
		s.status = 1
		return nil
	}
	s.params, s.status = s.params[n:], 0
	return nil
}

func unset(_ context.Context, s *shell, args []string) error {
	for _, name := range args[1:] {
		delete(s.vars, name)
		delete(s.funcs, name)
	}
	s.status = 0
	return nil
}

func eval(ctx context.Context, s *shell, args []string) error {
	return s.deeper(func() error { return s.source(ctx, strings.Join(args[1:], " ")) })
}

// deeper bounds how far scripts that run scripts nest.
func (s *shell) deeper(run func() error) error {
	if s.depth >= maxDepth {
		s.complain("%s", errTooDeep)
		return exitFlow{2}
	}
	s.depth++
	defer func() { s.depth-- }()
	return run()
}

func sourceFile(ctx context.Context, s *shell, args []string) error {
	if len(args) < 2 {
		s.complain("%s: filename argument required", args[0])
		s.status = 2
		return nil
	}
	content, err := s.machine.FS.ReadFile(s.path(args[1]))
	if err != nil {
		s.complain("%s: can't open '%s': %s", args[0], args[1], reason(err))
		s.status = 2
		return nil
	}
	flow := s.deeper(func() error { return s.source(ctx, string(content)) })
	var ret returnFlow
	if errors.As(flow, &ret) {
		s.status = ret.code
		return nil
	}
	return flow
}

// execute is `exec COMMAND`: the command takes the shell's place.
func execute(ctx context.Context, s *shell, args []string) error {
	if len(args) < 2 {
		s.status = 0
		return nil
	}
	return exitFlow{s.run(ctx, args[1:])}
}

func read(ctx context.Context, s *shell, args []string) error {
	if s.scanner == nil || s.scanner.from != s.files[0].r {
		s.scanner = &lineReader{from: s.files[0].r}
	}
	names := args[1:]
	for len(names) > 0 && strings.HasPrefix(names[0], "-") {
		names = names[1:]
	}
	if len(names) == 0 {
		names = []string{"REPLY"}
	}
	line, err := s.scanner.line()
	s.status = boolStatus(err == nil)
	if ctx.Err() != nil {
		return exitFlow{130}
	}
	rest := strings.TrimSpace(line)
	for i, name := range names {
		word := rest
		if i < len(names)-1 {
			word, rest, _ = strings.Cut(rest, " ")
			rest = strings.TrimLeft(rest, " \t")
		}
		s.setVar(name, word)
	}
	return nil
}

func trap(_ context.Context, s *shell, args []string) error {
	s.status = 0
	if len(args) < 3 {
		return nil
	}
	for _, sig := range args[2:] {
		sig = strings.TrimPrefix(strings.ToUpper(sig), "SIG")
		switch sig {
		case "0":
			sig = "EXIT"
		case "15":
			sig = "TERM"
		}
		if args[1] == "-" {
			delete(s.traps, sig)
			continue
		}
		s.traps[sig] = args[1]
	}
	return nil
}

// waitJobs waits for the background jobs; a trapped SIGTERM ends the wait.
func waitJobs(ctx context.Context, s *shell, _ []string) error {
	done := make(chan struct{})
	go func() { // ends with the jobs, which Run waits for
		s.jobs.Wait()
		close(done)
	}()
	var term <-chan struct{}
	if _, ok := s.traps["TERM"]; ok {
		term = s.term
	}
	s.status = 0
	select {
	case <-done:
	case <-ctx.Done():
	case <-term:
		s.status = 143
		return s.signalled(ctx)
	}
	return nil
}

func whatIs(_ context.Context, s *shell, args []string) error {
	s.status = 0
	for _, name := range args[1:] {
		_, isFunc := s.funcs[name]
		_, isBuiltin := builtins[name]
		switch {
		case isFunc:
			fmt.Fprintf(s.out(), "%s is a function\n", name)
		case isBuiltin:
			fmt.Fprintf(s.out(), "%s is a shell builtin\n", name)
		case s.machine.command(name) != nil:
			fmt.Fprintf(s.out(), "%s is /bin/%s\n", name, name)
		default:
			fmt.Fprintf(s.err(), "%s: not found\n", name)
			s.status = 127
		}
	}
	return nil
}

func runCommand(ctx context.Context, s *shell, args []string) error {
	args = args[1:]
	s.status = 0
	if len(args) > 1 && (args[0] == "-v" || args[0] == "-V") {
		_, isBuiltin := builtins[args[1]]
		switch {
		case isBuiltin:
			fmt.Fprintln(s.out(), args[1])
		case s.machine.command(path.Base(args[1])) != nil:
			fmt.Fprintln(s.out(), "/bin/"+path.Base(args[1]))
		default:
			s.status = 127
		}
		return nil
	}
	if len(args) == 0 {
		return nil
	}
	if b, ok := builtins[args[0]]; ok {
		return b(ctx, s, args)
	}
	s.status = s.run(ctx, args)
	return nil
}

// kill knows the container's first process only: it is what ends the container.
func kill(_ context.Context, s *shell, args []string) error {
	s.status = 0
	if len(args) > 1 && args[len(args)-1] == "1" && s.machine.Kill != nil {
		s.machine.Kill(slices.Contains(args, "-9") || slices.Contains(args, "-KILL"))
		return nil
	}
	if args[len(args)-1] == "-l" || args[len(args)-1] == "0" {
		return nil
	}
	s.complain("kill: (%s) - No such process", args[len(args)-1])
	s.status = 1
	return nil
}

// seconds reads a duration as sleep does: 1, 0.5, 10s, 2m, 1h, 1d.
func seconds(text string) (time.Duration, bool) {
	unit := time.Second
	for suffix, u := range map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour} {
		if t, ok := strings.CutSuffix(text, suffix); ok {
			text, unit = t, u
			break
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > 1e7 {
		return 0, false
	}
	return time.Duration(n * float64(unit)), true
}
