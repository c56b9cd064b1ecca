package tui

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"podium/lessons"
	"podium/recall"
)

const brokenWords = `---
title: Gone
summary: A pod is gone
---

## symptom: What shows
~~~goals
gone: Nobody serves
~~~

## mend: The shop is closed
Bring $(app) back.

~~~goals
two: Two pods serve
~~~
~~~hint
Look: 'kubectl get deployments'.
~~~
~~~hint
Make it.
~~~
~~~debrief
Somebody had deleted it.
~~~
`

// broken is a fault that two pods with app=web mend.
func broken(t testing.TB, seed uint64) lessons.Lesson {
	t.Helper()
	words := &fstest.MapFile{Data: []byte(strings.ReplaceAll(brokenWords, "'", "`"))}
	all, err := lessons.Load(fstest.MapFS{
		"010-gone/fault.yaml": {Data: []byte(`
vary: {app: [web]}
setup: [kubectl create deployment $(app) --image=nginx]
fault: [kubectl delete deployment $(app)]
symptom:
- id: gone
  cel: size(pods) == 0
clue: {line: kubectl get deployments, shows: No resources}
goals:
- id: two
  want: {apiVersion: v1, kind: Pod, metadata: {labels: {app: $(app)}}}
  count: 2
solutions:
- [kubectl create deployment $(app) --image=nginx]
- [kubectl run $(app) --image=nginx]
wrong:
- [kubectl get pods]
`)}, "010-gone/en.md": words, "010-gone/ko.md": words,
	}, lessons.Options{Proven: true, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// inRound is a screen on which a round has begun.
func inRound(t testing.TB, r lessons.Round) *Model {
	m := drive(newTest(t), opened(), snapshot(1), roundMsg{round: r, chosen: broken(t, r.Seed)})
	return drive(m, readyMsg{attempt: m.course.attempt, begin: true, anew: true})
}

func TestARoundIsToldOnceItIsMended(t *testing.T) {
	m := inRound(t, lessons.Round{Seed: 4711, Timed: true})
	m.opts.CardsPath = filepath.Join(t.TempDir(), "cards.json")
	shows(t, m, "Practice ▸ round 4711", "The shop is closed", "Bring web back.", "✗ Nobody serves", "5:00 left of five minutes")
	hides(t, m, "Gone")
	keys(m, "f2")
	shows(t, m, "Hint 1", "Look:")
	keys(m, "ctrl+y")
	shows(t, m, "$ kubectl get deployments")
	keys(m, "ctrl+u")
	drive(m, snapshot(3, "web-1", "web-2"))
	shows(t, m, "✓ Two pods serve", "Somebody had deleted it.")
	hides(t, m, "left of five minutes")
	at := noon.Add(90 * time.Second)
	drive(m, debriefMsg{m.course.attempt, lessons.Debrief{Began: noon, Mended: at, Symptom: noon, Fixed: lessons.Seen{At: at, Line: "kubectl create deployment web"}}})
	shows(t, m, "Your round, from the recording", "kubectl create deployment web", "This would have shown the clue", "kubectl get deployments", "Mended in 1:30", "Hints: 1")
	if len(m.scene.Progress.Lessons) != 0 {
		t.Errorf("a fault is no lesson: %v", m.scene.Progress.Lessons)
	}
}

func TestAFaultComesBackAsARoundWentWell(t *testing.T) {
	m := inRound(t, lessons.Round{Seed: 1})
	m.opts.CardsPath = filepath.Join(t.TempDir(), "cards.json")
	keys(m, "f2")
	m.scene.Round.Ended = noon.Add(20 * time.Second)
	told, ok := m.graded(m.scene.Round)().(deckMsg)
	if !ok || told.err != nil {
		t.Fatalf("%+v", told)
	}
	kept, err := recall.Load(m.opts.CardsPath)
	if got := kept.Cards["fault/gone"]; err != nil || got.Days != 2 { // with a hint
		t.Errorf("%+v, %v", kept, err)
	}
	drive(m, told)
	if len(m.scene.Recall.Deck.Cards) != 1 {
		t.Error("the list of lessons doesn't know of it")
	}
}
