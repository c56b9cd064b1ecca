package panes

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"github.com/charmbracelet/x/ansi"

	"podium/i18n"
	"podium/tui/theme"
)

// A line collects one row of cells, run by run: one escape sequence for each
// run of equal ink. Whatever is put into it, it ends exactly as wide as it was
// begun; text that finds no room is cut with an ellipsis.
type line struct {
	b        strings.Builder
	width    int
	used     int
	ink      theme.Ink
	ellipsis string
	full     bool // something was cut: nothing may follow
	dry      bool // only cells are counted
}

func newLine(width int, ellipsis string) *line {
	l := &line{width: max(0, width), ellipsis: ellipsis}
	l.b.Grow(l.width + 32)
	return l
}

// room is how many cells are left.
func (l *line) room() int {
	if l.full {
		return 0
	}
	return l.width - l.used
}

// put adds text, which must be free of control sequences (see [Clean]).
func (l *line) put(ink theme.Ink, text string) {
	n, room := cells(text), l.room()
	if n > room {
		l.full = true
		text = ansi.Truncate(text, room, l.ellipsis)
		n = cells(text)
	}
	if n == 0 {
		return
	}
	l.used += n
	if l.dry {
		return
	}
	l.switchTo(ink)
	l.b.WriteString(text)
}

// repeat adds a glyph of one cell n times, as far as there is room.
func (l *line) repeat(ink theme.Ink, glyph string, n int) {
	n = min(n, l.room())
	if n <= 0 {
		return
	}
	l.used += n
	if l.dry {
		return
	}
	l.switchTo(ink)
	for range n {
		l.b.WriteString(glyph)
	}
}

// space adds n cells of nothing.
func (l *line) space(n int) { l.repeat("", " ", n) }

// add puts what another line has drawn, so many cells wide.
func (l *line) add(drawn string, width int) {
	if width > l.room() {
		return
	}
	l.switchTo("")
	l.b.WriteString(drawn)
	l.used += width
}

// to fills with nothing up to a column, so that what follows stands in line
// with the rows above. It adds one cell where the column is passed already.
func (l *line) to(column int) { l.space(max(1, column-l.used)) }

// right puts text at the line's right edge, after at least one empty cell, or
// not at all where it has no room.
func (l *line) right(ink theme.Ink, text string) {
	if n := cells(text); n > 0 && n < l.room() {
		l.space(l.room() - n)
		l.put(ink, text)
	}
}

func (l *line) switchTo(ink theme.Ink) {
	if ink == l.ink {
		return
	}
	if l.ink != "" {
		l.b.WriteString(theme.Reset)
	}
	l.b.WriteString(string(ink))
	l.ink = ink
}

// end returns the row, filled up with empty cells.
func (l *line) end() string {
	l.full = false
	l.space(l.room())
	l.switchTo("")
	return l.b.String()
}

// text returns what was put so far, not filled up.
func (l *line) text() string {
	l.switchTo("")
	return l.b.String()
}

// Cells returns how many cells text takes, styled or not.
func Cells(text string) int { return ansi.StringWidth(text) }

// cells returns how many cells plain text takes.
func cells(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Fit returns text, styled or not, exactly width cells wide: cut with the
// ellipsis or filled up with spaces.
func Fit(text string, width int, ellipsis string) string {
	if width <= 0 {
		return ""
	}
	n := ansi.StringWidth(text)
	if n > width {
		text = ansi.Truncate(text, width, ellipsis)
		n = ansi.StringWidth(text)
	}
	return text + strings.Repeat(" ", max(0, width-n))
}

// stack joins rows that are exactly width cells wide into a block of exactly
// height rows, starting at row from.
func stack(rows []string, from, width, height int) string {
	var b strings.Builder
	b.Grow((width + 16) * height)
	for y := range height {
		if y > 0 {
			b.WriteByte('\n')
		}
		if i := from + y; i >= 0 && i < len(rows) {
			b.WriteString(rows[i])
			continue
		}
		for range width {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// wrap breaks clean text into rows of at most width cells, between words where
// it can.
func wrap(text string, width int) []string {
	if width < 1 || text == "" {
		return nil
	}
	return strings.Split(ansi.Wrap(text, width, ""), "\n")
}

// empty says in the middle of an empty pane what will be there.
func empty(s Scene, m i18n.Message, width, height int) string {
	rows := wrap(s.Lang.Say(m), width-2)
	above := max(0, (height-len(rows))/2)
	drawn := make([]string, above, height)
	for i := range drawn {
		drawn[i] = strings.Repeat(" ", width)
	}
	for _, row := range rows {
		l := newLine(width, s.Theme.Ellipsis)
		l.space((width - cells(row)) / 2)
		l.put(s.Theme.Inks.Faint, row)
		drawn = append(drawn, l.end())
	}
	return stack(drawn, 0, width, height)
}

// more stands where rows had no room.
func more(s Scene, rows, width int) string {
	l := newLine(width, s.Theme.Ellipsis)
	l.put(s.Theme.Inks.Faint, s.Lang.Say(i18n.M("panes.more", "Count", rows)))
	return l.end()
}

// scrollKey is the binding of a pane that has more rows than room.
func scrollKey(s Scene) key.Binding {
	return key.NewBinding(key.WithKeys("pgup", "pgdown"), key.WithHelp("PgUp PgDn", s.Lang.Say(i18n.M("panes.key.scroll"))))
}
