// Package talk is what a presenter's podium tells the speaker's second terminal:
// where in a lesson the talk is. It is one small file in podium's home, written
// whole at every change, so that whoever reads it is woken by the file system and
// asks nobody.
package talk

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/gofrs/flock"

	"podium/i18n"
	"podium/lessons"
	"podium/ownfile"
)

// A Live is where a talk is.
type Live struct {
	Lesson   string            `json:"lesson"`
	Course   string            `json:"course,omitempty"` // the folder of a course of one's own
	Provider string            `json:"provider"`
	Step     int               `json:"step"` // from 0; the number of steps at the end
	Goals    []lessons.Verdict `json:"goals,omitempty"`
	Met      bool              `json:"met,omitempty"`
	Typed    int               `json:"typed"` // how many lines of the step's solution were typed
	Doing    Doing             `json:"doing,omitempty"`
	Speed    float64           `json:"speed"` // of the nodes; 1 is their usual one
	Pace     int               `json:"pace"`  // characters a second; 0: at once
	Marks    []string          `json:"marks,omitempty"`
	Began    time.Time         `json:"began"`
	StepAt   time.Time         `json:"stepAt"` // when the step was begun
	Planned  time.Duration     `json:"planned,omitempty"`
	Ended    bool              `json:"ended,omitempty"`
}

// Doing is what the presenter's podium is at; "" waits for the speaker.
type Doing string

// What it can be at.
const (
	Typing    Doing = "typing"
	Preparing Doing = "preparing" // the cluster, or a step's state
	Past      Doing = "past"      // it shows the past
	Blank     Doing = "blank"     // it shows nothing
)

// A Place is what is remembered of a talk from one time to the next, beside the
// step it was left at.
type Place struct {
	Marks []string `json:"marks,omitempty"` // IDs of steps
	Pace  int      `json:"pace"`            // characters a second; 0: at once
}

// Write writes v, a Live or a Place, to path.
func Write(path string, v any) error {
	if err := ownfile.Save(path, v); err != nil {
		return i18n.Errorf(err, i18n.M("talk.unwritable", "File", path, "Problem", err.Error()))
	}
	return nil
}

// Read reads into v what Write wrote. That there is nothing is no error: v stays
// as it is. Nor is a file that can't be understood: a newer podium's, perhaps.
func Read(path string, v any) {
	if data, err := os.ReadFile(path); err == nil {
		_ = json.Unmarshal(data, v) // else v stays as far as it could be read
	}
}

// Hold marks a talk as under way in the folder of a Live's file until release is
// called or this process ends, however it does. Another one is an error: both
// would tell the same notes.
func Hold(path string) (release func(), err error) {
	lock := flock.New(path + ".lock")
	err = os.MkdirAll(filepath.Dir(path), 0o700)
	free := false
	if err == nil {
		free, err = lock.TryLock()
	}
	switch {
	case err != nil:
		return nil, i18n.Errorf(err, i18n.M("talk.unwritable", "File", path, "Problem", err.Error()))
	case !free:
		return nil, i18n.Errorf(nil, i18n.M("talk.held"))
	}
	return func() { _ = lock.Close() }, nil // it goes with the process anyway
}

// UnderWay reports whether a talk is.
func UnderWay(path string) bool {
	lock := flock.New(path+".lock", flock.SetFlag(os.O_RDWR))
	defer lock.Close()
	free, err := lock.TryRLock()
	return err == nil && !free
}

// Follow returns what the file at path says, now and whenever it is written; the
// zero Live while there is none. The channel is closed after ctx has ended.
func Follow(ctx context.Context, path string) (<-chan Live, error) {
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		err = watcher.Add(filepath.Dir(path)) // the file itself is another one at each change
	}
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("talk.unfollowed", "File", path, "Problem", err.Error()))
	}
	stream := make(chan Live, 1)
	tell := func() {
		var live Live
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			Read(path, &live)
		}
		select {
		case <-stream: // newest wins
		default:
		}
		stream <- live
	}
	tell()
	go func() {
		defer close(stream)
		defer watcher.Close()
		for {
			select {
			case event, ok := <-watcher.Events:
				if !ok {
					return
				}
				if event.Name == path && !event.Has(fsnotify.Chmod) {
					tell()
				}
			case <-watcher.Errors: // events were lost: the newest is what counts
				tell()
			case <-ctx.Done():
				return
			}
		}
	}()
	return stream, nil
}
