package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/i18n"
)

// What a learner sees, in both languages and at two sizes. UPDATE=1 writes the
// files anew.
func TestScreensLookAsTheyDid(t *testing.T) {
	for name, show := range map[string]func(t *testing.T) *Model{
		"opening": func(t *testing.T) *Model {
			return drive(newTest(t),
				stageMsg{1, cluster.Stage{Message: i18n.Text("etcd"), Elapsed: 300 * time.Millisecond, Done: true}},
				stageMsg{1, cluster.Stage{Message: i18n.Text("API server"), Elapsed: 1900 * time.Millisecond}})
		},
		"failed": func(t *testing.T) *Model {
			return drive(newTest(t), openedMsg{link: 1, err: i18n.Errorf(nil, i18n.M("tui.lost"))})
		},
		"home": func(t *testing.T) *Model { return drive(newTest(t), opened(), snapshot(1, "web-1")) },
		"help": func(t *testing.T) *Model { return keys(begun(t), "f1") },
		"lesson": func(t *testing.T) *Model {
			return keys(drive(atMake(t), snapshot(3, "web-1")), "f2", "k", "u")
		},
		"question": func(t *testing.T) *Model { return keys(begun(t), "f5", "1") },
		"met": func(t *testing.T) *Model {
			m := drive(atMake(t), snapshot(3, "web-1", "web-2"))
			m.act(ranAction("kubectl get pods", "get", "pods"))
			return drive(m, snapshot(4, "web-1", "web-2"))
		},
		"past":    func(t *testing.T) *Model { return then(t, rewound(t), "left") },
		"explore": func(t *testing.T) *Model { return keys(drive(newTest(t), opened(), snapshot(1, "web-1")), "e") },
	} {
		goldens(t, name, show)
	}
}

// Every size from the smallest has a screen whose rows are exactly as wide.
func TestEverySizeIsFilledExactly(t *testing.T) {
	m := keys(drive(atMake(t), snapshot(3, "web-1")), "f2")
	for x := 1; x <= 220; x += 13 {
		for y := 1; y <= 70; y += 5 {
			drive(m, tea.WindowSizeMsg{Width: x, Height: y})
			checkCells(t, m)
		}
	}
}
