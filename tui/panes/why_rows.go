package panes

import (
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/cluster/why"
	"podium/i18n"
	"podium/tui/theme"
)

// manyDeeds is how much of a story is kept to scroll through.
const manyDeeds = 300

// A keptWhy is what was read last of a story or a chain, and what for.
type keptWhy struct {
	from  whyFrom
	deeds []why.Deed // of a story
	who   int        // cells its longest name takes
	cause int        // where the newest command stands in it, -1 for none
	chain []string   // a chain's rows
	done  bool

	part part // of the story that rows are of
	rows []string
}

// A part is the stretch of a story that is drawn.
type part struct{ from, width, height, chosen int }

type whyFrom struct {
	stamp     stamp
	size      [3]int
	second    int64 // of a chain, which tells how long ago things were
	width     int
	theme     theme.Key
	lang      i18n.Language
	selected  Selection
	cited     types.UID
	telling   bool
	namespace string
}

// read takes in a story or a chain and returns how many rows it has.
func (k *keptWhy) read(s Scene, width int, telling bool) int {
	now := whyFrom{
		size: s.Past.Size(), width: width, theme: s.Theme.Key(), lang: s.Lang, selected: s.Selected, cited: s.Event, telling: telling, namespace: s.Lab.Namespace,
	}
	if !telling {
		now.stamp, now.second = stampOf(s.Snapshot), s.Now.Unix()
	}
	if !k.done || k.from != now {
		k.from, k.done, k.deeds, k.chain, k.rows = now, true, nil, nil, nil
		if telling {
			k.learn(s, width)
		} else {
			k.chain = chainRows(s, width)
		}
	}
	return max(len(k.deeds), len(k.chain))
}

// learn takes in a story.
func (k *keptWhy) learn(s Scene, width int) {
	k.deeds, k.cause, k.who = s.Past.Story(s.Lab.Namespace, manyDeeds), -1, 0
	for i, d := range k.deeds {
		if d.What == why.Ran {
			k.cause = i
		}
		k.who = max(k.who, cells(Clean(s.Lang.Say(d.Who))))
	}
	if k.who = min(max(k.who, 8), 13); width < narrow {
		k.who = min(k.who, 10)
	}
	if width < 40 {
		k.who = 0
	}
}

// story draws a part of a story, oldest first, if it isn't drawn yet. What set
// off the last of its rows stays in view.
func (k *keptWhy) story(s Scene, p part) []string {
	if k.rows != nil && k.part == p {
		return k.rows
	}
	rows := make([]string, 0, p.height)
	for i := p.from; i < min(p.from+p.height, len(k.deeds)); i++ {
		d := k.deeds[i]
		if i == p.from && k.pins(p.from, p.height) {
			d = k.deeds[k.cause]
		}
		rows = append(rows, deedRow(s, d, k.who, p.width, i == p.chosen))
	}
	if end := p.from + p.height; end < len(k.deeds) && len(rows) > 0 {
		rows[len(rows)-1] = more(s, len(k.deeds)-end+1, p.width)
	}
	k.part, k.rows = p, rows
	return rows
}

// pins reports whether the first row is what set off the others.
func (k *keptWhy) pins(from, height int) bool { return k.cause >= 0 && k.cause < from && height > 3 }

func deedRow(s Scene, d why.Deed, column, width int, chosen bool) string {
	t := s.Theme
	count := ""
	if d.Count > 1 && (d.What == why.Warned || d.What == why.Restart) {
		count = " x" + strconv.Itoa(d.Count)
	}
	l := newLine(width, t.Ellipsis)
	when := t.Inks.Faint
	if chosen {
		when = t.Inks.Chosen
	}
	l.put(when, d.Time.In(s.Now.Location()).Format(time.TimeOnly))
	l.space(2)
	ink, text := deedInks(t, d)
	if column > 0 {
		l.put(ink, Fit(Clean(s.Lang.Say(d.Who)), column, t.Ellipsis))
		l.space(2)
	}
	said := newLine(l.room()-cells(count), t.Ellipsis)
	said.put(text, sayWhy(s, d.Say))
	l.add(said.end(), said.width)
	l.put(t.Inks.Faint, count)
	return l.end()
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
	t := s.Theme
	var rows []string
	about := s.Selected.UID
	if s.Event != "" && isTold(s.Snapshot.Events, s.Event) {
		about = s.Event
	}
	for _, r := range why.Explain(s.Snapshot, s.Past, about, s.Now) {
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

// isTold reports whether an event is still there; the API server forgets them.
func isTold(events []*corev1.Event, uid types.UID) bool {
	return slices.ContainsFunc(events, func(e *corev1.Event) bool { return e.UID == uid })
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
	for _, p := range s.Pods {
		if p.UID == sel.UID {
			return p, true
		}
	}
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
