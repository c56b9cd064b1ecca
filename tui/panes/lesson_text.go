package panes

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/tui/theme"
)

// A typesetter turns Markdown into rows, and keeps what it made: a lesson's text
// is drawn with every snapshot and changes with every step.
type typesetter struct {
	key  theme.Key
	made map[setting][]string
}

type setting struct {
	text  string
	width int
}

// settings bounds what a typesetter keeps; a resized window sets everything
// anew at each width.
const settings = 64

// rows sets Markdown in rows of at most width cells, none of them to be changed.
func (t *typesetter) rows(th *theme.Theme, text string, width int) []string {
	if t.made == nil || t.key != th.Key() || len(t.made) > settings {
		t.key, t.made = th.Key(), map[setting][]string{}
	}
	as := setting{text, width}
	rows, ok := t.made[as]
	if !ok {
		rows = setMarkdown(th, cleanLines(text), width)
		t.made[as] = rows
	}
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

// breakRows breaks styled lines into rows, styles closed at the end of each. What
// a line that stands in goes on with stands in too.
func breakRows(lines string, width int) []string {
	var rows []string
	for line := range strings.SplitSeq(strings.ReplaceAll(lines, "-", hardHyphen), "\n") {
		rest := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", min(len(line)-len(rest), width/2))
		for row := range strings.SplitSeq(lipgloss.Wrap(rest, max(1, width-len(indent)), ""), "\n") {
			rows = append(rows, indent+strings.ReplaceAll(row, hardHyphen, "-"))
		}
	}
	return rows
}

func emptyRow(row string) bool { return strings.TrimSpace(ansi.Strip(row)) == "" }
