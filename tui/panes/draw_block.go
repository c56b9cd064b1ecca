package panes

import "podium/tui/theme"

// A spot is a stretch of one row that stands for an object: keys and the mouse
// can choose it.
type spot struct {
	x, y, width int
	selection   Selection
}

// A block is rows of one width drawn one after the other, and the spots on
// them. A dry one only counts its rows, so that what is measured is what is
// drawn.
type block struct {
	width    int
	ellipsis string
	dry      bool

	*line
	count int
	rows  []string
	spots []spot
}

func newBlock(width int, ellipsis string, dry bool) *block {
	b := &block{width: width, ellipsis: ellipsis, dry: dry}
	if dry {
		b.line = &line{width: width, ellipsis: ellipsis, dry: true}
	}
	return b
}

// begin starts a row.
func (b *block) begin() {
	b.count++
	if b.dry {
		b.used, b.full = 0, false
		return
	}
	b.line = newLine(b.width, b.ellipsis)
}

// finish ends the row that was begun.
func (b *block) finish() {
	if !b.dry {
		b.rows = append(b.rows, b.end())
	}
}

// wrapTo ends the row and begins another, indented.
func (b *block) wrapTo(column int) {
	b.finish()
	b.begin()
	b.space(column)
}

// choose puts text that stands for an object.
func (b *block) choose(ink theme.Ink, text string, s Selection) {
	x := b.used
	b.put(ink, text)
	if !b.dry && b.used > x {
		b.spots = append(b.spots, spot{x: x, y: b.count - 1, width: b.used - x, selection: s})
	}
}
