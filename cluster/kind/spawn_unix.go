//go:build unix

package kind

import "syscall"

// ownGroup gives the child a process group of its own, which the engine's
// commands that it runs belong to as well.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// groupAlive reports whether the child or a command that it ran still lives.
func groupAlive(pid int) bool { return syscall.Kill(-pid, 0) == nil }
