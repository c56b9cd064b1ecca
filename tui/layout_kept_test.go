package tui

import (
	"os"
	"path/filepath"
	"testing"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
)

// reopened is a screen that finds what another one kept.
func reopened(t *testing.T, path string) *Model {
	t.Helper()
	m := newTest(t)
	opts := m.opts
	opts.Layout, opts.LayoutPath = LoadLayout(path), path
	again := New(t.Context(), opts)
	t.Cleanup(again.end)
	again.link = link{number: 1, cancel: func() {}}
	drive(again, tea.WindowSizeMsg{Width: 120, Height: 40})
	return again
}

func TestAScreenIsFoundAgainAsItWasLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "screen.json")
	m := atMake(t)
	m.opts.LayoutPath = path
	wide, _ := m.canvas.plan.at("lesson")
	keys(m, "ctrl+g", "right", "ctrl+g", "right", "ctrl+g", "right") // the lesson grows
	keys(m, "tab")                                                   // to the lesson
	for m.focus != "board" {
		keys(m, "tab")
	}
	keys(m, "/", "w", "e", "b", "enter", "space")
	for m.focus != "events" {
		keys(m, "tab")
	}
	keys(m, "space") // worked with, so it stays in front
	for m.focus != "lanes" {
		keys(m, "tab")
	}
	keys(m, "f11", "f8")
	m.end()

	again := reopened(t, path)
	again.page = lessonPage
	drive(again, tea.WindowSizeMsg{Width: 120, Height: 40})
	if again.layout.Language != i18n.Korean {
		t.Errorf("the language is %q", again.layout.Language)
	}
	if l, ok := again.canvas.plan.at("lesson"); !ok || l.outer.Dx() <= wide.outer.Dx() {
		t.Errorf("the lesson is at %v, it was at %v", l.outer, wide.outer)
	}
	if _, ok := again.canvas.plan.at("lanes"); ok {
		t.Error("a hidden pane is back")
	}
	if _, ok := again.canvas.plan.at("events"); !ok {
		t.Errorf("the pane in front is not events: %v", again.canvas.plan.tiles)
	}
	if now := again.layoutNow(); now.Board.Filter != "web" || !now.Board.System {
		t.Errorf("the board is %+v", now.Board)
	}
	again.setFocus("prompt")
	keys(again, "f11")
	if _, ok := again.canvas.plan.at("lanes"); !ok {
		t.Error("F11 at the prompt doesn't bring the pane back")
	}
	drive(again, tea.WindowSizeMsg{Width: 80, Height: 24})
	if len(again.arranged().Grown) != 0 {
		t.Error("a small screen is arranged as a wide one")
	}
}

func TestAPaneThatIsOnlyPassedDoesNotStayInFront(t *testing.T) {
	m := atMake(t)
	for range cycle(m.wish()) {
		keys(m, "tab")
	}
	if _, ok := m.canvas.plan.at("why"); !ok || m.focus != "prompt" {
		t.Errorf("after walking round, the focus is on %s and the panes are %v", m.focus, m.canvas.plan.tiles)
	}
}

func TestWhatCannotHideSaysWhy(t *testing.T) {
	m := keys(atMake(t), "f11")
	shows(t, m, "No pane is hidden.")
	for range len(hideable) + 2 {
		m.setFocus(cycle(m.wish())[1]) // the first one after the lesson
		keys(m, "f11")
	}
	shows(t, m, "This pane stays")
	if seen := cycle(m.wish()); len(seen) != 3 {
		t.Errorf("what is left is %v", seen)
	}
	checkCells(t, m)
}

func TestABrokenLayoutIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "screen.json")
	for _, text := range []string{"", "{", `{"language":"xx","board":{"nearer":900},"sizes":{"wide":{"hidden":["prompt","zebra"],"grown":{"board":100000}}}}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		m := reopened(t, path)
		m.page, m.focus = explorePage, "prompt"
		for _, size := range []tea.WindowSizeMsg{{Width: 120, Height: 40}, {Width: 40, Height: 12}, {Width: 220, Height: 70}} {
			drive(m, size)
			checkPlan(t, m.canvas.plan, m.wish())
			checkCells(t, m)
		}
	}
}
