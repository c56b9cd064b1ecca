package editor

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/i18n"
)

// View implements tea.Model: the text, and one row of what the keys do.
func (m model) View() tea.View {
	var rows []string
	gutter := m.gutter()
	for y := range m.page() {
		row := ""
		if at := m.top + y; at < len(m.text.lines) {
			number := fmt.Sprintf("%*d ", gutter-1, at+1)
			row = m.theme.Faint.Render(number) + window(shown(m.text.lines[at]), m.shift, m.width-gutter)
		}
		rows = append(rows, row)
	}
	rows = append(rows, m.footer())
	view := tea.NewView(strings.Join(rows, "\n"))
	view.AltScreen = true
	if m.mode == command {
		view.Cursor = tea.NewCursor(min(1+width(m.vi), m.width-1), m.height-1)
	} else {
		view.Cursor = tea.NewCursor(gutter+m.column()-m.shift, m.text.row-m.top)
	}
	return view
}

// page is how many rows of text are shown.
func (m model) page() int { return max(m.height-1, 1) }

// gutter is the width of the line numbers and the blank behind them.
func (m model) gutter() int { return len(fmt.Sprint(len(m.text.lines))) + 2 }

// column is the caret's cell in its line.
func (m model) column() int { return width(m.text.line()[:m.text.at]) }

// scroll moves what is shown so that the caret is in it.
func (m *model) scroll() {
	m.top = max(min(m.top, m.text.row), m.text.row-m.page()+1)
	room := max(m.width-m.gutter()-1, 1)
	column := m.column()
	m.shift = max(min(m.shift, column), column-room)
}

// footer is the last row: the file and the keys, a question, or a message.
func (m model) footer() string {
	var text string
	switch {
	case m.mode == command:
		text = ":" + shown(m.vi)
	case m.mode == leaving:
		text = m.lang.Say(i18n.M("editor.unsaved"))
	case !m.message.IsZero():
		text = m.lang.Say(m.message)
	default:
		name := shown(m.file.name)
		if m.changed() {
			name += " *"
		}
		keys := m.lang.Say(i18n.M("editor.keys"))
		// The keys matter more than the start of a long path.
		room := m.width - ansi.StringWidth(keys) - 4
		if over := ansi.StringWidth(name) - room; over > 0 && room > 1 {
			name = ansi.TruncateLeft(name, over+1, "~")
		}
		gap := m.width - ansi.StringWidth(name) - ansi.StringWidth(keys) - 2
		text = name + strings.Repeat(" ", max(gap, 2)) + keys
	}
	text = ansi.Truncate(" "+text, m.width, "")
	return m.theme.Chosen.Render(text + strings.Repeat(" ", max(m.width-ansi.StringWidth(text), 0)))
}

// shown is a line as it is drawn: a tab, which YAML forbids, can be seen, and
// nothing in the file can steer the terminal.
func shown(line string) string {
	if strings.IndexFunc(line, func(r rune) bool { return !drawn(r) }) < 0 {
		return line
	}
	return strings.Map(func(r rune) rune {
		if !drawn(r) {
			return '?'
		}
		return r
	}, strings.ReplaceAll(line, "\t", "» "))
}

func drawn(r rune) bool {
	const overrides = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
	return r != utf8.RuneError && !unicode.IsControl(r) && !strings.ContainsRune(overrides, r)
}

// window cuts cells from to from+width out of a line; a wide character that is
// cut in half is blank.
func window(line string, from, width int) string {
	if from == 0 && len(line) <= width {
		return line
	}
	var b strings.Builder
	x := 0
	for len(line) > 0 {
		n := cluster(line)
		w := ansi.StringWidth(line[:n])
		switch {
		case x >= from && x+w <= from+width:
			b.WriteString(line[:n])
		case x < from+width && x+w > from && w > 1:
			b.WriteByte(' ')
		}
		x += w
		line = line[n:]
	}
	return b.String()
}
