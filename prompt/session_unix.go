//go:build !windows

package prompt

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/charmbracelet/x/xpty"
	"golang.org/x/sys/unix"
)

// drainLimit bounds the wait for output after the command has ended.
const drainLimit = 500 * time.Millisecond

// lead makes the command the leader of a session whose terminal is its own, so
// that Ctrl-C reaches all of its processes and podium's death hangs it up.
func lead(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
}

// wireOf returns a second descriptor for podium's side of the terminal, one that
// the runtime waits for without a thread: reads and writes of the first would
// outlast its closing.
func wireOf(pty xpty.Pty) (io.ReadWriteCloser, error) {
	terminal, ok := pty.(*xpty.UnixPty)
	if !ok {
		return nil, xpty.ErrUnsupported
	}
	var fd int
	var failed error
	err := terminal.Control(func(master uintptr) {
		if fd, failed = unix.FcntlInt(master, unix.F_DUPFD_CLOEXEC, 0); failed == nil {
			failed = unix.SetNonblock(fd, true)
		}
	})
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), terminal.Name()), nil
}

// release closes podium's copy of the command's side of the terminal: only then
// does reading end when the command does.
func release(pty xpty.Pty) {
	if unix, ok := pty.(*xpty.UnixPty); ok {
		_ = unix.Slave().Close()
	}
}

func interruptGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

func signalNumber(cmd *exec.Cmd) int {
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return int(status.Signal())
	}
	return 0
}
