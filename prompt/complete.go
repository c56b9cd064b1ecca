package prompt

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"podium/cluster/kubectl"
	"podium/i18n"
)

const (
	// completeLimit bounds how long Tab waits for kubectl, which asks the
	// cluster for names.
	completeLimit = 500 * time.Millisecond
	// candidateLimit bounds what is shown; a namespace may hold thousands.
	candidateLimit = 500
	// completeBytes bounds what is read from kubectl.
	completeBytes = 1 << 20
)

// Candidate is one way to go on.
type Candidate struct {
	Text string // takes the place of the word before the cursor
	Help string // a few words of kubectl's own, or ""
}

// Complete returns how the word that ends at cursor, in bytes, may go on:
// sorted, at most 500. kubectl itself says what its words are, as a child that
// is given half a second; the error then tells that it took longer. Place says
// which bytes a candidate replaces.
func Complete(ctx context.Context, o Options, line string, cursor int) ([]Candidate, error) {
	return completeWithin(ctx, completeLimit, o, line, cursor)
}

func completeWithin(ctx context.Context, limit time.Duration, o Options, line string, cursor int) ([]Candidate, error) {
	args, word := current(line[:min(max(cursor, 0), len(line))])
	var all []Candidate
	var err error
	switch {
	case len(args.words) == 0:
		all = commands(args.piped)
	case words[args.words[0]] == roleKubectl:
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		all, err = fromKubectl(ctx, o, args.words[1:], word)
	case words[args.words[0]] == roleFile, words[args.words[0]] == roleEdit, words[args.words[0]] == roleFilter, args.words[0] == ">":
		all, err = files(o, word)
	}
	var fitting []Candidate
	for _, c := range all {
		if strings.HasPrefix(c.Text, word) && len(fitting) < candidateLimit {
			fitting = append(fitting, c)
		}
	}
	slices.SortFunc(fitting, func(a, b Candidate) int { return strings.Compare(a.Text, b.Text) })
	return slices.CompactFunc(fitting, func(a, b Candidate) bool { return a.Text == b.Text }), err
}

// Place returns the byte where the word that ends at cursor begins.
func Place(line string, cursor int) int {
	t, _ := current(line[:min(max(cursor, 0), len(line))])
	return t.at
}

// Common returns the longest text that all candidates begin with.
func Common(candidates []Candidate) string {
	if len(candidates) == 0 {
		return ""
	}
	common := candidates[0].Text
	for _, c := range candidates[1:] {
		for !strings.HasPrefix(c.Text, common) {
			common = common[:before(common, len(common))]
		}
	}
	return common
}

// typing is the simple command that is being typed.
type typing struct {
	words []string // those before the current one
	at    int      // where the current one begins
	piped bool     // it reads from a pipe
}

// current splits what stands before the cursor. It needs no complete statement,
// so it is simpler than a shell's parser: quotes join, operators part.
func current(line string) (typing, string) {
	var t typing
	var word strings.Builder
	var quote byte
	open := false
	flush := func() {
		if open {
			t.words = append(t.words, word.String())
		}
		word.Reset()
		open = false
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		if !open {
			t.at = i
		}
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(c)
		case c == '\'' || c == '"':
			quote, open = c, true
		case c == ' ' || c == '\t':
			flush()
		case c == '|' || c == ';' || c == '&' || c == '\n':
			flush()
			t = typing{piped: c == '|' && (i == 0 || line[i-1] != '|')}
		case c == '>' || c == '<':
			flush()
			t.words = []string{">"}
		default:
			word.WriteByte(c)
			open = true
		}
	}
	if !open {
		t.at = len(line)
	}
	return t, word.String()
}

// commands are the prompt's own words; behind a pipe the filters.
func commands(piped bool) []Candidate {
	var all []Candidate
	for word, role := range words {
		if role == roleFilter || !piped {
			all = append(all, Candidate{Text: word})
		}
	}
	return all
}

