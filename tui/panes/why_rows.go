package panes

import (
	"strconv"
	"strings"
	"time"

	"podium/cluster"
	"podium/cluster/why"
	"podium/i18n"
	"podium/tui/theme"
)

// manyDeeds is how much of a story is kept to scroll through.
const manyDeeds = 300

// A keptWhy is the rows drawn last and what they were drawn for.
type keptWhy struct {
	from whyFrom
	rows []string
	done bool
}

type whyFrom struct {
	stamp     stamp
	size      [3]int
	second    int64 // of a chain, which tells how long ago things were
	width     int
	theme     theme.Key
	lang      i18n.Language
	selected  Selection
	telling   bool
	namespace string
}

// of returns the rows of a story or a chain.
func (k *keptWhy) of(s Scene, width int, telling bool) []string {
	now := whyFrom{
		size: s.Past.Size(), width: width, theme: s.Theme.Key(), lang: s.Lang, selected: s.Selected, telling: telling, namespace: s.Lab.Namespace,
	}
	if !telling {
		now.stamp, now.second = stampOf(s.Snapshot), s.Now.Unix()
	}
	if k.done && k.from == now {
		return k.rows
	}
	k.from, k.done = now, true
	if telling {
		k.rows = storyRows(s, width)
	} else {
		k.rows = chainRows(s, width)
	}
	return k.rows
}

// storyRows draws what happened, a row each, oldest first.
func storyRows(s Scene, width int) []string {
	t := &s.Theme
	deeds := s.Past.Story(s.Lab.Namespace, manyDeeds)
	column := 0
	whos := make([]string, len(deeds))
	for i, d := range deeds {
		whos[i] = Clean(s.Lang.Say(d.Who))
		column = max(column, cells(whos[i]))
	}
	if column = min(column, 13); width < narrow {
		column = min(column, 10)
	}
	rows := make([]string, len(deeds))
	for i, d := range deeds {
		l := newLine(width, t.Ellipsis)
		l.put(t.Inks.Faint, d.Time.In(s.Now.Location()).Format(time.TimeOnly))
		l.space(2)
		ink, text := deedInks(t, d)
		if width >= 40 {
			l.put(ink, Fit(whos[i], column, t.Ellipsis))
			l.space(2)
		}
		count := ""
		if d.Count > 1 && (d.What == why.Warned || d.What == why.Restart) {
			count = " x" + strconv.Itoa(d.Count)
		}
		said := newLine(l.room()-cells(count), t.Ellipsis)
		said.put(text, sayWhy(s, d.Say))
		if count != "" {
			rows[i] = l.text() + said.end() + count
			continue
		}
		rows[i] = l.text() + said.end()
	}
	return rows
}

// deedInks are the inks of who did something and of what it was.
func deedInks(t *theme.Theme, d why.Deed) (who, text theme.Ink) {
	switch {
	case d.Bad:
		return t.Inks.Calm, t.Inks.Bad
	case d.What == why.Ran:
		return t.Inks.Accent, t.Inks.Strong
	case d.What == why.Revision, d.What == why.Finished, d.What == why.Selector:
		return t.Inks.Calm, t.Inks.Accent
	}
	return t.Inks.Calm, t.Inks.Text
}

// sayWhy says a sentence of package why with the theme's own glyphs.
func sayWhy(s Scene, m i18n.Message) string {
	return strings.ReplaceAll(Clean(s.Lang.Say(m)), "→", s.Theme.Towards)
}

// chainRows draws the chain behind what is selected: each cause indented below
// what it caused.
func chainRows(s Scene, width int) []string {
	t := &s.Theme
	var rows []string
	for _, r := range why.Explain(s.Snapshot, s.Past, s.Selected.UID, s.Now) {
		ink := t.Inks.Text
		switch {
		case r.Bad:
			ink = t.Inks.Bad
		case r.Unknown:
			ink = t.Inks.Faint
		case r.Depth == 0:
			ink = t.Inks.Strong
		}
		indent := min(3*r.Depth, width/3)
		for i, row := range wrap(sayWhy(s, r.Say), width-indent-2) {
			l := newLine(width, t.Ellipsis)
			l.space(indent)
			mark := "  "
			if i == 0 && r.Depth > 0 {
				l.put(t.Inks.Edge, t.LastBranch)
			} else {
				l.put("", mark)
			}
			l.put(ink, row)
			rows = append(rows, l.end())
		}
	}
	return rows
}

// selectedName is the name of the selected object, "" if it is gone.
func selectedName(s Scene) string {
	if s.Selected.UID == "" {
		return ""
	}
	if o, ok := objectBy(s.Snapshot, s.Selected); ok {
		return Clean(o.GetName())
	}
	return ""
}

// objectBy finds a selected object.
func objectBy(s cluster.Snapshot, sel Selection) (cluster.Object, bool) {
	for kind, objects := range s.Objects {
		if kind.Kind != sel.Kind {
			continue
		}
		for _, o := range objects {
			if o.GetUID() == sel.UID {
				return o, true
			}
		}
	}
	if w, ok := behind(s, sel.UID); ok && w.object.GetUID() == sel.UID {
		return w.object, true
	}
	return nil, false
}
