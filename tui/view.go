package tui

import (
	"image"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/tui/panes"
)

// A cursorer is a pane that shows the terminal's own cursor, where a Korean
// input method draws what is being composed.
type cursorer interface {
	// Cursor returns the cell of the cursor within the pane.
	Cursor(s panes.Scene) (x, y int, visible bool)
}

// View implements [tea.Model].
func (m *Model) View() tea.View {
	if m.canvas.clean() {
		return m.canvas.view
	}
	p := m.canvas.plan
	if m.talk.blank {
		nothing := m.dressed(strings.Repeat("\n", max(0, m.size.Y-1)))
		nothing.Cursor = nil
		return m.canvas.settled(nothing)
	}
	if len(p.tiles) == 0 {
		small := panes.TooSmall(m.shown(), m.size.X, m.size.Y, smallest.X, smallest.Y)
		return m.canvas.settled(m.dressed(small))
	}
	var b strings.Builder
	b.Grow(len(m.canvas.view.Content) + 256)
	b.WriteString(m.canvas.header.View(m.shown(), m.place(), m.size.X))
	b.WriteByte('\n')
	lines := make([][]string, len(p.tiles))
	for i, t := range p.tiles {
		lines[i] = m.canvas.lines(t.pane, t.content().Size(), func(size image.Point) string {
			return m.panes[t.pane].View(m.sceneFor(t.pane), size.X, size.Y)
		})
	}
	m.frame().fill(&b, p, lines)
	b.WriteString(panes.Footer(m.shown(), m.offers(), m.status, m.size.X))
	return m.canvas.settled(m.dressed(cut(b.String(), m.size.Y)))
}

// cut takes rows out of content above a footer that needs more than one.
func cut(content string, height int) string {
	extra := strings.Count(content, "\n") + 1 - height
	if extra <= 0 {
		return content
	}
	rows := strings.Split(content, "\n")
	return strings.Join(append(rows[:height-1-extra:height-1-extra], rows[len(rows)-1-extra:]...), "\n")
}

// dressed is content with everything else a terminal shows.
func (m *Model) dressed(content string) tea.View {
	v := tea.NewView(content)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = "podium"
	if place := m.place(); place != "" {
		v.WindowTitle += " ▸ " + place
	}
	if !m.scene.Lab.Ready && m.failed.IsZero() && !m.past.replay {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	}
	front := m.front()
	t, shown := m.canvas.plan.at(front)
	if pane, ok := m.panes[front].(cursorer); ok && shown {
		if x, y, visible := pane.Cursor(m.sceneFor(front)); visible {
			at := t.content().Min.Add(image.Pt(x, y))
			v.Cursor = tea.NewCursor(at.X, at.Y)
			v.Cursor.Shape = tea.CursorBar
		}
	}
	return v
}

// front is the pane that keys go to: the focused one, or the one that fills the
// screen for a while.
func (m *Model) front() string {
	if p := m.canvas.plan; len(p.tiles) == 1 {
		return p.tiles[0].pane
	}
	return m.focus
}

// frame returns the edges, drawn again if anything in them changed.
func (m *Model) frame() frame {
	p, focus := m.canvas.plan, m.front()
	th := m.scene.Theme
	if m.past.on {
		th = th.Calmed()
	}
	edged := edging{focus: focus, theme: th.Key(), past: m.past.on, tiles: p.tiles}
	edged.labels = titles(p, th, focus, func(pane string) string {
		return m.panes[pane].Title(m.sceneFor(pane))
	}, m.summary)
	if strip, ok := m.strip(th, focus); ok {
		edged.labels = append(edged.labels, strip)
	}
	switch was := m.canvas.edged; {
	case !edged.sameEdges(was):
		m.canvas.frame = drawFrame(p, th, focus, edged.labels)
	case !slices.Equal(edged.labels, was.labels):
		m.canvas.frame = m.canvas.frame.relabelled(p, th, focus, edged.labels)
	}
	m.canvas.edged = edged
	return m.canvas.frame
}

// summary says in one line what the panes show that have no room.
func (m *Model) summary(width int) string {
	var b strings.Builder
	used := 0
	for _, name := range m.canvas.plan.hidden {
		s, ok := m.panes[name].(panes.Summarizer)
		if !ok {
			continue
		}
		text := s.Summary(m.sceneFor(name), min(28, width-used-2))
		n := panes.Cells(text)
		if n == 0 || used+n+2 > width {
			continue
		}
		if used > 0 {
			b.WriteString("  ")
			used += 2
		}
		b.WriteString(text)
		used += n
	}
	if used == 0 {
		return ""
	}
	if hint := m.scene.Theme.Faint.Render(" " + m.scene.Theme.Here + " Tab"); used+panes.Cells(hint) <= width {
		b.WriteString(hint)
	}
	return b.String()
}

// place says where the learner is, for the header and the window's title.
func (m *Model) place() string {
	if m.past.on && m.past.scene.Session.IsZero() {
		return ""
	}
	switch m.wish().page {
	case lessonPage, talkPage:
		return m.lesson.Place(m.shown())
	case explorePage:
		return m.say(i18n.M("tui.exploring"))
	}
	return ""
}

func (m *Model) say(message i18n.Message) string { return m.scene.Lang.Say(message) }
