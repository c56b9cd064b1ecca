package tui

import (
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/tui/panes"
)

// held says why the prompt is shut; zero while it is open.
func (m *Model) held() i18n.Message {
	lab := m.scene.Lab
	switch {
	case m.past.replay:
		return i18n.M("tui.past.replay")
	case m.past.on:
		return i18n.M("tui.past.held")
	case m.looksOn():
		return i18n.M("class.held")
	case !m.failed.IsZero():
		return i18n.M("tui.held.failed")
	case !lab.Lost.IsZero():
		return i18n.M("tui.held.lost")
	case !lab.Ready:
		return i18n.M("tui.held.opening")
	case lab.ReadOnly:
		return i18n.M("tui.read-only")
	case !m.course.asks.IsZero():
		return m.course.asks
	case m.course.pending != "":
		return i18n.M("tui.busy.preparing")
	case !m.course.busy.IsZero():
		return m.course.busy
	}
	return i18n.Message{}
}

// connectPrompt lets the prompt run its lines on the cluster that has opened.
func (m *Model) connectPrompt() {
	m.options.Kubeconfig, m.options.Network = m.link.cluster.Kubeconfig, m.link.cluster.Socket
	m.prompt.Use(m.options)
}

// onLost tells that the cluster has ended by itself.
func (m *Model) onLost(msg lostMsg) tea.Cmd {
	if msg.link != m.link.number {
		return nil
	}
	stop := m.endAttempt()
	m.scene.Lab.Ready = false
	m.scene.Lab.Lost = i18n.M("tui.lost")
	m.tell(m.scene.Lab.Lost)
	if !m.scene.Session.IsZero() {
		m.course.pending, m.course.trial = m.scene.Session.Lesson().ID, true
	}
	return stop
}

// helpRows are the keys the help explains.
func helpRows() []panes.HelpRow {
	var rows []panes.HelpRow
	for _, o := range functionKeys {
		rows = append(rows, panes.HelpRow{Keys: o.keyName(), Does: i18n.M("tui.key." + string(o))})
	}
	rows = append(rows, panes.HelpRow{Keys: hideOrder.keyName(), Does: i18n.M("tui.key.hide")}, panes.HelpRow{Keys: mapOrder.keyName(), Does: i18n.M("tui.key.map")})
	for _, row := range [][2]string{
		{"Tab", "tui.key.pane"}, {whyKey, "tui.key.why"}, {"Esc", "tui.key.esc"}, {"Shift-Up/Down", "tui.key.scroll"}, {"PgUp PgDn", "tui.key.page"}, {"Ctrl-G arrows", "tui.key.resize"},
		{"Ctrl-Y", "tui.key.copy"}, {"Ctrl-R", "tui.key.search"}, {"Ctrl-C", "tui.key.interrupt"}, {"Ctrl-L", "tui.key.redraw"},
	} {
		rows = append(rows, panes.HelpRow{Keys: row[0], Does: i18n.M(row[1])})
	}
	return rows
}

// scrollLesson moves the lesson's text from wherever the focus is.
func (m *Model) scrollLesson(key tea.KeyPressMsg) bool {
	by := map[string]int{"shift+up": -1, "shift+down": 1, "alt+up": -1, "alt+down": 1}[panes.Keystroke(key)]
	if by == 0 || m.shown().Session.IsZero() || m.prompt.TakesTab() && m.prompt.Running() {
		return false
	}
	m.lesson.Scroll(by)
	return true
}
