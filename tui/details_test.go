package tui

import (
	"testing"

	"podium/tui/panes"
)

func TestAnObjectsDetailsLieOverThePageUntilEsc(t *testing.T) {
	m := begun(t)
	drive(m, snapshot(3, "web-1", "web-2"))
	pod := m.scene.Snapshot.Pods[0]
	m.setFocus("board")
	m.act(panes.Select{Selection: panes.Selection{Kind: "Pod", UID: pod.UID}})
	keys(m, "enter")
	shows(t, m, "Pod web-1", "YAML", "describe", "name: web-1")
	keys(m, "x") // no line at the prompt is begun under the page
	shows(t, m, "name: web-1")
	drive(m, panes.Fetched{Line: "nobody asked", Output: "x"})
	keys(m, "esc")
	hides(t, m, "name: web-1")
	if m.focus != "board" {
		t.Errorf("keys go to %s", m.focus)
	}
}

func TestTheBoardsFilterTakesEveryCharacter(t *testing.T) {
	m := begun(t)
	drive(m, snapshot(3, "web-1", "web-2"))
	m.setFocus("board")
	keys(m, "/", "w", "e", "b", "-", "2")
	shows(t, m, "/ web-2", "1 of 2 pods")
	if m.focus != "board" {
		t.Fatalf("keys go to %s", m.focus)
	}
	keys(m, "enter", "k")
	shows(t, m, "$ k", "/ web-2")
	m.setFocus("board")
	keys(m, "/", "esc")
	hides(t, m, "1 of 2 pods")
}
