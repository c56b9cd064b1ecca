package lessons

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"podium/i18n"
)

// sound is a lesson in which verify finds nothing to object to, for a [fake].
const sound = `
setup: [make configmap base]
steps:
- id: intro
  kind: read
- id: guess
  kind: predict
  ask: {form: number, reveal: make, answer: timeline.mostPods}
- id: make
  kind: do
  goals:
  - id: ready
    cel: pods.exists(p, p.metadata.name == 'web' && ready(p))
  - id: alone
    never: size(pods) > 1
  solution: [make pod web front]
  wrong:
  - [look around]
  - [make pod other]
  - [make pod web, make pod other]
- id: look
  kind: do
  goals:
  - id: looked
    cel: commands.exists(c, c.verb == 'look')
  solution: [look around]
  wrong: [[fail]]
- id: gone
  kind: watch
  start: [make configmap base, make pod web front]
  run: [drop pod web]
  goals:
  - id: gone
    absent: {apiVersion: v1, kind: Pod, metadata: {name: web}}
- id: load
  kind: watch
  traffic: {service: web}
  goals:
  - id: enough
    cel: load.total >= 5
- id: recall
  kind: quiz
  ask: {form: choice, choices: [pod, node], answer: "size(pods) == 0 ? 'pod' : 'node'"}
`

// verify runs a lesson against a fake in a bubble of fake time.
func verify(t *testing.T, logic string, prepare func(*Lesson, *fake)) (Report, error) {
	t.Helper()
	var report Report
	var err error
	synctest.Test(t, func(t *testing.T) {
		l := lesson(t, logic)
		f := newFake(t)
		if prepare != nil {
			prepare(&l, f)
		}
		told := 0
		report, err = Verify(t.Context(), l, f, func(Row) { told++ })
		if told != len(report.Rows) {
			t.Errorf("%d rows were told of %d", told, len(report.Rows))
		}
		synctest.Wait()
		for _, timer := range f.late {
			timer.Stop()
		}
	})
	return report, err
}

