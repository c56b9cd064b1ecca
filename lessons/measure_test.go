package lessons

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podium/cluster"
)

const measuring = `
comparison: [swap, never]
steps:
- id: first
  kind: do
  traffic: {service: web}
  measure: {row: swap}
  goals: [{id: gone, absent: {apiVersion: v1, kind: Pod, metadata: {name: a}}}]
  solution: [kubectl x]
  wrong: [[kubectl y]]
- id: second
  kind: do
  traffic: {service: web}
  measure: {row: swap}
  goals: [{id: there, want: {apiVersion: v1, kind: Pod, metadata: {name: c}}}]
  solution: [kubectl x]
  wrong: [[kubectl y]]
- id: back
  kind: do
  measure: {row: swap, back: true}
  goals: [{id: gone, absent: {apiVersion: v1, kind: Pod, metadata: {name: c}}}]
  solution: [kubectl x]
  wrong: [[kubectl y]]
`

// A run is measured from the first change that a person made to the last change
// of all, however long the learner read before and the requests went on after.
func TestARunIsMeasuredWhereItHappens(t *testing.T) {
	a, b := pod(t, "a", "ready"), pod(t, "b", "ready")
	leaving := pod(t, "a", "terminating")
	s := state(a, b)
	session := Begin(lesson(t, measuring), "lab", s)
	event := read(t, `{apiVersion: v1, kind: Event, metadata: {name: e}}`)
	now := then(s, added(event), changed(b, b), changed(a, leaving), added(pod(t, "c", "ready")), deleted(leaving), added(event))
	session = session.Load(LoadStats{Total: 100, Failed: 7, Downtime: 1.5}).Observe(now)
	if !session.Met() {
		t.Fatal("not met")
	}
	want := Run{At: now.Time, Seconds: 2, Downtime: 1.5, Failed: 7, Total: 100, MostPods: 2}
	if diff := cmp.Diff(want, session.Progress().Runs["first"]); diff != "" {
		t.Error(diff)
	}
}

func TestARowIsRunWhenAllItsStepsWere(t *testing.T) {
	l := lesson(t, measuring)
	at := func(second int) time.Time { return noon.Add(time.Duration(second) * time.Second) }
	runs := map[string]Run{"first": {At: at(1), Seconds: 2, Downtime: 1, Failed: 3, Total: 10, MostPods: 4}}
	compare := func() []Compared {
		return Compare(l.Rows, []Lesson{l}, Progress{}.With(l.ID, LessonProgress{Runs: runs}))
	}
	if got := compare(); got[0].Run != nil || got[0].Back != nil || got[1].Run != nil {
		t.Errorf("a half-run row is shown as run: %+v", got)
	}
	runs["second"] = Run{At: at(9), Seconds: 1, Downtime: 0.5, Failed: 1, Total: 5, MostPods: 3}
	runs["back"] = Run{At: at(12), Seconds: 0.5}
	want := []Compared{
		{Row: "swap", Run: &Run{At: at(9), Seconds: 3, Downtime: 1, Failed: 4, Total: 15, MostPods: 4}, Back: &Run{At: at(12), Seconds: 0.5}},
		{Row: "never"},
	}
	if diff := cmp.Diff(want, compare()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatAPersonMeantIsToldFromWhatFollows(t *testing.T) {
	service := func(colour string) cluster.Object {
		return read(t, `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {track: `+colour+`}}}`)
	}
	deployment := func(generation, ready string) cluster.Object {
		return read(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, generation: `+generation+`}, status: {readyReplicas: `+ready+`}}`)
	}
	owned := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: p, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u, controller: true}]}}`)
	placed := pod(t, "a", "starting")
	unplaced := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}`)
	for name, test := range map[string]struct {
		change cluster.Change
		want   bool
	}{
		"a new Deployment":      {added(deployment("1", "0")), true},
		"its spec":              {changed(deployment("1", "0"), deployment("2", "0")), true},
		"its status":            {changed(deployment("1", "0"), deployment("1", "1")), false},
		"a Service's selector":  {changed(service("blue"), service("green")), true},
		"a Service as it was":   {changed(service("blue"), service("blue")), false},
		"a pod somebody owns":   {added(owned), false},
		"a bare pod":            {added(unplaced), true},
		"its place":             {changed(unplaced, placed), false},
		"its end":               {changed(placed, pod(t, "a", "terminating")), true},
		"a Deployment is gone":  {deleted(deployment("1", "0")), true},
		"an owned pod is gone ": {deleted(owned), false},
	} {
		if got := meant(test.change); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestALessonBegunAgainKeepsItsRuns(t *testing.T) {
	before := LessonProgress{Finished: noon, Runs: map[string]Run{"a": {Failed: 1}, "b": {Failed: 2}}}
	again := LessonProgress{Step: "b", Runs: map[string]Run{"b": {Failed: 3}}}
	want := LessonProgress{Step: "b", Finished: noon, Runs: map[string]Run{"a": {Failed: 1}, "b": {Failed: 3}}}
	if diff := cmp.Diff(want, again.After(before)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(again, again.After(LessonProgress{})); diff != "" {
		t.Error(diff)
	}
	if len(before.Runs) != 2 || before.Runs["b"].Failed != 2 {
		t.Error("what was reached before is written to")
	}
}
