package panes

import (
	"slices"
	"sort"
	"strconv"
	"time"

	"podium/cluster/record"
	"podium/i18n"
	"podium/tui/theme"
)

// View implements [Pane]:
//
//	ready 4  ▇▇▇▇▇▇▇▅▅▅▇▇▇▇▇▇▇▇▇▇
//	12:00:26 ─────┬─────┬───┼────── 12:01:17
//	              │     rollout of web began
//	              $ kubectl set image deploy/web web=nginx:1.28
//	12:01:08.2 pod web-7c9-x2x: starting ▸ ready
func (t *Timeline) View(s Scene, width, height int) string {
	if s.Then == nil || width < 20 {
		return stack(nil, 0, width, height)
	}
	t.look(s, width)
	labels := max(0, min(3, height-3))
	rows := []string{t.ruler(s, width)}
	if height > 2 {
		rows = slices.Insert(rows, 0, t.chart(s, width))
	}
	rows = append(rows, t.labels(s, width, labels)...)
	if height > 1 {
		rows = append(rows, t.happening(s, width))
	}
	return stack(rows, 0, width, height)
}

// look chooses the stretch that is shown: the last one while the cursor is in
// it, else one with the cursor in its middle.
func (t *Timeline) look(s Scene, width int) {
	film := s.Then.Film
	span, first, last := t.spanOf(film), film.From(), film.To()
	at := s.Then.At.Time
	if span != t.view.span || at.Before(t.begin) || at.After(t.begin.Add(span)) {
		t.begin = at.Add(-span / 2)
	}
	if end := last.Add(-span); t.begin.After(end) {
		t.begin = end
	}
	if t.begin.Before(first) {
		t.begin = first
	}
	left := len("00:00:00 ")
	t.view = stretch{from: t.begin, span: span, left: left, columns: max(2, width-2*left)}
}

// chart draws how many pods were ready: what has been up to the cursor in the
// accent, what comes after it faint, and red where none was ready or a request
// failed.
func (t *Timeline) chart(s Scene, width int) string {
	l := newLine(width, s.Theme.Ellipsis)
	counts := s.Then.Film.Counts()
	now := countAt(counts, s.Then.At.Time)
	label := s.Lang.Say(i18n.M("timeline.ready", "Ready", now.Ready))
	l.put(s.Theme.Inks.Faint, Fit(label, t.view.left-1, s.Theme.Ellipsis)+" ")
	most := 1
	for _, c := range counts {
		most = max(most, c.Pods)
	}
	cursor := t.view.column(s.Then.At.Time)
	for x := range t.view.columns {
		from, to := t.view.time(x), t.view.time(x+1)
		least := leastIn(counts, from, to)
		ink := s.Theme.Inks.Calm
		switch {
		case least.Ready == 0 && least.Pods > 0, failedIn(s.Then.Film, from, to):
			ink = s.Theme.Inks.Bad
		case x > cursor:
			ink = s.Theme.Inks.Faint
		}
		glyph := " "
		if least.Pods > 0 {
			glyph = s.Theme.Spark[min(least.Ready*len(s.Theme.Spark)/(most+1), len(s.Theme.Spark)-1)]
		}
		if x == cursor {
			ink = s.Theme.Inks.Glow
		}
		l.put(ink, glyph)
	}
	return l.end()
}

// countAt is how many pods there were at a time.
func countAt(counts []record.Count, t time.Time) record.Count {
	i := sort.Search(len(counts), func(i int) bool { return counts[i].Time.After(t) })
	if i == 0 {
		return record.Count{}
	}
	return counts[i-1]
}

// leastIn is the smallest number of ready pods between two times, and the
// largest of pods.
func leastIn(counts []record.Count, from, to time.Time) record.Count {
	least := countAt(counts, from)
	i := sort.Search(len(counts), func(i int) bool { return counts[i].Time.After(from) })
	for ; i < len(counts) && counts[i].Time.Before(to); i++ {
		least.Ready = min(least.Ready, counts[i].Ready)
		least.Pods = max(least.Pods, counts[i].Pods)
	}
	return least
}

// failedIn reports whether requests failed between two times.
func failedIn(film *record.Recording, from, to time.Time) bool {
	samples := film.Traffic(from.Add(-time.Second), to)
	for i := 1; i < len(samples); i++ {
		if samples[i].Time.After(from) && samples[i].Began.Equal(samples[i-1].Began) && samples[i].Failed > samples[i-1].Failed {
			return true
		}
	}
	return false
}

