package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster/record"
)

// lowest is the last row above the footer.
func lowest(m *Model) string {
	rows := strings.Split(text(m), "\n")
	return rows[len(rows)-2]
}

// written waits until what was recorded is on disk.
func written(t *testing.T, m *Model) *record.Recording {
	t.Helper()
	film, err := m.recorder.Load().Recording(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return film
}

func TestTheLastMinutesStandInTheLowestEdgeAndLeadToThePast(t *testing.T) {
	m := recordedLab(t)
	written(t, m)
	drive(m, tickMsg{})
	row := lowest(m)
	if !strings.HasSuffix(strings.TrimRight(row, " "), "now ┘") || !strings.Contains(row, "step met: Make two ┬") {
		t.Fatalf("the lowest edge is %q", row)
	}
	checkCells(t, m)
	now(m, noon.Add(32*time.Second))
	drive(m, tickMsg{})
	if later := lowest(m); !strings.Contains(later, "┬ step ") {
		t.Errorf("half a minute later it is %q, it was %q", later, row)
	}
	_, cmd := m.Update(tea.MouseClickMsg{X: 100, Y: 38, Button: tea.MouseLeft})
	run(t, m, cmd)
	shows(t, m, "Timeline ▸")
	if strings.Contains(lowest(m), "now") {
		t.Error("the strip is still there beside the timeline")
	}
	then(t, m, "esc")
	if !strings.Contains(lowest(m), "now") {
		t.Error("the strip is gone after the past")
	}
}

func TestTheStripHasNoPlaceWithoutARecording(t *testing.T) {
	if row := lowest(begun(t)); strings.Contains(row, "now") {
		t.Errorf("the lowest edge is %q", row)
	}
}
