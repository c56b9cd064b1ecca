package panes

import (
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/tui/theme"
)

// A zoom is how much of a pod is drawn.
type zoom int

// The zooms, from near to far.
const (
	named zoom = iota // a row for each pod: its tile, its name, its trouble
	roomy             // padded tiles
	tight             // tiles of two or three cells
	marks             // a cell for each pod
	bars              // a bar and counts for each workload on a node
	heat              // a row for each node
)

// narrowest is the least width of a column at a zoom.
func (z zoom) narrowest() int { return [...]int{14, 14, 13, 12, 28, 26}[z] }

// leastCells is how many cells a pod takes at least in a column so wide.
func (z zoom) leastCells(width int) int { return [...]int{width, 4, 2, 1, 0, 0}[z] }

// gap is how many rows stand empty between two rows of nodes.
func (z zoom) gap() int {
	if z == heat {
		return 0
	}
	return 1
}

// A painter draws one column.
type painter struct {
	*block
	t       *theme.Theme
	m       manner
	glowing []types.UID
	home    string // the learner's namespace; others are named
}

// column draws a node: its name, its words, its pods.
func (p *painter) column(c *column, name string) {
	if p.m.zoom == heat {
		p.heatRow(c, name)
		return
	}
	p.header(c, name)
	namespace := p.home
	for _, g := range c.groups {
		if ns := g.tiles[0].pod.Namespace; ns != namespace {
			namespace = ns
			p.begin()
			p.space(1)
			p.put(p.t.Inks.Faint, Clean(ns))
			p.finish()
		}
		switch p.m.zoom {
		case named:
			p.names(g)
		case bars:
			p.bar(g)
		default:
			p.tiles(g)
		}
	}
	if c.system > 0 {
		p.begin()
		p.space(1)
		p.put(p.t.Inks.Faint, "system "+strconv.Itoa(c.system))
		p.finish()
	}
}

func (p *painter) header(c *column, name string) {
	trouble, note := []string{"deleted"}, []string(nil)
	selection := Selection{Kind: "Node"}
	if c.node != nil {
		trouble, note = nodeWords(c.node)
		selection.UID = c.node.UID
	}
	ink := p.t.Inks.Strong
	if len(trouble) > 0 {
		ink = p.t.Inks.Bad
	}
	if p.m.selected == selection.UID && selection.UID != "" {
		ink = p.t.Inks.Chosen
	}
	p.begin()
	p.choose(ink, name, selection)
	p.finish()
	for _, word := range trouble {
		p.word(p.t.Inks.Bad, word)
	}
	for _, word := range note {
		for _, part := range fold(word, p.width-1) {
			p.word(p.t.Inks.Faint, part)
		}
	}
}

func (p *painter) word(ink theme.Ink, text string) {
	p.begin()
	p.space(1)
	p.put(ink, text)
	p.finish()
}

// ownerInk is the ink of a workload's name.
func (p *painter) ownerInk(o owner) theme.Ink {
	if o.uid == p.m.selected {
		return p.t.Inks.Chosen
	}
	return p.t.Inks.Text
}

// tiles draws an owner's name and its pods after it, wrapped below the first.
func (p *painter) tiles(g group) {
	p.begin()
	p.space(1)
	p.choose(p.ownerInk(g.owner), g.owner.name, Selection{Kind: g.owner.kind, UID: g.owner.uid})
	p.space(1)
	start, first := p.used, p.tileWidth(g.tiles[0])
	if p.room() < first || start > p.width/2 {
		start = 2
		p.wrapTo(start)
	}
	apart := 1
	if p.m.zoom == marks {
		apart = 0
	}
	for i, t := range g.tiles {
		if i > 0 {
			if p.room() < p.tileWidth(t)+apart {
				p.wrapTo(start)
			} else {
				p.space(apart)
			}
		}
		p.tile(t)
	}
	for _, reason := range g.reasons() {
		p.reason(reason)
	}
	p.finish()
}

// reason says in red why a pod fails: beside it where there is room, else in
// rows below.
func (p *painter) reason(text string) {
	n := cells(text)
	if p.room() > n {
		p.space(1)
		p.put(p.t.Inks.Bad, text)
		return
	}
	indent := 1
	if n >= p.width {
		indent = 0
	}
	for _, part := range fold(text, p.width-indent) {
		p.wrapTo(indent)
		p.put(p.t.Inks.Bad, part)
	}
}

