package panes

import (
	"slices"
	"strconv"

	"podium/cluster"
)

// stateOrder is the order of counts: what is up, what is wrong, what is on its
// way, what goes.
var stateOrder = [...]cluster.State{
	cluster.Ready, cluster.Failing, cluster.Failed, cluster.Unready,
	cluster.Starting, cluster.Unplaced, cluster.Terminating, cluster.Completed,
}

// bar draws an owner's pods on a node as one bar and counts.
func (p *painter) bar(g group) {
	p.begin()
	p.space(1)
	x := p.used
	p.choose(p.ownerInk(g.owner), Fit(g.owner.name, p.m.names, p.ellipsis), Selection{Kind: g.owner.kind, UID: g.owner.uid})
	p.to(x + p.m.names + 1)
	p.strip([]group{g}, stripWidth(p.width))
	p.counts([]group{g})
	p.finish()
}

// heatRow draws a whole node as one bar and counts.
func (p *painter) heatRow(c *column, name string) {
	trouble, note, selection := []string{"deleted"}, []string(nil), Selection{Kind: "Node"}
	if c.node != nil {
		trouble, note = nodeWords(c.node)
		selection.UID = c.node.UID
	}
	ink := p.t.Inks.Text
	switch {
	case selection.UID != "" && selection.UID == p.m.selected:
		ink = p.t.Inks.Chosen
	case len(trouble) > 0:
		ink = p.t.Inks.Bad
	case len(p.glowing) > 0:
		ink = p.t.Inks.Strong
	}
	p.begin()
	p.choose(ink, Fit(name, p.m.names, p.ellipsis), selection)
	p.to(p.m.names + 1)
	for _, word := range trouble {
		p.put(p.t.Inks.Bad, word)
		p.space(1)
	}
	p.blend(c.groups, stripWidth(p.width))
	p.counts(c.groups)
	for _, word := range note {
		p.space(1)
		p.put(p.t.Inks.Faint, word)
	}
	p.finish()
}

// strip draws groups as cells that each stand for scale pods: a pod that is
// ready by its label, another by its mark, old revisions before new ones.
func (p *painter) strip(groups []group, width int) {
	end := p.used + width
	for _, g := range groups {
		for i := 0; i < len(g.tiles); {
			n := 1
			for i+n < len(g.tiles) && g.tiles[i+n].label == g.tiles[i].label {
				n++
			}
			p.stretch(g.tiles[i:i+n], end)
			i += n
		}
	}
	p.to(end + 1)
}

// stretch draws the pods of one revision on a strip that ends at a column.
func (p *painter) stretch(tiles []tile, end int) {
	var counts [len(stateOrder)]int
	var firsts [len(stateOrder)]tile
	for _, t := range tiles {
		counts[t.order]++
		firsts[t.order] = t
	}
	for i, state := range stateOrder {
		n, first := counts[i], firsts[i]
		if n == 0 {
			continue
		}
		text := p.mark(state)
		if state == cluster.Ready && p.m.zoom == bars {
			text = first.label[len(first.label)-1:]
		}
		// At rest: a cell stands for several pods, and one that glows must not
		// speak for all.
		p.repeat(p.tileInk(first, nil), text, min(p.share(n, bad(state)), end-p.used))
	}
}

// share is how many cells n pods take. What fails is never rounded away.
func (p *painter) share(n int, bad bool) int {
	cells := (n + p.m.scale/2) / p.m.scale
	if bad {
		return max(1, cells)
	}
	return cells
}

// blend draws the pods of all owners on one strip, by the age of their
// revision, the newest last.
func (p *painter) blend(groups []group, width int) {
	end := p.used + width
	var ages [4][]tile
	for _, g := range groups {
		for _, t := range g.tiles {
			i := 0 // pods without a revision come first
			if t.age != loose {
				i = 3 - t.age
			}
			ages[i] = append(ages[i], t)
		}
	}
	for _, tiles := range ages {
		p.stretch(tiles, end)
	}
	p.to(end + 1)
}

// stripWidth is how much of a row far out a bar may take: counts matter more.
func stripWidth(width int) int { return max(4, width/3) }

// counts says how many pods are in each state.
func (p *painter) counts(groups []group) {
	var counts [len(stateOrder)]int
	for _, g := range groups {
		for _, t := range g.tiles {
			counts[t.order]++
		}
	}
	first := true
	for i, state := range stateOrder {
		n := counts[i]
		if n == 0 {
			continue
		}
		ink := p.t.Inks.Faint
		switch {
		case bad(state):
			ink = p.t.Inks.Bad
		case state == cluster.Ready:
			ink = p.t.Inks.Text
		case slices.Contains([]cluster.State{cluster.Starting, cluster.Unready, cluster.Unplaced}, state):
			ink = p.t.Inks.Waiting
		}
		if !first {
			p.space(1)
		}
		first = false
		p.put(ink, strconv.Itoa(n)+p.mark(state))
	}
}

// scaleFor rounds up how many pods a cell must stand for so that the longest
// bar fits: 1, 2, 5, 10 … so that it seldom changes.
func scaleFor(most, width int) int {
	scale := 1
	for factor := 0; scale*max(1, width) < most; factor++ {
		scale = [...]int{2, 5, 10}[factor%3] * pow10(factor/3)
	}
	return scale
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}
