package panes

import (
	"slices"

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
	lines    []occurrence // as last drawn
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
		e.lines = occurrences(s.Snapshot, s.Lab.Namespace, e.warnings, s.Lang)
		who := 0
		for _, o := range e.lines {
			who = max(who, cells(Clean(o.who)))
		}
		e.rows, e.height = len(e.lines), height
		if len(e.lines) == 0 {
			e.back = 0
			return empty(s, i18n.M("events.empty"), width, height)
		}
		if who = min(who, 13); width < 48 {
			who = 0
		}
		e.back = max(0, min(e.back, len(e.lines)-height))
		end := len(e.lines) - e.back
		var rows []string
		for _, o := range e.lines[max(0, end-height):end] {
			rows = append(rows, o.row(s, width, who))
		}
		if e.back > 0 {
			rows[len(rows)-1] = more(s, e.back+1, width)
		}
		return stack(rows, 0, width, height)
	})
}

// Update implements [Pane]: arrow keys and clicks choose what a line is about.
func (e *Events) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return e.press(s, Keystroke(msg)), nil
	case tea.MouseClickMsg:
		if i := max(0, e.rows-e.back-e.height) + msg.Y; i < len(e.lines) && msg.Y >= 0 {
			return e.choose(i), nil
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

func (e *Events) press(s Scene, name string) Action {
	switch name {
	case "up":
		return e.move(s, -1)
	case "down":
		return e.move(s, 1)
	case "enter":
		return open(e, s)
	case "pgup":
		e.turn(max(1, e.height-1))
	case "pgdown":
		e.turn(-max(1, e.height-1))
	case "end":
		e.back = 0
	case "space":
		e.warnings, e.back = !e.warnings, 0
	}
	return nil
}

// move chooses the line before or after the chosen one and brings it into view;
// first the newest in view.
func (e *Events) move(s Scene, by int) Action {
	if len(e.lines) == 0 {
		return nil
	}
	at := slices.IndexFunc(e.lines, func(o occurrence) bool { return o.chosen(s) })
	if at < 0 {
		at = len(e.lines) - e.back
		if by > 0 {
			return nil
		}
	}
	at = max(0, min(at+by, len(e.lines)-1))
	from := e.rows - e.back - e.height // the first row in view
	switch last := e.rows - e.back - 1 - min(e.back, 1); {
	case at < from:
		e.turn(from - at)
	case at > last:
		e.turn(last - at)
	}
	return e.choose(at)
}

func (e *Events) choose(i int) Action {
	return Select{Selection: e.lines[i].subject, Event: e.lines[i].event}
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
	if len(e.lines) > 0 {
		keys = slices.Concat([]key.Binding{chooseKey(s, "up", "down")}, openKey(e, s), keys)
	}
	if e.rows > e.height {
		keys = append(keys, key.NewBinding(key.WithKeys("pgup", "pgdown", "end"), key.WithHelp("PgUp PgDn End", s.Lang.Say(i18n.M("panes.key.scroll")))))
	}
	return keys
}
