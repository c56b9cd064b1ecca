package panes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"podium/cluster/traffic"
	"podium/i18n"
	"podium/tui/theme"
)

func TestTrafficGoldens(t *testing.T) {
	for _, failed := range []int{0, 3} {
		for _, width := range []int{46, 90, 120} {
			for _, lang := range i18n.Languages {
				s := rollout().scene()
				s.Lang, s.Load = lang, load(failed)
				pane := NewTraffic()
				drawn := pane.Title(s) + "\n" + pane.View(s, width, 2) + "\n" + pane.View(s, width, 6)
				keepsGolden(t, fmt.Sprintf("traffic-%d-%d-%s", failed, width, lang), ansi.Strip(drawn))
			}
		}
	}
}

func TestSharesMakeAHundred(t *testing.T) {
	versions := []version{{key: "a"}, {key: "b"}, {key: "c"}}
	for n := 1; n < 40; n++ {
		sum := 0
		for _, p := range shares(versions, []traffic.Bucket{{ByVersion: map[string]int{"a": n, "b": 1, "c": n * n}}}) {
			sum += p
		}
		if sum != 100 {
			t.Errorf("shares for %d make %d", n, sum)
		}
	}
	if shares(versions, nil) != nil {
		t.Error("there are shares of nothing")
	}
}

func TestTheChartMovesWithoutChangingItsShape(t *testing.T) {
	all := load(0).Buckets
	first, second := merge(all[:120], 30), merge(all[:121], 30)
	for i, c := range first {
		if !c.Start.Equal(second[i].Start) || c.Answered != second[i].Answered {
			t.Errorf("column %d changed from %v to %v", i, c, second[i])
		}
	}
}

func TestVersionsWearTheColourOfTheRevisionThatRunsThem(t *testing.T) {
	s := rollout().scene() // revision 3 runs 1.28, revision 2 runs 1.27
	s.Load = load(0)
	s.Load.ByVersion["1.25"] = 1
	want := map[string]theme.Ink{"1.28": s.Theme.Inks.Accent, "1.27": s.Theme.Inks.Calm, "1.25": s.Theme.Inks.Faint}
	var order []string
	for _, v := range versionsOf(s) {
		order = append(order, v.name)
		if v.ink != want[v.name] {
			t.Errorf("%s is drawn in %q, want %q", v.name, v.ink, want[v.name])
		}
	}
	if got := strings.Join(order, " "); got != "1.25 1.27 1.28" {
		t.Errorf("order %s", got)
	}
}

func TestAnswersWithoutAVersionAreStillDrawn(t *testing.T) {
	s := rollout().scene()
	s.Load = traffic.Stats{Total: 10, ByVersion: map[string]int{"": 10}, Buckets: []traffic.Bucket{{Start: noon, Answered: 10}, {Start: noon.Add(time.Second), Answered: 1}}}
	plain := ansi.Strip(NewTraffic().View(s, 60, 4))
	if !strings.Contains(plain, "answered") || !strings.Contains(plain, "100 %") {
		t.Errorf("drawn:\n%s", plain)
	}
}

func TestTrafficSummaryTellsFailures(t *testing.T) {
	s := rollout().scene()
	pane := NewTraffic()
	if got := pane.Summary(s, 30); got != "" {
		t.Errorf("summary without requests: %q", got)
	}
	s.Load = load(0)
	if got := ansi.Strip(pane.Summary(s, 30)); got != "traffic ok" {
		t.Errorf("summary %q", got)
	}
	s.Load = load(3)
	if got := ansi.Strip(pane.Summary(s, 30)); got != "traffic: 3 failed" {
		t.Errorf("summary %q", got)
	}
}

func TestAVersionWearsTheColourOfTheTagThatLeavesItsEndOpen(t *testing.T) {
	ages := map[string]int{"1.27": 0, "1.28": 1, "latest": 2}
	for version, want := range map[string]int{"1.27.5": 0, "1.28": 1, "1.28.0": 1} {
		if age, ok := ageOfVersion(ages, version); !ok || age != want {
			t.Errorf("%s is of age %d (%v), want %d", version, age, ok, want)
		}
	}
	if _, ok := ageOfVersion(ages, "1.2"); ok {
		t.Error("1.2 is taken for 1.27")
	}
}

func TestTagOf(t *testing.T) {
	for image, want := range map[string]string{
		"nginx:1.28": "1.28", "nginx": "latest", "localhost:5000/nginx": "latest", "ghcr.io/x/podinfo:6.7.0": "6.7.0",
	} {
		if got := tagOf(image); got != want {
			t.Errorf("%s has tag %q, want %q", image, got, want)
		}
	}
}
