package panes

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// longest is how many bytes of one text from outside are looked at. No row is
// longer, and a name of a megabyte must cost nothing.
const longest = 2048

// Clean makes text from outside (the cluster, a pod, a lesson) fit to be drawn
// in one row: without control sequences, line breaks, marks that change the
// direction of writing, and characters whose width terminals disagree about.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	if len(s) > longest {
		s = s[:longest]
	}
	s = ansi.Strip(s)
	var b strings.Builder
	b.Grow(len(s))
	marks := 0 // combining marks since the last character of its own
	for _, r := range s {
		if unicode.Is(unicode.Mn, r) {
			marks++
			if marks <= 1 && b.Len() > 0 && !selects(r) {
				b.WriteRune(r)
			}
			continue
		}
		marks = 0
		switch {
		case r == utf8.RuneError, pictograph(r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Me, r), unicode.Is(unicode.Mc, r):
			b.WriteByte('?')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), !unicode.IsGraphic(r):
		default:
			b.WriteRune(r)
		}
	}
	return undisputed(b.String())
}

// undisputed returns s with what terminals that join characters and those that
// don't give different widths taken out: first marks, then whole characters.
func undisputed(s string) string {
	disputed := func() bool { return ansi.StringWidth(s) != ansi.StringWidthWc(s) }
	if disputed() {
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, s)
	}
	if disputed() {
		s = strings.Map(func(r rune) rune {
			if r > unicode.MaxLatin1 {
				return '?'
			}
			return r
		}, s)
	}
	return s
}

// plain reports whether s is short printable ASCII, as nearly every name is.
func plain(s string) bool {
	if len(s) > longest {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// selects reports a variation selector: it makes some terminals draw the
// character before it wider.
func selects(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

// pictograph reports the planes of emoji, flags and skin tones, whose sequences
// terminals join or don't.
func pictograph(r rune) bool { return r >= 0x1F000 && r <= 0x1FBFF }
