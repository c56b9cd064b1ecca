package tui

import (
	"image"

	tea "charm.land/bubbletea/v2"
)

// onClick gives the focus to what was clicked, and the click to the pane in its
// own cells.
func (m *Model) onClick(msg tea.MouseClickMsg) tea.Cmd {
	if cmd, ok := m.onStrip(msg); ok {
		return cmd
	}
	t, ok := m.canvas.plan.hit(image.Pt(msg.X, msg.Y))
	if !ok {
		return nil
	}
	if m.looksOn() {
		at := image.Pt(msg.X, msg.Y).Sub(t.content().Min)
		msg.X, msg.Y = at.X, at.Y
		return m.onLookClick(t.pane, msg)
	}
	if m.wish().page != homePage && m.over == "" {
		m.setFocus(t.pane)
	}
	at := image.Pt(msg.X, msg.Y).Sub(t.content().Min)
	msg.X, msg.Y = at.X, at.Y
	return m.toPane(t.pane, msg)
}

// onWheel scrolls what is under the pointer, whatever has the focus.
func (m *Model) onWheel(msg tea.MouseWheelMsg) tea.Cmd {
	t, ok := m.canvas.plan.hit(image.Pt(msg.X, msg.Y))
	if !ok {
		return nil
	}
	at := image.Pt(msg.X, msg.Y).Sub(t.content().Min)
	msg.X, msg.Y = at.X, at.Y
	return m.toPane(t.pane, msg)
}

// onDrag gives a pressed pointer's way over the timeline to the timeline.
func (m *Model) onDrag(msg tea.MouseMotionMsg) tea.Cmd {
	t, ok := m.canvas.plan.at("timeline")
	if !ok || msg.Button != tea.MouseLeft || m.focus != "timeline" {
		return nil
	}
	at := image.Pt(msg.X, msg.Y).Sub(t.content().Min)
	msg.X, msg.Y = at.X, at.Y
	return m.toPane("timeline", msg)
}
