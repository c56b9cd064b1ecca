package tui

import (
	"image"
	"testing"
)

// Whatever the terminal's size and the learner's wish, every cell between the
// header and the footer is inside one pane or on an edge, never both.
func TestArrangeTilesTheScreen(t *testing.T) {
	for _, w := range []wish{
		{page: homePage, focus: "home"}, {page: lessonPage, focus: "prompt"}, {page: lessonPage, focus: "tree", load: true},
		{page: explorePage, focus: "prompt"}, {page: explorePage, focus: "board", load: true}, {page: helpPage},
		{page: lessonPage, focus: "prompt", room: tallRoom}, {page: lessonPage, focus: "prompt", room: fullRoom},
		{page: lessonPage, focus: "prompt", hidden: []string{"board", "why", "tree"}, grown: map[string]int{"lesson": 60, "lanes": -60, "prompt": 40}},
		{page: explorePage, focus: "tree", load: true, hidden: hideable, grown: map[string]int{"tree": 60}}, {page: lessonPage, focus: "prompt", hidden: hideable[1:]},
		{page: lessonPage, focus: "prompt", watch: true}, {page: lessonPage, focus: "lanes", zoom: true}, {page: failedPage},
	} {
		for x := 1; x <= 260; x += 9 {
			for y := 1; y <= 90; y += 2 {
				checkPlan(t, arrange(image.Pt(x, y), w), w)
			}
		}
	}
}

func checkPlan(t *testing.T, p plan, w wish) {
	t.Helper()
	if p.size.X < smallest.X || p.size.Y < smallest.Y {
		if len(p.tiles) > 0 {
			t.Fatalf("%v: panes on a screen without room", p.size)
		}
		return
	}
	inside, edges := 0, map[image.Point]bool{}
	for i, a := range p.tiles {
		inner := a.inner()
		if inner.Dx() < 3 || inner.Dy() < 1 {
			t.Fatalf("%v %+v: %s has no room: %v", p.size, w, a.pane, inner)
		}
		inside += inner.Dx() * inner.Dy()
		for _, b := range p.tiles[i+1:] {
			if inner.Overlaps(b.outer) || b.inner().Overlaps(a.outer) {
				t.Fatalf("%v %+v: %s %v overlaps %s %v", p.size, w, a.pane, a.outer, b.pane, b.outer)
			}
		}
		for x := a.outer.Min.X; x < a.outer.Max.X; x++ {
			edges[image.Pt(x, a.outer.Min.Y)], edges[image.Pt(x, a.outer.Max.Y-1)] = true, true
		}
		for y := a.outer.Min.Y; y < a.outer.Max.Y; y++ {
			edges[image.Pt(a.outer.Min.X, y)], edges[image.Pt(a.outer.Max.X-1, y)] = true, true
		}
	}
	if got, want := inside+len(edges), p.size.X*(p.size.Y-2); got != want {
		t.Fatalf("%v %+v: panes and edges cover %d of %d cells: %v", p.size, w, got, want, p.tiles)
	}
	if _, ok := p.at(w.focus); !ok && w.page != helpPage && w.page != failedPage {
		t.Fatalf("%v %+v: the focused pane is not shown: %v", p.size, w, p.tiles)
	}
}
