package panes

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"

	"podium/i18n"
)

// Tree shows what the learner made as trees: who owns what, down to the pods,
// and which pods stand behind each Service.
type Tree struct {
	kept   kept
	scroll int
	height int
	rows   []string
	spots  []spot
}

// NewTree returns the pane.
func NewTree() *Tree { return &Tree{} }

// Name implements [Pane].
func (t *Tree) Name() string { return "tree" }

// Title implements [Pane].
func (t *Tree) Title(s Scene) string { return s.Lang.Say(i18n.M("pane.tree")) }

// View implements [Pane].
func (t *Tree) View(s Scene, width, height int) string {
	glowing := glowingPods(s)
	state := struct {
		scroll int
		glow   string
	}{t.scroll, names(glowing)}
	return t.kept.view(s, width, height, state, func() string {
		t.height = height
		forest := plant(s.Snapshot, s.Lab.Namespace)
		if len(forest) == 0 {
			t.rows, t.spots = nil, nil
			return empty(s, i18n.M("tree.empty"), width, height)
		}
		d := treeDrawing{block: newBlock(width, s.Theme.Ellipsis, false), s: s, t: s.Theme, known: ownersOf(s.Snapshot), glowing: glowing}
		d.details = d.column(forest)
		for _, twig := range forest {
			d.draw(twig, "", "", "")
		}
		t.rows, t.spots = d.rows, d.spots
		t.scroll = max(0, min(t.scroll, len(t.rows)-height))
		rows := t.rows
		if rest := len(rows) - height - t.scroll; rest > 0 {
			rows = slices.Clone(rows)
			rows[t.scroll+height-1] = more(s, rest+1, width)
		}
		return stack(rows, t.scroll, width, height)
	})
}

// names tells sets of pods apart.
func names(pods []*corev1.Pod) string {
	var b strings.Builder
	for _, p := range pods {
		b.WriteString(string(p.UID) + " ")
	}
	return b.String()
}

// Update implements [Pane]: arrow keys and clicks choose a row.
func (t *Tree) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "up":
			return t.move(s, -1), nil
		case "down":
			return t.move(s, 1), nil
		case "enter":
			return open(t, s), nil
		case "pgup":
			t.turn(-max(1, t.height-1))
		case "pgdown":
			t.turn(max(1, t.height-1))
		}
	case tea.MouseClickMsg:
		for _, sp := range t.spots {
			if sp.y == msg.Y+t.scroll {
				return Select{Selection: sp.selection}, nil
			}
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			t.turn(-1)
		case tea.MouseWheelDown:
			t.turn(1)
		}
	}
	return nil, nil
}

func (t *Tree) turn(rows int) {
	t.scroll = max(0, min(t.scroll+rows, len(t.rows)-t.height))
}

// move chooses the row before or after the chosen one and brings it into view.
func (t *Tree) move(s Scene, by int) Action {
	if len(t.spots) == 0 {
		return nil
	}
	at := slices.IndexFunc(t.spots, func(sp spot) bool { return sp.selection == s.Selected })
	switch {
	case at < 0:
		at = 0
	default:
		at = max(0, min(at+by, len(t.spots)-1))
	}
	sp := t.spots[at]
	if sp.y < t.scroll {
		t.scroll = sp.y
	}
	if sp.y >= t.scroll+t.height-1 {
		t.turn(sp.y - t.scroll - t.height + 2)
	}
	return Select{Selection: sp.selection}
}

// Keys implements [Pane].
func (t *Tree) Keys(s Scene) []key.Binding {
	if len(t.spots) == 0 {
		return nil
	}
	keys := append([]key.Binding{chooseKey(s, "up", "down")}, openKey(t, s)...)
	if len(t.rows) > t.height {
		keys = append(keys, scrollKey(s))
	}
	return keys
}
