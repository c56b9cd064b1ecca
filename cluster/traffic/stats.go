package traffic

import (
	"time"

	"podium/i18n"
)

// Stats is what a prober has seen up to a moment. It is a value that nobody
// writes to again.
type Stats struct {
	Service string       // where the requests go
	Port    int          // the Service's own
	Rate    int          // requests a second
	Via     i18n.Message // which way they go
	Began   time.Time
	Now     time.Time // when these figures were taken

	Total  int // requests whose outcome is known
	Failed int // of these, without a good answer

	ByPod     map[string]int // answers by pod name; "" where the answer doesn't say
	ByVersion map[string]int // answers by version; "" where the answer doesn't say

	// Buckets count the last [Span] of requests by when they were sent, each
	// [Width] long, oldest first and without gaps. The newest are still filling.
	Buckets []Bucket

	// Downtime is the longest time without a good answer: from when the first of
	// a run of failed requests was sent until the next good one was, or until Now.
	Downtime time.Duration

	// P50 and P95 are latencies of the last thousand answers; 0 before the first.
	P50, P95 time.Duration

	// Failures are the most recent failures, oldest first, equal ones in a row
	// counted together.
	Failures []Failure
}

// Answered is how many requests got a good answer.
func (s Stats) Answered() int { return s.Total - s.Failed }

// The size of the chart.
const (
	Width = 250 * time.Millisecond
	Span  = time.Minute
)

// A Bucket counts the requests that were sent during one [Width].
type Bucket struct {
	Start     time.Time
	Answered  int
	Failed    int
	ByVersion map[string]int
}

// A Failure is what went wrong, how often in a row, and when last.
type Failure struct {
	Time  time.Time
	Count int
	Say   i18n.Message
}
