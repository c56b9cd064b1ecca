package kind

import "syscall"

// ownGroup keeps Ctrl-C at the console from the child.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

// groupAlive reports whether the child or a command that it ran still lives.
// Windows can't tell; that nothing new comes into being has to do.
func groupAlive(int) bool { return false }
