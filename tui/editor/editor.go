// Package editor is podium's own text editor, `podium edit FILE…`: what vi and
// nano are at the prompt, and what kubectl edit opens. It is small on purpose:
// one file at a time, keys that the last row shows, YAML's indentation kept.
package editor

import (
	"fmt"
	"io"
	"os"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"

	"podium/i18n"
)

// Verb is the subcommand of podium that is this editor.
const Verb = "edit"

// Main is `podium edit FILE…`: it opens the files one after the other on the
// process's terminal and returns the exit code: 0 when the learner left each,
// saved or not, 1 when one can't be edited, which is said on standard error.
func Main(args []string, lang i18n.Language) int {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return failed(os.Stderr, lang, i18n.Errorf(nil, i18n.M("editor.which")))
	}
	if !term.IsTerminal(os.Stdin.Fd()) || !term.IsTerminal(os.Stdout.Fd()) {
		return failed(os.Stderr, lang, i18n.Errorf(nil, i18n.M("editor.terminal")))
	}
	for _, path := range args {
		if err := edit(path, lang); err != nil {
			return failed(os.Stderr, lang, err)
		}
	}
	return 0
}

func failed(w io.Writer, lang i18n.Language, err error) int {
	fmt.Fprintln(w, lang.Say(i18n.Explain(err)))
	return 1
}

func edit(path string, lang i18n.Language) error {
	file, lines, err := load(path)
	if err != nil {
		return err
	}
	if _, err := tea.NewProgram(newModel(file, lines, lang)).Run(); err != nil {
		return i18n.Errorf(err, i18n.M("editor.ended", "Reason", err.Error()))
	}
	return nil
}
