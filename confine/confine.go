// Package confine takes from this process, and from everything it starts, the
// files and the network of the host, but for what is named. There is no way
// back. It stands on Linux's Landlock, which needs no privilege.
package confine

import (
	"encoding/json"
	"errors"
	"os"
)

// Bounds are what is left to a confined process.
type Bounds struct {
	Write     []string `json:"write,omitempty"`     // folders, to be read and written
	Read      []string `json:"read,omitempty"`      // files and folders, to be read
	Run       string   `json:"run,omitempty"`       // the one executable that can be started
	Terminals bool     `json:"terminals,omitempty"` // new pseudo-terminals can be opened
	Port      uint16   `json:"port,omitempty"`      // the one TCP port that can be connected to; none can be listened at
	Memory    uint64   `json:"memory,omitempty"`    // bytes of data that each process may have; 0 is no limit
	FileSize  uint64   `json:"fileSize,omitempty"`  // bytes that each file may have; 0 is no limit
}

// ErrUnsupported says that this system can't confine a process.
var ErrUnsupported = errors.New("this system has no Landlock with network rules (Linux 6.7 or newer)")

// ErrCgo says that this program can't confine what it has confined before: with
// cgo in it that asks for files of the system's which are out of reach by then.
var ErrCgo = errors.New("this program was built with cgo")

// Variable names the environment variable in which a confined process hands its
// bounds on to its children, for those that narrow them further.
const Variable = "PODIUM_BOUNDS"

// String is the bounds as [Variable] holds them.
func (b Bounds) String() string {
	text, err := json.Marshal(b)
	if err != nil {
		return "" // nothing in it can fail to be written
	}
	return string(text)
}

// Told returns the bounds in the environment, and whether there are any.
func Told() (Bounds, bool, error) {
	text := os.Getenv(Variable)
	if text == "" {
		return Bounds{}, false, nil
	}
	var b Bounds
	err := json.Unmarshal([]byte(text), &b)
	return b, true, err
}
