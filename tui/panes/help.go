package panes

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
)

// A HelpRow is a key and what it does.
type HelpRow struct {
	Keys string
	Does i18n.Message
}

// Help is the page of all keys and of what the pictures mean.
type Help struct {
	keys   []HelpRow
	offset int
	rows   int
	height int
}

// NewHelp returns the help for these keys.
func NewHelp(keys []HelpRow) *Help { return &Help{keys: keys} }

// Name implements [Pane].
func (h *Help) Name() string { return "help" }

// Title implements [Pane].
func (h *Help) Title(s Scene) string {
	title := s.Lang.Say(i18n.M("pane.help"))
	if below := h.rows - h.offset - h.height; below > 0 {
		title += " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.lesson.more", "Count", below))
	}
	return title
}

// Update implements [Pane].
func (h *Help) Update(_ Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.Keystroke() {
		case "up":
			h.offset--
		case "down":
			h.offset++
		case "pgup":
			h.offset -= h.height - 1
		case "pgdown", "space":
			h.offset += h.height - 1
		case "home":
			h.offset = 0
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			h.offset -= 3
		case tea.MouseWheelDown:
			h.offset += 3
		}
	}
	h.offset = max(0, min(h.offset, h.rows-h.height))
	return nil, nil
}

// Keys implements [Pane].
func (h *Help) Keys(s Scene) []key.Binding {
	if h.rows <= h.height {
		return nil
	}
	return []key.Binding{key.NewBinding(key.WithKeys("pgdown", "pgup"), key.WithHelp("PgDn", s.Lang.Say(i18n.M("tui.lesson.key.scroll"))))}
}

// View implements [Pane].
func (h *Help) View(s Scene, width, height int) string {
	const twoColumns = 96
	keys, marks := h.keyRows(s, width), markRows(s, width)
	var rows []string
	if width >= twoColumns {
		half := width / 2
		keys, marks = h.keyRows(s, half-2), markRows(s, width-half)
		for i := range max(len(keys), len(marks)) {
			rows = append(rows, Fit(at(keys, i), half, s.Theme.Ellipsis)+Fit(at(marks, i), width-half, s.Theme.Ellipsis))
		}
	} else {
		rows = append(append(keys, ""), marks...)
		for i := range rows {
			rows[i] = Fit(rows[i], width, s.Theme.Ellipsis)
		}
	}
	h.rows, h.height = len(rows), height
	h.offset = max(0, min(h.offset, h.rows-height))
	return stack(rows, h.offset, width, height)
}

func at(rows []string, i int) string {
	if i < len(rows) {
		return rows[i]
	}
	return ""
}

// keyRows list the keys, what they do beside them.
func (h *Help) keyRows(s Scene, width int) []string {
	column := 0
	for _, k := range h.keys {
		column = max(column, cells(k.Keys))
	}
	rows := []string{s.Theme.Strong.Render(s.Lang.Say(i18n.M("tui.help.keys"))), ""}
	for _, k := range h.keys {
		name := s.Theme.Accent.Render(Fit(k.Keys, column, ""))
		for _, row := range wrap(s.Lang.Say(k.Does), width-column-2) {
			rows = append(rows, name+"  "+row)
			name = Fit("", column, "")
		}
	}
	rows = append(rows, "")
	for _, row := range wrap(s.Lang.Say(i18n.M("tui.help.no-function-keys")), width) {
		rows = append(rows, s.Theme.Faint.Render(row))
	}
	return rows
}

// markRows say what the marks on pods and goals mean.
func markRows(s Scene, width int) []string {
	th := s.Theme
	rows := []string{th.Strong.Render(s.Lang.Say(i18n.M("tui.help.pods"))), ""}
	for _, row := range wrap(s.Lang.Say(i18n.M("tui.help.tile")), width) {
		rows = append(rows, th.Faint.Render(row))
	}
	rows = append(rows, "")
	for _, mark := range []struct{ tile, id string }{
		{th.Tiles[0].Render(" 3" + th.Ready + " "), "tui.help.ready"},
		{th.Fading[0].Render(" 3" + th.Starting + " "), "tui.help.starting"},
		{th.Fading[0].Render(" 3" + th.Unplaced + " "), "tui.help.unplaced"},
		{th.Tiles[0].Render(" 3" + th.Unready + " "), "tui.help.unready"},
		{th.BadTile.Render(" 3" + th.Failing + " "), "tui.help.failing"},
		{th.Fading[1].Render(" 2" + th.Leaving + " "), "tui.help.leaving"},
		{th.Loose.Render(" j" + th.Completed + " "), "tui.help.completed"},
	} {
		rows = append(rows, " "+mark.tile+"  "+s.Lang.Say(i18n.M(mark.id)))
	}
	rows = append(rows, "")
	for _, row := range wrap(s.Lang.Say(i18n.M("tui.help.colours")), width) {
		rows = append(rows, th.Faint.Render(row))
	}
	rows = append(rows, "", th.Strong.Render(s.Lang.Say(i18n.M("tui.help.prompt"))), "")
	return append(rows, wrap(s.Lang.Say(i18n.M("tui.help.prompt-text")), width)...)
}