// fileFlags are kubectl's flags that are followed by a file.
var fileFlags = []string{"-f", "--filename", "-k", "--kustomize", "--from-file", "--from-env-file", "--patch-file"}

func fromKubectl(ctx context.Context, o Options, before []string, word string) ([]Candidate, error) {
	if n := len(before); n > 0 && slices.Contains(fileFlags, before[n-1]) {
		return files(o, word)
	}
	if name, value, joined := strings.Cut(word, "="); joined && slices.Contains(fileFlags, name) {
		found, err := files(o, value)
		for i := range found {
			found[i].Text = name + "=" + found[i].Text
		}
		return found, err
	}
	args := append(append([]string{cobra.ShellCompRequestCmd}, before...), word)
	cmd := kubectl.Command(ctx, o.kubectl("dumb"), args...)
	cmd.WaitDelay = completeLimit / 5
	var out capped
	cmd.Stdout = &out
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, i18n.Errorf(ctx.Err(), i18n.M("prompt.complete-slow"))
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, i18n.Errorf(err, i18n.M("prompt.no-child", "Reason", err.Error()))
	}
	found, directive := parseCompletion(out.String())
	if !strings.Contains(word, ".") && kindExpected(before) {
		found = asTyped(found)
	}
	if directive&cobra.ShellCompDirectiveFilterFileExt != 0 {
		return files(o, word)
	}
	return found, nil
}

// kindVerbs are those whose first word is a kind.
var kindVerbs = []string{"get", "describe", "delete", "edit", "explain", "label", "annotate", "patch", "scale", "expose", "autoscale", "wait"}

// kindExpected reports whether the next word of a command names a kind.
func kindExpected(before []string) bool {
	if len(before) == 0 || !slices.Contains(kindVerbs, before[0]) {
		return false
	}
	for i, word := range before[1:] {
		value := slices.Contains([]string{"-n", "--namespace", "-l", "--selector", "-o", "--output"}, before[i])
		if !value && !strings.HasPrefix(word, "-") {
			return false
		}
	}
	return true
}

// asTyped leaves the API group off kinds that are clear without it: kubectl
// offers deployments.apps, which nobody types.
func asTyped(kinds []Candidate) []Candidate {
	short := slices.Clone(kinds)
	for i := range short {
		short[i].Text, _, _ = strings.Cut(short[i].Text, ".")
	}
	return short
}

// parseCompletion reads what cobra's __complete prints: a candidate a line, its
// help behind a tab, and last a colon and the directive.
func parseCompletion(out string) ([]Candidate, cobra.ShellCompDirective) {
	var found []Candidate
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\r\n")
		if number, ok := strings.CutPrefix(line, ":"); ok {
			if directive, err := strconv.Atoi(number); err == nil {
				return found, cobra.ShellCompDirective(directive)
			}
		}
		text, help, _ := strings.Cut(line, "\t")
		if text != "" && harmless(text) && !strings.HasPrefix(text, "_activeHelp_") {
			found = append(found, Candidate{Text: text, Help: ansi.Truncate(typed(help), 80, "…")})
		}
	}
	return found, cobra.ShellCompDirectiveError
}

// files lists the part of the lesson's folder that word leads into.
func files(o Options, word string) ([]Candidate, error) {
	folder, err := openFolder(o.Folder)
	if err != nil {
		return nil, err
	}
	defer folder.root.Close()
	dir := path.Dir(word)
	if strings.HasSuffix(word, "/") {
		dir = path.Clean(word)
	}
	names, err := folder.names(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []Candidate
	for _, name := range names {
		text := name
		if dir != "." {
			text = strings.TrimSuffix(dir, "/") + "/" + name
		}
		if harmless(text) && !strings.ContainsAny(text, " '\"\\$`;&|<>(){}*?[]~#!\n") {
			found = append(found, Candidate{Text: text})
		}
	}
	return found, nil
}

// capped is a buffer that forgets what goes beyond its limit.
type capped struct{ bytes.Buffer }

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	if room := completeBytes - c.Len(); room > 0 {
		c.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