func TestVerifyProvesEveryStepOfASoundLesson(t *testing.T) {
	began := time.Now()
	report, err := verify(t, sound, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("took", time.Since(began))
	var got []string
	for _, row := range report.Rows {
		got = append(got, fmt.Sprint(row.Step, " ", row.Check, " ", row.OK, " ", i18n.English.Say(row.Why)))
	}
	want := []string{
		"intro words true ", "guess words true ", "make words true ", "look words true ", "gone words true ", "load words true ", "recall words true ",
		"make hints true ", "make unmet true ", "make met true ", "make revealed true ",
		"look hints true ", "look unmet true ", "look met true ",
		"gone unmet true ", "gone met true ",
		"load unmet true ", "load met true ",
		"recall met true ",
		"make reset true ", "make wrong true ", "make wrong true ", "make reset true ", "make wrong true ",
		"look reset true ", "look wrong true ",
		"gone reset true ", "load reset true ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// defects are what can be wrong with a lesson, and what verify says of it.
var defects = []struct {
	name     string
	old, new string // in the logic; the first place
	prepare  func(*Lesson, *fake)
	check    Check
	step, en string
}{
	{name: "met before anything is done", old: "setup: [make configmap base]", new: "setup: [make configmap base, make pod web]",
		step: "make", check: CheckUnmet, en: "it is met before anything is done"},
	{name: "solution that does not do", old: "solution: [make pod web front]", new: "solution: [make pod wob]",
		step: "make", check: CheckMet, en: "ready: not yet"},
	{name: "solution that breaks what must hold", old: "solution: [make pod web front]", new: "solution: [make pod other, make pod web]",
		step: "make", check: CheckMet, en: "alone: it did not hold: start this step again"},
	{name: "wrong way that counts at once", old: "- [look around]\n  - [make", new: "- [make pod web]\n  - [make",
		step: "make", check: CheckWrong, en: "this counts and must not: make pod web"},
	{name: "wrong way that counts a while later", old: "- [make pod web, make pod other]", new: "- [look around, make pod web]",
		step: "make", check: CheckWrong, en: "this counts and must not: make pod web"},
	{name: "wrong way that counts by being typed", old: "wrong: [[fail]]", new: "wrong: [[fail, look away]]",
		step: "look", check: CheckWrong, en: "this counts and must not: look away"},
	{name: "reset that leaves something", prepare: func(_ *Lesson, f *fake) { f.survives = "other" },
		step: "make", check: CheckReset, en: "the state is another one: +pod/other"},
	{name: "start that makes too little", old: "start: [make configmap base, make pod web front]", new: "start: [make pod web front]",
		step: "gone", check: CheckReset, en: "the state is another one: -configmap/base"},
	{name: "start that makes something else", old: "start: [make configmap base, make pod web front]", new: "start: [make configmap base, make pod web back]",
		step: "gone", check: CheckReset, en: "the state is another one: ~pod/web (metadata.labels.app)"},
	{name: "setup that fails", old: "setup: [make configmap base]", new: "setup: [fail]",
		step: "intro", check: CheckState, en: "`fail` failed with exit status 1, so the step's state could not be made: try again."},
	{name: "start that fails", old: "start: [make", new: "start: [fail, make",
		step: "gone", check: CheckState, en: "`fail` failed with exit status 1, so the step's state could not be made: try again."},
	{name: "prediction without an answer", old: "answer: timeline.mostPods", new: "answer: 'pods[5].spec.size'",
		step: "make", check: CheckRevealed, en: "the prediction guess has no answer: index out of bounds: 5"},
	{name: "prediction answered by no choice", old: "{form: number, reveal: make, answer: timeline.mostPods}", new: "{form: choice, choices: [a, b], reveal: make, answer: \"'c'\"}",
		step: "make", check: CheckRevealed,
		en: "the prediction guess has no answer: the answer expression gives c, which is none of the choices: add it to the choices or change the expression"},
	{name: "quiz that can't be answered", old: "? 'pod'", new: "? 'pot'",
		step: "recall", check: CheckMet, en: "the answer expression gives pot, which is none of the choices: add it to the choices or change the expression"},
	{name: "goal without a sentence in a language",
		prepare: func(l *Lesson, _ *fake) { delete(l.Words[i18n.Korean].Steps["make"].Goals, "alone") },
		step:    "make", check: CheckWords, en: "ko lacks goals alone"},
	{name: "step missing in a language",
		prepare: func(l *Lesson, _ *fake) { delete(l.Words[i18n.English].Steps, "look") },
		step:    "look", check: CheckWords, en: "en lacks text"},
	{name: "hint missing in a language", prepare: func(l *Lesson, _ *fake) { cutHints(l, "make") },
		step: "make", check: CheckWords, en: "ko lacks hint"},
	{name: "command in the text that doesn't work",
		prepare: func(l *Lesson, _ *fake) { shows(l, "make", "make pod web front\nfail\nmake pod NAME") },
		step:    "make", check: CheckTyped, en: "`fail` stands in the text and fails with exit status 1; put it into the solution if it should"},
	{name: "hint about what is not there", prepare: func(l *Lesson, f *fake) { l.Words = wordsFor(f.t, l, "{{pods[0].metadata.name}}") },
		step: "make", check: CheckHints, en: "hint 2 (en) mentions what is not there: {{pods[0].metadata.name}}: index out of bounds: 0"},
}

// TestVerifyFindsEachDefect gives the sound lesson one defect each, so that no
// check is one that can't fail.
func TestVerifyFindsEachDefect(t *testing.T) {
	for _, test := range defects {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(sound, test.old) {
				t.Fatalf("%q is not in the lesson", test.old)
			}
			report, err := verify(t, strings.Replace(sound, test.old, test.new, 1), test.prepare)
			if err != nil {
				t.Fatal(err)
			}
			if report.OK() || len(report.Failed()) == 0 {
				t.Fatal("it was found sound")
			}
			first := report.Failed()[0]
			if first.Step != test.step || first.Check != test.check || i18n.English.Say(first.Why) != test.en {
				t.Errorf("%s %s: %s", first.Step, first.Check, i18n.English.Say(first.Why))
			}
			if len(first.Evidence) == 0 && first.Check != CheckWords && test.step != "recall" {
				t.Error("nothing is told of what was there")
			}
			if ko := i18n.Korean.Say(first.Why); ko == "" || ko == test.en && !strings.HasPrefix(test.en, "ready") {
				t.Errorf("in Korean: %q", ko)
			}
		})
	}
}

// shows puts commands into a step's text.
func shows(l *Lesson, step, commands string) {
	w := l.Words[i18n.English].Steps[step]
	w.Text += "\n```sh\n" + commands + "\n```\n"
	l.Words[i18n.English].Steps[step] = w
}

func cutHints(l *Lesson, step string) {
	w := l.Words[i18n.Korean].Steps[step]
	w.Hints = w.Hints[:1]
	l.Words[i18n.Korean].Steps[step] = w
}

func TestVerifySaysWhenTheClusterCantBeUsed(t *testing.T) {
	report, err := verify(t, sound, func(_ *Lesson, f *fake) { f.broken = errCut })
	if !errors.Is(err, errCut) || len(report.Failed()) != 0 {
		t.Errorf("%v, %+v", err, report.Failed())
	}
}

func TestResetMakesTheStateOfAStepFromWhateverIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lesson(t, sound)
		l.Files = map[string]string{"pod.yaml": "x"}
		f := newFake(t)
		f.make("pod", "stranger", "")
		began := time.Now()
		snapshot, err := Reset(t.Context(), f, l, l.index("look"))
		if err != nil {
			t.Fatal(err)
		}
		if names := fingerprintOf(snapshot, "lab"); len(names) != 2 || names["pod/web"] == nil || names["configmap/base"] == nil {
			t.Errorf("there are %v", names)
		}
		if f.files["pod.yaml"] != "x" {
			t.Error("the lesson's files are not back")
		}
		t.Log("took", time.Since(began))
		_, err = Reset(t.Context(), f, lesson(t, strings.Replace(sound, "make pod web front", "look away", 1)), 3)
		var known *i18n.Error
		if !errors.As(err, &known) || i18n.English.Say(known.Message) != "The step make was played and is not met: ready: not yet. Start this step again." {
			t.Errorf("a solution that does not do: %v", err)
		}
	})
}

