package tui

import (
	"image"
	"slices"
)

// A tile is the place of a pane: a rectangle with its edges, which it shares
// with its neighbours.
type tile struct {
	pane  string
	outer image.Rectangle
}

// inner is what lies within the edges.
func (t tile) inner() image.Rectangle { return t.outer.Inset(1) }

// content is what the pane draws into: one empty cell keeps text off the edges.
func (t tile) content() image.Rectangle {
	r := t.inner()
	r.Min.X, r.Max.X = r.Min.X+1, r.Max.X-1
	return r
}

// A plan says where everything is. Its tiles' inner rectangles, their edges, the
// header's row and the footer's cover the screen without overlap.
type plan struct {
	size   image.Point
	tiles  []tile
	hidden []string // panes that have no room and are summed up in the prompt's upper edge
}

// A wish is what the learner wants to see.
type wish struct {
	page  page
	focus string
	tabs  string // which pane of a shared place is in front
	load  bool   // requests are being sent, so traffic deserves room
	watch bool   // pods are what the step is about at this moment
	zoom  bool   // the focused pane alone
	past  bool   // a moment of the past is shown, and the timeline with it
	still bool   // a picture of the cluster and nothing to work with
	room  room   // what the prompt needs
}

// A room says how much space the prompt's program needs.
type room int

const (
	lineRoom room = iota // lines of output
	tallRoom             // output that goes on: get -w, logs -f, exec -it
	fullRoom             // a full-screen program
)

// The screen's smallest usable size, and from where it has room for two and for
// three columns.
var (
	smallest = image.Pt(40, 12)
	wideFrom = image.Pt(100, 28)
	vastFrom = image.Pt(160, 48)
)

// watchFrom is the height, edges included, that a lesson needs to share it with
// the board.
const watchFrom = 16

// at returns the tile of a pane.
func (p plan) at(pane string) (tile, bool) {
	for _, t := range p.tiles {
		if t.pane == pane {
			return t, true
		}
	}
	return tile{}, false
}

// hit returns the pane whose inside or edge is at a cell.
func (p plan) hit(cell image.Point) (tile, bool) {
	for _, t := range p.tiles {
		if cell.In(t.inner()) {
			return t, true
		}
	}
	return tile{}, false
}

// arrange finds a place for every pane that has one. Below the smallest size
// nothing has.
func arrange(size image.Point, w wish) plan {
	p := plan{size: size}
	if size.X < smallest.X || size.Y < smallest.Y {
		return p
	}
	body := image.Rect(0, 1, size.X, size.Y-1)
	switch {
	case w.still:
		p.tiles = stillPlan(body, w)
	case w.page == helpPage || w.page == mapPage || w.page == detailsPage || w.page == failedPage:
		p.tiles = []tile{{string(w.page), body}}
	case w.zoom || w.room == fullRoom:
		p.tiles = []tile{{w.focus, body}}
	case w.page == homePage:
		p.tiles = homePlan(body)
	case size.X < wideFrom.X || size.Y < wideFrom.Y:
		p.tiles, p.hidden = narrowPlan(body, w)
	case size.X < vastFrom.X || size.Y < vastFrom.Y:
		p.tiles, p.hidden = widePlan(body, w)
	default:
		p.tiles = vastPlan(body, w)
	}
	return p
}

// homePlan is the list of lessons, and the nodes where there is room.
//
//	┌ home ───┬ board ──┐    ┌ home ───┐
//	│         │         │    │         │
//	└─────────┴─────────┘    └─────────┘
func homePlan(body image.Rectangle) []tile {
	if body.Dx() < wideFrom.X {
		return []tile{{"home", body}}
	}
	columns := columns(body, share{min: 60, weight: 3}, share{min: 30, weight: 2})
	return []tile{{"home", columns[0]}, {"board", columns[1]}}
}

