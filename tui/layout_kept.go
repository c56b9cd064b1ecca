package tui

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"slices"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/ownfile"
	"podium/tui/panes"
)

// A Layout is what a learner made of the screen, kept from one time to the next.
type Layout struct {
	Language i18n.Language       `json:"language,omitempty"` // as F8 chose it; "" never
	Board    panes.BoardView     `json:"board,omitzero"`
	Sizes    map[string]Arranged `json:"sizes,omitempty"` // by class of the terminal's size
}

// Arranged is how panes stand on screens of one class.
type Arranged struct {
	Front  string         `json:"front,omitempty"`  // of the panes that share a place
	Hidden []string       `json:"hidden,omitempty"` // panes that were put away
	Grown  map[string]int `json:"grown,omitempty"`  // cells beyond a pane's share
}

// LoadLayout reads what was kept. What can't be read is as if nothing had been:
// the screen is arranged again in a moment.
func LoadLayout(path string) Layout {
	data, err := os.ReadFile(path)
	var l Layout
	if err != nil || json.Unmarshal(data, &l) != nil {
		return Layout{}
	}
	if !slices.Contains(i18n.Languages, l.Language) {
		l.Language = ""
	}
	for class, a := range l.Sizes {
		a.Hidden = slices.DeleteFunc(a.Hidden, func(pane string) bool { return !slices.Contains(hideable, pane) })
		for pane, cells := range a.Grown {
			a.Grown[pane] = max(-mostGrown, min(cells, mostGrown))
		}
		l.Sizes[class] = a
	}
	return l
}

// hideable are the panes that can be put away: what they show can be asked for at
// the prompt.
var hideable = []string{"board", "lanes", "traffic", "why", "tree", "events"}

// mostGrown bounds what a pane is given beyond its share.
const mostGrown = 60

func (l Layout) equal(other Layout) bool { return reflect.DeepEqual(l, other) }

// layout is the screen's own, and what of it is on disk.
type layout struct {
	Layout
	saved  Layout
	saving bool
}

// keptMsg tells how keeping the layout ended.
type keptMsg struct{ err error }

// class names the screen's size: what fits on one is too much for another.
func (m *Model) class() string {
	switch {
	case m.size.X < wideFrom.X || m.size.Y < wideFrom.Y:
		return "small"
	case m.size.X < vastFrom.X || m.size.Y < vastFrom.Y:
		return "wide"
	}
	return "vast"
}

func (m *Model) arranged() Arranged { return m.layout.Sizes[m.class()] }

// arrangeAs changes how panes stand on screens of this size. Layouts that were
// handed to be saved stay as they are.
func (m *Model) arrangeAs(a Arranged) {
	sizes := map[string]Arranged{}
	for class, other := range m.layout.Sizes {
		sizes[class] = other
	}
	sizes[m.class()] = a
	m.layout.Sizes = sizes
	m.canvas.touch()
}

// layOut begins with the screen as it was left.
func (m *Model) layOut() {
	if board, ok := m.panes["board"].(*panes.Board); ok {
		board.Restore(m.layout.Board)
	}
	m.layout.saved = m.layoutNow()
}

func (m *Model) layoutNow() Layout {
	l := m.layout.Layout
	if board, ok := m.panes["board"].(*panes.Board); ok {
		l.Board = board.Kept()
	}
	return l
}

// keepLayout saves the layout when a key or a click has changed it, one save at
// a time.
func (m *Model) keepLayout(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case tea.KeyPressMsg, tea.MouseClickMsg, keptMsg:
	default:
		return nil
	}
	now, path := m.layoutNow(), m.opts.LayoutPath
	if path == "" || m.layout.saving || now.equal(m.layout.saved) {
		return nil
	}
	m.layout.saving, m.layout.saved = true, now
	return m.jobs.cmd(func(context.Context) tea.Msg { return keptMsg{ownfile.Save(path, now)} })
}

func (m *Model) onKept(msg keptMsg) tea.Cmd {
	m.layout.saving = false
	if msg.err != nil {
		m.tell(i18n.M("tui.layout.unsaved", "Path", m.opts.LayoutPath, "Problem", msg.err.Error()))
	}
	return nil
}

// use notes that a pane was worked with and not only passed by: where panes take
// turns it stays in front.
func (m *Model) use(pane string) {
	if a := m.arranged(); slices.Contains([]string{"why", "tree", "events"}, pane) && a.Front != pane {
		a.Front = pane
		m.arrangeAs(a)
	}
}

// hideRefusal says why no pane can be hidden or shown now.
func (m *Model) hideRefusal() i18n.Message {
	switch {
	case m.page == homePage || m.over != "" || !m.failed.IsZero():
		return i18n.M("tui.no-zoom")
	case m.focus == "prompt" && len(m.arranged().Hidden) == 0:
		return i18n.M("tui.hide.none")
	case m.focus != "prompt" && (!slices.Contains(hideable, m.focus) || m.lastPicture()):
		return i18n.M("tui.hide.kept")
	}
	return i18n.Message{}
}

// lastPicture reports whether there is no other pane to see that can be hidden.
func (m *Model) lastPicture() bool {
	w := m.wish()
	return !slices.ContainsFunc(cycle(w), func(pane string) bool { return pane != m.focus && slices.Contains(hideable, pane) })
}

// hide puts the focused pane away, or brings all back.
func (m *Model) hide() {
	a := m.arranged()
	if m.focus == "prompt" {
		a.Hidden = nil
		m.arrangeAs(a)
		return
	}
	a.Hidden = append(slices.Clone(a.Hidden), m.focus)
	m.arrangeAs(a)
	m.zoom = false
	m.setFocus("prompt")
	m.tabs = ""
	m.tell(i18n.M("tui.hidden"))
}

// resize gives the focused pane more cells, or fewer, after the prefix key.
func (m *Model) resize(name string) bool {
	by, pane := 0, m.focus
	switch name {
	case "up":
		by = 1
	case "down":
		by = -1
	case "left", "right": // the lesson's edge, whatever has the focus
		by, pane = map[string]int{"left": -2, "right": 2}[name], "lesson"
	default:
		return false
	}
	if _, shown := m.canvas.plan.at(pane); !shown || m.page == homePage || m.over != "" || name == "up" && pane == "lesson" || name == "down" && pane == "lesson" {
		return true
	}
	a := m.arranged()
	grown := map[string]int{pane: 0}
	for other, cells := range a.Grown {
		grown[other] = cells
	}
	grown[pane] = max(-mostGrown, min(grown[pane]+by, mostGrown))
	a.Grown = grown
	m.arrangeAs(a)
	return true
}
