package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"podium/cluster"
)

const (
	// volumeSize is how large a recording may grow before it goes on in a new
	// file: more than an hour of a thousand pods and fifty changes a second.
	volumeSize = 64 << 20

	// countStep is how close together counts are kept: no chart is finer.
	countStep = time.Second / 2

	// Most is how much the recordings of a folder take together; the oldest ones
	// are removed to make room for the next.
	Most = 512 << 20
)

// A volumes writes one lab's recording: a file, and after [volumeSize] another.
// Each can be read by itself; what the lab itself can go back to is the last two.
type volumes struct {
	folder string
	head   Head
	number int
	size   int64 // of a volume, and least of a segment: changed by tests
	least  int
	zip    *zstd.Encoder
	plain  *zstd.Encoder // for notes

	file    *os.File
	written int64
	listing listing
	segment *segmentWriter
	base    int // what the segment's beginning took, unpacked
	marks   *rollouts
	pods    *tally
	count   Count   // the newest
	counts  []Count // that are not written yet
	notes   []note  // to be written with the next part
}

func newVolumes(folder string, head Head) (*volumes, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	v := &volumes{folder: folder, head: head, size: volumeSize, least: leastSegment}
	var err error
	if v.zip, err = newZip(); err != nil {
		return nil, err
	}
	v.plain, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<17))
	return v, err
}

// path is where a volume is: named for when the lab began, so that names sort.
func (v *volumes) path(number int) string {
	name := v.head.Began.Format("2006-01-02T15-04-05")
	if number > 1 {
		name += fmt.Sprintf("-part%02d", number)
	}
	return filepath.Join(v.folder, name+Suffix)
}