// narrowPlan is one pane at a time; the others are summed up in the prompt's
// upper edge. While there are pods to watch, the board comes in below the lesson.
//
//	┌ lesson ────────────┐    ┌ lesson ────────────┐
//	│                    │    ├ board ─────────────┤
//	├ prompt ── summary ─┤    ├ prompt ── summary ─┤
//	│ $                  │    │ $                  │
//	└────────────────────┘    └────────────────────┘
func narrowPlan(body image.Rectangle, w wish) ([]tile, []string) {
	front := w.tabs
	if w.focus != "prompt" && w.focus != "timeline" {
		front = w.focus
	}
	names := cycle(w)
	if front == "" || !slices.Contains(names, front) {
		front = names[0]
	}
	upper, below := withLower(body, w)
	lower := below[len(below)-1] // in the past the timeline
	tiles := []tile{{front, upper}, lower}
	if w.watch && front == "lesson" && upper.Dy() >= watchFrom {
		parts := rows(upper, share{min: 7, weight: 1}, share{min: 5})
		tiles = []tile{{"lesson", parts[0]}, {"board", parts[1]}, lower}
	}
	var hidden []string
	for _, name := range names {
		shown := slices.ContainsFunc(tiles, func(t tile) bool { return t.pane == name })
		if !shown && name != "lesson" {
			hidden = append(hidden, name)
		}
	}
	return tiles, hidden
}

// widePlan has the lesson beside what the cluster does. Panes that share the
// lowest place on the right take turns.
//
//	┌ lesson ─┬ board ──────┐
//	│         ├ lanes ──────┤
//	│         ├ why/tree/…  ┤
//	├ prompt ─┴─────────────┤
//	└───────────────────────┘
func widePlan(body image.Rectangle, w wish) ([]tile, []string) {
	upper, lower := withLower(body, w)
	side := upper
	var tiles []tile
	if w.page == lessonPage {
		halves := columns(upper, share{min: 40, weight: 4}, share{min: 50, weight: 5})
		tiles, side = append(tiles, tile{"lesson", halves[0]}), halves[1]
	}
	front, hidden := takeTurns(w, "why", "tree", "events")
	if w.load {
		parts := rows(side, share{min: 5, weight: 3}, share{min: 5, weight: 2}, share{min: 3, weight: 1}, share{min: 4, weight: 2})
		tiles = append(tiles, tile{"board", parts[0]}, tile{"lanes", parts[1]}, tile{"traffic", parts[2]}, tile{front, parts[3]})
	} else {
		parts := rows(side, share{min: 5, weight: 3}, share{min: 5, weight: 2}, share{min: 4, weight: 3})
		tiles = append(tiles, tile{"board", parts[0]}, tile{"lanes", parts[1]}, tile{front, parts[2]})
	}
	return append(tiles, lower...), hidden
}

// takeTurns finds which of the panes that share a place is in front: the focused
// one, else the one that was focused last, else the first.
func takeTurns(w wish, shared ...string) (front string, hidden []string) {
	front = shared[0]
	for _, name := range []string{w.tabs, w.focus} {
		if slices.Contains(shared, name) {
			front = name
		}
	}
	for _, name := range shared {
		if name != front {
			hidden = append(hidden, name)
		}
	}
	return front, hidden
}

