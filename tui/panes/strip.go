package panes

import (
	"slices"
	"strings"
	"time"

	"podium/cluster/record"
	"podium/i18n"
	"podium/tui/theme"
)

// stripEach is how long a cell of the strip stands for. Cells begin at whole
// multiples of it, so that the strip moves on without changing its shape.
const stripEach = time.Second

// A stripCell is one cell of the strip.
type stripCell struct {
	glyph string
	ink   theme.Ink
}

// Stripped is what a strip is drawn from: two that are equal give the same one.
type Stripped struct {
	began, cell    time.Time // of the recording, and its last cell
	marks, samples int
	last           time.Time // the newest mark's time: some take the place of others
	width          int
	rest           theme.Ink
	lang           i18n.Language
	theme          theme.Key
}

// StripOf tells what [Strip] would be drawn from.
func StripOf(s Scene, film *record.Recording, width int, rest theme.Ink) Stripped {
	marks := film.Marks()
	from := Stripped{
		began: film.From(), cell: s.Now.Truncate(stripEach), marks: len(marks), samples: len(film.Traffic(StripTime(s, 0, width), s.Now)),
		width: width, rest: rest, lang: s.Lang, theme: s.Theme.Key(),
	}
	if len(marks) > 0 {
		from.last = marks[len(marks)-1].Time
	}
	return from
}

// Strip draws the last minutes of what is recorded as a line with marks, now at
// its right end: where rollouts began, stalled and finished, where a step was
// met, and where requests failed. Rest is the ink of the line itself.
//
//	──┬ rollout of web began ────✕✕───┬ rollout of web finished ─────── now
func Strip(s Scene, film *record.Recording, width int, rest theme.Ink) string {
	t := s.Theme
	now := " " + s.Lang.Say(i18n.M("timeline.now")) + " "
	columns := width - cells(now)
	row := make([]stripCell, width)
	for x := range row {
		row[x] = stripCell{t.Horizontal, rest}
	}
	if columns < 20 {
		return drawStrip(row, t.Ellipsis)
	}
	put(row, columns, now, t.Inks.Faint)
	at := func(when time.Time) int { return stripColumn(s.Now, when, columns) }
	begin := at(film.From())
	if begin > 0 {
		row[begin] = stripCell{t.TeeLeft, rest}
	}
	since := StripTime(s, 0, width)
	samples := film.Traffic(since, s.Now)
	for i := 1; i < len(samples); i++ {
		if samples[i].Began.Equal(samples[i-1].Began) && samples[i].Failed > samples[i-1].Failed {
			if x := at(samples[i].Time); x >= 0 {
				row[x] = stripCell{t.Failing, t.Inks.Bad}
			}
		}
	}
	marked(s, film, since, row[:columns], at)
	clock := " " + film.From().In(s.Now.Location()).Format(time.TimeOnly) + " "
	if end := begin + 1 + len(clock); begin > 0 && end < columns && !slices.ContainsFunc(row[begin+1:end], func(c stripCell) bool { return c.glyph != t.Horizontal }) {
		put(row, begin+1, clock, t.Inks.Faint)
	}
	return drawStrip(row, t.Ellipsis)
}

// marked puts the marks into the strip, the newest first, with their words where
// the next ones leave room. What has just happened has its words before it.
func marked(s Scene, film *record.Recording, since time.Time, row []stripCell, at func(time.Time) int) {
	marks := film.Marks()
	free, newest := len(row), true
	for i := len(marks) - 1; i >= 0 && !marks[i].Time.Before(since); i-- {
		m := marks[i]
		x := at(m.Time)
		if m.Kind == record.Ran || m.Kind == record.Entered || x < 0 || x >= free {
			continue
		}
		row[x] = stripCell{s.Theme.TeeTop, inkOfMark(s.Theme, m.Kind)}
		text := " " + MarkText(s, m) + " "
		n := cells(text)
		switch {
		case x+1+n < free:
			put(row, x+1, text, inkOfMark(s.Theme, m.Kind))
			free = x
		case newest && x > n:
			put(row, x-n, text, inkOfMark(s.Theme, m.Kind))
			free = x - n
		default:
			free = x
		}
		newest = false
	}
}

// put writes text over cells of the strip.
func put(row []stripCell, x int, text string, ink theme.Ink) {
	for _, r := range text {
		n := cells(string(r))
		if n == 0 || x+n > len(row) {
			continue
		}
		row[x] = stripCell{string(r), ink}
		for extra := 1; extra < n; extra++ {
			row[x+extra] = stripCell{}
		}
		x += n
	}
}

func drawStrip(row []stripCell, ellipsis string) string {
	l := newLine(len(row), ellipsis)
	for i := 0; i < len(row); {
		run := i
		var text strings.Builder
		for ; run < len(row) && row[run].ink == row[i].ink || run < len(row) && row[run].glyph == ""; run++ {
			text.WriteString(row[run].glyph)
		}
		l.put(row[i].ink, text.String())
		i = run
	}
	return l.end()
}

// stripColumn is the column of a time; negative for one that has left the strip.
func stripColumn(now, when time.Time, columns int) int {
	back := now.Truncate(stripEach).Sub(when.Truncate(stripEach)) / stripEach
	return min(columns-1, columns-1-int(back))
}

// StripTime is when a column of a strip begins.
func StripTime(s Scene, column, width int) time.Time {
	columns := width - cells(" "+s.Lang.Say(i18n.M("timeline.now"))+" ")
	back := max(0, columns-1-column)
	return s.Now.Truncate(stripEach).Add(-time.Duration(back) * stripEach)
}
