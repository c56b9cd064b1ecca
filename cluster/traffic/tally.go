package traffic

import (
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"podium/i18n"
)

const (
	recentLatencies = 1000
	recentFailures  = 5

	// distinct bounds how many pods and versions are told apart, so that a
	// server that calls itself something else each time can't fill the memory.
	distinct = 100
	others   = "*"
)

// A tally counts outcomes as they come in, from any goroutine.
type tally struct {
	mu        sync.Mutex
	began     time.Time
	next      int // the sequence number of the next request
	total     int
	failures  int
	byPod     map[string]int
	byVersion map[string]int
	buckets   []Bucket
	latencies []time.Duration // a ring
	oldest    int             // where the ring begins once it is full
	recent    []Failure
	outage    outage
}

func newTally(now time.Time) *tally {
	return &tally{began: now, byPod: map[string]int{}, byVersion: map[string]int{}}
}

// sent numbers a request.
func (t *tally) sent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	return t.next - 1
}

func (t *tally) answered(seq int, sent, now time.Time, a answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total++
	count(t.byPod, a.pod)
	version := count(t.byVersion, a.version)
	if b := t.bucket(sent); b != nil {
		b.Answered++
		b.ByVersion = maps.Clone(b.ByVersion) // whoever took Stats reads the old one
		count(b.ByVersion, version)
	}
	if latency := now.Sub(sent); len(t.latencies) < recentLatencies {
		t.latencies = append(t.latencies, latency)
	} else {
		t.latencies[t.oldest] = latency
		t.oldest = (t.oldest + 1) % recentLatencies
	}
	t.outage.add(seq, outcome{sent: sent, good: true})
}

func (t *tally) failed(seq int, sent time.Time, why i18n.Message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total++
	t.failures++
	if b := t.bucket(sent); b != nil {
		b.Failed++
	}
	t.outage.add(seq, outcome{sent: sent})
	if n := len(t.recent); n > 0 && reflect.DeepEqual(t.recent[n-1].Say, why) {
		t.recent[n-1].Count++
		t.recent[n-1].Time = sent
		return
	}
	t.recent = append(t.recent, Failure{Time: sent, Count: 1, Say: why})
	t.recent = t.recent[max(0, len(t.recent)-recentFailures):]
}

// withdrawn says that a request was given up and counts for nothing.
func (t *tally) withdrawn(seq int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outage.add(seq, outcome{withdrawn: true})
}

// count adds one to a name's count and returns the name it was counted under.
func count(by map[string]int, name string) string {
	if _, known := by[name]; !known && len(by) >= distinct {
		name = others
	}
	by[name]++
	return name
}

// bucket returns the one that covers a time, or nil if that is too long ago to
// be shown.
func (t *tally) bucket(at time.Time) *Bucket {
	t.extend(at)
	i := int(at.Sub(t.buckets[0].Start) / Width)
	if at.Before(t.buckets[0].Start) {
		return nil
	}
	return &t.buckets[i]
}

// extend adds empty buckets up to and with the one that covers a time.
func (t *tally) extend(to time.Time) {
	if len(t.buckets) == 0 {
		t.buckets = []Bucket{newBucket(t.began)}
	}
	if last := t.buckets[len(t.buckets)-1].Start; to.Sub(last) > 2*Span {
		t.buckets = []Bucket{newBucket(last.Add(to.Sub(last).Truncate(Width)))} // nothing older would be shown
	}
	for last := t.buckets[len(t.buckets)-1].Start; to.Sub(last) >= Width; {
		last = last.Add(Width)
		t.buckets = append(t.buckets, newBucket(last))
	}
	t.buckets = t.buckets[max(0, len(t.buckets)-int(Span/Width)):]
}

func newBucket(start time.Time) Bucket { return Bucket{Start: start, ByVersion: map[string]int{}} }

func (t *tally) stats(now time.Time) Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.extend(now)
	s := Stats{
		Began: t.began, Now: now, Total: t.total, Failed: t.failures,
		ByPod: maps.Clone(t.byPod), ByVersion: maps.Clone(t.byVersion),
		Buckets: slices.Clone(t.buckets), Failures: slices.Clone(t.recent),
		Downtime: t.outage.longest(now),
	}
	if sorted := slices.Sorted(slices.Values(t.latencies)); len(sorted) > 0 {
		s.P50, s.P95 = sorted[len(sorted)*50/100], sorted[len(sorted)*95/100]
	}
	return s
}
