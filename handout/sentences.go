package handout

import (
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// Sentences are a Markdown text as lines to be read out: no marks, a paragraph in
// each line, code in lines of its own, indented.
func Sentences(source string) []string {
	s := sentences{source: []byte(source)}
	root := markdown.Parser().Parse(text.NewReader(s.source))
	s.blocks(root, "")
	return s.lines
}

type sentences struct {
	source []byte
	lines  []string
}

func (s *sentences) add(lead string, parts ...string) {
	for _, part := range parts {
		for line := range strings.Lines(part) {
			if line = strings.TrimRight(line, "\n "); line != "" {
				s.lines = append(s.lines, lead+line)
			}
		}
	}
}

func (s *sentences) blocks(parent ast.Node, lead string) {
	number := 0
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
			s.add(lead+"  ", string(n.Lines().Value(s.source)))
		case *ast.ListItem:
			mark := "- "
			if list, ok := parent.(*ast.List); ok && list.IsOrdered() {
				mark = strconv.Itoa(max(list.Start, 1)+number) + ". "
			}
			number++
			before := len(s.lines)
			s.blocks(n, "")
			for i := before; i < len(s.lines); i++ {
				s.lines[i] = lead + mark + s.lines[i]
				mark = "  "
			}
		case *extension.TableRow, *extension.TableHeader:
			var cells []string
			for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
				cells = append(cells, s.inline(cell))
			}
			s.add(lead, strings.Join(cells, "; "))
		case *ast.List, *ast.Blockquote, *extension.Table:
			s.blocks(n, lead)
		default:
			s.add(lead, s.inline(n))
		}
	}
}

// inline is the text within a block.
func (s *sentences) inline(n ast.Node) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Segment.Value(s.source))
			switch {
			case c.HardLineBreak():
				b.WriteByte('\n')
			case c.SoftLineBreak():
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.AutoLink:
			b.Write(c.Label(s.source))
		case *ast.Link:
			b.WriteString(s.inline(c))
			if to := string(c.Destination); to != s.inline(c) {
				b.WriteString(" (" + to + ")")
			}
		case *ast.RawHTML:
			for i := range c.Segments.Len() {
				segment := c.Segments.At(i)
				b.Write(segment.Value(s.source))
			}
		default:
			b.WriteString(s.inline(c))
		}
	}
	return b.String()
}
