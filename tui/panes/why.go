package panes

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
)

// Why tells what happened and what caused it, newest at the bottom, or the chain
// of causes behind the selected object.
type Why struct {
	about  Selection // what was selected when the pane was drawn last
	story  bool      // what happened, although something is selected
	back   int       // rows scrolled back from the newest
	rows   int
	height int
	kept   keptWhy
}

// NewWhy returns the pane, telling what happens.
func NewWhy() *Why { return &Why{} }

// Name implements [Pane].
func (w *Why) Name() string { return "why" }

// Title implements [Pane].
func (w *Why) Title(s Scene) string {
	title := s.Lang.Say(i18n.M("pane.why"))
	if name := selectedName(s); name != "" && !w.telling(s) {
		return title + " " + s.Theme.Here + " " + name
	}
	return title
}

// telling reports whether the pane tells what happened rather than a chain.
func (w *Why) telling(s Scene) bool {
	return s.Selected.UID == "" || w.story && w.about == s.Selected
}

// View implements [Pane].
func (w *Why) View(s Scene, width, height int) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	if w.about != s.Selected {
		w.about, w.story, w.back = s.Selected, false, 0
	}
	id := "why.empty"
	if !w.telling(s) {
		id = "why.nothing"
	}
	w.rows, w.height = w.kept.read(s, width, w.telling(s)), height
	if w.rows == 0 {
		w.back = 0
		return empty(s, i18n.M(id), width, height)
	}
	w.back = max(0, min(w.back, w.rows-height))
	if w.telling(s) {
		return stack(w.kept.story(s, max(0, w.rows-height-w.back), width, height), 0, width, height)
	}
	rows := w.kept.chain[w.back:] // a chain is read from its top
	if rest := len(rows) - height; rest > 0 {
		rows = append(append([]string(nil), rows[:height-1]...), more(s, rest+1, width))
	}
	return stack(rows, 0, width, height)
}

// Update implements [Pane].
func (w *Why) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	step := 1 // towards the past, or down a chain
	if !w.telling(s) {
		step = -1
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "up":
			w.turn(step)
		case "down":
			w.turn(-step)
		case "pgup":
			w.turn(step * max(1, w.height-1))
		case "pgdown":
			w.turn(-step * max(1, w.height-1))
		case "end":
			w.back = 0
		case "space":
			if s.Selected.UID != "" {
				w.story, w.back = w.telling(s) == w.story && !w.story, 0
			}
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			w.turn(step)
		case tea.MouseWheelDown:
			w.turn(-step)
		}
	}
	return nil, nil
}

func (w *Why) turn(rows int) { w.back = max(0, min(w.back+rows, w.rows-w.height)) }

// Keys implements [Pane].
func (w *Why) Keys(s Scene) []key.Binding {
	var keys []key.Binding
	if s.Selected.UID != "" {
		id := "why.key.story"
		if w.telling(s) {
			id = "why.key.chain"
		}
		keys = append(keys, key.NewBinding(key.WithKeys("space"), key.WithHelp("Space", s.Lang.Say(i18n.M(id)))))
	}
	if w.rows > w.height {
		keys = append(keys, key.NewBinding(key.WithKeys("up", "down", "pgup", "pgdown", "end"),
			key.WithHelp(s.Lang.Say(i18n.M("panes.key.arrows")), s.Lang.Say(i18n.M("panes.key.scroll")))))
	}
	return keys
}