// ruler draws the stretch as a line with its marks and the cursor.
func (t *Timeline) ruler(s Scene, width int) string {
	l := newLine(width, s.Theme.Ellipsis)
	zone := s.Then.Now.Location()
	l.put(s.Theme.Inks.Faint, t.view.from.In(zone).Format(time.TimeOnly)+" ")
	at := map[int]record.MarkKind{}
	for _, m := range t.marks(s) {
		at[t.view.column(m.Time)] = m.Kind
	}
	cursor := t.view.column(s.Then.At.Time)
	for x := range t.view.columns {
		kind, marked := at[x]
		switch {
		case x == cursor:
			l.put(s.Theme.Inks.Glow, s.Theme.Cross)
		case marked:
			l.put(inkOfMark(s.Theme, kind), s.Theme.TeeTop)
		case x == 0:
			l.put(s.Theme.Inks.Edge, s.Theme.TeeLeft)
		case x == t.view.columns-1:
			l.put(s.Theme.Inks.Edge, s.Theme.TeeRight)
		default:
			l.put(s.Theme.Inks.Edge, s.Theme.Horizontal)
		}
	}
	l.put(s.Theme.Inks.Faint, " "+t.view.from.Add(t.view.span).In(zone).Format(time.TimeOnly))
	return l.end()
}

func inkOfMark(t *theme.Theme, kind record.MarkKind) theme.Ink {
	switch kind {
	case record.Began:
		return t.Inks.Accent
	case record.Stalled:
		return t.Inks.Bad
	case record.Finished, record.Met:
		return t.Inks.Good
	case record.Ran:
		return t.Inks.Code
	}
	return t.Inks.Calm
}

// marks are those in the stretch.
func (t *Timeline) marks(s Scene) []record.Mark {
	all := s.Then.Film.Marks()
	from := sort.Search(len(all), func(i int) bool { return !all[i].Time.Before(t.view.from) })
	to := sort.Search(len(all), func(i int) bool { return all[i].Time.After(t.view.from.Add(t.view.span)) })
	return all[from:max(from, to)]
}

// A flag is a mark's words where there is room for them.
type flag struct {
	from, to int
	mark     record.Mark
	text     string
}

// labels puts the marks' words below them, the ones nearest to the cursor first.
func (t *Timeline) labels(s Scene, width, n int) []string {
	marks := slices.Clone(t.marks(s))
	cursor := t.view.column(s.Then.At.Time)
	slices.SortStableFunc(marks, func(a, b record.Mark) int {
		return abs(t.view.column(a.Time)-cursor) - abs(t.view.column(b.Time)-cursor)
	})
	placed := make([][]flag, n)
	const longest, apart = 40, 2
	for _, m := range marks {
		text := Fit(MarkText(s, m), min(longest, cells(MarkText(s, m))), s.Theme.Ellipsis)
		from := min(t.view.left+t.view.column(m.Time), width-cells(text))
		f := flag{max(0, from), max(0, from) + cells(text), m, text}
		for y := range placed {
			if !slices.ContainsFunc(placed[y], func(o flag) bool { return f.from < o.to+apart && o.from < f.to+apart }) {
				placed[y] = append(placed[y], f)
				break
			}
		}
	}
	rows := make([]string, n)
	for y := range placed {
		slices.SortFunc(placed[y], func(a, b flag) int { return a.from - b.from })
		l := newLine(width, s.Theme.Ellipsis)
		for _, f := range placed[y] {
			l.space(f.from - l.used)
			ink := inkOfMark(s.Theme, f.mark.Kind)
			if t.view.column(f.mark.Time) == cursor {
				ink = s.Theme.Inks.Chosen
			}
			l.put(ink, f.text)
		}
		rows[y] = l.end()
	}
	return rows
}

// MarkText is a mark in words; a step is called as its lesson calls it.
func MarkText(s Scene, m record.Mark) string {
	if m.Kind == record.Entered || m.Kind == record.Met {
		if words, ok := lessonWords(s, m.Lesson).Steps[m.Name]; ok {
			m.Name = words.Title
		}
	}
	return Clean(s.Lang.Say(m.Message()))
}

// happening says what changed at the moment, or what last had.
func (t *Timeline) happening(s Scene, width int) string {
	l := newLine(width, s.Theme.Ellipsis)
	at := s.Then.At
	l.put(s.Theme.Inks.Faint, at.Time.In(s.Then.Now.Location()).Format("15:04:05.0")+" ")
	for i := len(at.Snapshot.Changes) - 1; i >= 0; i-- {
		c := at.Snapshot.Changes[i]
		if !Matters(c, s.Lab.Namespace) {
			continue
		}
		ink := s.Theme.Inks.Text
		if at.Time.Sub(c.Time) > time.Second/4 {
			ink = s.Theme.Inks.Faint
		}
		tellChange(l, s, c, ink)
		break
	}
	if commands := s.Then.Film.CommandsUntil(at.Time); len(commands) > 0 {
		last := commands[len(commands)-1]
		before := "+" + strconv.FormatFloat(at.Time.Sub(last.Started).Seconds(), 'f', 1, 64) + " s"
		l.right(s.Theme.Inks.Code, Fit("$ "+Clean(last.Line), min(cells("$ "+Clean(last.Line)), max(0, l.room()-12)), s.Theme.Ellipsis)+"  "+before)
	}
	return l.end()
}
