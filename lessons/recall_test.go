package lessons

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podium/cluster/record"
	"podium/i18n"
)

// A session is shown again from what was written down of it.
func TestARecapShowsWhatTheSessionShowed(t *testing.T) {
	s, snapshot := at(t, "roll")
	s = s.Hint().ShowSolution().Observe(then(snapshot, added(pod(t, "c", "starting"))))
	data, err := json.Marshal(s.Recap())
	if err != nil {
		t.Fatal(err)
	}
	var recap Recap
	if err := json.Unmarshal(data, &recap); err != nil {
		t.Fatal(err)
	}
	shown := Recall(s.Lesson(), recap, "lab", snapshot)
	if diff := cmp.Diff(s.Verdicts(), shown.Verdicts()); diff != "" {
		t.Errorf("verdicts (-want +got)\n%s", diff)
	}
	if shown.Step().ID != "roll" || shown.Met() != s.Met() || shown.SolutionShown() != s.SolutionShown() || len(shown.Hints(i18n.English)) != len(s.Hints(i18n.English)) {
		t.Errorf("shown is step %s, met %v, solution %v", shown.Step().ID, shown.Met(), shown.SolutionShown())
	}
	if end := Recall(s.Lesson(), Recap{}, "lab", snapshot); !end.Done() {
		t.Error("a recap of the end is not at the end")
	}
	strange := Recap{Step: "name", Goals: make([]Verdict, 50), Hints: 99, Predictions: []Prediction{{StepID: "gone"}, {StepID: "guess", Said: "2"}}}
	if got := Recall(s.Lesson(), strange, "lab", snapshot); len(got.Verdicts()) != 0 || len(got.Predictions()) != 1 {
		t.Errorf("of what the lesson doesn't have, %d goals and %d predictions are shown", len(got.Verdicts()), len(got.Predictions()))
	}
}

// The proof of a prediction is the moment since which the answer is what it is.
func TestAPredictionIsProvenByTheMomentThatAnsweredIt(t *testing.T) {
	l := lesson(t, rollout)
	snapshot := state(pod(t, "a", "ready"), pod(t, "b", "ready"))
	snapshot.Seq = 1
	recorder, err := record.Start(t.TempDir(), record.Head{Began: noon, Namespace: "lab"})
	if err != nil {
		t.Fatal(err)
	}
	defer recorder.Close()
	recorder.Begin(snapshot)
	s, _ := Begin(l, "lab", snapshot).Next().Answer("2")
	s, _ = s.Next().Answer("other")
	s = s.Next()
	next := then(snapshot, added(pod(t, "z", "ready")), deleted(pod(t, "z", "ready")), added(pod(t, "x", "ready")), added(pod(t, "c", "ready")), deleted(pod(t, "x", "ready")))
	next.Seq, next.Time = 2, next.Time.Add(time.Second)
	recorder.Observe(next)
	s = s.Observe(next)
	film, err := recorder.Recording(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []time.Duration{4 * time.Second, 6 * time.Second} {
		p := s.Predictions()[i]
		at, err := s.Proof(p, film.Between(p.Asked, p.Answered))
		if err != nil || !p.Known || at.Sub(noon) != want {
			t.Errorf("%s is answered with %q, proven at %v (%v), want %v", p.StepID, p.Answer, at.Sub(noon), err, want)
		}
	}
}

// A prediction that is still open when podium is closed is answered afterwards.
func TestAnOpenPredictionIsRevealedAfterResume(t *testing.T) {
	l := lesson(t, rollout)
	snapshot := state(pod(t, "a", "ready"), pod(t, "b", "ready"))
	s, _ := Begin(l, "lab", snapshot).Next().Answer("3")
	kept := s.Next().Progress()
	kept.Step = "roll"
	s = Resume(l, kept, "lab", snapshot).Observe(then(snapshot, added(pod(t, "c", "ready"))))
	if p := s.Predictions(); len(p) != 1 || !p[0].Known || !p[0].Right || len(s.Revealed()) != 1 {
		t.Errorf("after resuming: %+v", p)
	}
	kept.Step = "typed" // the step that reveals it has gone by
	if p := Resume(l, kept, "lab", snapshot).Predictions(); len(p) != 0 {
		t.Errorf("gone by: %+v", p)
	}
	kept.Step = "guess"
	if s := Resume(l, kept, "lab", snapshot); s.Answered() != "3" || !s.Met() {
		t.Errorf("the question itself: said %q, met %v", s.Answered(), s.Met())
	}
}
