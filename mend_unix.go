//go:build !windows

package main

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// endings are the signals that end podium or stop a program in the background.
var endings = []os.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGPIPE, syscall.SIGTSTP, syscall.SIGTTOU, syscall.SIGTTIN,
}

// silence sends what this process and its libraries write to standard error to
// a file, the Go runtime's own account of a panic included, and returns how to
// undo it.
func silence(file *os.File) (undo func(), err error) {
	stderr := int(os.Stderr.Fd())
	kept, err := unix.Dup(stderr)
	if err != nil {
		return nil, err
	}
	unix.CloseOnExec(kept)
	if err := duplicate(int(file.Fd()), stderr); err != nil {
		return nil, err
	}
	return func() {
		_ = duplicate(kept, stderr)
		_ = unix.Close(kept)
	}, nil
}
