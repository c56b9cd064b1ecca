package tui

import (
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/tui/panes"
)

// mustAsk reports whether beginning a lesson would remove what the learner made
// elsewhere and has not agreed to lose, and asks for that once.
func (m *Model) mustAsk(l lessons.Lesson) bool {
	c := m.link.cluster
	before := m.course.asks
	m.course.asks = i18n.Message{}
	if c.ReadOnly || m.course.agreed == l.ID || lab.Vacant(m.scene.Snapshot, c.Namespace) || lab.LastLesson(m.note()) == m.folderOf(m.folderName(l)) {
		return false
	}
	id := "tui.removes"
	if m.presents() {
		id = "talk.removes"
	}
	m.course.asks = i18n.M(id, "Namespace", c.Namespace, "Objects", contents(m.scene.Snapshot, c.Namespace))
	if before.IsZero() {
		m.canvas.touch()
		m.tell(m.course.asks)
	}
	return true
}

// agrees begins the lesson that waits for the learner's consent, if a key gives
// it. Enter does unless it is wanted for a line or an answer.
func (m *Model) agrees(press tea.KeyPressMsg) (tea.Cmd, bool) {
	if m.course.asks.IsZero() || m.over != "" || !m.scene.Lab.Ready {
		return nil, false
	}
	o, _ := orderOf(press, m.prefixed)
	enter := panes.Keystroke(press) == "enter" && !m.prompt.TakesTab() && !m.lesson.Asking(m.scene)
	if o != nextOrder && !enter {
		return nil, false
	}
	m.prefixed, m.armed = false, ""
	m.tell(i18n.Message{})
	m.course.agreed = m.course.pending
	return m.beginPending(), true
}

// note is the file that keeps which lesson was the last one on the cluster.
func (m *Model) note() string {
	if m.opts.Note != "" {
		return m.opts.Note
	}
	return filepath.Join(m.opts.Prompt.Folder, ".lesson")
}

// folderOf is a lesson's folder, which also tells a course's lessons, and a
// learner's, from another's of the same name.
func (m *Model) folderOf(lesson string) string { return filepath.Join(m.opts.Prompt.Folder, lesson) }

// contents names the first of what is in a namespace.
func contents(s cluster.Snapshot, namespace string) string {
	const most = 2
	names := lab.Contents(s, namespace)
	if len(names) == 0 || len(names) > most {
		names = append(names[:min(len(names), most)], "…")
	}
	return panes.Clean(strings.Join(names, ", "))
}
