package prompt

import (
	"io"
	"os/exec"
	"time"

	"github.com/charmbracelet/x/xpty"
)

// drainLimit bounds the wait for output after the command has ended: a console
// never says that it has no more.
const drainLimit = 150 * time.Millisecond

func lead(*exec.Cmd) {}

func wireOf(pty xpty.Pty) (io.ReadWriteCloser, error) { return pty, nil }

func release(xpty.Pty) {}

// interruptGroup has nothing gentler to do: Windows sends no interrupt to
// another console. Ctrl-C typed into the pane goes through the console itself.
func interruptGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

func signalNumber(*exec.Cmd) int { return 0 }
