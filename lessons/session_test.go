package lessons

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"podium/cluster"
	"podium/i18n"
)

const rollout = `
steps:
- id: intro
  kind: read
- id: guess
  kind: predict
  ask: {form: number, reveal: roll, answer: timeline.mostPods}
- id: name
  kind: predict
  ask: {form: choice, choices: [same, other], reveal: roll, answer: "timeline.created.exists(o, o.metadata.name == 'a') ? 'same' : 'other'"}
- id: roll
  kind: do
  goals:
  - id: new
    want: {apiVersion: v1, kind: Pod, metadata: {name: c}}
  - id: floor
    always: pods.filter(p, ready(p)).size() >= 2
    seen: "'least ' + string(timeline.leastReady)"
  - id: calm
    never: pods.exists(p, failing(p))
  solution: [kubectl x]
  wrong: [[kubectl y]]
- id: typed
  kind: do
  goals:
  - id: looked
    cel: commands.exists(c, c.verb == 'get' && c.exit == 0)
  solution: [kubectl get pods]
  wrong: [[kubectl version]]
- id: load
  kind: watch
  traffic: {service: web}
  goals:
  - id: enough
    cel: load.total >= 10
- id: recall
  kind: quiz
  ask: {form: number, answer: size(pods)}
`

// at begins a step of the rollout lesson with two ready pods.
func at(t testing.TB, step string) (Session, cluster.Snapshot) {
	t.Helper()
	l := lesson(t, rollout)
	s := state(pod(t, "a", "ready"), pod(t, "b", "ready"))
	return At(l, l.index(step), "lab", s), s
}

