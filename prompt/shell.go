package prompt

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"

	"podium/cluster/kubectl"
	"podium/i18n"
)

// shell runs scripts: the interpreter does the pipes and lists, every command
// is one of ours.
type shell struct {
	options Options
	folder  folder
	term    string
}

// ours marks a command's name on its way through the interpreter, so that none
// of its builtins is ever meant.
const ours = "podium:"

// run runs a script to its end and returns its exit code. What went wrong
// before or between commands is said on stderr.
func (s shell) run(ctx context.Context, script Script, stdin *os.File, stdout, stderr io.Writer) int {
	options := append(s.folder.options(),
		interp.Env(expand.ListEnviron("PATH=")), // nothing of the host's is on it
		interp.Dir(s.folder.path),
		interp.StdIO(stdin, stdout, stderr),
		interp.CallHandler(func(_ context.Context, args []string) ([]string, error) {
			return append([]string{ours + args[0]}, args[1:]...), nil
		}),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return s.exec }),
	)
	runner, err := interp.New(options...)
	if err == nil {
		err = runner.Run(ctx, script.file)
	}
	var code interp.ExitStatus
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		return interrupted
	case errors.As(err, &code):
		return int(code)
	}
	s.say(stderr, err)
	return 1
}

func (s shell) say(w io.Writer, err error) {
	tell(w, s.options.Language, i18n.Explain(err))
}

// exec is called by the interpreter for every command.
func (s shell) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	name, args := strings.TrimPrefix(args[0], ours), args[1:]
	std := stdio{in: hc.Stdin, out: hc.Stdout, err: hc.Stderr}
	var err error
	switch words[name] {
	case roleKubectl:
		// Words may have become flags only now, by a pattern that matched files.
		if err = ownCluster(args); err == nil {
			return s.child(ctx, std, append([]string{kubectl.Word}, args...))
		}
	case roleEdit:
		if args, err = s.editable(name, args); err == nil {
			return s.edit(ctx, std, args)
		}
	case rolePodium:
		return s.child(ctx, std, append([]string{"--lang=" + string(s.options.Language)}, args...))
	case roleNetwork:
		err = fetch(ctx, s, name, args, std)
	default:
		err = s.builtin(ctx, name, args, std)
	}
	var code interp.ExitStatus
	if err == nil || errors.As(err, &code) || ctx.Err() != nil {
		return err
	}
	s.say(std.err, err)
	return interp.ExitStatus(1)
}

// stdio is what one command reads and writes.
type stdio struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// child runs podium's own executable, whose standard files are those of the
// command.
func (s shell) child(ctx context.Context, std stdio, args []string) error {
	return finished(ctx, connect(kubectl.Self(ctx, s.options.kubectl(s.term), args...), std))
}

func connect(cmd *exec.Cmd, std stdio) *exec.Cmd {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = std.in, std.out, std.err
	return cmd
}

// finished runs cmd and returns its exit status as the interpreter wants it.
func finished(ctx context.Context, cmd *exec.Cmd) error {
	err := cmd.Run()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case cmd.ProcessState == nil:
		return i18n.Errorf(err, i18n.M("prompt.no-child", "Reason", err.Error()))
	}
	return interp.ExitStatus(exitCode(cmd, err)) //nolint:gosec // codes are below 256
}

// editable checks the files an editor is to open.
func (s shell) editable(name string, args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, refuse("prompt.edit-what", "Word", name)
	}
	for _, path := range args {
		if strings.HasPrefix(path, "-") {
			return nil, refuse("prompt.edit-what", "Word", name)
		}
		if err := s.folder.check(path); err != nil {
			return nil, err
		}
	}
	return args, nil
}

func (s shell) edit(ctx context.Context, std stdio, files []string) error {
	if own := strings.Fields(s.options.Editor); len(own) > 0 {
		cmd := exec.CommandContext(ctx, own[0], append(own[1:], files...)...)
		cmd.Env = s.options.kubectl(s.term).Environ()
		cmd.Dir = s.folder.path
		return finished(ctx, connect(cmd, std))
	}
	return s.child(ctx, std, append([]string{"edit"}, files...))
}
