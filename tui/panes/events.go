package panes

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
)

// Events tells what happened, newest at the bottom.
type Events struct {
	kept     kept
	warnings bool // only these
	back     int  // rows scrolled back from the newest
	rows     int
	height   int
}

// NewEvents returns the pane, showing the newest.
func NewEvents() *Events { return &Events{} }

// Name implements [Pane].
func (e *Events) Name() string { return "events" }

// Title implements [Pane].
func (e *Events) Title(s Scene) string {
	if e.warnings {
		return s.Lang.Say(i18n.M("events.warnings"))
	}
	return s.Lang.Say(i18n.M("pane.events"))
}

// View implements [Pane].
func (e *Events) View(s Scene, width, height int) string {
	state := struct {
		back     int
		warnings bool
	}{e.back, e.warnings}
	return e.kept.view(s, width, height, state, func() string {
		lines := occurrences(s.Snapshot, s.Lab.Namespace, e.warnings, s.Lang)
		who := 0
		for _, o := range lines {
			who = max(who, cells(Clean(o.who)))
		}
		e.rows, e.height = len(lines), height
		if len(lines) == 0 {
			e.back = 0
			return empty(s, i18n.M("events.empty"), width, height)
		}
		if who = min(who, 13); width < 48 {
			who = 0
		}
		e.back = max(0, min(e.back, len(lines)-height))
		end := len(lines) - e.back
		var rows []string
		for _, o := range lines[max(0, end-height):end] {
			rows = append(rows, o.row(s, width, who))
		}
		if e.back > 0 {
			rows[len(rows)-1] = more(s, e.back+1, width)
		}
		return stack(rows, 0, width, height)
	})
}

// Update implements [Pane].
func (e *Events) Update(_ Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "up":
			e.turn(1)
		case "down":
			e.turn(-1)
		case "pgup":
			e.turn(max(1, e.height-1))
		case "pgdown":
			e.turn(-max(1, e.height-1))
		case "end":
			e.back = 0
		case "space":
			e.warnings, e.back = !e.warnings, 0
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			e.turn(1)
		case tea.MouseWheelDown:
			e.turn(-1)
		}
	}
	return nil, nil
}

// turn scrolls back in time.
func (e *Events) turn(rows int) { e.back = max(0, min(e.back+rows, e.rows-e.height)) }

// Keys implements [Pane].
func (e *Events) Keys(s Scene) []key.Binding {
	id := "events.key.warnings"
	if e.warnings {
		id = "events.key.all"
	}
	keys := []key.Binding{key.NewBinding(key.WithKeys("space"), key.WithHelp("Space", s.Lang.Say(i18n.M(id))))}
	if e.rows > e.height {
		keys = append(keys, key.NewBinding(key.WithKeys("up", "down", "pgup", "pgdown", "end"),
			key.WithHelp(s.Lang.Say(i18n.M("panes.key.arrows")), s.Lang.Say(i18n.M("panes.key.scroll")))))
	}
	return keys
}
