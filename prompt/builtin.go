package prompt

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"mvdan.cc/sh/v3/interp"

	"podium/i18n"
)

// builtin runs the words that need no child.
func (s shell) builtin(ctx context.Context, name string, args []string, std stdio) error {
	if words[name] == roleFilter {
		return s.filter(ctx, name, args, std)
	}
	switch name {
	case "echo":
		return s.echo(args, std.out)
	case "pwd":
		fmt.Fprintln(std.out, s.folder.path)
	case "ls":
		return s.list(args, std.out)
	case "sleep":
		return s.sleep(ctx, args)
	case "clear":
		fmt.Fprint(std.out, "\x1b[H\x1b[2J\x1b[3J")
	case "history":
		return s.history(std.out)
	case "help":
		tell(std.out, s.options.Language, i18n.M("prompt.help", "Filters", filters(), "Kubeconfig", s.options.Kubeconfig))
	case "exit":
		return refuse("prompt.no-quit", "Word", name)
	}
	return nil
}

// echo knows -n and -e as bash's does, for text piped into kubectl.
func (s shell) echo(args []string, w io.Writer) error {
	end, escapes := "\n", false
	for len(args) > 0 && (args[0] == "-n" || args[0] == "-e") {
		if args[0] == "-n" {
			end = ""
		} else {
			escapes = true
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`).Replace(text)
	}
	_, err := io.WriteString(w, text+end)
	return broken(err)
}

// list is ls: the names in the lesson's folder, folders with a slash.
func (s shell) list(args []string, w io.Writer) error {
	var paths []string
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") { // -l and -a change nothing worth seeing here
			paths = append(paths, arg)
		}
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, path := range paths {
		names, err := s.folder.names(path)
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, err := fmt.Fprintln(w, printable(name)); err != nil {
				return broken(err)
			}
		}
	}
	return nil
}

// names lists a folder of the lesson's, or the one file that path names.
func (f folder) names(path string) ([]string, error) {
	path = f.relative(path)
	if err := inside(path); err != nil {
		return nil, err
	}
	info, err := f.root.Stat(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := fs.ReadDir(f.root.FS(), path)
	if err != nil {
		return nil, fileError(path, err)
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		if entry.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	return names, nil
}

// sleepLimit keeps a slip of the finger from holding the prompt for a day.
const sleepLimit = 10 * time.Minute

func (s shell) sleep(ctx context.Context, args []string) error {
	var total time.Duration
	for _, arg := range args {
		if !strings.ContainsAny(arg, "smhd") {
			arg += "s"
		}
		d, err := time.ParseDuration(arg)
		if err != nil || d < 0 {
			return refuse("prompt.sleep")
		}
		total += d
	}
	if len(args) == 0 || total > sleepLimit {
		return refuse("prompt.sleep")
	}
	timer := time.NewTimer(total)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return interp.ExitStatus(interrupted)
	}
}

func (s shell) history(w io.Writer) error {
	entries, err := readHistory(s.options.History)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if _, err := fmt.Fprintf(w, "%5d  %s\n", i+1, printable(entry)); err != nil {
			return broken(err)
		}
	}
	return nil
}

// printable is text without control characters but newlines and tabs.
func printable(text string) string { return plain([]byte(text)) }

// broken turns a failed write into the status of a command whose reader has
// gone: head ends a pipe that way, and nobody wants to read about it.
func broken(err error) error {
	if err != nil {
		return interp.ExitStatus(141) // 128 + SIGPIPE, as in a shell
	}
	return nil
}

// parseFlags parses args as GNU tools do: flags anywhere, short ones joined.
// -5 is -n 5 for the words that count lines.
func parseFlags(name string, args []string, define func(*pflag.FlagSet)) ([]string, error) {
	set := pflag.NewFlagSet(name, pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	define(set)
	args = slices.Clone(args)
	if set.Lookup("lines") != nil {
		for i, arg := range args {
			if len(arg) > 1 && arg[0] == '-' && strings.Trim(arg[1:], "0123456789") == "" {
				args[i] = "-n" + arg[1:]
			}
		}
	}
	if err := set.Parse(args); err != nil {
		return nil, i18n.Errorf(err, i18n.M("prompt.filter-flag", "Word", name, "Reason", err.Error()))
	}
	return set.Args(), nil
}
