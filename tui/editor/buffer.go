package editor

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

const (
	indent = 2 // cells of YAML's customary indentation
	// undoLimit bounds how many steps back are kept.
	undoLimit = 100
)

// buffer is a text and a caret between grapheme clusters. Lines are never
// changed in place, so that a copy of the slice is a copy of the text.
type buffer struct {
	lines []string
	row   int
	at    int // bytes of the row before the caret
	goal  int // the column that moving up and down tries to keep; -1: none
	past  []state
	kind  string // of the last change: changes of a kind are undone together
}

// state is what undo brings back.
type state struct {
	lines   []string
	row, at int
}

func newBuffer(lines []string) buffer { return buffer{lines: lines, goal: -1} }

// change prepares a change: what was there can be brought back.
func (b *buffer) change(kind string) {
	if kind == "" || kind != b.kind || len(b.past) == 0 {
		b.past = append(b.past, state{b.lines, b.row, b.at})
		if len(b.past) > undoLimit {
			b.past = slices.Delete(b.past, 0, 1)
		}
	}
	b.kind, b.goal = kind, -1
	b.lines = slices.Clone(b.lines)
}

// moved ends a run of changes of a kind.
func (b *buffer) moved() { b.kind, b.goal = "", -1 }

// undo brings back the text before the last change.
func (b *buffer) undo() {
	if len(b.past) == 0 {
		return
	}
	last := b.past[len(b.past)-1]
	b.past = b.past[:len(b.past)-1]
	b.lines, b.row, b.at = last.lines, last.row, last.at
	b.moved()
}

func (b *buffer) line() string { return b.lines[b.row] }

// insert puts text before the caret; it may hold newlines.
func (b *buffer) insert(text, kind string) {
	text = insertable(text)
	if text == "" {
		return
	}
	b.change(kind)
	parts := strings.Split(text, "\n")
	head, tail := b.line()[:b.at], b.line()[b.at:]
	last := len(parts) - 1
	if last == 0 {
		b.lines[b.row] = head + text + tail
		b.at = ends(b.line(), len(head)+len(text))
		return
	}
	b.lines[b.row] = head + parts[0]
	more := slices.Clone(parts[1:])
	more[last-1] += tail
	b.lines = slices.Insert(b.lines, b.row+1, more...)
	b.row += last
	b.at = len(parts[last])
}

// insertable removes what no text file should get by accident.
func insertable(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text)
}

// enter breaks the line and keeps its indentation.
func (b *buffer) enter() {
	head := b.line()[:b.at]
	blank := head[:len(head)-len(strings.TrimLeft(head, " \t"))]
	b.insert("\n"+blank, "")
}

// tab goes on to the next step of indentation.
func (b *buffer) tab() {
	column := width(b.line()[:b.at])
	b.insert(strings.Repeat(" ", indent-column%indent), "")
}

// untab takes one step of indentation from the line.
func (b *buffer) untab() {
	blank := len(b.line()) - len(strings.TrimLeft(b.line(), " "))
	if n := min(blank, indent); n > 0 {
		b.change("")
		b.lines[b.row] = b.line()[n:]
		b.at = max(b.at-n, 0)
	}
}

func (b *buffer) backspace() {
	switch head := b.line()[:b.at]; {
	case b.at > 0 && strings.Trim(head, " ") == "" && len(head)%indent == 0:
		b.cut(b.at-indent, b.at) // a step of indentation goes as a whole
	case b.at > 0:
		b.cut(startOf(b.line(), b.at), b.at)
	case b.row > 0:
		b.change("")
		b.row--
		b.at = len(b.line())
		b.join()
	}
}

func (b *buffer) remove() {
	switch {
	case b.at < len(b.line()):
		b.cut(b.at, b.at+cluster(b.line()[b.at:]))
	case b.row < len(b.lines)-1:
		b.change("")
		b.join()
	}
}

func (b *buffer) join() {
	b.lines[b.row] += b.lines[b.row+1]
	b.lines = slices.Delete(b.lines, b.row+1, b.row+2)
}

func (b *buffer) cut(from, to int) {
	b.change("cut")
	b.lines[b.row] = b.line()[:from] + b.line()[to:]
	b.at = from
}

// removeLine deletes the caret's line.
func (b *buffer) removeLine() {
	b.change("")
	if len(b.lines) == 1 {
		b.lines[0], b.at = "", 0
		return
	}
	b.lines = slices.Delete(b.lines, b.row, b.row+1)
	b.row = min(b.row, len(b.lines)-1)
	b.at = 0
}

func (b *buffer) left() {
	b.moved()
	if b.at > 0 {
		b.at = startOf(b.line(), b.at)
	} else if b.row > 0 {
		b.row--
		b.at = len(b.line())
	}
}

func (b *buffer) right() {
	b.moved()
	if b.at < len(b.line()) {
		b.at += cluster(b.line()[b.at:])
	} else if b.row < len(b.lines)-1 {
		b.row++
		b.at = 0
	}
}

func (b *buffer) wordLeft() {
	b.left()
	for b.at > 0 && !wordBegins(b.line(), b.at) {
		b.left()
	}
}

func (b *buffer) wordRight() {
	b.right()
	for b.at < len(b.line()) && !wordBegins(b.line(), b.at) {
		b.right()
	}
}

// wordBegins reports whether a word begins at at.
func wordBegins(line string, at int) bool {
	previous, _ := utf8.DecodeLastRuneInString(line[:at])
	next, _ := utf8.DecodeRuneInString(line[at:])
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return inWord(next) && !inWord(previous)
}

// home goes to the first letter of the line, and from there to its start.
func (b *buffer) home() {
	b.moved()
	first := len(b.line()) - len(strings.TrimLeft(b.line(), " "))
	if b.at == first {
		first = 0
	}
	b.at = first
}

func (b *buffer) end() {
	b.moved()
	b.at = len(b.line())
}

// vertical moves by rows and keeps the column where lines are long enough.
func (b *buffer) vertical(rows int) {
	b.kind = ""
	if b.goal < 0 {
		b.goal = width(b.line()[:b.at])
	}
	b.row = min(max(b.row+rows, 0), len(b.lines)-1)
	b.at = atColumn(b.line(), b.goal)
}

// atColumn returns the byte of the cluster at a column, or the line's end.
func atColumn(line string, column int) int {
	at, x := 0, 0
	for at < len(line) {
		n := cluster(line[at:])
		w := width(line[at : at+n])
		if x+w > column {
			break
		}
		at, x = at+n, x+w
	}
	return at
}

// cluster is how many bytes the first grapheme cluster of s takes.
func cluster(s string) int {
	first, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return max(len(first), 1)
}

// ends returns the first place at or after at where a cluster ends.
func ends(s string, at int) int {
	end := 0
	for end < at {
		end += cluster(s[end:])
	}
	return min(end, len(s))
}

// startOf returns the start of the cluster that ends at at.
func startOf(s string, at int) int {
	start := 0
	for end := 0; end < at; {
		start = end
		end += cluster(s[end:])
	}
	return start
}

// width is how many cells a piece of a line takes as it is drawn.
func width(s string) int { return ansi.StringWidth(shown(s)) }
