package theme

import (
	"fmt"
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/mattn/go-runewidth"
)

// all yields every theme by name.
func all() map[string]*Theme {
	themes := map[string]*Theme{}
	for i := range 8 {
		t := New(i&1 == 0, i&2 == 0, i&4 == 0)
		themes[fmt.Sprintf("%+v", t.Key())] = t
	}
	return themes
}

// glyphs returns every glyph by its field's name.
func glyphs(g Glyphs) map[string]string {
	marks := map[string]string{}
	v := reflect.ValueOf(g)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch f := v.Field(i).Interface().(type) {
		case string:
			marks[name] = f
		case []string:
			for j, s := range f {
				marks[fmt.Sprint(name, j)] = s
			}
		}
	}
	return marks
}

func TestEveryGlyphIsOneCellWide(t *testing.T) {
	for key, theme := range all() {
		for name, mark := range glyphs(theme.Glyphs) {
			want := 1
			if strings.HasSuffix(name, "Branch") || name == "Stem" {
				want = 2
			}
			if got := ansi.StringWidth(mark); got != want {
				t.Errorf("%s: %s %q is %d cells wide, want %d", key, name, mark, got, want)
			}
		}
	}
}

func TestMarksOfStateAreOneCellWideInEastAsianTerminals(t *testing.T) {
	wide := runewidth.NewCondition()
	wide.EastAsianWidth = true
	g := unicodeGlyphs()
	for _, mark := range []string{
		g.Ready, g.Starting, g.Unplaced, g.Unready, g.Failing, g.Leaving, g.Completed, g.Met, g.Unmet, g.Broken, g.Here, g.Dot,
	} {
		if got := wide.StringWidth(mark); got != 1 {
			t.Errorf("%q is %d cells wide", mark, got)
		}
	}
}

func TestASCIIGlyphsAreASCII(t *testing.T) {
	for name, mark := range glyphs(New(true, true, true).Glyphs) {
		for _, r := range mark {
			if r < ' ' || r > '~' {
				t.Errorf("%s is %q", name, mark)
			}
		}
	}
}

func TestEveryStateHasItsOwnMark(t *testing.T) {
	for key, theme := range all() {
		seen := map[string]bool{}
		for _, mark := range []string{theme.Ready, theme.Starting, theme.Unplaced, theme.Unready, theme.Failing, theme.Leaving, theme.Completed} {
			if seen[mark] {
				t.Errorf("%s: two states share %q", key, mark)
			}
			seen[mark] = true
		}
	}
}

func TestWithoutColourOnlyAttributesAreUsed(t *testing.T) {
	v := reflect.ValueOf(New(true, false, false).Inks)
	for i := range v.NumField() {
		inks := fmt.Sprint(v.Field(i).Interface())
		for _, colour := range []string{"38;", "48;", "[3", "[9"} {
			if strings.Contains(inks, colour) {
				t.Errorf("%s has a colour: %q", v.Type().Field(i).Name, inks)
			}
		}
	}
}

func TestTilesOfDifferentAgeLookDifferent(t *testing.T) {
	for key, theme := range all() {
		seen := map[Ink]int{}
		for age, ink := range theme.Inks.Tiles {
			if before, twice := seen[ink]; twice {
				t.Errorf("%s: ages %d and %d look alike", key, before, age)
			}
			seen[ink] = age
			if ink == theme.Inks.Bright[age] || ink == theme.Inks.BadTile {
				t.Errorf("%s: age %d looks like something else", key, age)
			}
		}
	}
}

func TestAgesLookDifferentInTerminalsOf256Colours(t *testing.T) {
	for _, p := range []palette{darkPalette, lightPalette} {
		for _, tiles := range [][3]tone{p.tiles, p.fading, p.bright} {
			seen := map[color.Color]string{}
			for _, tile := range tiles {
				near := colorprofile.ANSI256.Convert(lipgloss.Color(tile.ground))
				if before, twice := seen[near]; twice {
					t.Errorf("%s and %s are both drawn as %v", before, tile.ground, near)
				}
				seen[near] = tile.ground
			}
		}
	}
}

func TestTextOnTilesCanBeRead(t *testing.T) {
	for _, p := range []palette{darkPalette, lightPalette} {
		tones := []tone{p.chosen, p.loose, p.looseFading, p.looseBright, p.badTile}
		tones = append(append(append(tones, p.tiles[:]...), p.fading[:]...), p.bright[:]...)
		for _, c := range tones {
			// 4.5 is what WCAG 2 asks of running text.
			if got := contrast(lipgloss.Color(c.ground), lipgloss.Color(c.ink)); got < 4.5 {
				t.Errorf("%s on %s has contrast %.1f", c.ink, c.ground, got)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func TestInkOpensWhatTheStyleRenders(t *testing.T) {
	for key, theme := range all() {
		for _, style := range []lipgloss.Style{theme.Text, theme.Strong, theme.Bad, theme.Tiles[0], theme.Glow} {
			ink := InkOf(style)
			want := style.Render("p")
			got := string(ink) + "p"
			if ink != "" {
				got += Reset
			}
			if got != want {
				t.Errorf("%s: %q, want %q", key, got, want)
			}
		}
	}
}