// open begins a new file.
func (v *volumes) open() error {
	if err := makeRoom(v.folder, Most-v.size); err != nil {
		return err
	}
	v.number++
	file, err := os.OpenFile(v.path(v.number), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	for errors.Is(err, fs.ErrExist) { // two labs in one second
		v.number++
		file, err = os.OpenFile(v.path(v.number), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return err
	}
	if v.file != nil { // the listing goes on reading it; it is closed with the last who does
		v.drop(v.file)
	}
	v.file, v.written, v.listing.file = file, 0, file
	if err := v.put([]byte(magic)); err != nil {
		return err
	}
	head, err := json.Marshal(v.head)
	if err != nil {
		return err
	}
	v.listing.head = v.head
	return v.put(frame(headChunk, head))
}

// drop forgets what is older than the volume that is being left.
func (v *volumes) drop(leaving *os.File) {
	v.listing.segments = slices.DeleteFunc(slices.Clone(v.listing.segments), func(s segment) bool { return s.file != leaving })
}

func (v *volumes) put(b []byte) error {
	n, err := v.file.Write(b)
	v.written += int64(n)
	return err
}

// chunk writes a chunk and lists it as a reader of the file would.
func (v *volumes) chunk(kind chunkType, payload []byte) error {
	at := v.written + chunkHead
	if err := v.put(frame(kind, payload)); err != nil {
		return err
	}
	return v.listing.add(chunk{kind, payload, at})
}

// write writes what was queued.
func (v *volumes) write(queue []item) error {
	for _, i := range queue {
		if i.note != nil {
			v.notes = append(v.notes, *i.note)
			continue
		}
		if err := v.snapshot(*i.snapshot, i.anew || v.segment == nil); err != nil {
			return err
		}
	}
	return v.flush()
}

// snapshot writes a snapshot's changes, or all of it.
func (v *volumes) snapshot(s cluster.Snapshot, anew bool) error {
	if anew {
		return v.begin(s, true)
	}
	if err := v.changes(s.Changes); err != nil {
		return err
	}
	if v.segment.raw-v.base > max(segmentTimes*v.base, v.least) {
		return v.begin(s, false)
	}
	return nil
}

func (v *volumes) changes(all []cluster.Change) error {
	for _, c := range all {
		if err := v.segment.change(c); err != nil {
			return err
		}
		for _, m := range v.marks.add(c) {
			v.notes = append(v.notes, note{Time: m.Time, Rollout: &m})
		}
		if v.pods.add(c) {
			v.counted(c.Time)
		}
	}
	return nil
}

// counted notes how many pods there are now, if that is news. Like those of
// changes its time is in microseconds: a count holds at the moment it came with.
func (v *volumes) counted(at time.Time) {
	at = at.Truncate(time.Microsecond)
	now := Count{Time: at, Pods: len(v.pods.pods), Ready: v.pods.ready}
	if now.Pods != v.count.Pods || now.Ready != v.count.Ready {
		v.counts = append(v.counts, now)
	}
	v.count = now
}

// thin leaves of counts that came within step of each other the fewest that
// were ready and the most there were, and the last.
func thin(counts []Count, step time.Duration) []Count {
	var kept []Count
	for i := 0; i < len(counts); {
		worst, last := counts[i], counts[i]
		for i++; i < len(counts) && counts[i].Time.Sub(worst.Time) < step; i++ {
			last = counts[i]
			worst.Ready, worst.Pods = min(worst.Ready, last.Ready), max(worst.Pods, last.Pods)
		}
		kept = append(kept, worst)
		if last.Pods != worst.Pods || last.Ready != worst.Ready {
			kept = append(kept, last)
		}
	}
	return kept
}

// begin begins a segment, in a new file if the old one is full. A snapshot that
// follows nothing also begins the counts.
func (v *volumes) begin(s cluster.Snapshot, anew bool) error {
	if v.segment != nil {
		if err := v.flush(); err != nil {
			return err
		}
		if err := v.end(); err != nil {
			return err
		}
	}
	fresh := v.file == nil || v.written > v.size
	if fresh {
		if err := v.open(); err != nil {
			return err
		}
	}
	if anew || fresh {
		v.marks = newRollouts(v.head.Namespace, s)
		v.pods = newTally(InNamespace(v.head.Namespace), s.Pods)
		v.count = Count{Pods: -1}
		v.counted(s.Time)
	}
	s.Changes = nil
	if err := v.chunk(segmentChunk, micros(s.Time)); err != nil {
		return err
	}
	var err error
	if v.segment, err = beginSegment(v.zip, s); err != nil {
		return err
	}
	v.base = v.segment.raw
	return v.flushPart()
}

// end ends a segment's stream.
func (v *volumes) end() error {
	if err := v.zip.Close(); err != nil {
		return err
	}
	return v.chunk(dataChunk, v.segment.take())
}

// flush brings everything so far to the file.
func (v *volumes) flush() error {
	if v.segment == nil {
		return nil // notes wait for the first moment
	}
	if v.segment.changes > 0 {
		if err := v.flushPart(); err != nil {
			return err
		}
	}
	for _, c := range thin(v.counts, countStep) {
		v.notes = append(v.notes, note{Time: c.Time, Count: &c})
	}
	v.counts = nil
	if len(v.notes) == 0 {
		return nil
	}
	packed, err := packNotes(v.plain, v.notes)
	if err != nil {
		return err
	}
	if err := v.put(frame(noteChunk, packed)); err != nil {
		return err
	}
	for _, n := range v.notes {
		v.listing.note(n)
	}
	v.notes = nil
	return nil
}

func (v *volumes) flushPart() error {
	part, err := v.segment.part()
	if err != nil {
		return err
	}
	return v.chunk(dataChunk, part)
}

func (v *volumes) close() error {
	if v.segment == nil {
		return nil
	}
	return v.end() // the file is closed with the last who reads it
}

// recording is what is written so far, as a value that doesn't change.
func (v *volumes) recording() Recording {
	l := v.listing
	return Recording{head: l.head, segments: slices.Clone(l.segments), notes: l.notes, end: l.end, cache: &cache{}}
}

// makeRoom removes the oldest recordings of a folder until the rest takes no
// more than most bytes.
func makeRoom(folder string, most int64) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var files []fs.FileInfo
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && strings.HasSuffix(e.Name(), Suffix) {
			files = append(files, info)
			total += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		if total <= most {
			break
		}
		if os.Remove(filepath.Join(folder, f.Name())) == nil {
			total -= f.Size()
		}
	}
	return nil
}
