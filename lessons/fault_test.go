package lessons

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"podium/i18n"
)

func builtInFaults(t *testing.T, seed uint64, strict bool) []Lesson {
	t.Helper()
	all, err := Load(Faults(), Options{Manifests: os.DirFS("../manifests"), Strict: strict, Proven: !strict, Seed: seed})
	for _, mistake := range Mistakes(err) {
		t.Error(i18n.English.Say(mistake))
	}
	return all
}

func TestBuiltInFaultsLoadWhateverTheSeedMakesOfThem(t *testing.T) {
	for seed := range uint64(3) {
		all := builtInFaults(t, seed, true)
		if len(all) == 0 {
			t.Error("there are none")
		}
	}
	varied := map[string]bool{}
	for seed := range uint64(50) {
		for _, f := range builtInFaults(t, seed, false) {
			if len(f.Steps) != 2 || f.Steps[0].Kind != Watch || f.Steps[atMend].Kind != Do || len(f.Steps[atMend].Also) == 0 {
				t.Errorf("%s: %+v", f.ID, f.Steps)
			}
			text := strings.Join(f.Setup, "\n") + strings.Join(f.Steps[0].Run, "\n") + f.Words[i18n.Korean].Steps[MendStep].Text
			for _, file := range f.Files {
				text += file
			}
			if left := placeFor.FindString(text); left != "" {
				t.Errorf("%s: nothing stands for %s", f.ID, left)
			}
			varied[f.ID+text] = true
		}
	}
	if len(varied) < 3*25 {
		t.Errorf("50 seeds make %d rounds", len(varied))
	}
}

func TestASeedIsTheSameRoundEachTime(t *testing.T) {
	one, two := builtInFaults(t, 4711, false), builtInFaults(t, 4711, false)
	if a, b := Choose(one, 4711), Choose(two, 4711); a.ID != b.ID || !cmp.Equal(a.Fault.Values, b.Fault.Values) {
		t.Errorf("%s %v and %s %v", a.ID, a.Fault.Values, b.ID, b.Fault.Values)
	}
	chosen := map[string]bool{}
	for seed := range uint64(500) {
		chosen[Choose(one, seed).ID] = true
	}
	if len(chosen) != len(one) {
		t.Errorf("500 seeds choose %d of %d faults", len(chosen), len(one))
	}
}

// broken is a fault in which verify finds nothing to object to, for a [fake].
const broken = `
vary: {app: [front]}
setup: [make configmap base, make pod web $(app)]
fault: [drop pod web]
symptom:
- id: gone
  absent: {apiVersion: v1, kind: Pod, metadata: {name: web}}
clue: {line: look around, shows: what there is}
goals:
- id: ready
  cel: pods.exists(p, p.metadata.labels.app == '$(app)' && ready(p))
solutions:
- [make pod web $(app)]
- [make pod other $(app)]
wrong:
- [make pod web]
- [look around]
`

const faultWords = `---
title: Gone
summary: A pod is gone
---

## symptom: What shows
~~~goals
gone: It is gone
~~~

## mend: Where is it?
Bring $(app) back.

~~~goals
ready: A pod of $(app) is ready
~~~
~~~hint
Look.
~~~
~~~hint
Make it.
~~~
`

// faultOf reads a fault from memory.
func faultOf(t *testing.T, logic string) (Lesson, error) {
	t.Helper()
	words := &fstest.MapFile{Data: []byte(strings.ReplaceAll(faultWords, "~~~", "```"))}
	all, err := Load(fstest.MapFS{
		"010-gone/fault.yaml": {Data: []byte(logic)}, "010-gone/en.md": words, "010-gone/ko.md": words,
	}, Options{Seed: 1})
	if err != nil {
		return Lesson{}, err
	}
	return all[0], nil
}

