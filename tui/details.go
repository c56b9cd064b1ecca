package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/prompt"
	"podium/tui/panes"
)

// inspect lays an object's details over the page.
func (m *Model) inspect(selection panes.Selection) {
	details, ok := m.panes["details"].(*panes.Details)
	if !ok {
		return
	}
	details.Open(selection)
	m.over = detailsPage
	m.canvas.touch()
}

// fetch runs a line that only reads, beside the prompt and out of its history,
// for the page that shows what it prints.
func (m *Model) fetch(line string) tea.Cmd {
	options, lang := m.options, m.scene.Lang
	return m.jobs.cmd(func(ctx context.Context) tea.Msg {
		ran, err := prompt.Capture(ctx, options, line)
		if err != nil {
			return panes.Fetched{Line: line, Output: lang.Say(i18n.Explain(err))}
		}
		return panes.Fetched{Line: line, Output: ran.Output}
	})
}

// typing reports whether the focused pane takes every character now.
func (m *Model) typing() bool {
	typist, ok := m.panes[m.focus].(panes.Typist)
	return ok && typist.Typing() && m.over == "" && m.page != homePage
}
