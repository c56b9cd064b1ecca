package panes

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster/why"
	"podium/i18n"
)

// Why tells what happened and what caused it, newest at the bottom, or the chain
// of causes behind the selected object.
type Why struct {
	about  Selection // what was selected when the pane was drawn last
	cited  types.UID // and the event it was chosen by
	story  bool      // what happened, although something is selected
	at     told      // the line of the story that was chosen
	back   int       // rows scrolled back from the newest
	rows   int
	height int
	kept   keptWhy
}

// A told line is known again by what it tells when more has happened.
type told struct {
	time  time.Time
	what  why.What
	about types.UID
}

func toldOf(d why.Deed) told { return told{d.Time, d.What, d.About.UID} }

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
	return s.Selected.UID == "" && s.Event == "" || w.story && w.about == s.Selected && w.cited == s.Event
}

// Explain shows the chain behind what is selected, if anything is.
func (w *Why) Explain() { w.story, w.back = false, 0 }

// View implements [Pane].
func (w *Why) View(s Scene, width, height int) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	if w.about != s.Selected || w.cited != s.Event {
		w.about, w.cited, w.story, w.back = s.Selected, s.Event, false, 0
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
		chosen := -1
		if s.Focused {
			chosen = w.chosen()
		}
		return stack(w.kept.story(s, part{w.first(), width, height, chosen}), 0, width, height)
	}
	rows := w.kept.chain[w.back:] // a chain is read from its top
	if rest := len(rows) - height; rest > 0 {
		rows = append(append([]string(nil), rows[:height-1]...), more(s, rest+1, width))
	}
	return stack(rows, 0, width, height)
}

// first is the story's first line in view.
func (w *Why) first() int { return max(0, w.rows-w.height-w.back) }

// chosen is where the chosen line stands in the story, or -1.
func (w *Why) chosen() int {
	return slices.IndexFunc(w.kept.deeds, func(d why.Deed) bool { return toldOf(d) == w.at })
}

// Update implements [Pane]: arrow keys choose a line of the story, or scroll a
// chain.
func (w *Why) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return w.press(s, Keystroke(msg)), nil
	case tea.MouseClickMsg:
		if i := w.first() + msg.Y; w.telling(s) && msg.Y >= 0 && i < len(w.kept.deeds) {
			w.at = toldOf(w.kept.deeds[i])
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			w.turn(w.step(s))
		case tea.MouseWheelDown:
			w.turn(-w.step(s))
		}
	}
	return nil, nil
}

// step is a row towards the past, or down a chain.
func (w *Why) step(s Scene) int {
	if w.telling(s) {
		return 1
	}
	return -1
}

func (w *Why) press(s Scene, name string) Action {
	telling := w.telling(s)
	switch name {
	case "up", "down":
		by := map[string]int{"up": -1, "down": 1}[name]
		if telling {
			w.move(by)
		} else {
			w.turn(by)
		}
	case "pgup":
		w.turn(w.step(s) * max(1, w.height-1))
	case "pgdown":
		w.turn(-w.step(s) * max(1, w.height-1))
	case "end":
		w.back = 0
	case "space":
		if s.Selected.UID != "" {
			w.story, w.back = !telling, 0
		}
	case "enter":
		if !telling {
			return open(w, s)
		}
		if i := w.chosen(); i >= 0 && w.kept.deeds[i].About.UID != "" {
			about := w.kept.deeds[i].About
			w.Explain()
			return Select{Selection: Selection{Kind: about.Kind, UID: about.UID}}
		}
	}
	return nil
}

// move chooses the line before or after the chosen one and brings it into view.
func (w *Why) move(by int) {
	n := len(w.kept.deeds)
	if n == 0 {
		return
	}
	at := w.chosen() + by
	if w.chosen() < 0 {
		at = w.first() + min(n, w.height) - 1
	}
	at = max(0, min(at, n-1))
	w.at = toldOf(w.kept.deeds[at])
	top := w.first()
	if w.kept.pins(top, w.height) {
		top++
	}
	switch last := w.first() + w.height - 1 - min(w.back, 1); {
	case at < top:
		w.turn(top - at)
	case at > last:
		w.turn(last - at)
	}
}

func (w *Why) turn(rows int) { w.back = max(0, min(w.back+rows, w.rows-w.height)) }

// Keys implements [Pane].
func (w *Why) Keys(s Scene) []key.Binding {
	var keys []key.Binding
	said := func(id string) string { return s.Lang.Say(i18n.M(id)) }
	switch {
	case !w.telling(s):
		keys = append(keys, openKey(w, s)...)
		keys = append(keys, key.NewBinding(key.WithKeys("space"), key.WithHelp("Space", said("why.key.story"))))
	case w.rows > 0:
		keys = append(keys, chooseKey(s, "up", "down"))
		if i := w.chosen(); i >= 0 && w.kept.deeds[i].About.UID != "" {
			keys = append(keys, key.NewBinding(key.WithKeys("enter"), key.WithHelp("Enter", said("why.key.chain"))))
		}
		if s.Selected.UID != "" {
			keys = append(keys, key.NewBinding(key.WithKeys("space"), key.WithHelp("Space", said("why.key.selected"))))
		}
	}
	if w.rows > w.height {
		keys = append(keys, key.NewBinding(key.WithKeys("up", "down", "pgup", "pgdown", "end"), key.WithHelp("PgUp PgDn", said("panes.key.scroll"))))
	}
	return keys
}
