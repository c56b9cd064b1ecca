package lessons

import (
	"embed"
	"hash/fnv"
	"io/fs"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"podium/cluster"
	"podium/i18n"
)

//go:embed faults
var faults embed.FS

// Faults returns the folders of the faults that podium carries.
func Faults() fs.FS {
	inside, err := fs.Sub(faults, "faults")
	if err != nil {
		return faults // the name is a constant that is valid
	}
	return inside
}

// A Fault makes a lesson a round on the practice ground: its setup makes a
// healthy application, its first step breaks it and is met when that shows, its
// second is the learner's and is met when all is well again.
type Fault struct {
	Seed   uint64
	Values map[string]string // what the seed chose, by name
	Clue   Clue
}

// IsFault reports whether a lesson is a round on the practice ground.
func (l Lesson) IsFault() bool { return l.Fault != nil }

// PlayableWith reports whether a cluster with these features can have the fault.
func (l Lesson) PlayableWith(has []Need) bool {
	return !slices.ContainsFunc(l.Steps, func(s Step) bool { return s.Needs != "" && !slices.Contains(has, s.Needs) })
}

// Practise begins a round: at the step where the fault is in and shows.
func Practise(fault Lesson, namespace string, s cluster.Snapshot) Session {
	return At(fault, atMend, namespace, s)
}

// A Clue is where the fault can be seen.
type Clue struct {
	Line  string // a command, held against the cluster by verify
	Shows string // what stands in its output
}

// The steps of a fault.
const (
	SymptomStep = "symptom"
	MendStep    = "mend"
	atMend      = 1 // its place
)

// Bounds on what a fault varies.
const (
	maxVaried  = 12 // names
	maxChoices = 12 // values of one
)

var (
	variedValue = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/ -]*$`)
	placeFor    = regexp.MustCompile(`\$\(([a-z][a-z0-9-]*)\)`)
)

// values are what a seed chooses for a fault's places, $(name). What isn't a
// choice at all is left for the reader to complain about.
func values(folder, text string, seed uint64) map[string]string {
	var given struct {
		Vary map[string][]string `yaml:"vary"`
	}
	if yaml.Unmarshal([]byte(text), &given) != nil {
		return nil
	}
	hash := fnv.New64a()
	hash.Write([]byte(folder))
	chance := rand.New(rand.NewPCG(seed, hash.Sum64()))
	chosen := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(given.Vary)) {
		if all := given.Vary[name]; len(all) > 0 {
			chosen[name] = all[chance.IntN(len(all))]
		}
	}
	return chosen
}

// filler puts values into their places.
func filler(chosen map[string]string) func(string) string {
	return func(text string) string {
		return placeFor.ReplaceAllStringFunc(text, func(place string) string {
			if value, ok := chosen[placeFor.FindStringSubmatch(place)[1]]; ok {
				return value
			}
			return place
		})
	}
}

// Choose returns the fault that a seed means. There must be one.
func Choose(all []Lesson, seed uint64) Lesson {
	return all[rand.New(rand.NewPCG(seed, 0)).IntN(len(all))]
}

// fault reads the whole of fault.yaml into l.
func (r *reader) fault(text string, l *Lesson) {
	symptom := Step{ID: SymptomStep, Kind: Watch}
	mend := Step{ID: MendStep, Kind: Do}
	var ways [][]string
	var symptoms, goals []place
	root, ok := r.root(text)
	if !ok {
		return
	}
	r.fields(root, fieldTable{
		"vary":  r.vary,
		"files": r.listFiles,
		"needs": func(n *yaml.Node) { symptom.Needs = r.need(n); mend.Needs = symptom.Needs },
		"setup": func(n *yaml.Node) { l.Setup = r.commands(n) },
		"fault": func(n *yaml.Node) { symptom.Run = r.commands(n) },
		"symptom": func(n *yaml.Node) {
			symptom.Goals, symptoms = r.goals(n)
		},
		"goals":     func(n *yaml.Node) { mend.Goals, goals = r.goals(n) },
		"traffic":   func(n *yaml.Node) { mend.Traffic = r.traffic(n); symptom.Traffic = mend.Traffic },
		"clue":      func(n *yaml.Node) { l.Fault.Clue = r.clue(n) },
		"solutions": func(n *yaml.Node) { ways = r.ways(n) },
		"wrong":     func(n *yaml.Node) { mend.Wrong = r.ways(n) },
	})
	if len(ways) > 0 {
		mend.Solution, mend.Also = ways[0], ways[1:]
	}
	l.Steps = []Step{symptom, mend}
	at := r.place(root)
	r.steps = []listed{{SymptomStep, at}, {MendStep, at}}
	r.goalsAt = [][]place{symptoms, goals}
	for _, missing := range []struct {
		so   bool
		what string
	}{
		{len(l.Setup) == 0, "setup"}, {len(symptom.Run) == 0, "fault"}, {len(symptom.Goals) == 0, "symptom"},
		{l.Fault.Clue.Line == "", "clue"}, {len(ways) < 2, "solutions"},
	} {
		if missing.so {
			r.m.at(at, i18n.M("fault.needs", "Field", missing.what))
		}
	}
	r.empties(at, append(slices.Clone(ways), mend.Wrong...))
}

// empties finds what the learner could not do: the files of a fault are the
// stage's own.
func (r *reader) empties(at place, ways [][]string) {
	for _, way := range ways {
		for _, line := range way {
			if words := strings.Fields(line); len(words) > 0 && len(mentionsOf(words).files) > 0 {
				r.m.at(at, i18n.M("fault.nofiles", "Line", cut(Plain(line), 80)))
			}
		}
	}
}

func (r *reader) vary(n *yaml.Node) {
	n = r.follow(n)
	if n == nil || !r.is(n, yaml.MappingNode, "lesson.wantmapping") {
		return
	}
	if len(n.Content)/2 > maxVaried {
		r.at(n, i18n.M("lesson.toolong", "Most", maxVaried))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		r.id(n.Content[i])
		r.each(n.Content[i+1], maxChoices, func(n *yaml.Node) {
			if value := r.text(n); !variedValue.MatchString(value) {
				r.at(n, i18n.M("fault.value", "Value", cut(Plain(value), 60)))
			}
		})
	}
}

func (r *reader) clue(n *yaml.Node) Clue {
	c := Clue{}
	r.fields(n, fieldTable{
		"line": func(n *yaml.Node) {
			if c.Line = r.text(n); c.Line != "" {
				r.safely(n, c.Line)
			}
		},
		"shows": func(n *yaml.Node) { c.Shows = r.text(n) },
	})
	if c.Line == "" || c.Shows == "" {
		r.at(n, i18n.M("fault.clue"))
	}
	return c
}
