package record

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// The recorder's pace and bounds.
const (
	// every is how much of the past a kill may cost: what comes together within
	// it is written at once.
	every = time.Second

	// A segment ends when its changes take this many times what its beginning
	// takes, and at least leastSegment: to come to its last moment takes that much
	// longer than to come to its first, and a lab isn't written out over and over.
	segmentTimes = 2
	leastSegment = 1 << 20

	// mostWaiting bounds the changes that wait for a disk that doesn't answer.
	// Beyond it they are given up, and the recording goes on with the state that
	// they led to.
	mostWaiting = 1 << 16
)

// A Recorder writes a recording. Its methods may be called by any goroutine;
// those that give it something never wait. Close must be called.
type Recorder struct {
	done  chan struct{} // closed when the writer has ended
	wake  chan struct{} // holds one mark while something waits
	mu    sync.Mutex
	queue []item
	size  int // changes in queue
	ended bool
	err   error // why nothing is written any more
	now   Recording
	views []chan struct{} // who waits for what is queued to be on disk
}

// An item is something to record: a snapshot with the changes that led to it,
// or a note.
type item struct {
	snapshot *cluster.Snapshot
	anew     bool // the snapshot follows nothing
	note     *note
}

// Start begins a recording in folder, which it makes, and makes room for it by
// removing the oldest ones there ([Most]). The recording has its first moment
// when a snapshot has been observed.
func Start(folder string, head Head) (*Recorder, error) {
	v, err := newVolumes(folder, head)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("record.unwritable", "File", folder, "Problem", problem(err)))
	}
	r := &Recorder{done: make(chan struct{}), wake: make(chan struct{}, 1)}
	go r.run(v)
	return r, nil
}

// Begin records a snapshot that doesn't follow another: the first of a cluster,
// or of one that was opened again.
func (r *Recorder) Begin(s cluster.Snapshot) { r.put(item{snapshot: &s, anew: true}) }

// Observe records a snapshot and the changes that led to it from the one before.
func (r *Recorder) Observe(s cluster.Snapshot) {
	r.mu.Lock()
	lost := r.size+len(s.Changes) > mostWaiting
	if lost {
		r.queue = slices.DeleteFunc(r.queue, func(i item) bool { return i.snapshot != nil })
		r.size = 0
	} else {
		r.size += len(s.Changes)
	}
	r.mu.Unlock()
	r.put(item{snapshot: &s, anew: lost})
}

// Command records a line that has ended at the prompt.
func (r *Recorder) Command(c Command) {
	c.Output = c.Output[:min(len(c.Output), MaxOutput)]
	r.put(item{note: &note{Time: c.Ended, Command: &c}})
}

// Place records where the learner is.
func (r *Recorder) Place(p Place) { r.put(item{note: &note{Time: p.Time, Place: &p}}) }

// Traffic records how requests went.
func (r *Recorder) Traffic(t Traffic) { r.put(item{note: &note{Time: t.Time, Traffic: &t}}) }

func (r *Recorder) put(i item) {
	r.mu.Lock()
	if !r.ended && r.err == nil {
		r.queue = append(r.queue, i)
	}
	r.mu.Unlock()
	r.signal()
}

func (r *Recorder) signal() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Err says why recording has stopped, or nil while it goes on.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Recording returns everything recorded so far, as soon as it is written. It is
// nil as long as no snapshot was observed; it need not be closed.
func (r *Recorder) Recording(ctx context.Context) (*Recording, error) {
	written := make(chan struct{})
	r.mu.Lock()
	r.views = append(r.views, written)
	r.mu.Unlock()
	r.signal()
	select {
	case <-written:
	case <-r.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.now.segments) == 0 {
		return nil, r.err
	}
	now := r.now
	return &now, nil
}

// Written returns what has been written so far, without waiting for the rest: it
// is a second behind at most, unless the disk is. It is nil as long as there is
// nothing.
func (r *Recorder) Written() *Recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.now.segments) == 0 {
		return nil
	}
	now := r.now
	return &now
}

// Close writes what waits and ends the recording.
func (r *Recorder) Close() error {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	r.signal()
	<-r.done
	return r.Err()
}

// run writes until the recorder is closed or can't.
func (r *Recorder) run(v *volumes) {
	defer close(r.done)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		<-r.wake
		for more := true; more; {
			r.mu.Lock()
			hurry := r.ended || len(r.views) > 0
			r.mu.Unlock()
			if hurry {
				break
			}
			select {
			case <-r.wake:
			case <-pause.C:
				more = false
			}
		}
		pause.Reset(every)
		if ended := r.write(v); ended {
			return
		}
	}
}

// write writes what is queued and reports whether there will be no more.
func (r *Recorder) write(v *volumes) (ended bool) {
	r.mu.Lock()
	queue, views := r.queue, r.views
	r.queue, r.views, r.size, ended = nil, nil, 0, r.ended
	err := r.err
	r.mu.Unlock()
	if err == nil {
		if err = v.write(queue); err == nil && ended {
			err = v.close()
		}
		if err != nil {
			err = i18n.Errorf(err, i18n.M("record.stopped", "Problem", problem(err)))
		}
	}
	r.mu.Lock()
	r.err, r.now = err, v.recording()
	r.mu.Unlock()
	for _, written := range views {
		close(written)
	}
	return ended
}

// micros is a moment in a segment's chunk.
func micros(t time.Time) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(t.UnixMicro()))
}
