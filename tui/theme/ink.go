package theme

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// An Ink is the escape sequence that opens a style. Drawing thousands of cells,
// one ink is written for each run of equal cells instead of a style rendered
// for each cell. The empty ink is plain text.
type Ink string

// Reset ends every ink.
const Reset = "\x1b[m"

// Underline is added to an ink to mark one cell among others of the same ink.
const Underline Ink = "\x1b[4m"

// InkOf returns what opens a style of colours and attributes.
func InkOf(s lipgloss.Style) Ink {
	const cell = "x"
	open, _, _ := strings.Cut(s.Render(cell), cell)
	return Ink(open)
}

// Inks are a theme's styles as inks, under the same names.
type Inks struct {
	Text, Strong, Accent, Calm, Faint, Good, Waiting, Bad, Code Ink
	Glow, Chosen, Edge, Focus                                   Ink
	Tiles, Fading, Bright                                       [3]Ink
	Loose, LooseFading, LooseBright, BadTile                    Ink
	Areas                                                       [Nothing + 1][Nothing + 1]Ink
	Bounds                                                      [Nothing + 1]Ink
}

func (t *Theme) inks() Inks {
	i := Inks{
		Text: InkOf(t.Text), Strong: InkOf(t.Strong), Accent: InkOf(t.Accent), Calm: InkOf(t.Calm),
		Faint: InkOf(t.Faint), Good: InkOf(t.Good), Waiting: InkOf(t.Waiting), Bad: InkOf(t.Bad), Code: InkOf(t.Code),
		Glow: InkOf(t.Glow), Chosen: InkOf(t.Chosen), Edge: InkOf(t.Edge), Focus: InkOf(t.Focus),
		Loose: InkOf(t.Loose), LooseFading: InkOf(t.LooseFading), LooseBright: InkOf(t.LooseBright), BadTile: InkOf(t.BadTile),
	}
	for age := range t.Tiles {
		i.Tiles[age], i.Fading[age], i.Bright[age] = InkOf(t.Tiles[age]), InkOf(t.Fading[age]), InkOf(t.Bright[age])
	}
	for lower := range t.Areas {
		for upper := range t.Areas[lower] {
			i.Areas[lower][upper] = InkOf(t.Areas[lower][upper])
		}
		i.Bounds[lower] = InkOf(t.Bounds[lower])
	}
	return i
}
