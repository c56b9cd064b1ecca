package panes

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"podium/cluster"
	"podium/i18n"
)

// mapScene is a rollout whose pods and ReplicaSets can be counted too.
func mapScene() Scene {
	w := rollout()
	s := w.scene()
	s.Snapshot.Seq = 1
	s.Snapshot.Objects = map[schema.GroupKind][]cluster.Object{}
	for _, p := range w.Pods {
		s.Snapshot.Objects[schema.GroupKind{Kind: "Pod"}] = append(s.Snapshot.Objects[schema.GroupKind{Kind: "Pod"}], p)
	}
	for _, n := range w.Nodes {
		s.Snapshot.Objects[schema.GroupKind{Kind: "Node"}] = append(s.Snapshot.Objects[schema.GroupKind{Kind: "Node"}], n)
	}
	return s
}

func TestMapGoldens(t *testing.T) {
	for _, lang := range i18n.Languages {
		for _, size := range [][2]int{{76, 21}, {116, 37}} {
			s := mapScene()
			s.Lang = lang
			s.Snapshot.Missing = []schema.GroupKind{{Kind: "Secret"}}
			m := NewMap()
			m.choose(2)
			drawn := m.View(s, size[0], size[1])
			checkBlock(t, "map", drawn, size[0], size[1])
			keepsGolden(t, fmt.Sprintf("map-%d-%s", size[0], lang), drawn)
		}
	}
}

// Every kind can be come to by keys, in a place that shows a few of them only.
func TestEveryKindOfTheMapCanBeReached(t *testing.T) {
	s := mapScene()
	m := NewMap()
	seen := map[string]bool{}
	for range cluster.Kinds() {
		drawn := ansi.Strip(m.View(s, 80, 16))
		for _, row := range strings.Split(drawn, "\n") {
			if rest, ok := strings.CutPrefix(row, s.Theme.Here+" "); ok {
				seen[strings.Fields(rest)[0]] = true
			}
		}
		m.Update(s, tea.KeyPressMsg{Code: tea.KeyDown})
	}
	for _, k := range cluster.Kinds() {
		if !seen[k.Kind] {
			t.Errorf("%s was never the chosen one", k.Kind)
		}
	}
}

// What can't be looked at isn't counted as none.
func TestAKindThatMayNotBeSeenIsNotCounted(t *testing.T) {
	s := mapScene()
	s.Snapshot.Missing = []schema.GroupKind{{Kind: "Secret"}}
	secret, _ := cluster.FindKind("secret")
	if ours, all := countOf(s, secret); ours != "?" || all != "?" {
		t.Errorf("%s and %s", ours, all)
	}
	pod, _ := cluster.FindKind("po")
	if ours, all := countOf(s, pod); ours == "0" || all == "0" || ours == "?" {
		t.Errorf("%s and %s pods", ours, all)
	}
	s.Snapshot.Narrowed = []schema.GroupKind{{Kind: "Pod"}}
	if ours, all := countOf(s, pod); ours == "?" || all != "?" {
		t.Errorf("%s and %s pods of which one namespace is listed", ours, all)
	}
	if drawn := ansi.Strip(NewMap().View(s, 100, 40)); strings.Contains(drawn, "You may look at") {
		t.Errorf("a kind that can be listed is said to be narrowed:\n%s", drawn)
	}
}
