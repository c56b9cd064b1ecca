package tui

import (
	"image"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/tui/theme"
)

// The directions in which an edge goes on from a cell.
const (
	up = 1 << iota
	right
	down
	left
)

// A label stands in an edge.
type label struct {
	row, from, to int // cells from…to of a row
	text          string
}

// A frame is the edges of a plan, drawn once and used until the plan, the focus
// or a title changes. Rows are cut where a pane's own lines go in.
type frame struct {
	rows   [][]span
	arms   map[image.Point]int
	labels []label
}

// A span is a styled stretch of a row: text, or a pane's line when tile is not
// negative.
type span struct {
	text string
	tile int
}

// drawFrame draws every edge of p. Edges of the tile named focus are brighter.
func drawFrame(p plan, th *theme.Theme, focus string, labels []label) frame {
	bright, _ := p.at(focus)
	f := frame{arms: edgeArms(p), labels: labels}
	for y := range p.size.Y - 2 {
		y++ // below the header
		f.rows = append(f.rows, drawRow(p, th, y, f.arms, bright.outer, labels))
	}
	return f
}

// relabelled is f with other labels: only rows in which they differ are drawn.
func (f frame) relabelled(p plan, th *theme.Theme, focus string, labels []label) frame {
	bright, _ := p.at(focus)
	differ := map[int]bool{}
	for _, one := range [][2][]label{{f.labels, labels}, {labels, f.labels}} {
		for _, l := range one[0] {
			differ[l.row] = differ[l.row] || !slices.Contains(one[1], l)
		}
	}
	f.rows, f.labels = slices.Clone(f.rows), labels
	for row, differs := range differ {
		if differs {
			f.rows[row-1] = drawRow(p, th, row, f.arms, bright.outer, labels)
		}
	}
	return f
}

// edgeArms tells for each cell on an edge in which directions edges leave it.
func edgeArms(p plan) map[image.Point]int {
	arms := map[image.Point]int{}
	for _, t := range p.tiles {
		r := t.outer
		for x := r.Min.X; x < r.Max.X; x++ {
			for _, y := range []int{r.Min.Y, r.Max.Y - 1} {
				if x > r.Min.X {
					arms[image.Pt(x, y)] |= left
				}
				if x < r.Max.X-1 {
					arms[image.Pt(x, y)] |= right
				}
			}
		}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for _, x := range []int{r.Min.X, r.Max.X - 1} {
				if y > r.Min.Y {
					arms[image.Pt(x, y)] |= up
				}
				if y < r.Max.Y-1 {
					arms[image.Pt(x, y)] |= down
				}
			}
		}
	}
	return arms
}

func drawRow(p plan, th *theme.Theme, y int, arms map[image.Point]int, bright image.Rectangle, labels []label) []span {
	var spans []span
	var run strings.Builder
	style, drawn := th.Edge, false
	flush := func() {
		if drawn {
			spans = append(spans, span{text: style.Render(run.String()), tile: -1})
		}
		run.Reset()
		drawn = false
	}
	for x := 0; x < p.size.X; {
		if i := tileAt(p, x, y); i >= 0 {
			flush()
			spans = append(spans, span{tile: i})
			x = p.tiles[i].inner().Max.X
			continue
		}
		if l, ok := labelAt(labels, x, y); ok {
			flush()
			spans = append(spans, span{text: l.text, tile: -1})
			x = l.to
			continue
		}
		if s := edgeStyle(th, image.Pt(x, y).In(bright)); drawn && s.GetForeground() != style.GetForeground() {
			flush()
			style = s
		} else {
			style = s
		}
		run.WriteString(edgeGlyph(th.Glyphs, arms[image.Pt(x, y)]))
		drawn = true
		x++
	}
	flush()
	return spans
}

func edgeStyle(th *theme.Theme, bright bool) lipgloss.Style {
	if bright {
		return th.Focus
	}
	return th.Edge
}

func tileAt(p plan, x, y int) int {
	for i, t := range p.tiles {
		if inner := t.inner(); x == inner.Min.X && y >= inner.Min.Y && y < inner.Max.Y {
			return i
		}
	}
	return -1
}

func labelAt(labels []label, x, y int) (label, bool) {
	for _, l := range labels {
		if l.row == y && l.from == x {
			return l, true
		}
	}
	return label{}, false
}

func edgeGlyph(g theme.Glyphs, arms int) string {
	switch arms {
	case left | right, left, right:
		return g.Horizontal
	case up | down, up, down:
		return g.Vertical
	case right | down:
		return g.TopLeft
	case left | down:
		return g.TopRight
	case right | up:
		return g.BottomLeft
	case left | up:
		return g.BottomRight
	case up | down | right:
		return g.TeeLeft
	case up | down | left:
		return g.TeeRight
	case left | right | down:
		return g.TeeTop
	case left | right | up:
		return g.TeeBottom
	case up | down | left | right:
		return g.Cross
	}
	return " "
}

// titles makes the labels of a plan's tiles: each pane's title in its upper
// edge, and a summary at the edge's right end where one is given.
func titles(p plan, th *theme.Theme, focus string, title func(pane string) string, summary func(width int) string) []label {
	var labels []label
	for _, t := range p.tiles {
		room := t.outer.Dx() - 4
		text := title(t.pane)
		if text == "" || room < 3 {
			continue
		}
		text = " " + ansi.Truncate(text, room-2, th.Ellipsis) + " "
		style := th.Strong
		if t.pane == focus {
			style = th.Focus.Bold(true)
		}
		from := t.outer.Min.X + 1
		to := from + ansi.StringWidth(text)
		labels = append(labels, label{t.outer.Min.Y, from, to, style.Render(text)})
		if t != p.tiles[len(p.tiles)-1] || len(p.tiles) == 1 {
			continue
		}
		if free := t.outer.Max.X - 3 - to; free > 10 {
			text := summary(free - 2)
			width := ansi.StringWidth(text)
			if width > 0 && width <= free-2 {
				from := t.outer.Max.X - 2 - width - 1
				labels = append(labels, label{t.outer.Min.Y, from - 1, from + width + 1, " " + text + " "})
			}
		}
	}
	return labels
}

// bottom is the lowest edge where it belongs to one tile alone: there is room for
// a line of text in it.
func (p plan) bottom() (tile, bool) {
	for _, t := range p.tiles {
		if t.outer.Max.Y == p.size.Y-1 && t.outer.Dx() == p.size.X {
			return t, true
		}
	}
	return tile{}, false
}

// fill puts the panes' lines between the edges. lines holds, for each tile, as
// many lines as it is high.
func (f frame) fill(b *strings.Builder, p plan, lines [][]string) {
	for i, row := range f.rows {
		y := i + 1
		for _, s := range row {
			if s.tile < 0 {
				b.WriteString(s.text)
				continue
			}
			b.WriteByte(' ')
			b.WriteString(lines[s.tile][y-p.tiles[s.tile].inner().Min.Y])
			b.WriteByte(' ')
		}
		b.WriteByte('\n')
	}
}
