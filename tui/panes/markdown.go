package panes

import (
	"html"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	ltable "charm.land/lipgloss/v2/table"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"podium/tui/theme"
)

// A page of Markdown, as goldmark understands it. Glamour would set it too, but
// brings every language that chroma can colour: a seventh of what podium does
// before its first frame, for lessons that colour none.
type markdown struct {
	th     *theme.Theme
	source []byte
}

// Markdown sets text in rows of at most width cells; what could command a
// terminal is left out.
func Markdown(th *theme.Theme, source string, width int) []string {
	return setMarkdown(th, cleanLines(source), width)
}

// setMarkdown sets text in rows of at most width cells. Words are kept whole,
// and what follows a list's mark stays to its right.
func setMarkdown(th *theme.Theme, source string, width int) []string {
	m := markdown{th, []byte(source)}
	read := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList))
	return m.blocks(read.Parser().Parse(text.NewReader(m.source)), width)
}

// blocks sets what a node holds, one empty row between; items of a list follow
// each other at once.
func (m markdown) blocks(in ast.Node, width int) []string {
	var rows []string
	for n := in.FirstChild(); n != nil; n = n.NextSibling() {
		set := m.block(n, max(1, width))
		if len(rows) > 0 && len(set) > 0 && n.Kind() != ast.KindListItem && in.Kind() != ast.KindListItem {
			rows = append(rows, "")
		}
		rows = append(rows, set...)
	}
	return rows
}

func (m markdown) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.Heading:
		return breakRows(m.inline(n, m.th.Strong), width)
	case *ast.List:
		return m.list(n, width)
	case *ast.Blockquote:
		edge := m.th.Vertical + " "
		return hang(edge, edge, m.blocks(n, width-cells(edge)))
	case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
		return m.verbatim(n, width)
	case *tables.Table:
		return m.table(n, width)
	case *ast.ThematicBreak:
		return nil
	}
	if n.Type() == ast.TypeBlock && n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeBlock {
		return m.blocks(n, width)
	}
	return breakRows(m.inline(n, m.th.Text), width)
}

func (m markdown) list(l *ast.List, width int) []string {
	var rows []string
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := m.th.Dot + " "
		if l.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		indent := strings.Repeat(" ", cells(mark))
		rows = append(rows, hang(mark, indent, m.blocks(item, width-len(indent)))...)
	}
	return rows
}

// hang puts a mark before the first row and as much before the others.
func hang(mark, indent string, rows []string) []string {
	for i, row := range rows {
		rows[i] = indent + row
		if i == 0 {
			rows[i] = mark + row
		}
	}
	return rows
}

// verbatim sets lines of code, standing in by two cells.
func (m markdown) verbatim(n ast.Node, width int) []string {
	var rows []string
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		line := strings.TrimRight(strings.ReplaceAll(string(segment.Value(m.source)), "\t", "    "), " \n")
		code := strings.TrimLeft(line, " ")
		indent := strings.Repeat(" ", len(line)-len(code))
		if code != "" {
			indent += "  "
		}
		rows = append(rows, breakRows(indent+m.ink(m.th.Code, code), width)...)
	}
	return rows
}

func (m markdown) table(t *tables.Table, width int) []string {
	set := ltable.New().Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderHeader(false).Wrap(true)
	widest := 0
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		var columns []string
		style, long := m.th.Text, 0
		if row.Kind() == tables.KindTableHeader {
			style = m.th.Strong
		}
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			columns = append(columns, m.inline(cell, style))
			long += cells(stripped(columns[len(columns)-1])) + 1
		}
		widest = max(widest, long)
		set.Row(columns...)
	}
	if widest > width {
		set.Width(width)
	}
	return strings.Split(set.String(), "\n")
}

// inline sets running text in one line; a hard break begins another.
func (m markdown) inline(in ast.Node, style lipgloss.Style) string {
	var line strings.Builder
	for n := in.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			line.WriteString(m.ink(style, plainText(n.Segment.Value(m.source))))
			if n.HardLineBreak() {
				line.WriteString("\n")
			} else if n.SoftLineBreak() {
				line.WriteString(m.ink(style, " "))
			}
		case *ast.String:
			line.WriteString(m.ink(style, string(n.Value)))
		case *ast.CodeSpan:
			line.WriteString(m.ink(m.th.Code.Inherit(style), m.raw(n)))
		case *ast.Emphasis:
			as := style.Italic(true)
			if n.Level > 1 {
				as = m.th.Strong.Inherit(style)
			}
			line.WriteString(m.inline(n, as))
		case *tables.Strikethrough:
			line.WriteString(m.inline(n, style.Strikethrough(true)))
		case *ast.Link:
			line.WriteString(m.inline(n, m.th.Accent) + m.ink(m.th.Accent, " "+string(n.Destination)))
		case *ast.AutoLink:
			line.WriteString(m.ink(m.th.Accent, string(n.URL(m.source))))
		case *tables.TaskCheckBox:
			line.WriteString(m.ink(style, map[bool]string{true: m.th.Met, false: m.th.Unmet}[n.IsChecked]+" "))
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				segment := n.Segments.At(i)
				line.WriteString(m.ink(style, string(segment.Value(m.source))))
			}
		default: // an image: what it would show
			line.WriteString(m.inline(n, style))
		}
	}
	return line.String()
}

// raw is a code span's text: nothing in it is Markdown.
func (m markdown) raw(n ast.Node) string {
	var code strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			code.WriteString(strings.ReplaceAll(string(t.Segment.Value(m.source)), "\n", " "))
		}
	}
	return code.String()
}

// plainText resolves backslashes and references such as &lt;.
func plainText(source []byte) string {
	return html.UnescapeString(string(util.UnescapePunctuations(source)))
}

func (m markdown) ink(style lipgloss.Style, text string) string {
	ink := theme.InkOf(style)
	if ink == "" || text == "" {
		return text
	}
	return string(ink) + text + theme.Reset
}
