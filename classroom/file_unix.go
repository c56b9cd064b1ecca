//go:build !windows

package classroom

import "syscall"

// nonblock keeps opening a pipe that somebody put in the file's place from waiting.
const nonblock = syscall.O_NONBLOCK
