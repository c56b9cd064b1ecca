package record

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"sync"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// A Recording is what was recorded up to the moment it was opened. It may be
// used by several goroutines. What is read from the file is read when it is asked
// for, so its methods that return an error may take a tenth of a second and
// belong in the background.
type Recording struct {
	head     Head
	segments []segment
	notes    notes
	end      time.Time
	torn     bool
	cache    *cache
	file     io.Closer // nil: a recorder's
}

// Open opens the recording at path. The caller closes it. The error, an
// [i18n.Error], says why there is nothing that can be shown; a recording whose
// end is torn or damaged opens and ends before that ([Recording.Torn]).
func Open(path string) (*Recording, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("record.unreadable", "File", path, "Problem", problem(err)))
	}
	r, err := read(file, filepath.Base(path))
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	r.file = file
	return r, nil
}

// Close lets the file go.
func (r *Recording) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// Head says which lab it is of.
func (r *Recording) Head() Head { return r.head }

// From is its first moment, and To its last.
func (r *Recording) From() time.Time { return r.segments[0].from }

// To is its last moment.
func (r *Recording) To() time.Time { return r.end }

// Torn reports whether something after its end could not be read.
func (r *Recording) Torn() bool { return r.torn }

// Len is how many changes it holds.
func (r *Recording) Len() int {
	last := r.segments[len(r.segments)-1]
	return last.first + last.changes - r.segments[0].first
}

// Marks are the moments worth going back to, oldest first.
func (r *Recording) Marks() []Mark { return r.notes.marks }

// Counts are how many pods there were, each from its time on.
func (r *Recording) Counts() []Count { return r.notes.counts }

// CommandsUntil are the commands that had begun at a time, oldest first.
func (r *Recording) CommandsUntil(t time.Time) []Command {
	return until(r.notes.commands, func(c Command) time.Time { return c.Started }, t)
}

// PlaceAt is where the learner was at a time, if that is known.
func (r *Recording) PlaceAt(t time.Time) (Place, bool) {
	before := until(r.notes.places, func(p Place) time.Time { return p.Time }, t)
	if len(before) == 0 {
		return Place{}, false
	}
	return before[len(before)-1], true
}

// Places are where the learner was, oldest first.
func (r *Recording) Places() []Place { return r.notes.places }

// Anew are the times at which a step's state had just been made, oldest first.
func (r *Recording) Anew() []time.Time {
	var all []time.Time
	for _, p := range r.notes.places {
		if p.Anew {
			all = append(all, p.Time)
		}
	}
	return all
}

// Traffic are the samples of the requests from one time to another, oldest first.
func (r *Recording) Traffic(from, to time.Time) []Traffic {
	all := until(r.notes.traffic, func(t Traffic) time.Time { return t.Time }, to)
	return all[len(until(all, func(t Traffic) time.Time { return t.Time }, from)):]
}

// until returns those of sorted notes that were not after a time.
func until[T any](all []T, when func(T) time.Time, t time.Time) []T {
	n := sort.Search(len(all), func(i int) bool { return when(all[i]).After(t) })
	return all[:n:n]
}

// A Moment is the cluster as it was between two changes.
type Moment struct {
	Index    int // how many changes came before
	Time     time.Time
	Snapshot cluster.Snapshot // its Changes are those of the last [Recent] before Time
}

// Recent is how far back a moment's changes go.
const Recent = time.Second

// Seek returns the moment after every change up to a time. Before the recording
// it is its first moment, after it its last.
func (r *Recording) Seek(t time.Time) (Moment, error) {
	if t.Before(r.From()) {
		t = r.From()
	}
	if t.After(r.end) {
		t = r.end
	}
	at := max(0, sort.Search(len(r.segments), func(i int) bool { return r.segments[i].from.After(t) })-1)
	p, err := r.cache.played(r.segments[at])
	if err != nil {
		return Moment{}, err
	}
	return r.moment(at, p, p.after(t), t)
}

