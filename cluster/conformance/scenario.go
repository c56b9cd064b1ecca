// Package conformance proves that the simulated cluster behaves like a real
// one. A scenario is a file in scenarios/: manifests, kubectl lines, and what to
// wait for. Playing one records everything that a learner could see change:
// phases, conditions, container states, events, endpoints, replica counts.
//
//	scenario ─▶ play on kind ─▶ recording ─▶ testdata/kind/NAME.yaml (committed)
//	scenario ─▶ play on sim  ─▶ recording ─▶ must equal one of those
//
// So `go test` proves the simulator against a real cluster where there is none.
// `make test-kind-scenarios` plays on a live one. What may differ is in differences.yaml,
// with a reason each, and in docs/simulator.md.
package conformance

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed scenarios/*.yaml
var scenarios embed.FS

// A Scenario is one thing that happens in a cluster.
type Scenario struct {
	Name  string `json:"-"`     // the file's
	About string `json:"about"` // one sentence: what a learner would see
	Steps []Step `json:"steps"`

	// Alone says that the scenario touches nodes, so that no other may be played
	// beside it.
	Alone bool `json:"alone,omitempty"`
	// Endless says that it would go on for ever, as a crash loop does: it ends
	// with the last step, and recordings are compared as far as both go.
	Endless bool `json:"endless,omitempty"`
	// Cleanup are kubectl lines that undo what outlives the namespace.
	Cleanup []string `json:"cleanup,omitempty"`
}

// A Step does exactly one of these.
type Step struct {
	// Apply are manifests for kubectl apply.
	Apply []json.RawMessage `json:"apply,omitempty"`
	// Run is a line of kubectl's arguments, quoted as in a shell, which must
	// succeed or, after "! ", fail. What it prints is not compared.
	Run string `json:"run,omitempty"`
	// Says is the same, and what it prints becomes a track of the recording.
	Says string `json:"says,omitempty"`
	// Until waits until each of these lines, "TRACK: beginning of a value", has
	// been recorded since the last step that did something.
	Until []string `json:"until,omitempty"`
}

// Scenarios returns every scenario, by name.
func Scenarios() ([]Scenario, error) {
	files, err := fs.Glob(scenarios, "scenarios/*.yaml")
	if err != nil {
		return nil, err
	}
	all := make([]Scenario, 0, len(files))
	for _, file := range files {
		text, err := scenarios.ReadFile(file)
		if err != nil {
			return nil, err
		}
		s, err := parse(strings.TrimSuffix(path.Base(file), ".yaml"), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, s)
	}
	return all, nil
}

func parse(name string, text []byte) (Scenario, error) {
	s := Scenario{Name: name}
	if err := yaml.UnmarshalStrict(text, &s); err != nil {
		return s, err
	}
	if s.About == "" || len(s.Steps) == 0 {
		return s, errors.New("a scenario needs `about` and `steps`")
	}
	for i, step := range s.Steps {
		done := 0
		for _, is := range []bool{len(step.Apply) > 0, step.Run != "", step.Says != "", len(step.Until) > 0} {
			if is {
				done++
			}
		}
		if done != 1 {
			return s, fmt.Errorf("step %d does %d things, not one of apply, run, says and until", i+1, done)
		}
		for _, line := range step.Until {
			if !strings.Contains(line, ": ") {
				return s, fmt.Errorf("step %d waits for %q, which is no \"TRACK: value\"", i+1, line)
			}
		}
	}
	return s, nil
}
