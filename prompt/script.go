// Package prompt is everything about the learner's prompt that isn't drawing:
// what a line may say ([Parse]), how it runs ([Main], [Capture]), the terminal
// it runs in ([Terminal]), the line being typed ([Input]), what was typed
// before ([History]) and what could be typed next ([Complete]).
//
// The prompt is not a host shell. A line is read by a shell's parser and then
// held against a list of what is allowed; what runs is kubectl, a few filters
// and the lesson's own files, never a program of the host.
package prompt

import (
	"errors"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"podium/i18n"
)

// lineLimit bounds a statement: more than any manifest typed into a heredoc.
const lineLimit = 256 << 10

// Script is a statement the prompt may run: one or more simple commands with
// the pipes, lists and redirections between them.
type Script struct {
	line  string
	file  *syntax.File
	calls []call
}

// call is one simple command of a script.
type call struct {
	args      []string
	redirects []string // files it names
	plain     bool     // has no redirection and is no part of a pipe
}

// Parse reads a statement. Its error has one sentence that says what the prompt
// lacks and what to do instead; [Incomplete] tells whether more lines would
// complete it. A line of blanks or comments is a script without commands.
func Parse(line string) (Script, error) {
	if len(line) > lineLimit {
		return Script{}, refuse("prompt.too-long", "KiB", lineLimit>>10)
	}
	// Pasted from a page that shows its prompt.
	if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "$ "); ok {
		line = rest
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(line), "")
	if err != nil {
		return Script{}, unreadable(err)
	}
	if endsInBackslash(line) {
		return Script{}, incomplete(errors.New("a backslash ends the line"))
	}
	c := checker{}
	if err := c.statements(file.Stmts, true); err != nil {
		return Script{}, err
	}
	return Script{line: line, file: file, calls: c.calls}, nil
}

// endsInBackslash reports whether the line goes on in the next one.
func endsInBackslash(line string) bool {
	line = strings.TrimRight(line, "\n")
	n := len(line) - len(strings.TrimRight(line, `\`))
	return n%2 == 1
}

type incompleteError struct{ error }

func incomplete(cause error) error {
	return i18n.Errorf(incompleteError{cause}, i18n.M("prompt.incomplete"))
}

// Incomplete reports whether err is [Parse]'s and more lines would complete the
// statement: an open quote, heredoc, pipe or list.
func Incomplete(err error) bool {
	return errors.As(err, new(incompleteError))
}

func unreadable(err error) error {
	var wrong syntax.ParseError
	parsed := errors.As(err, &wrong)
	// The parser does not count every open heredoc as incomplete.
	if syntax.IsIncomplete(err) || parsed && strings.HasPrefix(wrong.Text, "unclosed here-document") {
		return incomplete(err)
	}
	if parsed {
		return i18n.Errorf(err, i18n.M("prompt.syntax", "Reason", wrong.Text, "Column", wrong.Pos.Col()))
	}
	return i18n.Errorf(err, i18n.M("prompt.syntax", "Reason", err.Error(), "Column", 1))
}

func refuse(id string, pairs ...any) error { return i18n.Errorf(nil, i18n.M(id, pairs...)) }

// Line is the statement as typed.
func (s Script) Line() string { return s.line }

// Empty reports whether there is nothing to run.
func (s Script) Empty() bool { return len(s.calls) == 0 }

// Kubectl returns the arguments of every kubectl in the script, in order.
func (s Script) Kubectl() [][]string {
	var all [][]string
	for _, c := range s.calls {
		if words[c.args[0]] == roleKubectl {
			all = append(all, slices.Clone(c.args[1:]))
		}
	}
	return all
}

// Verb is the first kubectl's verb, such as get, or "" without one.
func (s Script) Verb() string {
	for _, argv := range s.Kubectl() {
		return verb(argv)
	}
	return ""
}

// Alone returns the word if the script is nothing but one of clear, exit, help
// and history, which a screen does itself, and "" otherwise.
func (s Script) Alone() string {
	if len(s.calls) == 1 && s.calls[0].plain && len(s.calls[0].args) == 1 && words[s.calls[0].args[0]] == roleScreen {
		return s.calls[0].args[0]
	}
	return ""
}

// single returns the one kubectl command the script consists of.
func (s Script) single() ([]string, bool) {
	if len(s.calls) != 1 || !s.calls[0].plain || words[s.calls[0].args[0]] != roleKubectl {
		return nil, false
	}
	return s.calls[0].args[1:], true
}

// fields expands the words of a command as far as that needs no file: quotes,
// escapes and braces.
func fields(list []*syntax.Word) ([]string, error) {
	return expand.Fields(&expand.Config{Env: expand.ListEnviron()}, list...)
}
