package panes

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/tui/theme"
)

// A lane is one row: pods of one revision as a bar, and words about them.
type lane struct {
	label    string // revision 3
	short    string // the same where there is little room: 3
	ink      theme.Ink
	labelInk theme.Ink // of a label that is chosen; "" as the rest
	detail   string    // what it runs
	pieces   []piece
	want     int    // pods that should be there: dots up to it where there are none
	bounded  bool   // lines are drawn through its bar
	words    string // 2 ready of 4
	trouble  string // why a pod fails
	name     string // its ReplicaSet's hash
}

// A piece is a stretch of a bar.
type piece struct {
	pods  int
	glyph string
	ink   theme.Ink
}

// A tally is how many pods are in each state, in the order of stateOrder.
type tally [len(stateOrder)]int

func tallyOf(pods []*corev1.Pod) tally {
	var counts tally
	for _, p := range pods {
		counts[slices.Index(stateOrder[:], cluster.PodState(p))]++
	}
	return counts
}

func (c tally) of(state cluster.State) int { return c[slices.Index(stateOrder[:], state)] }

// pieces sorts a revision's pods for its bar: up, on the way, wrong, leaving.
func pieces(t *theme.Theme, counts tally, ink theme.Ink) []piece {
	var made []piece
	for i, state := range stateOrder {
		n := counts[i]
		if n == 0 {
			continue
		}
		p := piece{pods: n, glyph: stateMark(t, state), ink: ink}
		switch {
		case state == cluster.Ready, state == cluster.Completed:
			p.glyph = t.Full
		case bad(state):
			p.ink = t.Inks.Bad
		case state == cluster.Terminating:
			p.ink = t.Inks.Faint
		}
		made = append(made, p)
	}
	return made
}

// trouble returns why pods fail, the first reason found.
func trouble(pods []*corev1.Pod) string {
	for _, p := range pods {
		if bad(cluster.PodState(p)) {
			_, reason := cluster.StateOf(p)
			return Clean(reason)
		}
	}
	return ""
}

// A table is lanes that stand in line.
type table struct {
	t      *theme.Theme
	width  int
	scale  int // pods that a whole bar stands for
	label  int // cells of each column
	detail int
	bar    int
	words  int
	name   int
	lines  bool // lines are drawn through a bar, which is a cell longer for it
}

// narrow is the width below which lanes carry their short labels.
const narrow = 58

// barX is the column at which bars begin.
func (tb table) barX() int {
	x := tb.detail + 2
	if tb.label > 0 {
		x += tb.label + 2
	}
	return x
}

// tabulate finds the columns for lanes. As width shrinks, names go first, then
// details are cut, then bars go; words stay. In lanes it shortens labels.
func tabulate(t *theme.Theme, lanes []lane, width, scale int) table {
	tb := table{t: t, width: width, scale: max(1, scale)}
	track := false
	for i := range lanes {
		if width < narrow {
			lanes[i].label = lanes[i].short
		}
		l := lanes[i]
		tb.label = max(tb.label, cells(l.label))
		tb.detail = max(tb.detail, cells(l.detail))
		tb.lines = tb.lines || l.bounded
		words := cells(l.words)
		if l.trouble != "" {
			words += cells(l.trouble) + 2
		}
		tb.words = max(tb.words, words)
		tb.name = max(tb.name, cells(l.name))
		track = track || l.want > 0 || len(l.pieces) > 0 || l.bounded
	}
	tb.detail = min(tb.detail, max(10, width/4))
	rest := width - tb.barX() - tb.words - 2
	if tb.name > 0 && rest-tb.name-2 < 12 {
		tb.name = 0
	}
	if tb.name > 0 {
		rest -= tb.name + 2
	}
	switch {
	case !track || rest < 5:
		tb.bar = 0
	default:
		tb.bar = min(rest, 48)
		if tb.lines {
			tb.bar--
		}
		if tb.scale <= tb.bar { // each pod as long as the next
			tb.bar -= tb.bar % tb.scale
		}
	}
	return tb
}

// at is the cell at which n pods end on a bar.
func (tb table) at(n int) int { return (n*tb.bar*2 + tb.scale) / (tb.scale * 2) }

// row draws one lane.
func (tb table) row(l lane) string {
	t := tb.t
	r := newLine(tb.width, t.Ellipsis)
	if tb.label > 0 {
		ink := l.ink
		if l.labelInk != "" {
			ink = l.labelInk
		}
		label := newLine(tb.label, t.Ellipsis)
		label.put(ink, l.label)
		r.add(label.end(), tb.label)
		r.space(2)
	}
	r.put(l.ink, Fit(l.detail, tb.detail, t.Ellipsis))
	r.space(2)
	if tb.bar > 0 {
		tb.draw(r, l, -1, -1)
		r.space(2)
	}
	words := r.used
	r.put(t.Inks.Text, l.words)
	if l.trouble != "" {
		r.space(2)
		r.put(t.Inks.Bad, l.trouble)
	}
	if tb.name > 0 {
		r.to(words + tb.words + 2)
		r.put(t.Inks.Faint, l.name)
	}
	return r.end()
}

// draw draws a lane's bar. Ends are rounded from the sum, so that bars of equal
// pods end in line however they are divided. At the cells low and high a line
// stands in the bar; -1 draws none.
func (tb table) draw(r *line, l lane, low, high int) {
	row := make([]piece, tb.bar+1)
	fill := func(from, to int, p piece) {
		for x := max(0, from); x < min(to, tb.bar); x++ {
			row[x] = p
		}
	}
	fill(0, tb.at(l.want), piece{glyph: tb.t.Track, ink: tb.t.Inks.Edge})
	pods := 0
	for _, p := range l.pieces {
		from := tb.at(pods)
		pods += p.pods
		fill(from, tb.at(pods), p)
	}
	for _, x := range []int{low, high} {
		if x >= 0 && x <= tb.bar {
			row[x] = piece{glyph: tb.t.Vertical, ink: tb.t.Inks.Strong}
		}
	}
	end := tb.bar
	if tb.lines {
		end++
	}
	for _, p := range row[:end] {
		if p.glyph == "" {
			p.glyph = " "
		}
		r.repeat(p.ink, p.glyph, 1)
	}
}
