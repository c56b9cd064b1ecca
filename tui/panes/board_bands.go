package panes

import (
	"strings"

	"podium/i18n"
)

// A band is one row of nodes side by side.
type band struct {
	columns     []*column
	top, height int // rows
}

// draw draws the whole board.
func (b *Board) draw(s Scene, width, height int) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	t := s.Theme
	b.bands, b.below = nil, nil
	if len(b.columns) == 0 {
		b.grid = grid{}
		return empty(s, i18n.M("board.empty"), width, height)
	}
	m := manner{theme: t.Key(), selected: s.Selected.UID}
	share := height * 2 / 5
	below, spots := b.unplaced(s, m, width, height, share)
	grid, near := b.arrange(t, m, s.Lab.Namespace, width, height-len(below))
	b.grid = grid
	for _, c := range b.columns {
		c.paint(t, near, s.Lab.Namespace)
	}
	b.bind()
	if spare := b.grid.height - b.grid.rows; spare > 0 && len(b.waiting.groups) > 0 {
		below, spots = b.unplaced(s, m, width, height, share+spare)
		b.grid.height = height - len(below)
	}
	b.below = spots
	b.follow(s.Selected.UID)
	b.scroll = max(0, min(b.scroll, b.grid.rows-b.grid.height))
	rest := b.grid.rows - b.grid.height - b.scroll
	var out strings.Builder
	out.Grow(len(b.frame) + width*2)
	for y := range height {
		if y > 0 {
			out.WriteByte('\n')
		}
		switch {
		case y >= b.grid.height:
			out.WriteString(below[y-b.grid.height])
		case rest > 0 && y == b.grid.height-1:
			out.WriteString(more(s, rest+1, width))
		default:
			b.row(&out, b.scroll+y, width)
		}
	}
	return out.String()
}

// bind puts columns into bands.
func (b *Board) bind() {
	y := 0
	for i := 0; i < len(b.columns); i += b.grid.columns {
		if i > 0 {
			y += b.grid.zoom.gap()
		}
		now := band{columns: b.columns[i:min(i+b.grid.columns, len(b.columns))], top: y}
		for _, c := range now.columns {
			now.height = max(now.height, len(c.rows))
		}
		y += now.height
		b.bands = append(b.bands, now)
	}
}

// row writes one row of the board, exactly width cells.
func (b *Board) row(out *strings.Builder, y, width int) {
	used := 0
	for _, now := range b.bands {
		if y < now.top || y >= now.top+now.height {
			continue
		}
		for i, c := range now.columns {
			if i > 0 {
				blank(out, between)
				used += between
			}
			if y-now.top < len(c.rows) {
				out.WriteString(c.rows[y-now.top])
			} else {
				blank(out, b.grid.width)
			}
			used += b.grid.width
		}
	}
	blank(out, width-used)
}

func blank(out *strings.Builder, n int) {
	for range n {
		out.WriteByte(' ')
	}
}

// spots returns everything that can be chosen, by its place on the whole board
// and not on what is scrolled into view.
func (b *Board) spots() []spot {
	var all []spot
	for _, now := range b.bands {
		for i, c := range now.columns {
			for _, sp := range c.spots {
				sp.x += i * (b.grid.width + between)
				sp.y += now.top
				all = append(all, sp)
			}
		}
	}
	for _, sp := range b.below {
		sp.y += b.scroll + b.grid.height
		all = append(all, sp)
	}
	return all
}
