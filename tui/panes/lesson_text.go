package panes

import (
	"strings"

	"charm.land/glamour/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/tui/theme"
)

// A typesetter turns Markdown into rows, and keeps what it made: a lesson's text
// is drawn with every snapshot and changes with every step.
type typesetter struct {
	key      theme.Key
	renderer *glamour.TermRenderer
	made     map[setting][]string
}

type setting struct {
	text  string
	width int
}

// settings bounds what a typesetter keeps; a resized window sets everything
// anew at each width.
const settings = 64

// rows sets Markdown in rows of at most width cells. Words are kept whole, in
// Korean too, and what follows a list's mark stays to its right.
func (t *typesetter) rows(th theme.Theme, text string, width int) []string {
	if t.renderer == nil || t.key != th.Key() || len(t.made) > settings {
		renderer, err := glamour.NewTermRenderer(glamour.WithStyles(th.Markdown()), glamour.WithWordWrap(0))
		if err != nil {
			return wrap(cleanLines(text), width)
		}
		t.renderer, t.key, t.made = renderer, th.Key(), map[setting][]string{}
	}
	as := setting{text, width}
	if rows, ok := t.made[as]; ok {
		return rows
	}
	rendered, err := t.renderer.Render(cleanLines(text))
	if err != nil {
		return wrap(cleanLines(text), width)
	}
	rows := wrapStyled(rendered, th, width)
	t.made[as] = rows
	return rows
}

// cleanLines is [Clean] for text of several lines.
func cleanLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Clean(line)
	}
	return strings.Join(lines, "\n")
}

// hardHyphen stands for a hyphen where lines are broken: no line may end after
// the hyphen of a flag.
const hardHyphen = "\u2011"

// wrapStyled breaks rendered Markdown into rows without the blank ones at its
// ends, styles closed at the end of each row.
func wrapStyled(rendered string, th theme.Theme, width int) []string {
	var rows []string
	for line := range strings.SplitSeq(strings.Trim(rendered, "\n"), "\n") {
		indent := hanging(ansi.Strip(line), th)
		if indent > width/2 {
			indent = 0
		}
		line = strings.ReplaceAll(trimRight(line), "-", hardHyphen)
		if ansi.StringWidth(line) > width && indent > 0 {
			head, tail := ansi.Truncate(line, indent, ""), ansi.TruncateLeft(line, indent, "")
			for i, row := range strings.Split(lipgloss.Wrap(tail, width-indent, ""), "\n") {
				if i > 0 {
					head = strings.Repeat(" ", indent)
				}
				rows = append(rows, strings.ReplaceAll(head+row, hardHyphen, "-"))
			}
			continue
		}
		for row := range strings.SplitSeq(lipgloss.Wrap(line, width, ""), "\n") {
			rows = append(rows, strings.ReplaceAll(row, hardHyphen, "-"))
		}
	}
	for len(rows) > 0 && emptyRow(rows[0]) {
		rows = rows[1:]
	}
	for len(rows) > 0 && emptyRow(rows[len(rows)-1]) {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// hanging is how far the rest of a line stands in: as far as the line itself,
// and behind a list's mark.
func hanging(line string, th theme.Theme) int {
	rest := strings.TrimLeft(line, " ")
	indent := len(line) - len(rest)
	if after, ok := strings.CutPrefix(rest, th.Dot+" "); ok && after != "" {
		return indent + 2
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if digits > 0 && strings.HasPrefix(rest[digits:], ". ") {
		return indent + digits + 2
	}
	return indent
}

// trimRight removes the spaces glamour fills lines up with, styled or not.
func trimRight(line string) string {
	plain := ansi.Strip(line)
	end := ansi.StringWidth(strings.TrimRight(plain, " "))
	return ansi.Truncate(line, end, "")
}

func emptyRow(row string) bool { return strings.TrimSpace(ansi.Strip(row)) == "" }
