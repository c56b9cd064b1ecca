package panes

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/tui/theme"
)

// A grid is how columns are laid out.
type grid struct {
	zoom    zoom
	columns int // in one row of nodes
	width   int // of a column
	rows    int // in all
	height  int // rows there is room for
}

// between is how many empty cells stand between columns.
const between = 2

// renew brings columns up to newer pods that are drawn as those before, which is
// what most snapshots of a crowd bring, or reports that they aren't.
func (b *Board) renew(pods []*corev1.Pod) bool {
	if !slices.EqualFunc(b.pods, pods, drawnAlike) {
		return false
	}
	changed := newer(b.pods, pods)
	b.pods = pods
	touched := map[string]bool{}
	for p := range changed {
		touched[p.Spec.NodeName] = true
	}
	for _, c := range b.columns {
		if touched[c.name] {
			c.renew(changed)
		}
	}
	return true
}

// newer returns what the pods of a list are now, where they changed.
func newer(was, is []*corev1.Pod) map[*corev1.Pod]*corev1.Pod {
	changed := map[*corev1.Pod]*corev1.Pod{}
	for i, p := range was {
		if is[i] != p {
			changed[p] = is[i]
		}
	}
	return changed
}

// refresh brings columns up to a snapshot, keeping what did not change.
func (b *Board) refresh(s Scene, now drawn) {
	if now.stamp == b.drawn.stamp && now.namespace == b.drawn.namespace && now.system == b.drawn.system && now.filter == b.drawn.filter && b.known != nil {
		return
	}
	wish := now.namespace != b.drawn.namespace || now.system != b.drawn.system || now.filter != b.drawn.filter
	lists := listsOf(s.Snapshot)
	lists.events = list{} // the board shows none
	if !wish && b.known != nil && b.filter.empty() && lists == b.lists && b.renew(s.Snapshot.Pods) {
		return
	}
	b.lists, b.pods = lists, s.Snapshot.Pods
	known, changed := b.known.update(s.Snapshot)
	b.known = known
	changed = changed || wish

	columns := b.gather(s.Snapshot)
	for _, c := range append(columns, &b.waiting) {
		c.take(changed, s.Lab.Namespace, b.known, b.system || b.filter.namespace != "")
	}
	b.columns = columns
}

// gather sorts a snapshot's pods by node into columns, the old ones where there
// are, and what has no node into the board's own.
func (b *Board) gather(s cluster.Snapshot) []*column {
	at := make(map[string]int, len(s.Nodes))
	columns := make([]*column, 0, len(s.Nodes))
	old := make(map[string]*column, len(b.columns))
	for _, c := range b.columns {
		old[c.name] = c
	}
	place := func(name string, node *corev1.Node) int {
		c := old[name]
		if c == nil {
			c = &column{name: name}
		}
		c.next = c.next[:0]
		if c.node != node {
			c.node, c.heights = node, nil
			c.manner = manner{}
		}
		at[name] = len(columns)
		columns = append(columns, c)
		return at[name]
	}
	for _, n := range inNodeOrder(s.Nodes) {
		place(n.Name, n)
	}
	b.waiting.next = b.waiting.next[:0]
	b.passed = 0
	everyPod := b.filter.empty()
	for _, p := range s.Pods {
		if !everyPod && !b.filter.passes(p) {
			continue
		}
		b.passed++
		if p.Spec.NodeName == "" {
			b.waiting.next = append(b.waiting.next, p)
			continue
		}
		i, ok := at[p.Spec.NodeName]
		if !ok {
			i = place(p.Spec.NodeName, nil)
		}
		columns[i].next = append(columns[i].next, p)
	}
	return columns
}

// take makes the pods that were gathered the column's own.
func (c *column) take(changed bool, namespace string, known owners, system bool) {
	if !changed && c.sorted && slices.Equal(c.pods, c.next) {
		return
	}
	if !changed && c.sorted && slices.EqualFunc(c.pods, c.next, drawnAlike) {
		c.renew(newer(c.pods, c.next))
		return
	}
	c.pods, c.next = c.next, c.pods
	c.regroup(namespace, known, system)
	c.sorted = true
	c.heights, c.manner = nil, manner{}
}

