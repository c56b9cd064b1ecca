package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/tui/panes"
)

// onPastKey decides whose key it is while the past is shown: Esc comes back to
// now, and what the focused pane has no use for moves the timeline.
func (m *Model) onPastKey(press tea.KeyPressMsg) tea.Cmd {
	switch {
	case panes.Keystroke(press) == "esc" && m.zoom:
		m.zoom = false
		return nil
	case panes.Keystroke(press) == "esc":
		return m.backToNow()
	case m.scrollLesson(press), m.asksWhy(press):
		return nil
	case m.focus != "timeline" && m.paneTakes(press):
		return m.toPane(m.focus, press)
	}
	return m.toPane("timeline", press)
}

// pastRefusal says why an order can't be carried out in the past: what would
// change the present waits for it.
func (m *Model) pastRefusal(o order) i18n.Message {
	switch o {
	case hintOrder, solutionOrder, againOrder, nextOrder, copyOrder:
		return m.held()
	case homeOrder, rewindOrder:
		if m.past.replay {
			return m.held()
		}
	}
	return i18n.Message{}
}

// rewindRefusal says why there is no past to show.
func (m *Model) rewindRefusal() i18n.Message {
	switch {
	case m.scene.Round.On && m.scene.Round.Ended.IsZero():
		return i18n.M("tui.practice.no-rewind")
	case m.recorder.Load() == nil && m.scene.Lab.Ready:
		return i18n.M("tui.past.off")
	case m.recorder.Load() == nil || m.scene.Snapshot.Seq == 0 || m.wish().page == helpPage || m.wish().page == failedPage:
		return i18n.M("tui.past.none")
	}
	return i18n.Message{}
}

// pastKeys are what comes first in the footer while the past is shown.
func (m *Model) pastKeys() []key.Binding {
	if m.past.replay {
		return nil
	}
	return []key.Binding{key.NewBinding(key.WithHelp("Esc", m.say(i18n.M("tui.offer.back-to-now"))))}
}
