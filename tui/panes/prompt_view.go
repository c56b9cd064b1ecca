package panes

import (
	"strconv"
	"strings"

	"podium/i18n"
)

// pendingShown is how many lines of an unfinished statement stand above the
// line being typed.
const pendingShown = 4

// below is how many rows stand under the output: the line being typed, the
// lines of its statement before it, and what could be typed next.
func (p *Prompt) below() int {
	if p.running != nil {
		return 0
	}
	return 1 + min(len(p.input.Pending()), pendingShown, max(0, p.height-2)) + p.listed()
}

// listed is how many rows the list of candidates takes.
func (p *Prompt) listed() int {
	if !p.complete.open {
		return 0
	}
	return min(len(p.complete.candidates), max(1, p.height-3))
}

// refresh takes a new picture of the output for the rows that are left to it.
func (p *Prompt) refresh() {
	p.picture = p.term.Picture(p.width, max(0, p.height-p.below()), p.back)
	p.back = p.picture.Below
}

// View implements [Pane].
func (p *Prompt) View(s Scene, width, height int) string {
	rows := make([]string, 0, height)
	for _, row := range p.picture.Rows {
		if strings.Contains(row, "\x1b") {
			row += "\x1b[m"
		}
		rows = append(rows, row)
	}
	if p.running == nil {
		rows = append(rows, p.line(s, width)...)
		rows = append(rows, p.list(s, width)...)
	}
	for i := range rows {
		rows[i] = Fit(rows[i], width, "")
	}
	return stack(rows, max(0, len(rows)-height), width, height)
}

// line is the line being typed, below the lines of its statement.
func (p *Prompt) line(s Scene, width int) []string {
	var rows []string
	if !s.Held.IsZero() {
		for _, row := range wrap(s.Lang.Say(s.Held), width) {
			rows = append(rows, s.Theme.Faint.Render(row))
		}
		if p.input.Value() == "" {
			return rows
		}
	}
	pending := p.input.Pending()
	shown := min(len(pending), pendingShown, max(0, p.height-2))
	for i := len(pending) - shown; i < len(pending); i++ {
		mark := "> "
		if i == 0 {
			mark = "$ "
		}
		rows = append(rows, s.Theme.Accent.Render(mark)+Clean(pending[i]))
	}
	mark, markWidth := p.mark(s)
	text, _ := p.input.View(width - markWidth)
	return append(rows, mark+text)
}

// mark is what stands before the line.
func (p *Prompt) mark(s Scene) (string, int) {
	if query, on, found := p.input.Searching(); on {
		id := "tui.prompt.search"
		if !found && query != "" {
			id = "tui.prompt.search-none"
		}
		text := s.Lang.Say(i18n.M(id, "Query", query)) + " "
		return s.Theme.Calm.Render(text), cells(text)
	}
	if p.input.Continued() {
		return s.Theme.Accent.Render("> "), 2
	}
	if p.failed != 0 {
		code := s.Theme.Broken + strconv.Itoa(p.failed) + " "
		return s.Theme.Bad.Render(code) + s.Theme.Accent.Render("$ "), cells(code) + 2
	}
	return s.Theme.Accent.Render("$ "), 2
}

// Cursor says where the terminal's cursor belongs, within the pane.
func (p *Prompt) Cursor(s Scene) (x, y int, visible bool) {
	if p.back > 0 || p.running == nil && !s.Held.IsZero() && p.input.Value() == "" {
		return 0, 0, false
	}
	if p.running != nil {
		return p.picture.Cursor.X, p.picture.Cursor.Y, p.picture.Visible
	}
	_, markWidth := p.mark(s)
	_, caret := p.input.View(p.width - markWidth)
	rows := len(p.picture.Rows) + len(p.line(s, p.width)) + p.listed()
	return markWidth + caret, min(rows, p.height) - p.listed() - 1, true
}