// fold breaks a word such as ImagePullBackOff before a capital where it is
// longer than a row, so that it can be read to its end.
func fold(word string, width int) []string {
	var parts []string
	for cells(word) > width {
		at := -1
		for i, r := range word {
			if i > 0 && i <= width && r >= 'A' && r <= 'Z' {
				at = i
			}
		}
		if at < 0 {
			break
		}
		parts, word = append(parts, word[:at]), word[at:]
	}
	return append(parts, word)
}

// names draws a row for each of an owner's pods.
func (p *painter) names(g group) {
	if g.owner.kind != "Pod" {
		p.begin()
		p.space(1)
		p.choose(p.ownerInk(g.owner), g.owner.name, Selection{Kind: g.owner.kind, UID: g.owner.uid})
		p.finish()
	}
	label := 0
	for _, t := range g.tiles {
		label = max(label, cells(t.label))
	}
	for _, t := range g.tiles {
		p.begin()
		p.space(1 + label - cells(t.label))
		p.tile(t)
		p.space(1)
		name := Clean(t.pod.Name)
		if cells(name) > p.room() {
			name = shortName(g.owner, name)
		}
		ink := p.t.Inks.Text
		if t.state == cluster.Terminating || t.state == cluster.Completed {
			ink = p.t.Inks.Faint
		}
		p.put(ink, name)
		p.podWords(t)
		p.finish()
	}
}

// podWords says what the mark means, where there is room, and why a pod fails,
// always.
func (p *painter) podWords(t tile) {
	ready, defined := cluster.ReadyContainers(t.pod)
	if count := strconv.Itoa(ready) + "/" + strconv.Itoa(defined); defined > 1 || t.state == cluster.Unready {
		if p.room() > len(count) {
			p.space(1)
			p.put(p.t.Inks.Faint, count)
		}
	}
	switch {
	case bad(t.state):
		p.reason(t.reason)
	case t.state != cluster.Ready && t.state != cluster.Unready && p.room() > cells(t.reason):
		p.space(1)
		p.put(p.t.Inks.Faint, t.reason)
	}
}

func (p *painter) tileWidth(t tile) int {
	switch p.m.zoom {
	case marks:
		return 1
	case tight:
		return cells(t.label) + 1
	}
	return cells(t.label) + 3
}

// tile draws one pod.
func (p *painter) tile(t tile) {
	ink, chosen := p.tileInk(t, p.glowing), t.pod.UID == p.m.selected && t.pod.UID != ""
	text := t.label + p.mark(t.state)
	switch {
	case p.m.zoom == marks:
		text = p.mark(t.state)
	case p.m.zoom != tight && chosen:
		text = "[" + text + "]"
	case p.m.zoom != tight:
		text = " " + text + " "
	}
	if chosen {
		ink += theme.Underline
	}
	p.choose(ink, text, Selection{Kind: "Pod", UID: t.pod.UID})
}

func (p *painter) tileInk(t tile, glowing []types.UID) theme.Ink {
	inks := &p.t.Inks
	glows := slices.Contains(glowing, t.pod.UID)
	switch {
	case bad(t.state):
		return inks.BadTile
	case glows && t.age == loose:
		return inks.LooseBright
	case glows:
		return inks.Bright[t.age]
	case t.age == loose && t.state == cluster.Ready:
		return inks.Loose
	case t.age == loose:
		return inks.LooseFading
	case t.state == cluster.Ready:
		return inks.Tiles[t.age]
	}
	return inks.Fading[t.age]
}

func (p *painter) mark(s cluster.State) string { return stateMark(p.t, s) }

// stateMark is a state's glyph.
func stateMark(t *theme.Theme, s cluster.State) string {
	switch s {
	case cluster.Ready:
		return t.Ready
	case cluster.Unplaced:
		return t.Unplaced
	case cluster.Unready:
		return t.Unready
	case cluster.Failing, cluster.Failed:
		return t.Failing
	case cluster.Terminating:
		return t.Leaving
	case cluster.Completed:
		return t.Completed
	}
	return t.Starting
}
