//go:build unix

package sim

import (
	"os"
	"syscall"
)

// ownGroup gives the child a process group of its own, and a session too if it
// is to outlive the terminal.
func ownGroup(detach bool) *syscall.SysProcAttr {
	if detach {
		return &syscall.SysProcAttr{Setsid: true}
	}
	return &syscall.SysProcAttr{Setpgid: true}
}

// killGroup kills the child with whatever it may have started. That it is gone
// already is no error.
func killGroup(process *os.Process) {
	_ = syscall.Kill(-process.Pid, syscall.SIGKILL)
}

// killProcess kills a control plane that is no child.
func killProcess(pid int) error { return syscall.Kill(pid, syscall.SIGKILL) }
