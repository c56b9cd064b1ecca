package record

import (
	"encoding/binary"
	"io"
	"sort"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"podium/cluster"
	"podium/i18n"
)

// A segment is a stretch of a recording that can be read by itself.
type segment struct {
	file    io.ReaderAt
	first   int       // how many changes came before it
	changes int       // that it holds
	from    time.Time // when it begins
	to      time.Time // its last change; from if there is none
	parts   []part    // of its stream, in order
}

// A part is a stretch of the file that holds a stretch of a stream.
type part struct {
	offset int64
	size   int
}

// An entry is where in a segment's stream a state of an object is.
type entry struct {
	verb     byte
	micros   int64
	number   int // of the object
	before   int // the entry of the same object before this one; -1 without
	from, to int // its bytes
}

// A played segment is one in memory. Objects are made of their bytes when they
// are first asked for.
type played struct {
	raw     []byte
	base    int // how many entries are the state it begins with
	entries []entry
	kinds   []schema.GroupVersionKind // by object number

	mu      sync.Mutex
	objects []cluster.Object // by entry
	at      int              // how many changes in near is after
	near    cluster.Snapshot // a state made before: most are asked for one after the other
	begun   bool             // near is made
}

// play reads a segment into memory. A stream without an end is read as far as
// it goes: the recording goes on, or its recorder was killed.
func play(s segment) (*played, error) {
	var parts []io.Reader
	for _, p := range s.parts {
		parts = append(parts, io.NewSectionReader(s.file, p.offset, int64(p.size)))
	}
	zip, err := zstd.NewReader(io.MultiReader(parts...), zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxWindow(window), zstd.WithDecoderMaxMemory(maxSegment))
	if err != nil {
		return nil, damaged(err)
	}
	defer zip.Close()
	raw, err := io.ReadAll(io.LimitReader(zip, maxSegment))
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, damaged(err)
	}
	p := &played{raw: raw}
	if err := p.index(s); err != nil {
		return nil, damaged(err)
	}
	p.objects = make([]cluster.Object, len(p.entries))
	return p, nil
}

func damaged(cause error) error { return i18n.Errorf(cause, i18n.M("record.damaged")) }

// index finds the entries in the stream.
func (p *played) index(s segment) error {
	clock := s.from.UnixMicro()
	micros, last := clock, []int{}
	for at := 0; at < len(p.raw); {
		size, n := binary.Uvarint(p.raw[at:])
		if n <= 0 || size > uint64(len(p.raw)-at-n) || size < 1 {
			return errTorn
		}
		at += n
		e, kind, err := readEntry(p.raw[:at+int(size)], at, len(p.kinds))
		if err != nil {
			return err
		}
		if e.number == len(p.kinds) {
			p.kinds = append(p.kinds, kind)
			last = append(last, -1)
		}
		clock += e.micros
		micros = max(micros, clock) // clocks are set back; what happened stays in order
		e.micros = micros
		e.before = last[e.number]
		last[e.number] = len(p.entries)
		if e.verb == isThere {
			p.base++
		}
		if (e.verb == isThere) != (p.base == len(p.entries)+1) {
			return errTorn
		}
		p.entries = append(p.entries, e)
		at += int(size)
	}
	if p.changes() < s.changes {
		return errTorn
	}
	p.entries = p.entries[:p.base+s.changes] // what is newer was written since s was looked up
	return nil
}

// readEntry reads an entry that ends where raw does; known is how many objects
// there are before it.
func readEntry(raw []byte, at, known int) (entry, schema.GroupVersionKind, error) {
	e := entry{verb: raw[at], to: len(raw)}
	if e.verb != isThere && e.verb != added && e.verb != modified && e.verb != deleted {
		return e, schema.GroupVersionKind{}, errTorn
	}
	at++
	delta, n := binary.Varint(raw[at:])
	if n <= 0 {
		return e, schema.GroupVersionKind{}, errTorn
	}
	e.micros, at = delta, at+n
	number, n := binary.Uvarint(raw[at:])
	if n <= 0 || number > uint64(known) {
		return e, schema.GroupVersionKind{}, errTorn
	}
	e.number, at = int(number), at+n
	if e.number < known {
		e.from = at
		return e, schema.GroupVersionKind{}, nil
	}
	size, n := binary.Uvarint(raw[at:])
	if n <= 0 || size > uint64(len(raw)-at-n) {
		return e, schema.GroupVersionKind{}, errTorn
	}
	at += n
	kind, ok := kinds[string(raw[at:at+int(size)])]
	if !ok {
		return e, kind, errTorn
	}
	e.from = at + int(size)
	return e, kind, nil
}

func (p *played) changes() int { return len(p.entries) - p.base }

// object returns the object of an entry. The lock is held.
func (p *played) object(i int) (cluster.Object, error) {
	if o := p.objects[i]; o != nil {
		return o, nil
	}
	e := p.entries[i]
	o, err := decode(p.kinds[e.number], p.raw[e.from:e.to])
	if err != nil {
		return nil, damaged(err)
	}
	p.objects[i] = o
	return o, nil
}

// change returns a change, from 0.
func (p *played) change(i int) (cluster.Change, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.entries[p.base+i]
	c := cluster.Change{Time: time.UnixMicro(e.micros), Kind: p.kinds[e.number].GroupKind(), Verb: cluster.Modified}
	var err error
	if c.Object, err = p.object(p.base + i); err != nil {
		return c, err
	}
	switch {
	case e.verb == deleted:
		c.Verb, c.Before = cluster.Deleted, c.Object
	case e.before >= 0 && p.entries[e.before].verb != deleted:
		c.Before, err = p.object(e.before)
	}
	if e.verb == added {
		c.Verb = cluster.Added
	}
	return c, err
}

// state returns the cluster after so many changes, without them. Of an object
// that changed often, only the last state is made.
func (p *played) state(changes int) (cluster.Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	from := p.at
	if !p.begun || changes < p.at {
		p.near, from, p.begun = cluster.Snapshot{}, -p.base, true
	}
	all := p.entries[p.base+from : p.base+changes]
	final := make([]int, len(p.kinds)) // entry by object number
	for i, e := range all {
		final[e.number] = i
	}
	var edits []cluster.Change
	for i, e := range all {
		if final[e.number] != i {
			continue
		}
		o, err := p.object(p.base + from + i)
		if err != nil {
			p.begun = false
			return cluster.Snapshot{}, err
		}
		verb := cluster.Modified
		if e.verb == deleted {
			verb = cluster.Deleted
		}
		edits = append(edits, cluster.Change{Kind: p.kinds[e.number].GroupKind(), Verb: verb, Object: o})
	}
	p.near = p.near.Apply(edits...)
	p.near.Changes, p.at = nil, changes
	return p.near, nil
}

// after returns how many changes had happened at a time.
func (p *played) after(t time.Time) int {
	micros := t.UnixMicro()
	return sort.Search(p.changes(), func(i int) bool { return p.entries[p.base+i].micros > micros })
}