// inNodeOrder puts the control plane first and worker-10 after worker-9.
func inNodeOrder(nodes []*corev1.Node) []*corev1.Node {
	sorted := slices.Clone(nodes)
	slices.SortStableFunc(sorted, func(a, b *corev1.Node) int {
		if x, y := isControlPlane(a), isControlPlane(b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return natural(a.Name, b.Name)
	})
	return sorted
}

// natural compares names whose ends are numbers by the number.
func natural(a, b string) int {
	x, n := numbered(a)
	y, m := numbered(b)
	return cmp.Or(strings.Compare(x, y), cmp.Compare(n, m), strings.Compare(a, b))
}

func numbered(name string) (string, int) {
	stem := strings.TrimRight(name, "0123456789")
	n, err := strconv.Atoi(name[len(stem):])
	if err != nil {
		return name, -1
	}
	return stem, n
}

// glow marks the columns on which something began or stopped glowing.
func (b *Board) glow(glowing []*corev1.Pod) {
	b.glowing = glowing
	here := map[string][]types.UID{}
	for _, p := range glowing {
		here[p.Spec.NodeName] = append(here[p.Spec.NodeName], p.UID)
	}
	mark := func(c *column) {
		if now := here[c.name]; !slices.Equal(now, c.glowing) {
			c.glowing, c.manner = now, manner{}
		}
	}
	for _, c := range b.columns {
		mark(c)
	}
	mark(&b.waiting) // the name of no node is empty, as its own is
}

// arrange chooses the nearest zoom at which everything fits, and from there as
// many steps nearer or farther as the learner asked for.
func (b *Board) arrange(t *theme.Theme, m manner, home string, width, height int) (grid, manner) {
	var best grid
	var how manner
	for z := named; z <= heat; z++ {
		if b.hopeless(z, width, height) {
			continue
		}
		best, how = b.lay(t, m, home, z, width, height)
		room := height
		if z < b.grid.zoom && b.grid.height == height {
			room -= max(1, height/8) // else one pod more or less makes the board jump
		}
		if best.rows <= room {
			break
		}
	}
	if wanted := min(max(best.zoom-zoom(b.nearer), named), heat); wanted != best.zoom {
		best, how = b.lay(t, m, home, wanted, width, height)
	}
	return best, how
}

// hopeless reports a zoom at which the pods of one node alone have no room, so
// that nothing needs to be measured.
func (b *Board) hopeless(z zoom, width, height int) bool {
	if z >= bars {
		return false
	}
	across := b.across(z, width)
	each := max(1, (width-(across-1)*between)/across)
	for _, c := range b.columns {
		pods := 0
		for _, g := range c.groups {
			pods += len(g.tiles)
		}
		if pods*z.leastCells(each) > each*height {
			return true
		}
	}
	return false
}

// across is how many columns stand side by side at most.
func (b *Board) across(z zoom, width int) int {
	n := len(b.columns)
	most := max(1, min(n, (width+between)/(z.narrowest()+between)))
	lines := (n + most - 1) / most
	return (n + lines - 1) / lines
}

// lay measures the board at one zoom. Far out it takes as few columns as have
// room, so that bars are long; near by as many, so that nodes stand side by
// side.
func (b *Board) lay(t *theme.Theme, m manner, home string, z zoom, width, height int) (grid, manner) {
	across := b.across(z, width)
	m.zoom = z
	if z < bars {
		return b.lattice(t, m, home, across, width, height)
	}
	m.names = b.longestName(z)
	for few := max(1, min(across, (width+widest)/(widest+between))); few < across; few++ {
		if g, how := b.lattice(t, m, home, few, width, height); g.rows <= height {
			return g, how
		}
	}
	return b.lattice(t, m, home, across, width, height)
}

// widest is the greatest width of a column of bars.
const widest = 66

// lattice measures the board with so many columns side by side.
func (b *Board) lattice(t *theme.Theme, m manner, home string, across, width, height int) (grid, manner) {
	g := grid{zoom: m.zoom, columns: across, width: max(1, (width-(across-1)*between)/across), height: height}
	m.width = g.width
	m.scale = b.scale(m.zoom, g.width)
	for i := 0; i < len(b.columns); i += across {
		tallest := 0
		for _, c := range b.columns[i:min(i+across, len(b.columns))] {
			tallest = max(tallest, c.measure(t, m, home))
		}
		if i > 0 {
			g.rows += m.zoom.gap()
		}
		g.rows += tallest
	}
	return g, m
}

// longestName is how many cells the names before bars take.
func (b *Board) longestName(z zoom) int {
	longest := 1
	for _, c := range b.columns {
		if z == heat {
			longest = max(longest, cells(Clean(c.name)))
			continue
		}
		for _, g := range c.groups {
			longest = max(longest, cells(g.owner.name))
		}
	}
	return min(longest, 13)
}

// scale is how many pods a cell of a bar stands for.
func (b *Board) scale(z zoom, width int) int {
	if z < bars {
		return 1
	}
	most := 0
	for _, c := range b.columns {
		all := 0
		for _, g := range c.groups {
			all += len(g.tiles)
			if z == bars {
				most = max(most, len(g.tiles))
			}
		}
		if z == heat {
			most = max(most, all)
		}
	}
	return scaleFor(most, stripWidth(width))
}

// measure returns how many rows a column takes.
func (c *column) measure(t *theme.Theme, m manner, home string) int {
	known := measured{m.zoom, m.width}
	if rows, ok := c.heights[known]; ok {
		return rows
	}
	p := painter{block: newBlock(m.width, t.Ellipsis, true), t: t, m: m, home: home}
	p.column(c, Clean(c.name))
	if c.heights == nil {
		c.heights = map[measured]int{}
	}
	c.heights[known] = p.count
	return p.count
}

// paint draws a column unless it was drawn this way before.
func (c *column) paint(t *theme.Theme, m manner, home string) {
	if c.manner == m && c.rows != nil {
		return
	}
	p := painter{block: newBlock(m.width, t.Ellipsis, false), t: t, m: m, home: home, glowing: c.glowing}
	p.column(c, Clean(c.name))
	c.rows, c.spots, c.manner = p.rows, p.spots, m
}