// Skip returns the moment after so many of its changes; none if there are fewer.
func (r *Recording) Skip(changes int) (Moment, error) {
	return r.At(r.segments[0].first + max(0, changes))
}

// At returns the moment after so many changes, at the time of the last of them.
func (r *Recording) At(index int) (Moment, error) {
	index = max(r.segments[0].first, min(index, r.segments[0].first+r.Len()))
	at := max(0, sort.Search(len(r.segments), func(i int) bool { return r.segments[i].first >= index })-1)
	p, err := r.cache.played(r.segments[at])
	if err != nil {
		return Moment{}, err
	}
	k, when := index-r.segments[at].first, r.segments[at].from
	if k > 0 {
		when = time.UnixMicro(p.entries[p.base+k-1].micros)
	}
	return r.moment(at, p, k, when)
}

func (r *Recording) moment(at int, p *played, k int, t time.Time) (Moment, error) {
	s, err := p.state(k)
	if err != nil {
		return Moment{}, err
	}
	m := Moment{Index: r.segments[at].first + k, Time: t, Snapshot: s}
	m.Snapshot.Time, m.Snapshot.Seq = t, uint64(m.Index)+1
	for i := k - 1; i >= 0; i-- {
		c, err := p.change(i)
		if err != nil {
			return Moment{}, err
		}
		if t.Sub(c.Time) > Recent {
			break
		}
		m.Snapshot.Changes = append(m.Snapshot.Changes, c)
	}
	slices.Reverse(m.Snapshot.Changes)
	return m, nil
}

// Next returns the moment of the first change after m that matters, and whether
// there is one. A nil matters means every change.
func (r *Recording) Next(m Moment, matters func(cluster.Change) bool) (Moment, bool, error) {
	for c, err := range r.changes(m.Index, r.segments[0].first+r.Len()) {
		if err != nil {
			return m, false, err
		}
		if matters == nil || matters(c.Change) {
			next, err := r.At(c.index + 1)
			return next, err == nil, err
		}
	}
	return m, false, nil
}

// Before returns the moment before the last change up to m that matters: what
// [Recording.Next] would lead back from. It is the moment of the change before
// that, or the beginning.
func (r *Recording) Before(m Moment, matters func(cluster.Change) bool) (Moment, bool, error) {
	found := 0
	for at := len(r.segments) - 1; at >= 0; at-- {
		s := r.segments[at]
		if s.first >= m.Index {
			continue
		}
		p, err := r.cache.played(s)
		if err != nil {
			return m, false, err
		}
		for k := min(s.changes, m.Index-s.first) - 1; k >= 0; k-- {
			c, err := p.change(k)
			if err != nil {
				return m, false, err
			}
			if matters != nil && !matters(c) {
				continue
			}
			if found++; found == 2 || c.Time.Before(m.Time) {
				before, err := r.At(s.first + k + 1)
				return before, err == nil, err
			}
		}
	}
	if m.Index == r.segments[0].first {
		return m, false, nil
	}
	first, err := r.At(0)
	return first, err == nil, err
}

// problem is a system error without the call and the path that Go puts before it.
func problem(err error) string {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// A cache keeps the segments that were read last.
type cache struct {
	mu   sync.Mutex
	keys [cached]segmentKey
	all  [cached]*played
}

// cached is how many segments are kept in memory: a moment's, and a neighbour's.
const cached = 2

type segmentKey struct {
	file    io.ReaderAt
	first   int
	changes int
}

func (c *cache) played(s segment) (*played, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := segmentKey{s.file, s.first, s.changes}
	if i := slices.Index(c.keys[:], key); i >= 0 && c.all[i] != nil {
		return c.all[i], nil
	}
	p, err := play(s)
	if err != nil {
		return nil, err
	}
	copy(c.keys[1:], c.keys[:])
	copy(c.all[1:], c.all[:])
	c.keys[0], c.all[0] = key, p
	return p, nil
}