func TestALessonFromItsFirstStepToItsLast(t *testing.T) {
	s, snapshot := at(t, "intro")
	var steps []string
	must := func(next Session, err error) Session {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	note := func() { steps = append(steps, s.Step().ID) }
	note()
	s = s.Next()
	note()
	if s.Next().Step().ID != "guess" {
		t.Error("an unanswered question was left by Next")
	}
	s = must(s.Answer(" 3.0 ")).Next()
	note()
	s = must(s.Answer("other")).Next()
	note()
	snapshot = then(snapshot, added(pod(t, "c", "starting")))
	s = s.Observe(snapshot)
	if !s.Met() || s.Step().ID != "roll" {
		t.Fatalf("met %v on %s", s.Met(), s.Step().ID)
	}
	want := []Prediction{
		{StepID: "guess", Reveal: "roll", Form: Number, Said: "3", Answer: "3", Known: true, Right: true},
		{StepID: "name", Reveal: "roll", Form: Choice, Said: "other", Answer: "other", Known: true, Right: true},
	}
	if diff := cmp.Diff(want, s.Revealed(), cmpopts.IgnoreFields(Prediction{}, "Asked", "Answered")); diff != "" {
		t.Error(diff)
	}
	s = s.Next()
	note()
	s = s.Ran(Command{Line: "kubectl get po", Calls: [][]string{{"get", "po"}}}).Next()
	note()
	s = s.Load(LoadStats{Total: 12}).Next()
	note()
	wrong := must(s.Answer("7"))
	if wrong.Met() || wrong.Mistakes() != 1 || i18n.English.Say(wrong.Reply()) != "Not quite. Think again and give another answer." {
		t.Errorf("a wrong answer: met %v, %d mistakes, %q", wrong.Met(), wrong.Mistakes(), i18n.English.Say(wrong.Reply()))
	}
	s = must(wrong.Answer("3")).Next()
	if !s.Done() || s.Step().ID != "" || s.Index() != 7 {
		t.Errorf("not done but at %d", s.Index())
	}
	if diff := cmp.Diff([]string{"intro", "guess", "name", "roll", "typed", "load", "recall"}, steps); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(steps, s.Progress().Done); diff != "" {
		t.Error(diff)
	}
}

func TestADipOfOneChangeInsideASnapshotIsSeen(t *testing.T) {
	s, snapshot := at(t, "roll")
	b := pod(t, "b", "ready")
	dip := pod(t, "b", "starting")
	next := then(snapshot, changed(b, dip), changed(dip, b), added(pod(t, "c", "ready")))
	s = s.Observe(next)
	verdicts := s.Verdicts()
	if s.Met() || !s.Broken() || !verdicts[0].Met || !verdicts[1].Broken || verdicts[1].Met || !verdicts[2].Met {
		t.Fatalf("met %v, %+v", s.Met(), verdicts)
	}
	if said := i18n.English.Say(verdicts[1].Seen); said != "least 1" {
		t.Errorf("said %q", said)
	}
	// It can't be met any more, whatever happens.
	if s = s.Observe(then(next, added(pod(t, "d", "ready")))); s.Met() || !s.Broken() {
		t.Error("a broken goal healed")
	}
	// Until it begins anew.
	if s = s.Restarted(snapshot); s.Broken() || s.Met() {
		t.Errorf("restarted: broken %v, met %v", s.Broken(), s.Met())
	}
	if s = s.Observe(then(snapshot, added(pod(t, "c", "ready")))); !s.Met() {
		t.Errorf("not met after the restart: %+v", s.Verdicts())
	}
}

func TestNeverFailsOnAMomentThatIsGoneInTheSnapshot(t *testing.T) {
	s, snapshot := at(t, "roll")
	bad := pod(t, "d", "failing")
	s = s.Observe(then(snapshot, added(bad), deleted(bad), added(pod(t, "c", "ready"))))
	if v := s.Verdicts()[2]; !v.Broken || s.Met() {
		t.Errorf("%+v, met %v", v, s.Met())
	}
}

func TestAMetStepStaysMetAndKeepsItsTicks(t *testing.T) {
	s, snapshot := at(t, "roll")
	c := pod(t, "c", "ready")
	next := then(snapshot, added(c))
	s = s.Observe(next).Observe(then(next, deleted(c)))
	if !s.Met() || !s.Verdicts()[0].Met {
		t.Errorf("met %v, %+v", s.Met(), s.Verdicts())
	}
	again := s.Next().Back()
	if !again.Rereading() || again.Step().ID != "roll" || !again.Met() || !again.Verdicts()[0].Met {
		t.Errorf("reread: %s %+v", again.Step().ID, again.Verdicts())
	}
	if forth := again.Next(); forth.Rereading() || forth.Step().ID != "typed" || forth.Met() {
		t.Errorf("back again at %s", forth.Step().ID)
	}
}

func TestReadingBackDoesNotStopTheStepFromBeingMet(t *testing.T) {
	s, snapshot := at(t, "intro")
	s = s.Next().Skip().Skip()
	s = s.Back().Back().Observe(then(snapshot, added(pod(t, "c", "ready"))))
	if s.Step().ID != "guess" || s.Reached() != 3 {
		t.Fatalf("at %s, reached %d", s.Step().ID, s.Reached())
	}
	if s = s.Next().Next(); !s.Met() {
		t.Errorf("%s is not met", s.Step().ID)
	}
	if s.Back().Back().Back().Back().Back().Index() != 0 {
		t.Error("went back beyond the first step")
	}
}

func TestASessionIsAValue(t *testing.T) {
	s, snapshot := at(t, "roll")
	before := slices.Clone(s.Verdicts())
	one := s.Observe(then(snapshot, added(pod(t, "c", "ready"))))
	two := s.Observe(then(snapshot, added(pod(t, "x", "failing"))))
	if !one.Met() || one.Broken() || two.Met() || !two.Broken() {
		t.Errorf("one: %+v; two: %+v", one.Verdicts(), two.Verdicts())
	}
	if diff := cmp.Diff(before, s.Verdicts()); diff != "" {
		t.Error(diff)
	}
	if len(one.Past().Created) != 1 || two.Past().Created[0].GetName() != "x" {
		t.Error("two ways from one session share what happened")
	}
}

func TestHintsAndTheSolutionAreCountedAndStay(t *testing.T) {
	l := lesson(t, rollout)
	l.Words = wordsFor(t, &l, "{{size(pods)}} pods")
	snapshot := state(pod(t, "a", "ready"), pod(t, "b", "ready"))
	s := At(l, 3, "lab", snapshot)
	if len(s.Hints(i18n.English)) != 0 || s.HintsLeft() != 2 || s.SolutionShown() {
		t.Error("help was given unasked")
	}
	s = s.Hint().Hint().Hint().ShowSolution().ShowSolution()
	if diff := cmp.Diff([]string{"First", "2 pods"}, s.Hints(i18n.Korean)); diff != "" {
		t.Error(diff)
	}
	s = s.Observe(then(snapshot, added(pod(t, "c", "ready"))))
	if got := s.Hints(i18n.English)[1]; got != "3 pods" {
		t.Errorf("the hint says %q", got)
	}
	if p := s.Progress(); p.Hints != 2 || p.Solutions != 1 || s.HintsLeft() != 0 || !s.SolutionShown() {
		t.Errorf("%+v", p)
	}
	if again := s.Next().Back(); len(again.Hints(i18n.English)) != 2 || !again.SolutionShown() {
		t.Error("help vanished")
	}
	if s = s.Restarted(snapshot); len(s.Hints(i18n.English)) != 2 || !s.SolutionShown() {
		t.Error("help vanished with a reset")
	}
}

func TestAnAnswerThatCantBeReadIsOneSentence(t *testing.T) {
	for _, test := range []struct{ step, said, en string }{
		{"guess", "many", "Type a number."},
		{"guess", "NaN", "Type a number."},
		{"guess", "1e999", "Type a number."},
		{"name", "Same", "Choose one of the answers shown."},
		{"roll", "1", "This step asks no question: go on with what it tells you to do."},
	} {
		s, _ := at(t, test.step)
		after, err := s.Answer(test.said)
		var known *i18n.Error
		if !errors.As(err, &known) || i18n.English.Say(known.Message) != test.en || after.Answered() != "" {
			t.Errorf("%s %q: %v, answered %q", test.step, test.said, err, after.Answered())
		}
	}
}

func TestAPredictionIsAboutWhatHappensAfterIt(t *testing.T) {
	l := lesson(t, rollout)
	snapshot := state(pod(t, "a", "ready"), pod(t, "b", "ready"))
	s := Begin(l, "lab", snapshot).Next()
	extra := pod(t, "z", "ready")
	// Before the question of step "name", and so no part of its answer.
	snapshot = then(snapshot, added(extra), deleted(extra))
	s = s.Observe(snapshot)
	s, _ = s.Answer("2")
	s = s.Next().Skip()
	s = s.Observe(then(snapshot, added(pod(t, "c", "ready")), deleted(pod(t, "a", "ready"))))
	want := []Prediction{
		{StepID: "guess", Reveal: "roll", Form: Number, Said: "2", Answer: "3", Known: true},
		{StepID: "name", Reveal: "roll", Form: Choice, Said: "", Answer: "other", Known: true},
	}
	// The floor was broken on purpose: nothing may be revealed yet.
	if !s.Met() {
		for _, p := range s.Predictions() {
			if p.Known {
				t.Errorf("revealed early: %+v", p)
			}
		}
	}
	s = s.Restarted(snapshot).Observe(then(snapshot, added(pod(t, "c", "ready"))))
	if diff := cmp.Diff(want, s.Predictions(), cmpopts.IgnoreFields(Prediction{}, "Asked", "Answered")); diff != "" {
		t.Error(diff)
	}
}

func TestAPredictionIsRevealedByItsStepAndNoOther(t *testing.T) {
	l := lesson(t, `
steps:
- id: guess
  kind: predict
  ask: {form: number, reveal: second, answer: size(pods)}
- id: first
  kind: watch
  run: [x]
  goals: [{id: g, cel: size(pods) >= 1}]
- id: second
  kind: watch
  run: [x]
  goals: [{id: g, cel: size(pods) >= 2}]
`)
	snapshot := state()
	s := Begin(l, "lab", snapshot)
	s, _ = s.Answer("2")
	snapshot = then(snapshot, added(pod(t, "a", "ready")))
	s = s.Next().Observe(snapshot)
	if !s.Met() || s.Predictions()[0].Known || len(s.Revealed()) != 0 {
		t.Errorf("met %v, %+v", s.Met(), s.Predictions())
	}
	s = s.Next().Observe(then(snapshot, added(pod(t, "b", "ready"))))
	if !s.Met() || !s.Predictions()[0].Right || len(s.Revealed()) != 1 {
		t.Errorf("met %v, %+v", s.Met(), s.Predictions())
	}
	if p := s.Next().Progress().Predictions["guess"]; p != (PredictionRecord{Said: "2", Answer: "2", Right: true}) {
		t.Errorf("kept %+v", p)
	}
}

func TestTimeComesFromSnapshots(t *testing.T) {
	s, snapshot := at(t, "roll")
	later := snapshot
	later.Time = noon.Add(90 * time.Second)
	s = s.Observe(later)
	p := s.Progress()
	if p.Seconds != 90 || !p.Started.Equal(noon) || s.Past().Seconds != 90 {
		t.Errorf("%+v, %v", p, s.Past().Seconds)
	}
	resumed := Resume(s.Lesson(), p, "lab", state()).Observe(cluster.NewSnapshot(noon.Add(10 * time.Second)))
	if got := resumed.Progress(); got.Seconds != 100 || resumed.Step().ID != "roll" {
		t.Errorf("resumed at %s after %v s", resumed.Step().ID, got.Seconds)
	}
}

func TestTheZeroSessionDoesNothing(t *testing.T) {
	var s Session
	s = s.Observe(state(pod(t, "a", "ready"))).Ran(Command{}).Load(LoadStats{}).Next().Skip().Back().Hint().ShowSolution().Restarted(state())
	if _, err := s.Answer("1"); err == nil {
		t.Error("answered nothing")
	}
	if !s.IsZero() || !s.Done() || s.Met() || s.Broken() || len(s.Verdicts())+len(s.Hints(i18n.English))+len(s.Predictions()) != 0 {
		t.Error("the zero session is something")
	}
}
