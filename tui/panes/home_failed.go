package panes

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
)

// Failed says why there is no cluster and what to do.
type Failed struct{}

// NewFailed returns the pane for a cluster that could not be opened.
func NewFailed() Failed { return Failed{} }

// Name implements [Pane].
func (Failed) Name() string { return "failed" }

// Title implements [Pane].
func (Failed) Title(s Scene) string { return s.Lang.Say(i18n.M("pane.failed")) }

// Update implements [Pane].
func (Failed) Update(Scene, tea.Msg) (Action, tea.Cmd) { return nil, nil }

// Keys implements [Pane].
func (Failed) Keys(Scene) []key.Binding { return nil }

// View implements [Pane].
func (Failed) View(s Scene, width, height int) string {
	rows := []string{"", "  " + s.Theme.Bad.Render(s.Lang.Say(i18n.M("tui.failed.head"))), ""}
	for _, row := range wrap(Clean(s.Lang.Say(s.Failed)), min(76, width-4)) {
		rows = append(rows, "  "+row)
	}
	if s.Watchable {
		rows = append(rows, "", "  "+s.Theme.Accent.Render("F5 ")+s.Lang.Say(i18n.M("tui.failed.watch")))
	}
	rows = append(rows, "", "  "+s.Theme.Accent.Render("F4 ")+s.Lang.Say(i18n.M("tui.failed.retry")),
		"  "+s.Theme.Accent.Render("F10 ")+s.Lang.Say(i18n.M("tui.failed.quit")))
	for i := range rows {
		rows[i] = Fit(rows[i], width, s.Theme.Ellipsis)
	}
	return stack(rows, 0, width, height)
}
