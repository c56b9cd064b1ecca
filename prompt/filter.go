package prompt

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"
	"mvdan.cc/sh/v3/interp"

	"podium/i18n"
)

// longestLine bounds a line that a filter looks at as a whole.
const longestLine = 4 << 20

// filter runs one of the text filters.
func (s shell) filter(ctx context.Context, name string, args []string, std stdio) error {
	run := map[string]func(shell, context.Context, []string, stdio) error{
		"cat": shell.cat, "grep": shell.grep, "head": shell.head, "tail": shell.tail,
		"wc": shell.wc, "sort": shell.sort, "uniq": shell.uniq, "cut": shell.cut, "diff": shell.diff,
	}[name]
	return run(s, ctx, args, std)
}

// lines calls each for every line, without its end, of the files or of standard
// input if there are none, until each returns false, the input ends or ctx is
// done.
func (s shell) lines(ctx context.Context, files []string, std stdio, each func(line string) bool) error {
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, path := range files {
		in, close, err := s.input(path, std)
		if err != nil {
			return err
		}
		scanner := bufio.NewScanner(in)
		scanner.Buffer(nil, longestLine)
		for scanner.Scan() {
			if ctx.Err() != nil || !each(scanner.Text()) {
				close()
				return ctx.Err()
			}
		}
		close()
		if errors.Is(scanner.Err(), bufio.ErrTooLong) {
			return refuse("prompt.long-line", "Path", path)
		}
	}
	return nil
}

func (s shell) input(path string, std stdio) (io.Reader, func(), error) {
	if path == "-" {
		if std.in == nil {
			return strings.NewReader(""), func() {}, nil
		}
		return std.in, func() {}, nil
	}
	file, err := s.folder.open(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		_ = file.Close()
		return nil, nil, i18n.Errorf(nil, i18n.M("prompt.is-folder", "Path", path))
	}
	return file, func() { _ = file.Close() }, nil
}

func (s shell) cat(ctx context.Context, args []string, std stdio) error {
	number := false
	files, err := parseFlags("cat", args, func(f *pflag.FlagSet) { f.BoolVarP(&number, "number", "n", false, "") })
	if err != nil {
		return err
	}
	count, failed := 0, error(nil)
	err = s.lines(ctx, files, std, func(line string) bool {
		count++
		if number {
			line = pad(strconv.Itoa(count), 6) + "\t" + line
		}
		failed = writeLine(std.out, line)
		return failed == nil
	})
	return errors.Join(err, failed)
}

func writeLine(w io.Writer, line string) error {
	_, err := io.WriteString(w, line+"\n")
	return broken(err)
}

func pad(s string, width int) string { return strings.Repeat(" ", max(width-len(s), 0)) + s }

func (s shell) head(ctx context.Context, args []string, std stdio) error {
	count := 10
	files, err := parseFlags("head", args, func(f *pflag.FlagSet) { f.IntVarP(&count, "lines", "n", count, "") })
	if err != nil {
		return err
	}
	if count <= 0 {
		return nil
	}
	var failed error
	err = s.lines(ctx, files, std, func(line string) bool {
		failed = writeLine(std.out, line)
		count--
		return failed == nil && count > 0
	})
	return errors.Join(err, failed)
}

func (s shell) tail(ctx context.Context, args []string, std stdio) error {
	number := "10"
	files, err := parseFlags("tail", args, func(f *pflag.FlagSet) { f.StringVarP(&number, "lines", "n", number, "") })
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(strings.TrimLeft(number, "+-"))
	if err != nil {
		return refuse("prompt.filter-flag", "Word", "tail", "Reason", "-n "+printable(number))
	}
	fromStart := strings.HasPrefix(number, "+")
	var kept []string
	seen, failed := 0, error(nil)
	err = s.lines(ctx, files, std, func(line string) bool {
		seen++
		switch {
		case fromStart && seen >= count:
			failed = writeLine(std.out, line)
		case !fromStart && count > 0:
			if len(kept) == count {
				kept = slices.Delete(kept, 0, 1)
			}
			kept = append(kept, line)
		}
		return failed == nil
	})
	for _, line := range kept {
		if err == nil && failed == nil {
			failed = writeLine(std.out, line)
		}
	}
	return errors.Join(err, failed)
}

func (s shell) wc(ctx context.Context, args []string, std stdio) error {
	var wantLines, wantWords, wantBytes, wantRunes bool
	files, err := parseFlags("wc", args, func(f *pflag.FlagSet) {
		f.BoolVarP(&wantLines, "lines", "l", false, "")
		f.BoolVarP(&wantWords, "words", "w", false, "")
		f.BoolVarP(&wantBytes, "bytes", "c", false, "")
		f.BoolVarP(&wantRunes, "chars", "m", false, "")
	})
	if err != nil {
		return err
	}
	if !wantLines && !wantWords && !wantBytes && !wantRunes {
		wantLines, wantWords, wantBytes = true, true, true
	}
	var lines, words, bytes, runes int
	err = s.lines(ctx, files, std, func(line string) bool {
		lines++
		words += len(strings.Fields(line))
		bytes += len(line) + 1
		runes += utf8.RuneCountInString(line) + 1
		return true
	})
	if err != nil {
		return err
	}
	var columns []string
	for _, c := range []struct {
		want  bool
		value int
	}{{wantLines, lines}, {wantWords, words}, {wantRunes, runes}, {wantBytes, bytes}} {
		if c.want {
			columns = append(columns, strconv.Itoa(c.value))
		}
	}
	return writeLine(std.out, strings.Join(append(columns, files...), " "))
}

// unmatched is grep's status when no line matched.
const unmatched = interp.ExitStatus(1)
