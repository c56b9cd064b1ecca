package panes

import (
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// sheetText is an object's YAML, kept until the object changes.
type sheetText struct {
	object cluster.Object
	lines  []string
}

// longestSheet is how many lines of one text are drawn: a ConfigMap may hold a
// megabyte, and nobody scrolls through it.
const longestSheet = 5000

// View implements [Pane].
func (d *Details) View(s Scene, width, height int) string {
	o := objectOf(s.Snapshot, d.subject)
	if o == nil {
		d.rows, d.height = 0, height
		return empty(s, i18n.M("details.gone"), width, height)
	}
	if !has(d.sheets(s), d.sheet) {
		d.sheet = yamlSheet
	}
	head := []string{d.tabs(s, width), Fit("", width, "")}
	rows := d.body(s, o, width)
	d.rows, d.height = len(rows), max(1, height-len(head))
	d.turn(0)
	drawn := append(head, rows[min(d.offset, len(rows)):min(len(rows), d.offset+d.height)]...)
	return stack(drawn, 0, width, height)
}

func has(list []int, n int) bool {
	for _, m := range list {
		if m == n {
			return true
		}
	}
	return false
}

// tabs names the sheets, the open one marked.
func (d *Details) tabs(s Scene, width int) string {
	l := newLine(width, s.Theme.Ellipsis)
	for _, sheet := range d.sheets(s) {
		name := [...]string{"YAML", "describe", "logs"}[sheet]
		if sheet == d.sheet {
			l.put(s.Theme.Inks.Accent, s.Theme.Here+" "+name)
		} else {
			l.put(s.Theme.Inks.Faint, "  "+name)
		}
		l.space(3)
	}
	if line := d.line(s); line != "" {
		l.right(s.Theme.Inks.Faint, "$ "+Clean(line))
	}
	return l.end()
}

func (d *Details) body(s Scene, o cluster.Object, width int) []string {
	line := d.line(s)
	switch {
	case d.sheet == yamlSheet:
		return yamlRows(s, d.yamlOf(o), width)
	case d.fetched[line] != "":
		return textRows(s, strings.Split(strings.TrimRight(d.fetched[line], "\n"), "\n"), width)
	case d.waiting == line:
		return textRows(s, []string{s.Lang.Say(i18n.M("details.asking"))}, width)
	}
	return textRows(s, []string{s.Lang.Say(i18n.M("details.nothing"))}, width)
}

// yamlOf returns an object's YAML as kubectl get -o yaml shows it, without the
// fields that only say who set which.
func (d *Details) yamlOf(o cluster.Object) []string {
	if d.yaml.object == o {
		return d.yaml.lines
	}
	plain, ok := o.DeepCopyObject().(cluster.Object)
	if !ok {
		return nil
	}
	plain.SetManagedFields(nil)
	text, err := yaml.Marshal(plain)
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if err != nil {
		lines = []string{err.Error()}
	}
	d.yaml = sheetText{object: o, lines: lines}
	return lines
}

// yamlKey is a key at the beginning of a line.
var yamlKey = regexp.MustCompile(`^[ -]*(?:"[^"]*"|[^\s:"'{}\[\]][^:"'{}\[\]]*):`)

func yamlRows(s Scene, lines []string, width int) []string {
	return rowsOf(s, lines, width, func(l *line, text string) {
		if n := len(yamlKey.FindString(text)); n > 0 {
			l.put(s.Theme.Inks.Accent, text[:n-1])
			l.put(s.Theme.Inks.Faint, ":")
			text = text[n:]
		}
		l.put(s.Theme.Inks.Text, text)
	})
}

func textRows(s Scene, lines []string, width int) []string {
	return rowsOf(s, lines, width, func(l *line, text string) { l.put(inkOf(s.Theme, text), text) })
}

// inkOf shows headings apart from what stands under them.
func inkOf(t *theme.Theme, text string) theme.Ink {
	if text != "" && text[0] != ' ' && text[len(text)-1] == ':' {
		return t.Inks.Strong
	}
	return t.Inks.Text
}

// rowsOf makes a row of every line; one that is too long goes on below.
func rowsOf(s Scene, lines []string, width int, put func(*line, string)) []string {
	cut := len(lines) > longestSheet
	if cut {
		lines = lines[:longestSheet]
	}
	var rows []string
	for _, text := range lines {
		text = Clean(strings.ReplaceAll(text, "\t", "    "))
		parts := wrap(text, width)
		if len(parts) == 0 {
			parts = []string{""}
		}
		for i, part := range parts {
			l := newLine(width, s.Theme.Ellipsis)
			if i > 0 {
				l.put(s.Theme.Inks.Text, part)
			} else {
				put(l, part)
			}
			rows = append(rows, l.end())
		}
	}
	if cut {
		l := newLine(width, s.Theme.Ellipsis)
		l.put(s.Theme.Inks.Faint, s.Lang.Say(i18n.M("details.cut", "Count", longestSheet)))
		rows = append(rows, l.end())
	}
	return rows
}
