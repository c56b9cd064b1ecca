package lessons

import (
	"errors"
	"fmt"
	"strings"
)

// A Template is text with CEL expressions in double braces, evaluated on what
// the cluster shows: "{{size(pods)}} pods are there".
type Template struct {
	Source string
	parts  []part
}

// A part is text, or an expression whose value stands in the text.
type part struct {
	text string
	expr Expression
}

// parseTemplate compiles the expressions in a text. A mistake in one is a
// [compileError] whose line counts from the text's first.
func parseTemplate(source string, compile compiler) (Template, error) {
	t := Template{Source: source}
	rest := source
	for {
		before, after, found := strings.Cut(rest, "{{")
		if before != "" {
			t.parts = append(t.parts, part{text: before})
		}
		if !found {
			return t, nil
		}
		inside, tail, closed := strings.Cut(after, "}}")
		line, column := position(source, len(source)-len(after))
		if !closed {
			return t, &compileError{line, column - len("{{"), "{{ has no }}"}
		}
		expr, err := compile(strings.TrimSpace(inside))
		if err != nil {
			var mistake *compileError
			if errors.As(err, &mistake) {
				if mistake.line == 1 {
					mistake.column += column - 1 + len([]rune(inside)) - len([]rune(strings.TrimLeft(inside, " \n")))
				}
				mistake.line += line - 1
			}
			return t, err
		}
		t.parts = append(t.parts, part{expr: expr})
		rest = tail
	}
}

// position is the line and column, from 1 and in characters, of a place in a text.
func position(text string, offset int) (line, column int) {
	before := text[:offset]
	return 1 + strings.Count(before, "\n"), 1 + len([]rune(before[strings.LastIndex(before, "\n")+1:]))
}

// unknown stands where an expression has no value yet.
const unknown = "?"

// render fills in a template. Where an expression can't be evaluated the text
// holds a question mark and err says why; the text is usable all the same.
func (t Template) render(s *scope) (text string, err error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.expr.IsZero() {
			b.WriteString(p.text)
			continue
		}
		value, failure := p.expr.text(s)
		if failure != nil {
			value, err = unknown, fmt.Errorf("{{%s}}: %w", p.expr.Source, failure)
		}
		b.WriteString(value)
	}
	return b.String(), err
}
