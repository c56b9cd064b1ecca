package panes

import (
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// A chart is ready pods over time, a Deployment's newest revision at the bottom
// and the ones before it above, with the bounds of its rolling update.
type chart struct {
	t       *theme.Theme
	lanes   []cluster.Lane
	floor   int // 0 for none
	ceiling int
	width   int // of the whole, labels included
	labels  int // width of the numbers before it
	height  int // rows for pods; the axis has one more
	from    time.Time
	span    time.Duration
	began   time.Time // before it nothing is known
}

// spans are the lengths of time a chart shows.
var spans = []time.Duration{20 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute}

// spanSince is the shortest span that holds what began at a time, with a little
// of what was before.
func spanSince(began, now time.Time) time.Duration {
	for _, s := range spans {
		if now.Sub(began) <= s*9/10 {
			return s
		}
	}
	return spans[len(spans)-1]
}

// least is how few rows still make a chart.
const leastChart = 4

// chartRows draws a Deployment's chart, or nothing where it has no room.
func chartRows(s Scene, lanes []cluster.Lane, floor, ceiling int, began time.Time, width, rows int) []string {
	height := rows - 1
	if height > 1 && ceiling > 0 && height >= ceiling { // each pod as high as the next
		height -= height % ceiling
		height = min(height, 2*ceiling)
	}
	height = min(height, 12)
	if height < leastChart-1 || width < 30 || s.Past.Began().IsZero() || len(lanes) == 0 {
		return nil
	}
	span := spanSince(began, s.Now)
	c := chart{t: s.Theme, lanes: lanes, floor: floor, ceiling: max(1, ceiling), width: width, labels: max(3, len(strconv.Itoa(ceiling))), height: height,
		from: s.Now.Add(-span), span: span, began: s.Past.Began()}
	stacks := c.stacks(s)
	drawn := make([]string, 0, height+1)
	for y := height - 1; y >= 0; y-- {
		drawn = append(drawn, c.row(stacks, y))
	}
	return append(drawn, c.axis(s))
}

// A stack is how many pods of each age were ready in one column, [theme.Nothing]
// of which says that it isn't known.
type stack3 [theme.Nothing]int

// stacks counts each column: what was ready when it ended.
func (c chart) stacks(s Scene) []stack3 {
	columns := c.width - c.labels - 1
	uids := make([]types.UID, len(c.lanes))
	age := map[types.UID]int{}
	for i, l := range c.lanes {
		uids[i], age[l.ReplicaSet.UID] = l.ReplicaSet.UID, min(i, 2)
	}
	ready := map[types.UID]int{}
	counts := s.Past.Counts(c.from, uids...)
	made := make([]stack3, columns)
	for x, next := 0, 0; x < columns; x++ {
		end := c.from.Add(c.span * time.Duration(x+1) / time.Duration(columns))
		for next < len(counts) && !counts[next].Time.After(end) {
			ready[counts[next].Owner] = counts[next].Ready
			next++
		}
		if end.Before(c.began) {
			made[x][0] = -1
			continue
		}
		for uid, n := range ready {
			made[x][age[uid]] += n
		}
	}
	return made
}

// level is the height of n pods in eighths of a row.
func (c chart) level(n int) int { return (n*c.height*8*2 + c.ceiling) / (2 * c.ceiling) }

// row draws one row, counted from the bottom.
func (c chart) row(stacks []stack3, y int) string {
	l := newLine(c.width, c.t.Ellipsis)
	low, high := y*8, y*8+8
	bound, label := false, ""
	for _, n := range []int{c.floor, c.ceiling} {
		if at := c.level(n) / 8 * 8; n > 0 && at == high {
			label = strconv.Itoa(n) // a number stands in the row below its line
		}
	}
	if c.floor > 0 && c.level(c.floor)/8*8 == low && y > 0 {
		bound = true
	}
	l.put(c.t.Inks.Faint, Fit(padLeft(label, c.labels), c.labels, c.t.Ellipsis))
	l.space(1)
	for _, s := range stacks {
		glyph, ink := c.cell(s, low, high, bound)
		l.put(ink, glyph)
	}
	return l.end()
}

// cell finds what fills a cell that reaches from one level to another.
func (c chart) cell(s stack3, low, high int, bound bool) (string, theme.Ink) {
	if s[0] < 0 {
		return c.glyph(theme.Nothing, theme.Nothing, 0, bound)
	}
	lower, upper, at := theme.Nothing, theme.Nothing, 0
	top, sum := 0, 0
	for age, n := range s {
		sum += n
		from := top
		top = c.level(min(sum, c.ceiling))
		if n == 0 || top <= low || from >= high {
			continue
		}
		if lower == theme.Nothing {
			lower, upper, at = age, age, top-low
			continue
		}
		upper = age
	}
	if top < high && lower == upper { // the stack ends here
		upper = theme.Nothing
	}
	return c.glyph(lower, upper, at, bound)
}

// glyph draws a cell of which the lower fills so many eighths.
func (c chart) glyph(lower, upper, eighths int, bound bool) (string, theme.Ink) {
	t := c.t
	if t.ASCII || !t.Color {
		switch {
		case lower < theme.Nothing:
			return c.mark(lower), ""
		case bound:
			return t.Horizontal, t.Inks.Faint
		}
		return " ", ""
	}
	switch {
	case bound && (lower == upper || eighths >= 8):
		return t.Spark[0], t.Inks.Bounds[lower]
	case bound && lower == theme.Nothing:
		return t.Spark[0], t.Inks.Bounds[theme.Nothing]
	case lower == theme.Nothing:
		return " ", ""
	case lower == upper || eighths >= 8:
		return " ", t.Inks.Areas[lower][lower]
	}
	return t.Spark[max(1, min(eighths, 8))-1], t.Inks.Areas[lower][upper]
}

// mark tells revisions apart where colours don't: the last digit of each.
func (c chart) mark(age int) string {
	return strconv.Itoa(c.lanes[min(age, len(c.lanes)-1)].Revision % 10)
}

// axis is the row below: how far back the chart goes, and what it is of.
func (c chart) axis(s Scene) string {
	l := newLine(c.width, c.t.Ellipsis)
	l.space(c.labels + 1)
	l.put(c.t.Inks.Faint, s.Lang.Say(i18n.M("lanes.chart.from", "Span", spanWords(s, c.span))))
	now := s.Lang.Say(i18n.M("lanes.now"))
	title := s.Lang.Say(i18n.M("lanes.chart"))
	if gap := (c.width - c.labels - 1 - cells(title)) / 2; l.used < c.labels+gap {
		l.to(c.labels + 1 + gap)
		l.put(c.t.Inks.Faint, title)
	}
	l.right(c.t.Inks.Faint, now)
	return l.end()
}

func spanWords(s Scene, d time.Duration) string {
	if d < time.Minute {
		return s.Lang.Say(i18n.M("why.seconds", "Seconds", int(d.Seconds())))
	}
	return s.Lang.Say(i18n.M("why.minutes", "Minutes", int(d.Minutes())))
}
