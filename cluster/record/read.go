package record

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"podium/i18n"
)

// read looks a file through: what is where in it, and the notes. name is what
// the error's sentence calls it.
func read(file io.ReaderAt, name string) (*Recording, error) {
	all := io.NewSectionReader(file, 0, math.MaxInt64)
	first := make([]byte, len(magic))
	if n, err := io.ReadFull(all, first); err != nil || string(first) != magic {
		if strings.HasPrefix(string(first[:n]), magicWord) && n == len(magic) {
			return nil, i18n.Errorf(nil, i18n.M("record.version", "File", name))
		}
		return nil, i18n.Errorf(nil, i18n.M("record.not-one", "File", name))
	}
	zip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxNotes))
	if err != nil {
		return nil, damaged(err)
	}
	defer zip.Close()
	l := &listing{file: file, zip: zip}
	c := &chunks{r: bufio.NewReaderSize(all, 1<<20), at: int64(len(magic))}
	for err = error(nil); err == nil; {
		var found chunk
		if found, err = c.next(); err == nil {
			err = l.add(found)
		}
	}
	r := &Recording{head: l.head, notes: l.notes, end: l.end, cache: &cache{}}
	r.torn = !errors.Is(err, io.EOF)
	for _, s := range l.segments { // one without a part tells nothing
		if len(s.parts) > 0 {
			r.segments = append(r.segments, s)
		}
	}
	if len(r.segments) == 0 {
		return nil, i18n.Errorf(nil, i18n.M("record.empty", "File", name))
	}
	return r, nil
}

// A listing grows as chunks are read or written.
type listing struct {
	file     io.ReaderAt
	zip      *zstd.Decoder
	head     Head
	segments []segment
	notes    notes
	end      time.Time
}

// add takes a chunk in. An error says that nothing from it on can be trusted.
func (l *listing) add(c chunk) error {
	switch c.kind {
	case headChunk:
		return json.Unmarshal(c.payload, &l.head)
	case segmentChunk:
		if len(c.payload) != 8 {
			return errTorn
		}
		l.begin(l.file, moment(c.payload))
	case dataChunk:
		if len(c.payload) < dataHead || len(l.segments) == 0 {
			return errTorn
		}
		return l.data(c)
	case noteChunk:
		all, err := unpackNotes(l.zip, c.payload)
		if err != nil {
			return err
		}
		for _, n := range all {
			l.note(n)
		}
	default:
		return errTorn
	}
	return nil
}

func (l *listing) begin(file io.ReaderAt, at time.Time) {
	first := 0
	if n := len(l.segments); n > 0 {
		first = l.segments[n-1].first + l.segments[n-1].changes
	}
	l.segments = append(l.segments, segment{file: file, first: first, from: at, to: at})
	l.until(at)
}

func (l *listing) data(c chunk) error {
	s := &l.segments[len(l.segments)-1]
	changes := int(uint32(c.payload[0]) | uint32(c.payload[1])<<8 | uint32(c.payload[2])<<16 | uint32(c.payload[3])<<24)
	if changes > maxSegment {
		return errTorn
	}
	s.changes += changes
	s.parts = append(s.parts, part{c.offset + dataHead, len(c.payload) - dataHead})
	if last := moment(c.payload[4:]); last.After(s.to) {
		s.to = last
	}
	l.until(s.to)
	return nil
}

func (l *listing) note(n note) {
	l.notes.add(n)
	l.until(n.Time)
}

func (l *listing) until(t time.Time) {
	if t.After(l.end) {
		l.end = t
	}
}
