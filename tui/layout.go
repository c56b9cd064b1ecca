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
	page   page
	focus  string
	tabs   string // which pane of a small screen is in front
	front  string // which of the panes that share a place
	load   bool   // requests are being sent, so traffic deserves room
	watch  bool   // pods are what the step is about at this moment
	zoom   bool   // the focused pane alone
	past   bool   // a moment of the past is shown, and the timeline with it
	before bool   // the picture beside the one before
	stage  int    // rows that a talk's text has use for
	still  bool   // a picture of the cluster and nothing to work with
	room   room   // what the prompt needs

	hidden []string       // panes the learner has put away
	grown  map[string]int // rows and, of the lesson, columns that a pane was given beyond its share
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
	case w.page == helpPage || w.page == mapPage || w.page == detailsPage || w.page == failedPage || w.page == reviewPage || w.page == classPage:
		p.tiles = []tile{{string(w.page), body}}
	case w.zoom || w.room == fullRoom:
		p.tiles = []tile{{w.focus, body}}
	case w.page == homePage:
		p.tiles = homePlan(body)
	case w.page == talkPage:
		p.tiles = talkPlan(body, w)
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
		halves := columns(upper, share{min: w.column(40), weight: 4}, share{min: 50, weight: 5})
		tiles, side = append(tiles, tile{"lesson", halves[0]}), halves[1]
	}
	front, hidden := takeTurns(w, "why", "tree", "events")
	slots := []slot{{"board", share{min: 5, weight: 3}}, {"lanes", share{min: 5, weight: 2}}, {front, share{min: 4, weight: 3}}}
	if w.load {
		slots = []slot{{"board", share{min: 5, weight: 3}}, {"lanes", share{min: 5, weight: 2}}, {"traffic", share{min: 3, weight: 1}}, {front, share{min: 4, weight: 2}}}
	}
	tiles = append(tiles, w.pile(side, slots...)...)
	return append(tiles, lower...), hidden
}

// takeTurns finds which of the panes that share a place is in front: the focused
// one, else the one that was used last, else the first; "" when all are hidden.
func takeTurns(w wish, shared ...string) (front string, behind []string) {
	shared = slices.DeleteFunc(shared, w.hides)
	if len(shared) == 0 {
		return "", nil
	}
	front = shared[0]
	for _, name := range []string{w.front, w.focus} {
		if slices.Contains(shared, name) {
			front = name
		}
	}
	return front, slices.DeleteFunc(shared, func(name string) bool { return name == front })
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
	middle := []slot{{"board", share{min: 8, weight: 3}}, {"lanes", share{min: 7, weight: 2}}, {"why", share{min: 7, weight: 3}}}
	if w.load {
		middle = []slot{{"board", share{min: 8, weight: 3}}, {"lanes", share{min: 7, weight: 2}}, {"traffic", share{min: 5, weight: 1}}, {"why", share{min: 5, weight: 2}}}
	}
	right := []slot{{"tree", share{min: 8, weight: 3}}, {"events", share{min: 6, weight: 2}}}
	all := middle[:1:1]
	middle, right = slices.DeleteFunc(slices.Clone(middle), w.away), slices.DeleteFunc(right, w.away)
	if len(middle)+len(right) == 0 {
		middle = all // something is to be seen
	}
	var shares []share
	if w.page == lessonPage {
		shares = append(shares, share{min: w.column(52), weight: 2})
	}
	if len(middle) > 0 {
		shares = append(shares, share{min: 60, weight: 4})
	}
	if len(right) > 0 {
		shares = append(shares, share{min: 40, weight: 1})
	}
	parts := columns(upper, shares...)
	var tiles []tile
	if w.page == lessonPage {
		tiles, parts = append(tiles, tile{"lesson", parts[0]}), parts[1:]
	}
	if len(middle) > 0 {
		tiles, parts = append(tiles, w.pile(parts[0], middle...)...), parts[1:]
	}
	if len(right) > 0 {
		tiles = append(tiles, w.pile(parts[0], right...)...)
	}
	return append(tiles, lower...)
}

