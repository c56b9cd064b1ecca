// Package classroom is what podiums tell each other of where their learners
// are: one writes how it stands to a small file, others follow the file. It is
// how a lab is watched, and how an instructor sees a class.
package classroom

import (
	"slices"
	"time"

	"podium/cluster/record"
)

// A Standing is where a learner is, as the learner's own podium tells it.
type Standing struct {
	Open      bool             `json:"open"` // that podium is open
	Namespace string           `json:"namespace,omitempty"`
	Place     record.Place     `json:"place"`
	Number    int              `json:"number,omitempty"` // of the step, from 1; Steps+1 at the lesson's end
	Steps     int              `json:"steps,omitempty"`
	Since     time.Time        `json:"since,omitzero"`     // when the step was reached
	Commands  []record.Command `json:"commands,omitempty"` // the last [MostCommands], oldest first
	Ran       int              `json:"ran,omitempty"`      // how many commands there were
}

// MostCommands is how many commands a standing holds: what fits on a screen.
const MostCommands = 5

// With returns the standing after one more command.
func (s Standing) With(c record.Command) Standing {
	c.Output = c.Output[:min(len(c.Output), record.MaxOutput)]
	c.Line = c.Line[:min(len(c.Line), record.MaxOutput)]
	c.Calls = nil
	s.Commands = append(slices.Clone(s.Commands[max(0, len(s.Commands)-MostCommands+1):]), c)
	s.Ran++
	return s
}

// News are the commands that s has and a standing with this many had not, as far
// as they are kept.
func (s Standing) News(ran int) []record.Command {
	if s.Ran < ran { // another podium, which began to count anew
		ran = 0
	}
	return s.Commands[max(0, len(s.Commands)-(s.Ran-ran)):]
}

// A Learner is one of a class, as the instructor sees them.
type Learner struct {
	Name    string
	Present bool // connected now
	Standing
}

// A Class is all who came in over SSH, and how others can.
type Class struct {
	Learners []Learner
	Watching int    // how many look on at the presenter now
	Labs     int    // how many can be open at once; 0 where there are none
	Port     string // of the server
	Key      string // the server's own, as ssh shows it to who comes for the first time
}

// Guests are how many are connected now.
func (c Class) Guests() int {
	n := c.Watching
	for _, l := range c.Learners {
		if l.Present {
			n++
		}
	}
	return n
}

// When a learner counts as stuck: most steps take two minutes, and the same
// mistake made three times wants somebody to look.
const (
	stuckAfter    = 5 * time.Minute
	stuckFailures = 3
)

// Stuck reports whether a learner seems to need help: a step that isn't met for
// longer than five minutes, or in which the last three commands have failed.
func (l Learner) Stuck(now time.Time) bool {
	if !l.Present || !l.Open || l.Place.Lesson == "" || l.Place.Step == "" || l.Place.Met {
		return false
	}
	if now.Sub(l.Since) > stuckAfter {
		return true
	}
	if len(l.Commands) < stuckFailures {
		return false
	}
	for _, c := range l.Commands[len(l.Commands)-stuckFailures:] {
		if c.Exit == 0 || c.Lesson || c.Ended.Before(l.Since) {
			return false
		}
	}
	return true
}
