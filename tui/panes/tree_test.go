package panes

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/cluster"
	"podium/i18n"
)

func TestTreeGoldens(t *testing.T) {
	for name, w := range map[string]*world{"rollout": rollout(), "zoo": zoo(), "nothing": lab().settle()} {
		for _, width := range []int{46, 90} {
			for _, lang := range i18n.Languages {
				s := w.scene()
				s.Lang = lang
				keepsGolden(t, fmt.Sprintf("tree-%s-%d-%s", name, width, lang), ansi.Strip(NewTree().View(s, width, 24)))
			}
		}
	}
}

func TestTheTreeFollowsOwnersByUID(t *testing.T) {
	w := rollout()
	for _, p := range w.Pods {
		if p.Name == "web-5d4f8b-bbbbb" {
			p.OwnerReferences = nil // orphaned: its name alone must not put it below its ReplicaSet
		}
	}
	for _, root := range plant(w.Snapshot, cluster.Namespace) {
		if root.object.GetName() == "web-5d4f8b-bbbbb" {
			return
		}
	}
	t.Error("an orphan still hangs in its old tree")
}

func TestOnlyReadyEndpointsAreCounted(t *testing.T) {
	plain := ansi.Strip(NewTree().View(rollout().scene(), 90, 30))
	for _, want := range []string{"10.96.23.7:80", "4 endpoints", "◦ ", "░ 10."} {
		if !strings.Contains(plain, want) {
			t.Errorf("the tree lacks %q:\n%s", want, plain)
		}
	}
}

func TestManyPodsAreCountedNotListed(t *testing.T) {
	w := crowd(4, 300)
	tree := NewTree()
	tree.View(w.scene(), 90, 30)
	if n := len(tree.rows); n > 6*(manyPods+2)+3 {
		t.Errorf("%d rows for 300 pods", n)
	}
	if !regexp.MustCompile(`and \d+ more`).MatchString(ansi.Strip(strings.Join(tree.rows, "\n"))) {
		t.Error("what is left out is not counted")
	}
}

func TestArrowsWalkTheTreeAndBringRowsIntoView(t *testing.T) {
	w := zoo()
	s, tree := w.scene(), NewTree()
	var last Selection
	for range 60 {
		drawn := ansi.Strip(tree.View(s, 90, 8))
		action, _ := tree.Update(s, tea.KeyPressMsg{Code: tea.KeyDown})
		s.Selected = action.(Select).Selection
		if s.Selected == last {
			if !strings.Contains(drawn, "web-7c9ab2-p0w1d") && !strings.Contains(drawn, "10.96.23.7") {
				t.Errorf("the last row is not in view:\n%s", drawn)
			}
			return
		}
		last = s.Selected
	}
	t.Error("the end of the tree is not reached")
}

func TestAClickOnARowChoosesItsObject(t *testing.T) {
	w := rollout()
	s, tree := w.scene(), NewTree()
	for y, row := range strings.Split(ansi.Strip(tree.View(s, 90, 24)), "\n") {
		if !strings.Contains(row, "web-7c9ab2-x2xmn") {
			continue
		}
		action, _ := tree.Update(s, tea.MouseClickMsg{X: 20, Y: y})
		want := Select{Selection: Selection{Kind: "Pod", UID: w.find("web-7c9ab2-x2xmn").UID}}
		if action != want {
			t.Errorf("%v, want %v", action, want)
		}
		return
	}
	t.Error("the pod is not drawn")
}
