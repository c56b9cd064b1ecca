package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/tui/panes"
)

// whyKey asks why what a pane points at is there. It is the same key on every
// keyboard layout that is not Latin, and begins no line of kubectl.
const whyKey = "?"

// choose makes an object the selected one.
func (m *Model) choose(to panes.Select) {
	m.scene.Selected, m.scene.Event = to.Selection, to.Event
	m.canvas.touch()
}

// pointer is the pane in front if it points at objects.
func (m *Model) pointer() (panes.Pointer, bool) {
	if m.page == homePage && !m.past.on || m.over != "" && m.over != detailsPage {
		return nil, false
	}
	pointer, ok := m.panes[m.front()].(panes.Pointer)
	return pointer, ok
}

// asksWhy explains, if that is what a key means, what the focused pane points
// at; in the Why pane it goes back to where it was asked from.
func (m *Model) asksWhy(press tea.KeyPressMsg) bool {
	pointer, ok := m.pointer()
	if !ok || press.Text != whyKey {
		return false
	}
	if m.focus == "why" && m.over == "" {
		if m.asker == "" {
			return false
		}
		m.setFocus(m.asker)
		m.asker = ""
		return true
	}
	at := pointer.Points(m.sceneFor(m.front()))
	m.asker = m.focus
	if m.over != "" {
		m.over = ""
	}
	if at.UID != "" && at != m.scene.Selected {
		m.choose(panes.Select{Selection: at})
	}
	if pane, ok := m.panes["why"].(*panes.Why); ok {
		pane.Explain()
	}
	m.setFocus("why")
	m.use("why")
	return true
}

// whyKeys is the footer's word for it.
func (m *Model) whyKeys() []key.Binding {
	pointer, ok := m.pointer()
	id := "tui.offer.why"
	switch {
	case !ok:
		return nil
	case m.focus == "why" && m.over == "":
		if m.asker == "" {
			return nil
		}
		id = "tui.offer.asker"
	case pointer.Points(m.sceneFor(m.front())).UID == "":
		return nil
	}
	return []key.Binding{key.NewBinding(key.WithKeys(whyKey), key.WithHelp(whyKey, m.say(i18n.M(id))))}
}
