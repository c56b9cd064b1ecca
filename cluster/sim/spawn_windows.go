package sim

import (
	"os"
	"syscall"
)

// detachedProcess is DETACHED_PROCESS of CreateProcess: no console at all.
const detachedProcess = 0x00000008

// ownGroup keeps Ctrl-C at the console from the child.
func ownGroup(detach bool) *syscall.SysProcAttr {
	flags := uint32(syscall.CREATE_NEW_PROCESS_GROUP)
	if detach {
		flags |= detachedProcess
	}
	return &syscall.SysProcAttr{CreationFlags: flags, HideWindow: true}
}

// killGroup kills the child, which starts no processes. That it is gone already
// is no error.
func killGroup(process *os.Process) { _ = process.Kill() }

// killProcess kills a control plane that is no child.
func killProcess(pid int) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return process.Kill()
}
