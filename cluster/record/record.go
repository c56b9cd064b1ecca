// Package record keeps what happened in a lab, so that it can be looked at again
// and asked about.
//
//	snapshots, notes ─▶ Recorder ─▶ file ─▶ Recording ─▶ Seek, Next, Before ─▶ Moment
//	                                                  └▶ Between ─▶ Span ─▶ Pods, Requests …
//
// A [Recorder] writes every change to an append-only file, a [Recording] reads
// one back: the cluster as it was at any moment, and what must hold over time
// judged on every change and not on samples. docs/recording.md has the format.
package record

import (
	"encoding/json"
	"time"

	"podium/i18n"
)

// A Head says which lab a recording is of.
type Head struct {
	Began     time.Time `json:"began"`
	Provider  string    `json:"provider"`
	Cluster   string    `json:"cluster"`   // as its kubeconfig context is called
	Namespace string    `json:"namespace"` // where the learner works
	Podium    string    `json:"podium"`    // the version that recorded
}

// A Command is a line that has ended at the prompt.
type Command struct {
	Line    string     `json:"line"`
	Calls   [][]string `json:"calls,omitempty"` // the kubectl calls in it, without "kubectl"
	Exit    int        `json:"exit,omitempty"`
	Output  string     `json:"output,omitempty"` // its beginning, at most [MaxOutput] bytes
	Lesson  bool       `json:"lesson,omitempty"` // podium ran it for a lesson, not the learner
	Started time.Time  `json:"started"`
	Ended   time.Time  `json:"ended"`
}

// MaxOutput is how much of a command's output is kept: what fits on a screen.
const MaxOutput = 4 << 10

// A Place says where in which lesson the learner is, and how its goals stand.
type Place struct {
	Time   time.Time       `json:"-"`
	Lesson string          `json:"lesson"`           // ID; "" when no lesson is open
	Step   string          `json:"step,omitempty"`   // ID; "" at the lesson's end
	Met    bool            `json:"met,omitempty"`    // the step is met
	Anew   bool            `json:"anew,omitempty"`   // the step's state has just been made
	Detail json.RawMessage `json:"detail,omitempty"` // the lesson engine's own
}

// Traffic is how the requests to a Service went up to a moment.
type Traffic struct {
	Time      time.Time       `json:"-"`
	Began     time.Time       `json:"began"`            // when they began to be sent; counts start there
	Sent      int             `json:"sent"`             // requests whose outcome is known
	Failed    int             `json:"failed"`           // of these, without a good answer
	ByVersion map[string]int  `json:"by,omitempty"`     // good answers by version
	Detail    json.RawMessage `json:"detail,omitempty"` // what else is drawn of them
}

// A Count is how many pods the learner's namespace holds from a moment on.
// Those that have finished or are leaving are not counted.
type Count struct {
	Time  time.Time `json:"-"`
	Pods  int       `json:"pods"`
	Ready int       `json:"ready"`
}

// A Mark is a moment worth going back to.
type Mark struct {
	Time time.Time `json:"-"`
	Kind MarkKind  `json:"kind"`
	Name string    `json:"name"` // the Deployment's, the step's ID, the command's line

	Lesson string `json:"lesson,omitempty"` // the ID of the step's lesson
}

// MarkKind says what happened at a [Mark].
type MarkKind string

// The kinds of marks.
const (
	Began    MarkKind = "began"    // a rollout
	Stalled  MarkKind = "stalled"  // a rollout, by its progress deadline
	Finished MarkKind = "finished" // a rollout
	Entered  MarkKind = "step"     // a lesson's step
	Met      MarkKind = "met"      // a lesson's step
	Ran      MarkKind = "command"  // a command began
)

// Message is the mark in words.
func (m Mark) Message() i18n.Message { return i18n.M("record.mark."+string(m.Kind), "Name", m.Name) }

// A note is what is recorded beside the cluster's changes: one of these.
type note struct {
	Time    time.Time `json:"t"`
	Command *Command  `json:"command,omitempty"`
	Place   *Place    `json:"place,omitempty"`
	Traffic *Traffic  `json:"traffic,omitempty"`
	Count   *Count    `json:"count,omitempty"`
	Rollout *Mark     `json:"rollout,omitempty"`
}

// mostTraffic is how many samples of requests are kept in memory: those of some
// three hours.
const mostTraffic = 20_000

// notes are a recording's, each kind sorted by time.
type notes struct {
	commands []Command
	places   []Place
	traffic  []Traffic
	counts   []Count
	marks    []Mark
}

// add sorts a note in. What is recorded beside the changes says when it was, and
// of that which comes late nothing depends on the order but the marks.
func (n *notes) add(one note) {
	switch {
	case one.Command != nil:
		n.commands = append(n.commands, *one.Command)
		n.mark(Mark{Time: one.Command.Started, Kind: Ran, Name: one.Command.Line})
	case one.Place != nil:
		n.place(*one.Place, one.Time)
	case one.Traffic != nil:
		one.Traffic.Time = one.Time
		n.traffic = append(n.traffic[max(0, len(n.traffic)-mostTraffic):], *one.Traffic)
	case one.Count != nil:
		one.Count.Time = one.Time
		n.counts = append(n.counts, *one.Count)
	case one.Rollout != nil:
		one.Rollout.Time = one.Time
		n.mark(*one.Rollout)
	}
}

// place adds where the learner is and, where that is news, a mark.
func (n *notes) place(p Place, at time.Time) {
	p.Time = at
	before := Place{}
	if k := len(n.places); k > 0 {
		before = n.places[k-1]
	}
	n.places = append(n.places, p)
	switch {
	case p.Step == "" || p.Anew && p.Lesson == before.Lesson && p.Step == before.Step:
	case p.Lesson != before.Lesson || p.Step != before.Step:
		n.mark(Mark{Time: at, Kind: Entered, Name: p.Step, Lesson: p.Lesson})
	case p.Met && !before.Met:
		n.mark(Mark{Time: at, Kind: Met, Name: p.Step, Lesson: p.Lesson})
	}
}

// mark keeps the marks sorted: a command is told of when it has ended, and stood
// where it began.
func (n *notes) mark(m Mark) {
	at := len(n.marks)
	for at > 0 && n.marks[at-1].Time.After(m.Time) {
		at--
	}
	marks := make([]Mark, 0, len(n.marks)+1)
	if at == len(n.marks) {
		n.marks = append(n.marks, m)
		return
	}
	n.marks = append(append(append(marks, n.marks[:at]...), m), n.marks[at:]...)
}