// vastPlan shows everything at once.
//
//	┌ lesson ─┬ board ───┬ tree ──┐
//	│         ├ lanes ───┤        │
//	│         ├ traffic ─┤ events │
//	│         ├ why ─────┤        │
//	├ prompt ─┴──────────┴────────┤
//	└─────────────────────────────┘
func vastPlan(body image.Rectangle, w wish) []tile {
	upper, lower := withLower(body, w)
	var tiles []tile
	parts := columns(upper, share{min: 70, weight: 3}, share{min: 40, weight: 1})
	if w.page == lessonPage {
		parts = columns(upper, share{min: 52, weight: 2}, share{min: 60, weight: 4}, share{min: 40, weight: 1})
		tiles = append(tiles, tile{"lesson", parts[0]})
		parts = parts[1:]
	}
	names := []string{"board", "lanes", "why"}
	shares := []share{{min: 8, weight: 3}, {min: 7, weight: 2}, {min: 7, weight: 3}}
	if w.load {
		names = []string{"board", "lanes", "traffic", "why"}
		shares = []share{{min: 8, weight: 3}, {min: 7, weight: 2}, {min: 5, weight: 1}, {min: 5, weight: 2}}
	}
	for i, r := range rows(parts[0], shares...) {
		tiles = append(tiles, tile{names[i], r})
	}
	side := rows(parts[1], share{min: 8, weight: 3}, share{min: 6, weight: 2})
	tiles = append(tiles, tile{"tree", side[0]}, tile{"events", side[1]})
	return append(tiles, lower...)
}

// withLower cuts the prompt off the lower end: a fifth of the screen, more while
// a program's output goes on. In the past, when nothing can be typed, a row of it
// is left, and the timeline stands below it; on a small screen in its place.
func withLower(body image.Rectangle, w wish) (upper image.Rectangle, lower []tile) {
	if w.past {
		if body.Dy() < wideFrom.Y-2 {
			parts := rows(body, share{min: 1, weight: 1}, share{min: 4})
			return parts[0], []tile{{"timeline", parts[1]}}
		}
		parts := rows(body, share{min: 1, weight: 1}, share{min: 1}, share{min: 6})
		return parts[0], []tile{{"prompt", parts[1]}, {"timeline", parts[2]}}
	}
	height := min(max(4, body.Dy()/5+1), 14)
	if w.room == tallRoom {
		height = body.Dy() / 2
	}
	parts := rows(body, share{min: 1, weight: 1}, share{min: height})
	return parts[0], []tile{{"prompt", parts[1]}}
}

// cycle lists the panes Tab walks through, in order.
func cycle(w wish) []string {
	if w.page == homePage {
		return []string{"home"}
	}
	var names []string
	if w.page == lessonPage {
		names = append(names, "lesson")
	}
	names = append(names, "board", "lanes")
	if w.load {
		names = append(names, "traffic")
	}
	names = append(names, "why", "tree", "events")
	if w.past {
		return append(names, "timeline")
	}
	return append(names, "prompt")
}

// A share is what a part of a divided rectangle gets, its edges not counted: a
// smallest size, and how much of what is left over.
type share struct{ min, weight int }

// divide splits a length of cells among shares. When there is too little, the
// largest parts give way first.
func divide(length int, shares []share) []int {
	sizes := make([]int, len(shares))
	left, weights := length, 0
	for i, s := range shares {
		sizes[i] = s.min
		left -= s.min
		weights += s.weight
	}
	for ; left < 0; left++ {
		largest := 0
		for i := range sizes {
			if sizes[i] >= sizes[largest] {
				largest = i
			}
		}
		sizes[largest]--
	}
	for i, s := range shares {
		if weights == 0 {
			break
		}
		part := left * s.weight / weights
		sizes[i] += part
		left -= part
		weights -= s.weight
	}
	sizes[len(sizes)-1] += left
	return sizes
}

// rows cuts a framed rectangle into framed rectangles one above the other.
func rows(r image.Rectangle, shares ...share) []image.Rectangle {
	var parts []image.Rectangle
	y := r.Min.Y
	for _, size := range divide(r.Dy()-1-len(shares), shares) {
		parts = append(parts, image.Rect(r.Min.X, y, r.Max.X, y+size+2))
		y += size + 1
	}
	return parts
}

// columns cuts a framed rectangle into framed rectangles side by side.
func columns(r image.Rectangle, shares ...share) []image.Rectangle {
	var parts []image.Rectangle
	x := r.Min.X
	for _, size := range divide(r.Dx()-1-len(shares), shares) {
		parts = append(parts, image.Rect(x, r.Min.Y, x+size+2, r.Max.Y))
		x += size + 1
	}
	return parts
}
