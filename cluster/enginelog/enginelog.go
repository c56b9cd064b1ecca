// Package enginelog reads what container engines write when they log instead of
// answering, as nerdctl and Podman do:
//
//	time="2026-11-22T00:51:58Z" level=fatal msg="cannot access containerd socket"
package enginelog

import (
	"regexp"
	"strconv"
)

var frame = regexp.MustCompile(`^time="[^"]*" level=(\w+) msg=("(?:[^"\\]|\\.)*")`)

// Said returns what such a line says and how bad it is: warning, error, fatal. Any
// other line is returned as it is, with no level.
func Said(line string) (text, level string) {
	parts := frame.FindStringSubmatch(line)
	if parts == nil {
		return line, ""
	}
	said, err := strconv.Unquote(parts[2])
	if err != nil {
		return line, parts[1]
	}
	return said, parts[1]
}
