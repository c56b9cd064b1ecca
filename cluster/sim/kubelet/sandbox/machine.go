// Package sandbox runs shell commands inside a simulated container: over a file
// system in memory, with commands of its own and the network that it is given.
// It never starts a process, opens a file, reads a variable or resolves a name
// of the machine that it runs on, and a script that loops, fills its memory or
// writes without end is slowed down or stopped.
package sandbox

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Machine is what commands of one container run on. Its fields are set before
// the first Run and not changed afterwards.
type Machine struct {
	FS       *FS
	Hostname string
	User     string // "root" when empty

	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Lookup func(ctx context.Context, host string) ([]string, error)

	// Commands are what the image brings beside the shell's own; a nil one
	// takes a command away.
	Commands map[string]Command
	// Has says whether an image has one of the commands known here; nil: all.
	Has func(command string) bool

	// Kill signals the container's first process: SIGTERM, or SIGKILL, which does
	// nothing from inside, as on Linux. It may be nil.
	Kill func(hard bool)

	PIDOne string // the command line of the container's first process
	Start  time.Time

	mu      sync.Mutex
	forks   int
	nextPID int
	list    []Process
}

// Process is one line of ps.
type Process struct {
	PID     int
	Command string
	Start   time.Time
}

// A Command runs with its streams and returns an exit status. It must return
// soon after ctx has ended.
type Command func(ctx context.Context, c *Call) int

// Call is one command's invocation.
type Call struct {
	Machine *Machine
	Args    []string // Args[0] is the command's name
	Env     func(name string) string
	Environ []string
	Dir     string

	Stdin          io.Reader
	Stdout, Stderr io.Writer

	// Term is closed when the process is asked to end (SIGTERM). The first
	// process of a container may ignore it.
	Term <-chan struct{}

	// Terminal is set when the command has a terminal to talk to.
	Terminal *Terminal

	depth  int
	budget *budget
}

// Streams are a command's standard streams.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// maxForks bounds the shells of one container that run beside each other, as a
// pids limit does.
const maxForks = 64

// fork takes a place for one more shell; the returned function gives it back.
func (m *Machine) fork() (done func(), ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.forks >= maxForks {
		return nil, false
	}
	m.forks++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.forks--
	}, true
}

// begin enters a command into the process list; the returned function takes it
// out again.
func (m *Machine) begin(command string) (pid int, end func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nextPID < 7 {
		m.nextPID = 7
	}
	m.nextPID++
	pid = m.nextPID
	m.list = append(m.list, Process{PID: pid, Command: command, Start: time.Now()})
	return pid, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		for i, p := range m.list {
			if p.PID == pid {
				m.list = append(m.list[:i:i], m.list[i+1:]...)
				return
			}
		}
	}
}

// processes lists what runs, the first process included.
func (m *Machine) processes() []Process {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Process{{PID: 1, Command: m.PIDOne, Start: m.Start}}, m.list...)
}
