package panes

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"podium/i18n"
	"podium/lessons"
)

// A tableColumn of the comparison: its heading in two short rows, and what it shows
// of a row that was run.
type tableColumn struct {
	id string
	of func(lessons.Compared) string
}

// comparisonColumns are the comparison's. The last one gives way where there is little room.
var comparisonColumns = []tableColumn{
	{"downtime", func(c lessons.Compared) string { return shortSeconds(c.Run.Downtime) }},
	{"failed", func(c lessons.Compared) string { return strconv.Itoa(c.Run.Failed) }},
	{"pods", func(c lessons.Compared) string { return strconv.Itoa(c.Run.MostPods) }},
	{"time", func(c lessons.Compared) string { return shortSeconds(c.Run.Seconds) }},
	{"back", func(c lessons.Compared) string {
		if c.Back == nil {
			return "-"
		}
		return shortSeconds(c.Back.Seconds)
	}},
	{"when", func(c lessons.Compared) string { return c.Run.At.Local().Format(time.TimeOnly[:5]) }},
}

// shortSeconds says a duration so that ten of them can be compared at a glance.
func shortSeconds(s float64) string {
	switch {
	case s == 0 || s >= 10:
		return fmt.Sprintf("%.0f s", s)
	case s < 0.1:
		return "<0.1 s"
	}
	return fmt.Sprintf("%.1f s", s)
}

// comparison adds the lesson's table of what the learner's own runs measured.
func (l *leaf) comparison() {
	lesson := l.s.Session.Lesson()
	if len(lesson.Rows) == 0 {
		return
	}
	words := lesson.Words[l.s.Lang]
	name := 0
	for _, row := range lesson.Rows {
		name = max(name, cells(Clean(words.Rows[row])))
	}
	name = min(name, l.width/3)
	shown, widths := l.columns(name)
	l.heading(l.say("tui.lesson.table"))
	for part := range 2 {
		row := Fit("", name, "")
		for i, c := range shown {
			row += padLeft(at(l.headingOf(c), part), widths[i])
		}
		l.add(l.s.Theme.Faint.Render(row))
	}
	for _, c := range lessons.Compare(lesson.Rows, l.s.Lessons, l.s.Progress) {
		title := Fit(Clean(words.Rows[c.Row]), name, l.s.Theme.Ellipsis)
		if c.Run == nil {
			l.add(l.s.Theme.Faint.Render(title + "  " + l.notRun(c.Row)))
			continue
		}
		row := l.s.Theme.Text.Render(title)
		for i, column := range shown {
			row += l.figure(column, c, widths[i])
		}
		l.add(row)
	}
}

// columns are those there is room for beside the rows' names, and their widths
// with what parts them.
func (l *leaf) columns(name int) (shown []tableColumn, widths []int) {
	const figure, apart = 6, 1 // "12.3 s"
	left := l.width - name
	for _, c := range comparisonColumns {
		width := figure
		for _, part := range l.headingOf(c) {
			width = max(width, cells(part))
		}
		if left -= width + apart; left < 0 {
			break
		}
		shown, widths = append(shown, c), append(widths, width+apart)
	}
	for i := range widths {
		if left >= len(widths) {
			widths[i]++
		}
	}
	return shown, widths
}

func (l *leaf) headingOf(c tableColumn) []string {
	return strings.Split(l.say("tui.lesson.table."+c.id), "|")
}

// figure is one cell: what is bad about a run stands out.
func (l *leaf) figure(of tableColumn, c lessons.Compared, width int) string {
	text := padLeft(of.of(c), width)
	switch {
	case (of.id == "downtime" || of.id == "failed") && c.Run.Failed > 0:
		return l.s.Theme.Bad.Render(text)
	case of.id == "when":
		return l.s.Theme.Faint.Render(text)
	}
	return l.s.Theme.Text.Render(text)
}

// notRun says that a row is still empty and, where another lesson fills it, which.
func (l *leaf) notRun(row string) string {
	for _, other := range l.s.Lessons {
		for i := range other.Steps {
			if m := other.Steps[i].Measure; m == nil || m.Row != row {
				continue
			}
			if other.ID != l.s.Session.Lesson().ID {
				return l.say("tui.lesson.table.elsewhere", "Title", Clean(other.Words[l.s.Lang].Title))
			}
			return l.s.Lang.Say(i18n.M("tui.lesson.table.not-run"))
		}
	}
	return l.s.Lang.Say(i18n.M("tui.lesson.table.not-run"))
}

func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-cells(text))) + text
}
