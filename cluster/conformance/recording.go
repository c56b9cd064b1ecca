package conformance

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// Tracks is what one play showed: for each thing that can change, such as
// "pod/web phase", the values it went through. Things that are only told apart
// by a generated name, such as the pods of a ReplicaSet, share a track; each
// course that one of them took is listed once.
type Tracks map[string][][]string

// A line is one value of one object's track, as it came.
type line struct {
	object types.UID // tells apart objects that share a track
	track  string
	value  string
	at     int // its place among all lines
}

// A recording takes in the changes of one namespace.
type recording struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced with each change
	names   names
	lines   []line
	rollout map[types.UID]*extremes
	cursor  int  // where the last step that did something began
	closed  bool // takes in no more
}

func newRecording(namespace string, nodes []string) *recording {
	return &recording{changed: make(chan struct{}), names: newNames(namespace, nodes), rollout: map[types.UID]*extremes{}}
}

// observe takes in one change.
func (r *recording) observe(c cluster.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	r.names.learn(c.Object)
	for _, l := range linesOf(c) {
		r.add(l)
	}
	r.extremes(c)
	close(r.changed)
	r.changed = make(chan struct{})
}

// note records a line that no object of the cluster says.
func (r *recording) note(track, value string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(line{track: track, value: value})
}

func (r *recording) add(l line) {
	for i := len(r.lines) - 1; i >= 0; i-- {
		if old := r.lines[i]; old.object == l.object && old.track == l.track {
			if old.value == l.value {
				return
			}
			break
		}
	}
	l.at = len(r.lines)
	r.lines = append(r.lines, l)
}

// act marks the beginning of a step that does something.
func (r *recording) act() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cursor = len(r.lines)
}

// missing returns which of the lines have not been recorded since the last act,
// and a channel that is closed with the next change.
func (r *recording) missing(wanted []string) ([]string, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var left []string
	for _, want := range wanted {
		track, value, _ := strings.Cut(want, ": ")
		if !slices.ContainsFunc(r.lines[r.cursor:], func(l line) bool {
			return r.names.plain(l.track) == track && strings.HasPrefix(r.names.plain(l.value), value)
		}) {
			left = append(left, want)
		}
	}
	return left, r.changed
}

// end stops the recording and returns its tracks.
func (r *recording) end() Tracks {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	return r.tracks()
}

// tracks returns what has been recorded so far.
func (r *recording) tracks() Tracks {
	r.mu.Lock()
	defer r.mu.Unlock()
	type course struct {
		object types.UID
		track  string
	}
	courses := map[course][]string{}
	for _, l := range r.lines {
		at := course{l.object, r.names.plain(l.track)}
		value := r.names.plain(l.value)
		was := courses[at]
		again := len(was) > 0 && was[len(was)-1] == value
		if strings.HasPrefix(at.track, "events ") || pulls.MatchString(value) { // said again, it says nothing new
			again = slices.Contains(was, value)
		}
		if !again {
			courses[at] = append(was, value)
		}
	}
	tracks := Tracks{}
	for at, values := range courses {
		tracks.add(at.track, values)
	}
	for _, e := range r.rollout {
		for track, value := range e.summary() {
			tracks.add(r.names.plain(track), []string{value})
		}
	}
	return tracks
}

// pulls are the states that take turns, as often as there is time, while an
// image can't be pulled.
var pulls = regexp.MustCompile(`^waiting (ErrImagePull|ImagePullBackOff)`)

// add lists a course on a track, once.
func (t Tracks) add(track string, course []string) {
	if slices.ContainsFunc(t[track], func(c []string) bool { return slices.Equal(c, course) }) {
		return
	}
	t[track] = append(t[track], course)
	slices.SortFunc(t[track], slices.Compare[[]string])
}

// Merge lists the courses of other, too: another play of the same scenario. Of
// two courses of which one is a part of the other, the whole one is kept.
func (t Tracks) Merge(other Tracks) {
	for track, courses := range other {
		for _, c := range courses {
			t.add(track, c)
		}
		all := t[track]
		t[track] = slices.DeleteFunc(slices.Clone(all), func(c []string) bool {
			return slices.ContainsFunc(all, func(whole []string) bool { return len(whole) > len(c) && partOf(whole, c, false) })
		})
	}
}

// String lists the tracks for a reader.
func (t Tracks) String() string {
	var b strings.Builder
	for _, track := range slices.Sorted(maps.Keys(t)) {
		for _, c := range t[track] {
			fmt.Fprintf(&b, "%s:\n  %s\n", track, strings.Join(c, "\n  "))
		}
	}
	return b.String()
}
