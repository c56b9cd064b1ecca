package panes

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"podium/i18n"
)

// A Typist is a pane that takes every character for itself now, as while a text
// is typed into it.
type Typist interface{ Typing() bool }

// A filter leaves pods out of the board. It is written as kubectl's own flags:
// "-n lab -l app=web nginx" are the pods of one namespace with a label and a
// word in their name or image.
type filter struct {
	text   string // as typed
	typing bool

	namespace string
	selector  labels.Selector
	words     []string
	broken    bool // the selector can't be read (yet)
}

// longestFilter bounds what is typed.
const longestFilter = 120

// Typing implements [Typist].
func (b *Board) Typing() bool { return b.filter.typing }

// typeFilter takes a key while the filter is typed.
func (b *Board) typeFilter(press tea.KeyPressMsg) {
	f := b.filter
	switch press.Keystroke() {
	case "enter":
		f.typing = false
	case "esc":
		f = filter{}
	case "backspace":
		if _, n := utf8.DecodeLastRuneInString(f.text); n > 0 {
			f = readFilter(f.text[:len(f.text)-n])
			f.typing = true
		} else {
			f = filter{}
		}
	case "ctrl+u":
		f = filter{typing: true}
	default:
		if text := Clean(press.Text); text != "" && len(f.text)+len(text) <= longestFilter {
			f = readFilter(f.text + text)
			f.typing = true
		}
	}
	b.filter = f
}

func readFilter(text string) filter {
	f := filter{text: text}
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case word == "-n" && i+1 < len(words):
			i++
			f.namespace = words[i]
		case word == "-l" && i+1 < len(words):
			i++
			selector, err := labels.Parse(words[i])
			f.selector, f.broken = selector, err != nil
		case word == "-n" || word == "-l": // what follows isn't typed yet
		default:
			f.words = append(f.words, strings.ToLower(word))
		}
	}
	return f
}

// empty says that every pod passes.
func (f filter) empty() bool { return f.namespace == "" && f.selector == nil && len(f.words) == 0 }

// passes reports whether a pod is to be drawn.
func (f filter) passes(p *corev1.Pod) bool {
	if f.namespace != "" && p.Namespace != f.namespace {
		return false
	}
	if f.selector != nil && !f.selector.Matches(labels.Set(p.Labels)) {
		return false
	}
	for _, word := range f.words {
		if !mentions(p, word) {
			return false
		}
	}
	return true
}

func mentions(p *corev1.Pod, word string) bool {
	if strings.Contains(strings.ToLower(p.Name), word) {
		return true
	}
	for i := range p.Spec.Containers {
		if strings.Contains(strings.ToLower(p.Spec.Containers[i].Image), word) {
			return true
		}
	}
	return false
}

// filterRow is the board's first row while there is a filter: what was typed,
// and how many pods pass.
func (b *Board) filterRow(s Scene, width int) string {
	t := s.Theme
	l := newLine(width, t.Ellipsis)
	l.put(t.Inks.Accent, "/ ")
	ink := t.Inks.Text
	if b.filter.broken {
		ink = t.Inks.Bad
	}
	l.put(ink, b.filter.text)
	if b.filter.typing {
		l.put(t.Inks.Chosen, " ")
	}
	said := i18n.M("board.filter.count", "Shown", b.passed, "All", len(s.Snapshot.Pods))
	switch {
	case b.filter.broken:
		said = i18n.M("board.filter.broken")
	case b.filter.text == "":
		said = i18n.M("board.filter.how")
	}
	l.right(t.Inks.Faint, s.Lang.Say(said))
	return l.end()
}

// A BoardView is what a learner chose to see on the board.
type BoardView struct {
	Filter string `json:"filter,omitempty"`
	System bool   `json:"system,omitempty"` // the cluster's own pods, too
	Nearer int    `json:"nearer,omitempty"` // zooms nearer than what fits
}

// Kept is the board's view as it is to be found again. A filter that is still
// typed is none yet.
func (b *Board) Kept() BoardView {
	v := BoardView{System: b.system, Nearer: b.nearer}
	if !b.filter.typing {
		v.Filter = b.filter.text
	}
	return v
}

// Restore shows the board as it was left.
func (b *Board) Restore(v BoardView) {
	b.system, b.nearer = v.System, max(-int(heat), min(v.Nearer, int(heat)))
	if text := Clean(v.Filter); len(text) <= longestFilter {
		b.filter = readFilter(text)
	}
}
