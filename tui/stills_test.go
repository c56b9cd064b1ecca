package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"podium/i18n"
)

func TestStillsShowTheClusterOfTheirMomentAndNothingToWorkWith(t *testing.T) {
	m := recordedLab(t)
	film, err := m.recorder.Load().Recording(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	at := []time.Time{noon.Add(3500 * time.Millisecond), noon.Add(5 * time.Second)}
	stills, err := Stills(t.Context(), Options{Replay: film, Provider: "sim", Lang: i18n.English, Lessons: testLessons(t)}, at)
	if err != nil || len(stills) != len(at) {
		t.Fatalf("%d stills, %v", len(stills), err)
	}
	for i, still := range stills {
		rows := strings.Split(ansi.Strip(still), "\n")
		if len(rows) != stillSize.Y {
			t.Fatalf("%d rows:\n%s", len(rows), still)
		}
		for _, row := range rows {
			if n := ansi.StringWidth(row); n != stillSize.X {
				t.Fatalf("a row of %d cells: %q", n, row)
			}
		}
		text := strings.Join(rows, "\n")
		if both := i == 1; !strings.Contains(text, "web-1") || strings.Contains(text, "web-2") != both || strings.Contains(text, "Rewind") {
			t.Errorf("still %d:\n%s", i, text)
		}
	}
}
