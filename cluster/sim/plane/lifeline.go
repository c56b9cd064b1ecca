package main

import (
	"context"
	"errors"
	"io"
)

var errParentGone = errors.New("the parent process has gone")

// holdLifeline cancels once r ends: the kernel closes the parent's end of the
// pipe however the parent dies, SIGKILL included. Its goroutine ends with the
// process, because a blocking read of standard input cannot be called off.
func holdLifeline(r io.Reader, cancel context.CancelCauseFunc) {
	go func() {
		_, err := io.Copy(io.Discard, r)
		cancel(errors.Join(errParentGone, err))
	}()
}
