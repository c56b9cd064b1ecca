package lessons

import (
	"time"

	"podium/cluster"
)

// A View is everything goals, answers and hints are judged on.
type View struct {
	Namespace string           // the learner's; objects of others are not looked at
	Now       cluster.Snapshot // the newest state
	Start     cluster.Snapshot // the state when the step, or the question, began
	Past      Past             // what happened since
	Commands  []Command        // what the learner ran since, oldest first
	Load      LoadStats        // the requests sent in this step
	Answer    string           // what the learner answered
}

// A Command is one line the learner ran at the prompt.
type Command struct {
	Line   string
	Calls  [][]string // each kubectl call in it, by its arguments without "kubectl"
	Verb   string     // the first call's verb
	Args   []string   // the first call's arguments after the verb; nil: taken from Calls
	Exit   int
	Output string // capped by whoever ran it

	Started, Ended time.Time
}

// LoadStats are the requests sent through a Service while a step lasts.
type LoadStats struct {
	Total, Failed int
	Downtime      float64        // the longest time without a good answer, in seconds
	Recovered     bool           // the newest request was answered, after one that wasn't
	Now           time.Time      // when these figures were taken
	Answered      bool           // every request of the newest second that has an outcome was answered
	Versions      map[string]int // answers by the version that gave them
	Pods          map[string]int // answers by the pod that gave them
}

// maxListed bounds how many created and deleted objects a step remembers, so
// that a pod that is made over and over can't fill the memory.
const maxListed = 1000

// A Past is what happened in the learner's namespace over a span of time,
// judged on every change and not on samples.
type Past struct {
	LeastReady  int              // fewest pods that were ready at once
	MostPods    int              // most pods that were there at once, terminating ones included
	MostStaying int              // most pods that were there at once and were to stay: what maxSurge bounds
	Seconds     float64          // how long the span lasted so far
	Created     []cluster.Object // oldest first, as they were when made; without Events
	Deleted     []cluster.Object // oldest first, as they last were; without Events

	ready, pods, staying int // now
}
