package lessons

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain makes text from a cluster or a lesson safe to draw on one line: without
// terminal controls, and without the marks that turn the direction of reading.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case forbidden(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

// forbidden reports whether a character could command a terminal or make text
// read otherwise than it is written.
func forbidden(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case unicode.IsControl(r): // C0, DEL and C1
		return true
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
		return true
	}
	return false
}

// firstForbidden returns the line, from 1, of the first forbidden character.
func firstForbidden(text string) (line int, r rune, found bool) {
	line = 1
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return line, r, true
			}
		}
		if forbidden(r) {
			return line, r, true
		}
		if r == '\n' {
			line++
		}
	}
	return 0, 0, false
}

// cut shortens text to a number of characters.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