// A slot is a pane and its share of the place where panes stand one above the
// other.
type slot struct {
	pane  string
	share share
}

// hides reports whether the learner has put a pane away. A pane that has the
// focus is there.
func (w wish) hides(pane string) bool { return pane != w.focus && slices.Contains(w.hidden, pane) }

func (w wish) away(s slot) bool { return s.pane == "" || w.hides(s.pane) }

// column is how many columns the lesson has at least.
func (w wish) column(least int) int { return max(24, least+w.grown["lesson"]) }

// pile puts panes one above the other, those that are hidden left out.
func (w wish) pile(place image.Rectangle, slots ...slot) []tile {
	if shown := slices.DeleteFunc(slices.Clone(slots), w.away); len(shown) > 0 {
		slots = shown
	} else {
		slots = slots[:1] // something is to be seen
	}
	shares := make([]share, len(slots))
	for i, s := range slots {
		shares[i] = share{min: max(2, s.share.min+w.grown[s.pane]), weight: s.share.weight}
	}
	tiles := make([]tile, len(slots))
	for i, r := range rows(place, shares...) {
		tiles[i] = tile{slots[i].pane, r}
	}
	return tiles
}

// talkPlan is what a room sees: the step's sentence, the picture and what is
// typed; the picture beside the one before while they are compared.
//
//	┌ stage ─────────────┐    ┌ stage ─────────────┐
//	├ board ─────────────┤    ├ before ─┬ board ───┤
//	├ lanes, traffic ────┤    ├ lanes, traffic ────┤
//	├ prompt ────────────┤    ├ prompt ────────────┤
//	└────────────────────┘    └─────────┴──────────┘
//
// The text has the rows it needs; pictures that have no room then are left out.
func talkPlan(body image.Rectangle, w wish) []tile {
	upper, lower := withLower(body, w)
	slots := []slot{{"stage", share{min: max(3, min(w.stage, body.Dy()*2/5))}}}
	pictures := []slot{{"board", share{min: 3, weight: 2}}, {"lanes", share{min: 5, weight: 2}}, {"traffic", share{min: 2, weight: 1}}}
	room := upper.Dy() - slots[0].share.min - 2
	fits := map[string]bool{}
	for _, i := range []int{1, 2, 0} { // what a rollout does, whom it hurts, and where its pods are
		if p := pictures[i]; room > p.share.min && (w.load || p.pane != "traffic") {
			fits[p.pane] = true
			room -= p.share.min + 1
		}
	}
	slots = append(slots, slices.DeleteFunc(pictures, func(p slot) bool { return !fits[p.pane] })...)
	tiles := w.pile(upper, slots...)
	if i := slices.IndexFunc(tiles, func(t tile) bool { return t.pane == "board" }); i >= 0 && w.before {
		halves := columns(tiles[i].outer, share{min: 20, weight: 1}, share{min: 20, weight: 1})
		tiles[i].outer = halves[1]
		tiles = append(tiles, tile{"before", halves[0]})
	}
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
	if w.page == talkPage {
		height = max(3, body.Dy()/6)
	}
	height = max(2, height+w.grown["prompt"])
	height = min(height, body.Dy()/2)
	if w.room == tallRoom {
		height = body.Dy() / 2
	}
	parts := rows(body, share{min: 1, weight: 1}, share{min: height})
	return parts[0], []tile{{"prompt", parts[1]}}
}

// cycle lists the panes Tab walks through, in order.
func cycle(w wish) []string {
	switch w.page {
	case homePage, classPage:
		return []string{string(w.page)}
	case talkPage:
		if w.past {
			return []string{"stage", "board", "lanes", "timeline"}
		}
		return []string{"stage", "prompt"}
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
	names = slices.DeleteFunc(names, w.hides)
	if w.past {
		return append(names, "timeline")
	}
	return append(names, "prompt")
}
