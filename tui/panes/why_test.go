package panes

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/i18n"
)

func TestWhyGoldens(t *testing.T) {
	for _, width := range []int{46, 90} {
		for _, lang := range i18n.Languages {
			s := busy().lived()
			s.Lang = lang
			pane := NewWhy()
			drawn := pane.Title(s) + "\n" + pane.View(s, width, 12)
			for _, name := range []string{"web-7c9ab2-p0w1d", "web-5d4f8b-aaaaa", "web-7c9ab2"} {
				s.Selected = selectionOf(s, name)
				drawn += "\n" + pane.Title(s) + "\n" + pane.View(s, width, 12)
			}
			keepsGolden(t, fmt.Sprintf("why-%d-%s", width, lang), ansi.Strip(drawn))
		}
	}
}

// selectionOf selects a pod or a ReplicaSet by its name.
func selectionOf(s Scene, name string) Selection {
	for _, p := range s.Snapshot.Pods {
		if p.Name == name {
			return Selection{Kind: "Pod", UID: p.UID}
		}
	}
	for _, rs := range s.Snapshot.ReplicaSets {
		if rs.Name == name {
			return Selection{Kind: "ReplicaSet", UID: rs.UID}
		}
	}
	return Selection{Kind: "Pod", UID: "gone"}
}

func TestTheCauseStaysInViewAboveWhatFollowed(t *testing.T) {
	s := busy().lived()
	drawn := ansi.Strip(NewWhy().View(s, 90, 5))
	if !strings.Contains(strings.Split(drawn, "\n")[0], "set image deploy/web") {
		t.Errorf("the newest command has left the view:\n%s", drawn)
	}
}

func TestSpaceTurnsBetweenTheChainAndTheStory(t *testing.T) {
	s, pane := busy().lived(), NewWhy()
	s.Selected = selectionOf(s, "web-7c9ab2-x2xmn")
	if chain := ansi.Strip(pane.View(s, 90, 8)); !strings.Contains(chain, "exists because") {
		t.Errorf("a selected pod is not explained:\n%s", chain)
	}
	pane.Update(s, tea.KeyPressMsg{Code: tea.KeySpace})
	if story := ansi.Strip(pane.View(s, 90, 8)); strings.Contains(story, "exists because") || !strings.Contains(story, "you") {
		t.Errorf("space does not lead to the story:\n%s", story)
	}
	pane.Update(s, tea.KeyPressMsg{Code: tea.KeySpace})
	if chain := ansi.Strip(pane.View(s, 90, 8)); !strings.Contains(chain, "exists because") {
		t.Errorf("space does not lead back:\n%s", chain)
	}
	s.Selected.UID = "gone"
	if drawn := ansi.Strip(pane.View(s, 90, 8)); !strings.Contains(drawn, "What was selected is gone.") {
		t.Errorf("what is gone is explained:\n%s", drawn)
	}
}

func TestWithoutAPastTheStorySaysWhatWillBeThere(t *testing.T) {
	if drawn := ansi.Strip(NewWhy().View(rollout().scene(), 60, 6)); !strings.Contains(drawn, "told with its causes") {
		t.Errorf("drawn:\n%s", drawn)
	}
}
