package conformance

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Read returns what was recorded in a file, or no tracks when there is none.
func Read(path string) (Tracks, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Tracks{}, nil
	}
	if err != nil {
		return nil, err
	}
	t := Tracks{}
	if err := yaml.UnmarshalStrict(text, &t); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Write keeps tracks in a file.
func (t Tracks) Write(path string) error {
	text, err := yaml.Marshal(t)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

//go:embed differences.yaml
var differencesText []byte

// A Difference is a way in which the simulator may differ from a real node.
// Values on the tracks that it names are left out of every comparison or, if As
// is set, replaced by it, in both recordings.
type Difference struct {
	Reason string `json:"reason"`       // a sentence for docs/simulator.md
	In     string `json:"in,omitempty"` // the scenarios it is about, a regular expression; "" for all
	Track  string `json:"track"`        // a regular expression for the whole track
	Value  string `json:"value"`        // and for the whole value
	As     string `json:"as,omitempty"`

	in, track, value *regexp.Regexp
}

// Differences returns every allowed difference.
func Differences() ([]Difference, error) {
	var list []Difference
	if err := yaml.UnmarshalStrict(differencesText, &list); err != nil {
		return nil, err
	}
	for i := range list {
		d := &list[i]
		if d.Reason == "" {
			return nil, fmt.Errorf("difference %d has no reason", i+1)
		}
		if err := d.compile(); err != nil {
			return nil, fmt.Errorf("difference %d: %w", i+1, err)
		}
	}
	return list, nil
}

func (d *Difference) compile() (err error) {
	if d.in, err = regexp.Compile("^(?:" + cmp.Or(d.In, ".*") + ")$"); err != nil {
		return err
	}
	if d.track, err = regexp.Compile("^(?:" + d.Track + ")$"); err != nil {
		return err
	}
	d.value, err = regexp.Compile("^(?:" + d.Value + ")$")
	return err
}

// Allowing returns a scenario's tracks without what may differ, and says which
// of the differences were there.
func (t Tracks) Allowing(list []Difference, scenario string) (rest Tracks, used []bool) {
	rest, used = Tracks{}, make([]bool, len(list))
	for track, courses := range t {
		for _, course := range courses {
			var left []string
			for _, value := range course {
				value = allowed(list, used, scenario, track, value)
				if value != "" && (len(left) == 0 || left[len(left)-1] != value) {
					left = append(left, value)
				}
			}
			if len(left) > 0 {
				rest.add(track, left)
			}
		}
	}
	return rest, used
}

func allowed(list []Difference, used []bool, scenario, track, value string) string {
	for i, d := range list {
		if d.in.MatchString(scenario) && d.track.MatchString(track) && d.value.MatchString(value) {
			used[i] = true
			if d.As == "" {
				return ""
			}
			value = d.value.ReplaceAllString(value, d.As)
		}
	}
	return value
}

// uncompared are tracks for waiting alone: how many of several replicas were
// there at one moment is a matter of milliseconds on any cluster.
var uncompared = regexp.MustCompile(`^deployment/\S+ counts$|^replicaset/\S+ replicas$|^job/\S+ counts$`)

// A Verdict is how a play compares with a recording.
type Verdict struct {
	Tracks  int      // compared
	Wrong   []string // how the play departs, a sentence each
	Partial []string // tracks of which one of the two has only a part, in order
}

// Equal says that the play shows all that was recorded and nothing else.
func (v Verdict) Equal() bool { return len(v.Wrong)+len(v.Partial) == 0 }

// Compare says how what was played departs from what was recorded. endless is
// the scenario's.
//
// A recording is a sample: a node that is busy posts two changes as one, and
// sends its events late. So a play agrees in part with a recording when one of
// the two lacks values of the other, as long as the end is the same; a value that
// only the play has must be one that a real cluster is known for. Events may be
// missing at the end.
func Compare(recorded, played Tracks, endless bool, known map[string]bool) Verdict {
	var v Verdict
	all := maps.Clone(recorded)
	maps.Copy(all, played)
	for _, track := range slices.Sorted(maps.Keys(all)) {
		if uncompared.MatchString(track) {
			continue
		}
		v.Tracks++
		courses := played[track]
		if len(courses) == 0 {
			courses = [][]string{nil}
		}
		for _, course := range courses {
			text := fmt.Sprintf("%s: it went\n%srecorded was\n%s", track, list([][]string{course}), list(recorded[track]))
			any := func(agrees func(r []string) bool) bool { return slices.ContainsFunc(recorded[track], agrees) }
			events := strings.HasPrefix(track, "events ")
			switch {
			case any(func(r []string) bool { return same(r, course, endless) && len(course) > 0 }):
			case any(func(r []string) bool { return len(course) > 0 && partOf(r, course, endless) }),
				any(func(r []string) bool { return partOf(course, r, endless) && allKnown(course, known) }),
				events && any(func(r []string) bool { return len(course) < len(r) && slices.Equal(r[:len(course)], course) }):
				v.Partial = append(v.Partial, text)
			default:
				v.Wrong = append(v.Wrong, text)
			}
		}
	}
	return v
}

func allKnown(course []string, known map[string]bool) bool {
	return !slices.ContainsFunc(course, func(value string) bool { return !known[value] })
}

// Known returns every value that is in some recording of the folder.
func Known(folder string) (map[string]bool, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, file := range files {
		tracks, err := Read(file)
		if err != nil {
			return nil, err
		}
		for _, courses := range tracks {
			for _, value := range slices.Concat(courses...) {
				known[value] = true
			}
		}
	}
	return known, nil
}

// same compares two courses; of an endless scenario, as far as both go.
func same(a, b []string, endless bool) bool {
	if endless {
		n := min(len(a), len(b))
		return slices.Equal(a[:n], b[:n])
	}
	return slices.Equal(a, b)
}

// partOf says that course is whole with some values left out, the last one
// never. An endless one may go on where whole ends.
func partOf(whole, course []string, endless bool) bool {
	at := 0
	for _, value := range course {
		i := slices.Index(whole[at:], value)
		if i < 0 {
			return endless && at == len(whole)
		}
		at += i + 1
	}
	return endless || at == len(whole)
}

func list(courses [][]string) string {
	if len(courses) == 0 {
		return "    nothing\n"
	}
	var b strings.Builder
	for i, c := range courses {
		if i > 0 {
			b.WriteString("  or\n")
		}
		for _, value := range c {
			b.WriteString("    " + value + "\n")
		}
	}
	return b.String()
}
