package panes

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryKindOfMarkdownIsSet(t *testing.T) {
	for name, test := range map[string]struct {
		text  string
		width int
		want  []string
	}{
		"paragraphs have a row between":    {"one\ntwo\n\nthree", 20, []string{"one two", "", "three"}},
		"a hard break breaks":              {"one\\\ntwo", 20, []string{"one", "two"}},
		"a list in a list stands in":       {"- one\n  - two\n- three", 20, []string{"∙ one", "  ∙ two", "∙ three"}},
		"numbers count from the first":     {"9. nine\n9. ten", 20, []string{"9. nine", "10. ten"}},
		"an item's second paragraph hangs": {"1. one\n\n   more\n2. two", 20, []string{"1. one", "   more", "2. two"}},
		"a task":                           {"- [x] done", 20, []string{"∙ ✓ done"}},
		"a quotation has an edge":          {"> said\n>\n> twice", 20, []string{"│ said", "│", "│ twice"}},
		"a heading":                        {"## Why *so*\n\ntext", 20, []string{"Why so", "", "text"}},
		"code keeps its own indent":        {"```yaml\nspec:\n  replicas: 3\n```", 20, []string{"  spec:", "    replicas: 3"}},
		"a link says where to":             {"[docs](https://k8s.io)", 30, []string{"docs https://k8s.io"}},
		"an address as it is":              {"<https://k8s.io>", 30, []string{"https://k8s.io"}},
		"escapes and references":           {"5 \\* 3 &lt; 16", 20, []string{"5 * 3 < 16"}},
		"a table has columns":              {"| kind | is |\n|---|---|\n| Pod | the unit |", 30, []string{"kind is", "Pod  the unit"}},
		"a wide table fits":                {"| kind | is |\n|---|---|\n| Pod | the smallest unit there is |", 16, nil},
		"nothing":                          {"", 20, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := set(test.text, test.width)
			if test.want != nil && !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			for _, row := range got {
				if cells(row) > test.width {
					t.Errorf("%q is wider than %d cells", row, test.width)
				}
			}
			if joined := strings.Join(got, " "); test.text != "" && strings.TrimSpace(joined) == "" {
				t.Error("nothing was set")
			}
		})
	}
}
