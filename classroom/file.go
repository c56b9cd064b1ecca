package classroom

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"podium/ownfile"
)

const (
	// largest is what a standing may take: five commands with their output and a
	// lesson's answers are far below it. The file may be another user's.
	largest = 256 << 10

	// lookEvery is how often a file is looked at: people don't see a quarter of a
	// second, and no way of being told works on every system.
	lookEvery = time.Second / 4
)

// A Teller writes standings to a file. Close must be called.
type Teller struct {
	file string
	box  chan Standing // holds the newest that isn't written yet
	done chan struct{}
	mu   sync.Mutex
	last Standing
	over bool
}

// NewTeller returns a teller for a file; its folder must exist. What can't be
// written is not told: nobody depends on being watched.
func NewTeller(file string) *Teller {
	t := &Teller{file: file, box: make(chan Standing, 1), done: make(chan struct{})}
	go func() {
		defer close(t.done)
		for s := range t.box {
			if data, err := json.Marshal(s); err == nil {
				_ = ownfile.Write(t.file, data)
			}
		}
	}()
	return t
}

// Tell has a standing written. It never waits: newer ones replace those that are
// not written yet.
func (t *Teller) Tell(s Standing) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.put(s)
}

func (t *Teller) put(s Standing) {
	t.last = s
	select {
	case <-t.box:
	default:
	}
	t.box <- s // has room: only this sends, under the lock
}

// Close tells that podium is no longer open, and returns when that is written.
func (t *Teller) Close() {
	t.mu.Lock()
	if !t.over {
		t.over = true
		if t.last.Open { // else nothing was ever told
			t.last.Open = false
			t.put(t.last)
		}
		close(t.box)
	}
	t.mu.Unlock()
	<-t.done
}

// Read returns the standing in a file. The file may belong to somebody hostile:
// no link is followed out of its folder and nothing is waited for.
func Read(file string) (Standing, error) {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return Standing{}, err
	}
	defer root.Close()
	name := filepath.Base(file)
	if info, err := root.Lstat(name); err != nil {
		return Standing{}, err
	} else if !info.Mode().IsRegular() {
		return Standing{}, fs.ErrInvalid
	}
	f, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return Standing{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err == nil && len(data) > largest {
		err = errors.New("too large for a standing")
	}
	var s Standing
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		return Standing{}, err
	}
	return s.bounded(), nil
}

// A Reader reads a file again only when it has changed.
type Reader struct {
	file string
	info fs.FileInfo
	last Standing
}

// NewReader returns a reader of a file, which need not be there yet.
func NewReader(file string) *Reader { return &Reader{file: file} }

// Look returns what the file says, and whether that is news. What can't be read
// is no news.
func (r *Reader) Look() (Standing, bool) {
	info, err := os.Lstat(r.file)
	if err != nil || r.info != nil && os.SameFile(info, r.info) && info.ModTime().Equal(r.info.ModTime()) && info.Size() == r.info.Size() {
		return r.last, false
	}
	r.info = info
	s, err := Read(r.file)
	if err != nil {
		return r.last, false
	}
	r.last = s
	return s, true
}

// Follow returns the standings in a file as they change, as [Newest] does; the
// first comes when there is one.
func Follow(ctx context.Context, file string) <-chan Standing {
	return Newest(ctx, lookEvery, NewReader(file).Look)
}

// Newest calls look at once and then every so often, and returns what is news;
// what is not read in time gives way to what is newer. The channel is closed
// after ctx has ended.
func Newest[T any](ctx context.Context, every time.Duration, look func() (T, bool)) <-chan T {
	box := make(chan T, 1)
	go func() {
		defer close(box)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			if found, news := look(); news {
				select {
				case <-box:
				default:
				}
				box <- found
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return box
}
