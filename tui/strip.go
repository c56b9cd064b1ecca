package tui

import (
	"image"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster/record"
	"podium/tui/panes"
	"podium/tui/theme"
)

// strip is the last minutes in the lowest edge of the screen while it shows now:
// where F7 leads to.
func (m *Model) strip(th *theme.Theme, focus string) (label, bool) {
	film := m.film()
	t, ok := m.canvas.plan.bottom()
	if film == nil || !ok {
		return label{}, false
	}
	edge := th.Inks.Edge
	if t.pane == focus {
		edge = th.Inks.Focus
	}
	from, to := t.outer.Min.X+1, t.outer.Max.X-1
	m.strippedAt = m.scene.Now
	if now := panes.StripOf(m.scene, film, to-from, edge); now != m.stripFrom {
		m.stripped, m.stripFrom = panes.Strip(m.scene, film, to-from, edge), now
	}
	return label{row: t.outer.Max.Y - 1, from: from, to: to, text: m.stripped}, true
}

// film is what the strip is drawn from: nothing while the past has a whole pane,
// and where no cluster is shown.
func (m *Model) film() *record.Recording {
	r := m.recorder.Load()
	if r == nil || m.past.on || m.over != "" || m.page == homePage || !m.failed.IsZero() {
		return nil
	}
	return r.Written()
}

// stripRest is how long the strip stands still while nothing else is drawn: a
// screen on which nothing happens shall cost next to nothing.
const stripRest = 5 * time.Second

// stripMoves has the frame looked at again when time has moved the strip on.
func (m *Model) stripMoves() {
	film := m.film()
	t, ok := m.canvas.plan.bottom()
	if film == nil || !ok || m.scene.Now.Sub(m.strippedAt) < stripRest {
		return
	}
	edge := m.scene.Theme.Inks.Edge
	if t.pane == m.front() {
		edge = m.scene.Theme.Inks.Focus
	}
	if panes.Strip(m.scene, film, t.outer.Dx()-2, edge) != m.stripped {
		m.canvas.touch(t.pane)
	}
}

// onStrip rewinds to what was clicked in the strip.
func (m *Model) onStrip(msg tea.MouseClickMsg) (tea.Cmd, bool) {
	t, ok := m.canvas.plan.bottom()
	if !ok || m.film() == nil || msg.Y != t.outer.Max.Y-1 || !image.Pt(msg.X, msg.Y).In(t.outer) || !m.refusal(rewindOrder).IsZero() {
		return nil, false
	}
	at := panes.StripTime(m.scene, msg.X-t.outer.Min.X-1, t.outer.Dx()-2)
	return m.enterPast(func(film *record.Recording, msg *filmMsg) { msg.at, msg.err = film.Seek(at) }), true
}
