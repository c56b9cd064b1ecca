package prompt

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/pflag"
	"mvdan.cc/sh/v3/interp"
	"sigs.k8s.io/yaml"

	"podium/i18n"
)

// mostDiff bounds a file that is compared, bytes: above what an object may have.
const mostDiff = 4 << 20

// Exit statuses of a comparison, as kubectl diff expects them of a program.
const (
	alike     = 0
	different = 1
	trouble   = 2
)

// DiffMain is what kubectl diff runs to show what apply would change: args are
// two folders with a file for each object, as it is and as it would be. It
// returns 0 if nothing differs, 1 if something does and 2 if it can't say.
func DiffMain(args []string, language i18n.Language) int {
	if len(args) < 2 {
		return trouble
	}
	colours := term.IsTerminal(os.Stdout.Fd()) && os.Getenv("NO_COLOR") == ""
	code, err := diffFolders(os.Stdout, args[0], args[1], language, colours)
	if err != nil {
		tell(os.Stderr, language, i18n.Explain(err))
	}
	return code
}

func diffFolders(w io.Writer, live, merged string, language i18n.Language, colours bool) (int, error) {
	now, err := objects(live)
	if err != nil {
		return trouble, err
	}
	then, err := objects(merged)
	if err != nil {
		return trouble, err
	}
	all := maps.Clone(now)
	maps.Copy(all, then)
	code := alike
	for _, file := range slices.Sorted(maps.Keys(all)) {
		name := objectName(all[file], file)
		nowLabel := language.Say(i18n.M("prompt.diff-now", "Object", name))
		if now[file] == "" {
			nowLabel = language.Say(i18n.M("prompt.diff-none", "Object", name))
		}
		thenLabel := language.Say(i18n.M("prompt.diff-then", "Object", name))
		text := udiff.Unified(nowLabel, thenLabel, now[file], then[file])
		if text == "" {
			continue
		}
		code = different
		if err := writeDiff(w, text, colours); err != nil {
			return trouble, err
		}
	}
	return code, nil
}

// objects reads the files of a folder by name.
func objects(dir string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fileError(dir, err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		file, err := os.Open(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, fileError(entry.Name(), err)
		}
		text, err := readSome(file, entry.Name())
		_ = file.Close()
		if err != nil {
			return nil, err
		}
		found[entry.Name()] = text
	}
	return found, nil
}

func readSome(r io.Reader, name string) (string, error) {
	data, err := io.ReadAll(io.LimitReader(r, mostDiff+1))
	if err != nil {
		return "", fileError(name, err)
	}
	if len(data) > mostDiff {
		return "", refuse("prompt.diff-large", "Path", name, "MiB", mostDiff>>20)
	}
	return printable(string(data)), nil
}

// objectName is an object's kind and name as kubectl writes them.
func objectName(manifest, otherwise string) string {
	var o struct {
		Kind     string
		Metadata struct{ Name string }
	}
	if err := yaml.Unmarshal([]byte(manifest), &o); err != nil || o.Kind == "" {
		return otherwise
	}
	return strings.ToLower(o.Kind) + "/" + o.Metadata.Name
}

// writeDiff writes a unified diff, with colours as other programs use them.
func writeDiff(w io.Writer, text string, colours bool) error {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		sgr := ""
		switch {
		case !colours || line == "":
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
			sgr = "1"
		case line[0] == '@':
			sgr = "36"
		case line[0] == '-':
			sgr = "31"
		case line[0] == '+':
			sgr = "32"
		}
		if sgr != "" {
			line = "\x1b[" + sgr + "m" + line + "\x1b[0m"
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return broken(err)
		}
	}
	return nil
}

// diff is the word: it compares two files of the lesson's folder.
func (s shell) diff(_ context.Context, args []string, std stdio) error {
	if slices.Contains(args, "-f") {
		return refuse("prompt.forgot-kubectl", "Line", "kubectl diff "+strings.Join(args, " "))
	}
	files, err := parseFlags("diff", args, func(f *pflag.FlagSet) { f.BoolP("unified", "u", true, "") })
	if err != nil {
		return err
	}
	if len(files) != 2 {
		return refuse("prompt.diff-what")
	}
	texts := make([]string, len(files))
	for i, path := range files {
		in, done, err := s.input(path, std)
		if err != nil {
			return err
		}
		texts[i], err = readSome(in, path)
		done()
		if err != nil {
			return err
		}
	}
	text := udiff.Unified(files[0], files[1], texts[0], texts[1])
	if text == "" {
		return nil
	}
	colours := false
	if out, ok := std.out.(*os.File); ok && s.term != "dumb" {
		colours = term.IsTerminal(out.Fd()) && os.Getenv("NO_COLOR") == ""
	}
	if err := writeDiff(std.out, text, colours); err != nil {
		return err
	}
	return interp.ExitStatus(different)
}
