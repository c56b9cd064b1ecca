package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"podium/tui/theme"
)

// probeMsg is the moment to find out how wide the terminal draws box lines.
type probeMsg struct{}

// probeAfter lets the first frame out before the probe: a terminal that doesn't
// answer costs nothing.
const probeAfter = 120 * time.Millisecond

// probe draws a box line at the start of the screen's second row and asks where
// the cursor went. Terminals set up for East Asian languages may draw it two
// cells wide, which would tear every frame. The first row is not used because
// the answer for it can't be told from Shift-F3.
const probe = "\x1b7\x1b[2;1H\u2502\x1b[6n\x1b8"

func (m *Model) probeLater() tea.Cmd {
	if m.opts.Look.ASCII {
		return nil
	}
	return tea.Tick(probeAfter, func(time.Time) tea.Msg { return probeMsg{} })
}

// onTerminal takes what the terminal says of itself.
func (m *Model) onTerminal(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case probeMsg:
		return tea.Raw(probe)
	case tea.CursorPositionMsg:
		if m.probed || msg.Y != 1 {
			return nil
		}
		m.probed, m.narrowed = true, msg.X > 1
		m.dress()
		return tea.ClearScreen
	case tea.BackgroundColorMsg:
		if m.opts.Look.Background == "" {
			m.background = Light
			if msg.IsDark() {
				m.background = Dark
			}
		}
	case tea.ColorProfileMsg:
		m.plain = msg.Profile <= colorprofile.ASCII
	}
	m.dress()
	return nil
}

// dress chooses the theme.
func (m *Model) dress() {
	m.scene.Theme = theme.New(m.background == Dark, !m.opts.Look.Plain && !m.plain, m.opts.Look.ASCII || m.narrowed)
}
