package panes

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"podium/tui/theme"
)

func set(text string, width int) []string {
	rows := new(typesetter).rows(theme.New(true, true, false), text, width)
	plain := make([]string, len(rows))
	for i, row := range rows {
		plain[i] = strings.TrimRight(ansi.Strip(row), " ")
	}
	return plain
}

func TestLessonTextIsSetInRows(t *testing.T) {
	for name, test := range map[string]struct {
		text  string
		width int
		want  []string
	}{
		"words stay whole":          {"one two three four", 9, []string{"one two", "three", "four"}},
		"Korean words stay whole":   {"디플로이먼트는 새 레플리카셋을 만들어요", 16, []string{"디플로이먼트는", "새 레플리카셋을", "만들어요"}},
		"no row ends in a flag's -": {"Type `kubectl apply -f web.yaml`", 20, []string{"Type kubectl apply", "-f web.yaml"}},
		"a list hangs":              {"- one two three four", 12, []string{"∙ one two", "  three four"}},
		"a numbered list hangs":     {"1. one two three four", 12, []string{"1. one two", "   three", "   four"}},
		"commands stand in":         {"Do:\n\n```sh\nkubectl get pods\n```\n\nThen.", 30, []string{"Do:", "", "  kubectl get pods", "", "Then."}},
		"code has no padding":       {"a `b` c", 30, []string{"a b c"}},
		"no control sequences":      {"safe \x1b]0;title\x07\x1b[31mtext\x1b[2J", 30, []string{"safe text"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := set(test.text, test.width); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestEveryRowOfLessonTextIsClosedAndFits(t *testing.T) {
	text := "A **bold sentence that is longer than the row** and `code that is longer too`.\n\n- item **with bold words that go on**"
	for width := 8; width < 60; width++ {
		for _, row := range new(typesetter).rows(theme.New(true, true, false), text, width) {
			if n := ansi.StringWidth(row); n > width {
				t.Errorf("width %d: %q takes %d cells", width, row, n)
			}
			if last := strings.LastIndex(row, "\x1b["); last >= 0 && !strings.HasPrefix(row[last:], "\x1b[m") && !strings.HasPrefix(row[last:], "\x1b[0m") {
				t.Errorf("width %d: %q leaves a style open", width, row)
			}
		}
	}
}
