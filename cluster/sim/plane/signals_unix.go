//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreBrokenPipes keeps the runtime from ending the process when the parent
// of a detached control plane has gone and a line is written to its pipe.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }
