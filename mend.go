package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"podium/i18n"
)

// mendWord is the first argument of the process that puts a terminal right.
const mendWord = "mend-terminal"

// A program that dies of a panic in some library's goroutine, or is killed, can't
// put its terminal back. So podium has a child that does nothing but wait for
// podium's end at a pipe: after an end in order it goes silently, after any
// other it restores the terminal and says one sentence.
type mender struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

// An injury is what the mender needs to know, told at the start.
type injury struct {
	Before  *term.State // the terminal as it was before podium drew
	Log     string      // the file that holds what a crash said
	Crashed string      // the one sentence after a crash,
	Killed  string      // and after an end that left nothing in the log
}

// startMender starts the child, whose own start is not waited for, before the
// terminal leaves the state that a shell left it in.
func startMender(h home, lang i18n.Language) (*mender, error) {
	before, err := term.GetState(os.Stdin.Fd())
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("cli.no-terminal"))
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, mendWord) //nolint:noctx // it outlives any context: that is what it is for
	cmd.Stdout = os.Stdout              // the terminal
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	known := injury{
		Before: before, Log: h.crash(),
		Crashed: "podium: " + lang.Say(i18n.M("cli.crashed", "File", h.crash())),
		Killed:  "podium: " + lang.Say(i18n.M("cli.killed")),
	}
	return &mender{cmd, pipe}, json.NewEncoder(pipe).Encode(known)
}

// inOrder is what podium writes to the pipe when it ends in order.
const inOrder = "in order\n"

// dismiss lets the child go: podium has put the terminal right itself.
func (m *mender) dismiss() {
	_, _ = io.WriteString(m.pipe, inOrder)
	_ = m.pipe.Close()
	_ = m.cmd.Wait()
}

// mend is the child. Its standard input is the pipe, its standard output the
// terminal.
func mend() int {
	// Whatever ends podium must not end this; and the terminal, by then the
	// shell's again, may be written to from the background.
	signal.Ignore(endings...)
	in := bufio.NewReader(os.Stdin)
	var known injury
	line, err := in.ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &known) != nil {
		return exitFailure // podium had not begun to draw
	}
	if last, _ := in.ReadString('\n'); last == inOrder {
		return exitOK
	}
	repair(os.Stdout, known)
	return exitOK
}

// drawing are the terminal modes that the screen switches on.
var drawing = []ansi.Mode{
	ansi.ModeMouseNormal, ansi.ModeMouseButtonEvent, ansi.ModeMouseAnyEvent, ansi.ModeMouseExtSgr,
	ansi.ModeBracketedPaste, ansi.ModeFocusEvent, ansi.ModeSynchronizedOutput, ansi.ModeAltScreenSaveCursor,
}

// repair puts a terminal right that a program left in the middle of drawing.
func repair(out *os.File, known injury) {
	_, _ = io.WriteString(out, ansi.ResetMode(drawing...)+ansi.KittyKeyboard(0, 1)+ansi.ResetModifyOtherKeys+
		ansi.ResetProgressBar+ansi.ShowCursor+ansi.ResetStyle+"\r")
	if known.Before != nil {
		_ = term.Restore(out.Fd(), known.Before)
	}
	said := known.Killed
	if info, err := os.Stat(known.Log); err == nil && info.Size() > 0 {
		said = known.Crashed
	}
	fmt.Fprintln(out, said)
}
