package tui

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"podium/cluster"
	"podium/cluster/record"
	"podium/cluster/traffic"
	"podium/i18n"
	"podium/lessons"
)

// sampleEvery is how often the requests' figures are recorded, and sampleOverlap
// how far back a sample repeats what an earlier one said: a request's outcome
// may take as long.
const (
	sampleEvery   = time.Second / 2
	sampleOverlap = traffic.Timeout + traffic.Width
)

// recordSnapshot keeps what the cluster has come to. A link's first snapshot
// follows nothing.
func (m *Model) recordSnapshot(s cluster.Snapshot, first bool) {
	switch r := m.recorder.Load(); {
	case r == nil:
	case first:
		r.Begin(s)
	default:
		r.Observe(s)
	}
}

func (m *Model) recordCommand(c lessons.Command, lesson bool) {
	kept := record.Command{Line: c.Line, Calls: c.Calls, Exit: c.Exit, Output: c.Output, Lesson: lesson, Started: c.Started, Ended: c.Ended}
	if r := m.recorder.Load(); r != nil {
		r.Command(kept)
	}
	m.standing = m.standing.With(kept)
	m.standOut()
}

// A standing is what tells whether there is something new to record of a lesson.
type standing struct {
	lesson, answer string
	step, hints    int
	met, solution  bool
	known          int
	goals          []lessons.Verdict
}

func (s standing) equal(o standing) bool {
	return s.lesson == o.lesson && s.answer == o.answer && s.step == o.step && s.hints == o.hints && s.met == o.met &&
		s.solution == o.solution && s.known == o.known &&
		reflect.DeepEqual(s.goals, o.goals) // at once where both are the same slice
}

// recordPlace keeps where in which lesson the learner is, when that has changed.
func (m *Model) recordPlace() {
	r := m.recorder.Load()
	if r == nil && m.opts.Tell == nil || m.looksOn() {
		return
	}
	s := m.scene.Session
	if m.course.trial {
		s = lessons.Session{}
	}
	recap := s.Recap()
	now := standing{
		lesson: s.Lesson().ID, step: s.Reached(), met: recap.Met, answer: recap.Answer,
		hints: recap.Hints, solution: recap.Solution, goals: recap.Goals,
	}
	for _, p := range recap.Predictions {
		if p.Known {
			now.known++
		}
	}
	if m.placed.equal(now) && !m.anew {
		return
	}
	m.placed = now
	detail, err := json.Marshal(recap)
	if err != nil {
		return // nothing in it can fail to be written
	}
	place := record.Place{Time: m.opts.Now(), Lesson: now.lesson, Step: recap.Step, Met: recap.Met, Anew: m.anew, Detail: detail}
	m.anew = false
	if r != nil {
		r.Place(place)
	}
	m.stand(place, s)
}

// recordLoad keeps how the requests go, without the part of the chart that was
// kept before.
func (m *Model) recordLoad(s traffic.Stats) {
	r := m.recorder.Load()
	if r == nil || s.Now.Sub(m.sampled) < sampleEvery {
		return
	}
	since := m.sampled.Add(-sampleOverlap)
	m.sampled = s.Now
	sample := record.Traffic{Time: s.Now, Began: s.Began, Sent: s.Total, Failed: s.Failed, ByVersion: s.ByVersion}
	s.Buckets = slices.DeleteFunc(slices.Clone(s.Buckets), func(b traffic.Bucket) bool { return b.Start.Before(since) })
	s.ByPod, s.ByVersion = nil, nil
	detail, err := json.Marshal(s)
	if err != nil {
		return // nothing in it can fail to be written
	}
	sample.Detail = detail
	r.Traffic(sample)
}

// loadAt is what the figures of the requests were at a moment. Samples without
// a newer one after them are of a load that had ended.
func loadAt(film *record.Recording, at time.Time) traffic.Stats {
	samples := film.Traffic(at.Add(-traffic.Span), at)
	if len(samples) == 0 || at.Sub(samples[len(samples)-1].Time) > 4*sampleEvery {
		return traffic.Stats{}
	}
	last := samples[len(samples)-1]
	var load traffic.Stats
	var buckets []traffic.Bucket
	for _, s := range samples {
		var part traffic.Stats
		if !s.Began.Equal(last.Began) || json.Unmarshal(s.Detail, &part) != nil {
			continue
		}
		load = part
		if len(part.Buckets) > 0 { // the newer sample knows the outcome of more
			n := len(buckets)
			for n > 0 && !buckets[n-1].Start.Before(part.Buckets[0].Start) {
				n--
			}
			buckets = append(buckets[:n], part.Buckets...)
		}
	}
	load.Buckets, load.Total, load.Failed, load.ByVersion = buckets, last.Sent, last.Failed, last.ByVersion
	return load
}

// recordStopped tells once that nothing is recorded any more.
func (m *Model) recordStopped() {
	r := m.recorder.Load()
	if r == nil || m.deaf {
		return
	}
	if err := r.Err(); err != nil {
		m.deaf = true
		m.tell(i18n.Explain(err))
	}
}
