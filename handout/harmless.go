package handout

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// markdown is the Markdown of lessons: CommonMark with tables. It leaves HTML out.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

// harmless is Markdown that no reader takes for HTML or for a link that runs
// something: outside of code every < is written as &lt;, and blocks with such a
// link lose their brackets. Readers differ in what they take for HTML, so nothing
// that begins with < is left to them.
func harmless(source string) string {
	for { // what was HTML may be a link once it is text
		safe := defused(source)
		if safe == source {
			return safe
		}
		source = safe
	}
}

func defused(source string) string {
	var edits []edit
	root := markdown.Parser().Parse(text.NewReader([]byte(source)))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker below never fails
		if !entering || n.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			return ast.WalkSkipChildren, nil
		case *ast.HTMLBlock:
			edits = append(edits, escapes(source, n.ClosureLine, '<')...)
		}
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			edits = append(edits, escapes(source, line, '<')...)
			if runs(n, source) {
				edits = append(edits, escapes(source, line, '[')...)
			}
		}
		return ast.WalkContinue, nil
	})
	edits = outside(edits, codeIn(root))
	slices.SortFunc(edits, func(a, b edit) int { return a.at - b.at })
	var b strings.Builder
	from := 0
	for _, e := range slices.Compact(edits) {
		b.WriteString(source[from:e.at] + e.with)
		from = e.at + 1
	}
	return b.String() + source[from:]
}

// An edit replaces one byte of a text.
type edit struct {
	at   int
	with string
}

var escaped = map[byte]string{'<': "&lt;", '[': `\[`}

func escapes(source string, s text.Segment, char byte) []edit {
	var edits []edit
	for i := max(0, s.Start); i < min(s.Stop, len(source)); i++ {
		if source[i] == char && backslashes(source[:i])%2 == 0 {
			edits = append(edits, edit{i, escaped[char]})
		}
	}
	return edits
}

// backslashes counts those that a text ends in.
func backslashes(text string) int { return len(text) - len(strings.TrimRight(text, `\`)) }

// runs reports whether a block holds a link that would do more than lead
// somewhere.
func runs(block ast.Node, source string) bool {
	found := false
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker below never fails
		switch n := n.(type) {
		case *ast.Link:
			found = found || !leads(n.Destination)
		case *ast.Image:
			found = found || !leads(n.Destination)
		case *ast.AutoLink:
			found = found || !leads(n.URL([]byte(source)))
		}
		return ast.WalkContinue, nil
	})
	return found
}

// leads reports whether a link's destination is a page or a place in one. It is
// as it was written: with character references, which could hide anything.
func leads(destination []byte) bool {
	to := strings.ToLower(string(destination))
	for _, scheme := range []string{"https://", "http://", "mailto:"} {
		if strings.HasPrefix(to, scheme) {
			return true
		}
	}
	return !strings.ContainsAny(to, `:&\`)
}

// codeIn lists what stands in code spans.
func codeIn(root ast.Node) []text.Segment {
	var all []text.Segment
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker below never fails
		if t, ok := n.(*ast.Text); ok && entering {
			if _, span := t.Parent().(*ast.CodeSpan); span {
				all = append(all, t.Segment)
			}
		}
		return ast.WalkContinue, nil
	})
	return all
}

func outside(edits []edit, code []text.Segment) []edit {
	return slices.DeleteFunc(edits, func(e edit) bool {
		return slices.ContainsFunc(code, func(s text.Segment) bool { return e.at >= s.Start && e.at < s.Stop })
	})
}
