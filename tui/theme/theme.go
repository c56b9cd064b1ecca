// Package theme holds every colour, border and glyph of podium. No other
// package makes a lipgloss style, so that a look is changed in one place.
package theme

import (
	"charm.land/lipgloss/v2"
)

// A Theme is named for what things mean, not for how they look. One accent, two
// neutrals, red only for failure. It is large, and shared: nobody changes one.
type Theme struct {
	Dark  bool // the terminal's background is dark
	Color bool // colours may be used (NO_COLOR is not set)
	ASCII bool // no glyph beyond ASCII
	Glyphs
	Inks Inks // the styles below as bare escape sequences, for cells drawn in runs

	Text    lipgloss.Style // plain
	Strong  lipgloss.Style // a title, the thing to look at
	Accent  lipgloss.Style // the newest revision, the focused pane, the learner's own words
	Calm    lipgloss.Style // the revision before, values that rest
	Faint   lipgloss.Style // labels, older revisions, what can wait
	Good    lipgloss.Style // met, ready
	Waiting lipgloss.Style // under way
	Bad     lipgloss.Style // failing
	Code    lipgloss.Style // commands and names in running text
	Glow    lipgloss.Style // changed within the last second
	Chosen  lipgloss.Style // the row or name that keys act on
	Edge    lipgloss.Style // a pane's border
	Focus   lipgloss.Style // the focused pane's border

	// Tiles are the pod tiles' styles by age of their revision: 0 the newest, 1
	// the one before, 2 all older ones. Loose is for pods without a revision.
	// Fading is the same for pods that are not up: on their way in or out, and
	// Bright for pods that changed within the last second.
	Tiles       [3]lipgloss.Style
	Fading      [3]lipgloss.Style
	Bright      [3]lipgloss.Style
	Loose       lipgloss.Style
	LooseFading lipgloss.Style
	LooseBright lipgloss.Style
	BadTile     lipgloss.Style // a failing pod of any revision

	// Areas are a chart's cells by what fills their lower and their upper part:
	// the ages of Tiles, or Nothing. Bounds are lines drawn over them.
	Areas  [Nothing + 1][Nothing + 1]lipgloss.Style
	Bounds [Nothing + 1]lipgloss.Style
}

// Nothing is the age of what no revision fills.
const Nothing = 3

// A Key tells themes apart. Lines drawn with one theme are good for every theme
// of the same key.
type Key struct{ Dark, Color, ASCII bool }

// Key returns what t was made from.
func (t *Theme) Key() Key { return Key{Dark: t.Dark, Color: t.Color, ASCII: t.ASCII} }

// Calmed returns the theme for a screen that shows the past: its edges have the
// colour of what rests. The key is the same: panes draw no edges.
func (t *Theme) Calmed() *Theme {
	calm := *t
	calm.Edge, calm.Inks.Edge = t.Calm, t.Inks.Calm
	return &calm
}

// New returns the theme for a terminal: whether its background is dark, whether
// colours may be used, and whether it can be trusted with ASCII only. Without
// colours, bold, reverse and underline tell things apart.
func New(dark, color, ascii bool) *Theme {
	t := &Theme{Dark: dark, Color: color, ASCII: ascii, Glyphs: unicodeGlyphs()}
	if ascii {
		t.Glyphs = asciiGlyphs()
	}
	switch {
	case !color:
		t.plain()
	case dark:
		t.paint(darkPalette)
	default:
		t.paint(lightPalette)
	}
	t.Inks = t.inks()
	return t
}

// plain dresses a theme in attributes alone.
func (t *Theme) plain() {
	none := lipgloss.NewStyle()
	bold, faint, underline, reverse := none.Bold(true), none.Faint(true), none.Underline(true), none.Reverse(true)

	t.Text, t.Calm, t.Waiting = none, none, none
	t.Strong, t.Accent, t.Good = bold, bold, bold
	t.Faint, t.Edge = faint, faint
	t.Bad, t.Code = bold.Underline(true), underline
	t.Glow, t.Chosen = bold.Reverse(true), reverse
	t.Focus = bold
	t.Tiles = [3]lipgloss.Style{reverse, underline, faint}
	t.Fading = [3]lipgloss.Style{bold, none, faint}
	t.Bright = [3]lipgloss.Style{t.Glow, bold.Underline(true), bold}
	t.Loose, t.LooseFading, t.LooseBright = none, faint, bold
	t.BadTile = bold.Underline(true)
}

// paint dresses a theme in a palette's colours.
func (t *Theme) paint(p palette) {
	ink := func(c string) lipgloss.Style { return lipgloss.NewStyle().Foreground(lipgloss.Color(c)) }
	tile := func(c tone) lipgloss.Style { return ink(c.ink).Background(lipgloss.Color(c.ground)) }

	t.Text = lipgloss.NewStyle()
	t.Strong = ink(p.strong).Bold(true)
	t.Accent, t.Good = ink(p.accent), ink(p.accent)
	t.Calm, t.Waiting = ink(p.calm), ink(p.calm)
	t.Faint = ink(p.faint)
	t.Bad = ink(p.bad).Bold(true)
	t.Code = ink(p.code)
	t.Glow = tile(p.bright[0]).Bold(true)
	t.Chosen = tile(p.chosen).Bold(true)
	t.Edge, t.Focus = ink(p.edge), ink(p.accent)
	for i := range t.Tiles {
		t.Tiles[i], t.Fading[i], t.Bright[i] = tile(p.tiles[i]), tile(p.fading[i]), tile(p.bright[i]).Bold(true)
	}
	t.Tiles[0] = t.Tiles[0].Bold(true)
	t.Loose, t.LooseFading, t.LooseBright = tile(p.loose), tile(p.looseFading), tile(p.looseBright).Bold(true)
	t.BadTile = tile(p.badTile).Bold(true)
	t.fill(p)
}

// fill makes the styles of charts.
func (t *Theme) fill(p palette) {
	for lower := range t.Areas {
		for upper := range t.Areas[lower] {
			s := lipgloss.NewStyle()
			if lower < Nothing {
				s = s.Foreground(lipgloss.Color(p.tiles[lower].ground))
			}
			if upper < Nothing {
				s = s.Background(lipgloss.Color(p.tiles[upper].ground))
			}
			t.Areas[lower][upper] = s
		}
		t.Bounds[lower] = lipgloss.NewStyle().Foreground(lipgloss.Color(p.calm))
		if lower < Nothing {
			t.Bounds[lower] = lipgloss.NewStyle().Foreground(lipgloss.Color(p.tiles[lower].ink)).Background(lipgloss.Color(p.tiles[lower].ground))
		}
	}
}
