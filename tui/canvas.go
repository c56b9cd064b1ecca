package tui

import (
	"image"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"podium/tui/panes"
	"podium/tui/theme"
)

// A canvas keeps what was drawn last, so that only what changed is drawn again
// and an unchanged screen is the identical string.
type canvas struct {
	plan   plan
	frame  frame
	edged  edging
	header panes.Header
	drawn  map[string][]string // a pane's lines
	places map[string]image.Point
	stale  map[string]bool
	all    bool // everything is stale
	view   tea.View
}

// An edging is what a frame was drawn for.
type edging struct {
	focus  string
	theme  theme.Key
	past   bool
	labels []label
	tiles  []tile
}

// sameEdges reports whether at most labels differ.
func (e edging) sameEdges(other edging) bool {
	return e.focus == other.focus && e.theme == other.theme && e.past == other.past && slices.Equal(e.tiles, other.tiles)
}

func newCanvas() *canvas {
	return &canvas{drawn: map[string][]string{}, places: map[string]image.Point{}, stale: map[string]bool{}, all: true}
}

// touch marks panes as no longer up to date; without names, all of them.
func (c *canvas) touch(names ...string) {
	c.all = c.all || len(names) == 0
	for _, name := range names {
		c.stale[name] = true
	}
}

func (c *canvas) clean() bool { return !c.all && len(c.stale) == 0 }

// lines returns a pane's lines, drawn again if they are stale or its place has
// another size.
func (c *canvas) lines(name string, size image.Point, draw func(size image.Point) string) []string {
	if drawn, ok := c.drawn[name]; ok && !c.all && !c.stale[name] && c.places[name] == size {
		return drawn
	}
	lines := strings.Split(draw(size), "\n")
	for len(lines) < size.Y {
		lines = append(lines, strings.Repeat(" ", size.X))
	}
	c.drawn[name], c.places[name] = lines, size
	return lines
}

// settled keeps a view that has just been drawn. One that says the same as the
// last keeps its string too: the renderer compares them at every frame.
func (c *canvas) settled(view tea.View) tea.View {
	if view.Content == c.view.Content {
		view.Content = c.view.Content
	}
	clear(c.stale)
	c.all = false
	c.view = view
	return view
}
