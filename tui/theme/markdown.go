package theme

import (
	"fmt"
	"image/color"

	"charm.land/glamour/v2/ansi"
	"charm.land/lipgloss/v2"
	"k8s.io/utils/ptr"
)

// Markdown returns glamour's style for lesson text: no margins, no padding
// around inline code, commands indented by two cells.
func (t Theme) Markdown() ansi.StyleConfig {
	strong := primitive(t.Strong)
	heading := ansi.StyleBlock{StylePrimitive: strong}
	heading.BlockSuffix = "\n"
	code := primitive(t.Code)
	item := ansi.StylePrimitive{BlockPrefix: t.Dot + " "}
	return ansi.StyleConfig{
		Document:   ansi.StyleBlock{StylePrimitive: primitive(t.Text), Margin: ptr.To(uint(0))},
		Heading:    heading,
		H1:         heading,
		H2:         heading,
		BlockQuote: ansi.StyleBlock{StylePrimitive: primitive(t.Calm), Indent: ptr.To(uint(1)), IndentToken: ptr.To(t.Vertical + " ")},
		List:       ansi.StyleList{LevelIndent: 2},
		Item:       item,
		Enumeration: ansi.StylePrimitive{
			BlockPrefix: ". ",
		},
		Task:           ansi.StyleTask{Ticked: t.Met + " ", Unticked: t.Unmet + " "},
		Strong:         strong,
		Emph:           ansi.StylePrimitive{Italic: ptr.To(true)},
		Strikethrough:  ansi.StylePrimitive{CrossedOut: ptr.To(true)},
		HorizontalRule: ansi.StylePrimitive{Format: "\n"},
		Link:           primitive(t.Accent),
		LinkText:       primitive(t.Accent),
		Code:           ansi.StyleBlock{StylePrimitive: code},
		CodeBlock:      ansi.StyleCodeBlock{StyleBlock: ansi.StyleBlock{StylePrimitive: code, Margin: ptr.To(uint(2))}},
		Table: ansi.StyleTable{
			CenterSeparator: ptr.To(t.Cross),
			ColumnSeparator: ptr.To(t.Vertical),
			RowSeparator:    ptr.To(t.Horizontal),
		},
	}
}

// primitive says a style's colours and attributes in glamour's terms.
func primitive(s lipgloss.Style) ansi.StylePrimitive {
	var p ansi.StylePrimitive
	p.Color = hex(s.GetForeground())
	p.BackgroundColor = hex(s.GetBackground())
	if s.GetBold() {
		p.Bold = ptr.To(true)
	}
	if s.GetUnderline() {
		p.Underline = ptr.To(true)
	}
	if s.GetReverse() {
		p.Inverse = ptr.To(true)
	}
	if s.GetFaint() {
		p.Faint = ptr.To(true)
	}
	return p
}

// hex writes a colour as glamour reads it; nil is none.
func hex(c color.Color) *string {
	if _, none := c.(lipgloss.NoColor); none || c == nil {
		return nil
	}
	r, g, b, _ := c.RGBA()
	return ptr.To(fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8))
}
