package conformance

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// recordings is the folder of what a kind cluster did.
var recordings = filepath.Join("testdata", "kind")

func goldenFile(s Scenario) string { return filepath.Join(recordings, s.Name+".yaml") }

// run tells this run's namespaces from those of one that was killed.
var run = os.Getpid()

func namespaceOf(s Scenario, attempt int) string {
	return fmt.Sprintf("play-%d-%d-%s", run, attempt, s.Name)
}

// warmUp has the images that scenarios take for present pulled on every node.
func warmUp(t *testing.T, p *Player) {
	t.Helper()
	if _, err := p.Play(t.Context(), warmUpScenario(t), fmt.Sprintf("play-%d-warm-up", run), func(Tracks) bool { return true }); err != nil {
		t.Fatal(err)
	}
}

func warmUpScenario(t *testing.T) Scenario {
	t.Helper()
	s, err := parse("warm-up", []byte(`
about: Every node has the images that the scenarios take for present.
steps:
- apply:
  - apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: warm-up}
    spec:
      selector: {matchLabels: {app: warm-up}}
      template:
        metadata: {labels: {app: warm-up}}
        spec:
          terminationGracePeriodSeconds: 1
          tolerations: [{operator: Exists}]
          containers:
          - {name: nginx-1-27, image: "nginx:1.27", command: [sleep, "3600"]}
          - {name: nginx-1-28, image: "nginx:1.28", command: [sleep, "3600"]}
          - {name: busybox, image: "busybox:1.36", command: [sleep, "3600"]}
- run: rollout status daemonset/warm-up --timeout=230s
`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A result is how the last play of a scenario compared, or why it failed.
type result struct {
	Verdict
	err error
}

// perform plays scenarios, at most limit at a time and those that must be alone
// after the others, each until a play equals what was recorded or there have
// been enough. The result of the last play of each comes over its channel.
func perform(ctx context.Context, all []Scenario, limit int, play func(ctx context.Context, s Scenario, attempt int) (Verdict, error)) []chan result {
	results := make([]chan result, len(all))
	places := make(chan struct{}, limit)
	var together sync.WaitGroup
	again := func(s Scenario) (r result) {
		for attempt := range plays {
			if r.Verdict, r.err = play(ctx, s, attempt+1); r.err == nil && r.Equal() {
				break
			}
		}
		return r
	}
	for i, s := range all {
		results[i] = make(chan result, 1)
		if s.Alone {
			continue
		}
		together.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			results[i] <- again(s)
		})
	}
	go func() {
		together.Wait()
		for i, s := range all {
			if s.Alone {
				results[i] <- again(s)
			}
		}
	}()
	return results
}

// mostPartial is the share of all tracks that may agree in part only, in the
// last of three plays: one in ten, on a machine that is very busy.
const mostPartial = 0.10

// judge reports the results of all scenarios, a subtest each.
func judge(t *testing.T, all []Scenario, results []chan result) {
	t.Helper()
	tracks, partial := 0, 0
	for i, s := range all {
		r := <-results[i]
		tracks, partial = tracks+r.Tracks, partial+len(r.Partial)
		t.Run(s.Name, func(t *testing.T) {
			if r.err != nil {
				t.Error(r.err)
			}
			for _, wrong := range r.Wrong {
				t.Error(wrong)
			}
			for _, part := range r.Partial {
				t.Log("in part, " + part)
			}
		})
	}
	t.Logf("%d scenarios, %d tracks, %d of them in part", len(all), tracks, partial)
	if float64(partial) > mostPartial*float64(tracks) {
		t.Errorf("%d of %d tracks are there in part only", partial, tracks)
	}
}