// A busy machine tells of a change when it has long been quiet.
func TestAResetIsNotOverBeforeItHasBeenObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.make("pod", "stranger", "")
		f.behind = 5 * time.Second
		snapshot, err := Reset(t.Context(), f, lesson(t, sound), 0)
		if err != nil {
			t.Fatal(err)
		}
		if names := fingerprintOf(snapshot, "lab"); names["pod/stranger"] != nil || names["configmap/base"] == nil {
			t.Errorf("it ended with what was there before: %v", names)
		}
	})
}

func TestResetPlan(t *testing.T) {
	l := lesson(t, sound)
	head := []Action{{Op: OpRestore}, {Op: OpEmpty}}
	base := Action{Op: OpRun, Line: "make configmap base"}
	pod := Action{Op: OpRun, Line: "make pod web front"}
	for _, test := range []struct {
		step string
		want []Action
	}{
		{"intro", []Action{base}},
		{"make", []Action{base}},
		{"look", []Action{base, {Op: OpPlay, Step: 2}}},
		{"gone", []Action{base, pod}},
		{"load", []Action{base, pod, {Op: OpPlay, Step: 4}}},
		{"recall", []Action{base, pod, {Op: OpPlay, Step: 4}, {Op: OpPlay, Step: 5}}},
	} {
		if diff := cmp.Diff(append(head[:2:2], test.want...), ResetPlan(l, l.index(test.step))); diff != "" {
			t.Errorf("%s: %s", test.step, diff)
		}
	}
	if plan := ResetPlan(l, len(l.Steps)); len(plan) != 6 {
		t.Errorf("after the end: %v", plan)
	}
	asked := Lesson{Steps: []Step{{ID: "make", Goals: []Goal{{}}}, {ID: "tell"}, {ID: "ask"}, {ID: "go-on", Start: []string{"make pod web front"}}}}
	if diff := cmp.Diff(append(head[:2:2], pod), ResetPlan(asked, 1)); diff != "" {
		t.Errorf("before a question: %s", diff)
	}
}
