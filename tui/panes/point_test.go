package panes

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// walked presses keys, chooses what the pane asks for, and returns what it asked
// last.
func walked(t *testing.T, p Pane, s *Scene, codes ...rune) Action {
	t.Helper()
	var last Action
	for _, code := range codes {
		last, _ = p.Update(*s, tea.KeyPressMsg{Code: code})
		if choice, ok := last.(Select); ok {
			s.Selected, s.Event = choice.Selection, choice.Event
		}
		p.View(*s, 120, 12)
	}
	return last
}

func there(s Scene, at Selection) bool {
	_, workload := behind(s.Snapshot, at.UID) // of pods and ReplicaSets, too
	return workload
}

func TestEveryPaneThatPointsLeadsToDetailsAndTheChain(t *testing.T) {
	for name, test := range map[string]struct {
		pane Pane
		keys []rune
		kind string
	}{
		"board":   {NewBoard(), []rune{tea.KeyDown, tea.KeyDown}, "DaemonSet"},
		"lanes":   {NewLanes(), []rune{tea.KeyDown}, "ReplicaSet"},
		"tree":    {NewTree(), []rune{tea.KeyDown, tea.KeyDown}, "ReplicaSet"},
		"traffic": {NewTraffic(), []rune{tea.KeyDown}, "Pod"},
		"why":     {NewWhy(), []rune{tea.KeyUp, tea.KeyUp, tea.KeyEnter}, "ReplicaSet"},
	} {
		s := busy().lived()
		s.Focused = true
		test.pane.View(s, 120, 12)
		asked, ok := walked(t, test.pane, &s, append(test.keys, tea.KeyEnter)...).(Inspect)
		if !ok || asked.Selection.Kind != test.kind || !there(s, asked.Selection) {
			t.Errorf("%s: Enter asks for %+v", name, asked)
			continue
		}
		if pointer := test.pane.(Pointer); pointer.Points(s) != asked.Selection {
			t.Errorf("%s points at %+v", name, pointer.Points(s))
		}
		if chain := ansi.Strip(NewWhy().View(s, 120, 12)); !strings.Contains(chain, "exists because") && !strings.Contains(chain, "was made at") {
			t.Errorf("%s: what is chosen is not explained:\n%s", name, chain)
		}
	}
}

func TestAnEventIsExplainedAndLeadsToWhatItIsAbout(t *testing.T) {
	s, e := busy().lived(), NewEvents()
	e.View(s, 100, 6)
	for range 40 { // up to one that is an event
		if walked(t, e, &s, tea.KeyUp); s.Event != "" && there(s, s.Selected) {
			break
		}
	}
	if s.Event == "" {
		t.Fatal("no event can be chosen")
	}
	if chain := ansi.Strip(NewWhy().View(s, 100, 12)); !strings.Contains(chain, " said of ") {
		t.Errorf("the event is not told:\n%s", chain)
	}
	if asked, ok := walked(t, e, &s, tea.KeyEnter).(Inspect); !ok || !there(s, asked.Selection) {
		t.Errorf("the event leads to %+v", asked)
	}
}

func TestNothingChosenOffersNothingToOpen(t *testing.T) {
	s, board := rollout().scene(), NewBoard()
	board.View(s, 100, 20)
	if action, _ := board.Update(s, tea.KeyPressMsg{Code: tea.KeyEnter}); action != nil {
		t.Errorf("Enter asks for %+v", action)
	}
	for _, k := range board.Keys(s) {
		if k.Help().Key == "Enter" {
			t.Error("the footer offers Enter")
		}
	}
}