func proveFault(t *testing.T, logic string) []Row {
	t.Helper()
	var report Report
	synctest.Test(t, func(t *testing.T) {
		l, err := faultOf(t, logic)
		if err != nil {
			t.Fatal(err)
		}
		f := newFake(t)
		if report, err = Verify(t.Context(), l, f, nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for _, timer := range f.late {
			timer.Stop()
		}
	})
	return report.Rows
}

func TestVerifyProvesAFault(t *testing.T) {
	var got []string
	for _, row := range proveFault(t, broken) {
		got = append(got, strings.Join([]string{row.Step, string(row.Check), i18n.English.Say(row.Why)}, " "))
	}
	want := []string{
		"symptom words ", "mend words ", "symptom healthy ", "symptom unmet ", "symptom met ",
		"mend hints ", "mend unmet ", "mend clue ", "mend met ",
		"symptom reset ", "mend reset ", "mend wrong ", "mend reset ", "mend wrong ", "mend also ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVerifyTellsWhatIsWrongWithAFault(t *testing.T) {
	for name, test := range map[string]struct {
		old, new string
		check    Check
		why      string
	}{
		"ill before":           {"make pod web $(app)]", "make configmap other]", CheckHealthy, "ready: not yet"},
		"no symptom":           {"fault: [drop pod web]", "fault: [look around]", CheckMet, "gone: pod/web is still there"},
		"nothing to be seen":   {"shows: what there is", "shows: a dragon", CheckClue, "look around does not show a dragon"},
		"a second way in vain": {"- [make pod other $(app)]", "- [make pod other]", CheckAlso, "this must count and doesn't: make pod other (ready: not yet)"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, row := range proveFault(t, strings.Replace(broken, test.old, test.new, 1)) {
				if !row.OK {
					if row.Check != test.check || i18n.English.Say(row.Why) != test.why {
						t.Errorf("%s: %s", row.Check, i18n.English.Say(row.Why))
					}
					return
				}
			}
			t.Error("it found nothing")
		})
	}
}

func TestMistakesInAFaultAreTold(t *testing.T) {
	for name, test := range map[string]struct{ old, new, want string }{
		"one solution":  {"- [make pod other $(app)]\n", "", "a fault needs solutions"},
		"no clue":       {"clue: {line: look around, shows: what there is}\n", "", "a fault needs clue"},
		"half a clue":   {", shows: what there is", "", "a clue needs line"},
		"a wild value":  {"[front]", "['front; rm']", "can't stand in a command"},
		"unknown field": {"wrong:", "wrongs:", "there is no field wrongs"},
		"with a file":   {"- [make pod other $(app)]", "- [kubectl apply -f web.yaml]", "the learner has no files"},
	} {
		_, err := faultOf(t, strings.Replace(broken, test.old, test.new, 1))
		found := ""
		for _, mistake := range Mistakes(err) {
			found += i18n.English.Say(mistake) + "\n"
		}
		if !strings.Contains(found, test.want) {
			t.Errorf("%s: %s", name, found)
		}
	}
}

func TestADebriefTellsWhatShowedAndWhatMended(t *testing.T) {
	l, err := faultOf(t, broken)
	if err != nil {
		t.Fatal(err)
	}
	at := func(second int) time.Time { return time.Date(2026, 3, 1, 12, 0, second, 0, time.UTC) }
	run := func(second int, line, verb, output string, exit int) Command {
		return Command{Line: line, Verb: verb, Output: output, Exit: exit, Started: at(second), Ended: at(second)}
	}
	s := Practise(l, "lab", newFake(t).now)
	for _, c := range []Command{
		run(1, "kubectl get pods", "get", "none", 0), run(2, "kubectl get all", "get", "so this is what there is", 0),
		run(3, "kubectl delete pod x", "delete", "no such pod", 1), run(4, "kubectl apply", "apply", "", 0), run(9, "kubectl scale", "scale", "", 0),
	} {
		s = s.Ran(c)
	}
	d := s.DebriefAlone(at(0), at(5))
	if want := (Debrief{Began: at(0), Mended: at(5), Saw: Seen{at(2), "kubectl get all"}, Fixed: Seen{at(4), "kubectl apply"}}); d != want {
		t.Errorf("%+v", d)
	}
}

func TestTheFirstWarningIsOneThatTheFaultGave(t *testing.T) {
	at := func(ms int) time.Time { return time.Date(2026, 3, 1, 12, 0, 0, ms*1e6, time.UTC) }
	signs := []Sign{{At: at(0), Reason: "before"}, {At: at(3800), Reason: "with it"}, {At: at(5000), Reason: "again"}, {At: at(9000), Reason: "while it is mended"}}
	for _, test := range []struct {
		debrief Debrief
		signs   []Sign
		want    string
	}{
		{Debrief{Symptom: at(4000), Mended: at(9500)}, signs, "with it"},
		{Debrief{Symptom: at(4500), Mended: at(9500)}, signs, "again"},
		{Debrief{Symptom: at(6000), Fixed: Seen{At: at(8000)}, Mended: at(9500)}, signs, ""},
		{Debrief{Mended: at(9500)}, signs, ""},
		{Debrief{Symptom: at(1000), Mended: at(9500)}, nil, ""},
	} {
		if got := test.debrief.first(test.signs); got.Reason != test.want {
			t.Errorf("%+v: %q, want %q", test.debrief, got.Reason, test.want)
		}
	}
}
