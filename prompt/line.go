package prompt

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Line is one line being typed: text and a caret that stands between grapheme
// clusters, so that a Korean syllable, however it is composed, is one step and
// one deletion. It holds no newline and no control character.
type Line struct {
	value string
	caret int // bytes before it
}

// Value returns the text.
func (l *Line) Value() string { return l.value }

// Caret returns how many bytes stand before the caret.
func (l *Line) Caret() int { return l.caret }

// Set replaces the text and puts the caret at its end.
func (l *Line) Set(value string) {
	l.value = typed(value)
	l.caret = len(l.value)
}

// typed removes what can't stand in a line.
func typed(s string) string {
	s = strings.ReplaceAll(s, "\t", " ")
	return strings.Map(func(r rune) rune {
		if drawn(r) {
			return r
		}
		return -1
	}, ansi.Strip(s))
}

// Insert puts text before the caret.
func (l *Line) Insert(text string) {
	text = typed(text)
	l.value = l.value[:l.caret] + text + l.value[l.caret:]
	l.caret += len(text)
	// What was typed may have joined the cluster after it.
	l.caret = boundary(l.value, l.caret)
}

// boundary returns the first place at or after at where a cluster ends.
func boundary(s string, at int) int {
	for end := 0; end < len(s); {
		if end >= at {
			return end
		}
		end += cluster(s[end:])
	}
	return len(s)
}

// cluster is how many bytes the first grapheme cluster of s takes.
func cluster(s string) int {
	if len(s) > 1 && s[0] < utf8.RuneSelf && s[1] < utf8.RuneSelf {
		return 1
	}
	first, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return max(len(first), 1)
}

// before returns the start of the cluster that ends at at.
func before(s string, at int) int {
	start := 0
	for end := 0; end < at; {
		start = end
		end += cluster(s[end:])
	}
	return start
}

// Left and Right move by one cluster.
func (l *Line) Left() { l.caret = before(l.value, l.caret) }

// Right moves the caret over the next cluster.
func (l *Line) Right() {
	if l.caret < len(l.value) {
		l.caret += cluster(l.value[l.caret:])
	}
}

// Home and End move to the ends of the line.
func (l *Line) Home() { l.caret = 0 }

// End moves the caret behind the last cluster.
func (l *Line) End() { l.caret = len(l.value) }

// WordLeft moves to the start of the word before the caret.
func (l *Line) WordLeft() { l.caret = wordStart(l.value, l.caret) }

// WordRight moves to the end of the word after the caret.
func (l *Line) WordRight() {
	rest := l.value[l.caret:]
	rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
	if i := strings.IndexFunc(rest, unicode.IsSpace); i >= 0 {
		rest = rest[i:]
	} else {
		rest = ""
	}
	l.caret = len(l.value) - len(rest)
}

func wordStart(s string, at int) int {
	head := strings.TrimRightFunc(s[:at], unicode.IsSpace)
	return strings.LastIndexFunc(head, unicode.IsSpace) + 1
}

// Backspace deletes the cluster before the caret.
func (l *Line) Backspace() { l.cut(before(l.value, l.caret), l.caret) }

// Delete deletes the cluster after the caret.
func (l *Line) Delete() {
	if l.caret < len(l.value) {
		l.cut(l.caret, l.caret+cluster(l.value[l.caret:]))
	}
}

// DeleteWord deletes the word before the caret.
func (l *Line) DeleteWord() { l.cut(wordStart(l.value, l.caret), l.caret) }

// KillBefore deletes everything before the caret.
func (l *Line) KillBefore() { l.cut(0, l.caret) }

// KillAfter deletes everything after the caret.
func (l *Line) KillAfter() { l.cut(l.caret, len(l.value)) }

func (l *Line) cut(from, to int) {
	l.value = l.value[:from] + l.value[to:]
	l.caret = from
}

// Replace puts text in the place of the bytes between from and the caret, as
// completion does.
func (l *Line) Replace(from int, text string) {
	if from < 0 || from > l.caret {
		return
	}
	l.cut(from, l.caret)
	l.Insert(text)
}

// View returns the part of the line that fits into width cells with the caret
// in it, and the caret's cell. One cell is kept for a caret behind the text.
func (l *Line) View(width int) (visible string, caret int) {
	width = max(width, 2)
	column := ansi.StringWidth(l.value[:l.caret])
	if ansi.StringWidth(l.value) < width {
		return l.value, column
	}
	// Whole clusters leave at the left until the caret is inside.
	start := 0
	for column-ansi.StringWidth(l.value[:start]) > width-2 && start < l.caret {
		start += cluster(l.value[start:])
	}
	return ansi.Truncate(l.value[start:], width-1, ""), ansi.StringWidth(l.value[start:l.caret])
}
