package panes

import (
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/i18n"
)

// Map is the page of every kind of object: what it is, who makes it and how many
// of it there are now.
type Map struct {
	chosen int
	offset int
	height int // rows of kinds as last drawn
}

// NewMap returns the map with its first kind chosen.
func NewMap() *Map { return &Map{} }

// Name implements [Pane].
func (m *Map) Name() string { return "map" }

// Title implements [Pane].
func (m *Map) Title(s Scene) string { return s.Lang.Say(i18n.M("pane.map")) }

// Update implements [Pane]: arrow keys, the wheel and clicks choose a kind.
func (m *Map) Update(_ Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.Keystroke() {
		case "up":
			m.choose(m.chosen - 1)
		case "down":
			m.choose(m.chosen + 1)
		case "pgup":
			m.choose(m.chosen - m.height)
		case "pgdown", "space":
			m.choose(m.chosen + m.height)
		case "home":
			m.choose(0)
		case "end":
			m.choose(len(cluster.Kinds()))
		}
	case tea.MouseClickMsg:
		if row := msg.Y - mapHead; row >= 0 && row < m.height {
			m.choose(m.offset + row)
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			m.choose(m.chosen - 1)
		case tea.MouseWheelDown:
			m.choose(m.chosen + 1)
		}
	}
	return nil, nil
}

func (m *Map) choose(kind int) { m.chosen = max(0, min(kind, len(cluster.Kinds())-1)) }

// Keys implements [Pane].
func (m *Map) Keys(s Scene) []key.Binding {
	return []key.Binding{key.NewBinding(key.WithKeys("up", "down", "pgup", "pgdown", "home", "end"),
		key.WithHelp(s.Lang.Say(i18n.M("panes.key.arrows")), s.Lang.Say(i18n.M("board.key.choose"))))}
}

// mapHead is how many rows stand above the kinds.
const mapHead = 1

// View implements [Pane].
func (m *Map) View(s Scene, width, height int) string {
	kinds := cluster.Kinds()
	about := aboutKind(s, kinds[m.chosen], width)
	if height < mapHead+len(about)+3 {
		about = nil // no room for both: the list is what was asked for
	}
	m.height = max(1, height-mapHead-len(about))
	m.offset = max(0, min(m.offset, m.chosen, len(kinds)-m.height))
	m.offset = max(m.offset, m.chosen-m.height+1)
	table := newMapTable(s, width)
	rows := []string{table.head()}
	for i := m.offset; i < min(len(kinds), m.offset+m.height); i++ {
		rows = append(rows, table.row(kinds[i], i == m.chosen))
	}
	for len(rows) < height-len(about) {
		rows = append(rows, Fit("", width, ""))
	}
	return stack(append(rows, about...), 0, width, height)
}

// A mapTable has a column for each thing that fits beside the kind's name.
type mapTable struct {
	s                  Scene
	width              int
	name, short, count int // widths
	words              bool
}

func newMapTable(s Scene, width int) mapTable {
	t := mapTable{s: s, width: width, short: 7, count: 6, words: width >= 60}
	for _, k := range cluster.Kinds() {
		t.name = max(t.name, cells(k.Kind)+2)
	}
	t.count = max(t.count, cells(s.Lang.Say(i18n.M("map.all")))+1, cells(t.home())+1)
	return t
}

// home is the heading of the learner's own namespace.
func (t mapTable) home() string {
	if t.s.Lab.Namespace == "" {
		return cluster.Namespace
	}
	return strings.TrimRight(Fit(Clean(t.s.Lab.Namespace), min(12, cells(Clean(t.s.Lab.Namespace))), t.s.Theme.Ellipsis), " ")
}

func (t mapTable) head() string {
	say := func(id string) string { return t.s.Lang.Say(i18n.M(id)) }
	l := newLine(t.width, t.s.Theme.Ellipsis)
	ink := t.s.Theme.Inks.Faint
	l.put(ink, Fit("  "+say("map.kind"), t.name+2, ""))
	l.put(ink, Fit(say("map.short"), t.short, ""))
	l.put(ink, padLeft(t.home(), t.count))
	l.put(ink, padLeft(say("map.all"), t.count))
	if t.words {
		l.put(ink, "   "+say("map.what"))
	}
	return l.end()
}

func (t mapTable) row(k cluster.Kind, chosen bool) string {
	l := newLine(t.width, t.s.Theme.Ellipsis)
	inks := t.s.Theme.Inks
	pointer, ink := "  ", inks.Text
	if chosen {
		pointer, ink = t.s.Theme.Here+" ", inks.Accent
	}
	l.put(inks.Accent, pointer)
	l.put(ink, Fit(k.Kind, t.name, t.s.Theme.Ellipsis))
	l.put(inks.Calm, Fit(k.Short, t.short, t.s.Theme.Ellipsis))
	ours, all := countOf(t.s, k)
	l.put(inks.Text, padLeft(ours, t.count))
	l.put(inks.Faint, padLeft(all, t.count))
	if t.words {
		what := i18n.M("kind." + strings.ToLower(k.Kind))
		if slices.Contains(t.s.Snapshot.Missing, k.GroupKind()) {
			what = i18n.M("map.forbidden")
		}
		l.put(inks.Text, "   "+t.s.Lang.Say(what))
	}
	return l.end()
}

// countOf says how many objects of a kind are in the learner's namespace and in
// the whole cluster; a kind without namespaces is only in the latter.
func countOf(s Scene, k cluster.Kind) (ours, all string) {
	if s.Snapshot.Seq == 0 || slices.Contains(s.Snapshot.Missing, k.GroupKind()) {
		return "?", "?"
	}
	objects := s.Snapshot.Objects[k.GroupKind()]
	if all = strconv.Itoa(len(objects)); slices.Contains(s.Snapshot.Narrowed, k.GroupKind()) {
		all = "?" // what is listed is one namespace's
	}
	if !k.Namespaced {
		return "", all
	}
	return strconv.Itoa(len(s.Snapshot.In(k.GroupKind(), s.Lab.Namespace))), all
}

// aboutKind says more of the chosen kind: its scope, its owners and what to type.
func aboutKind(s Scene, k cluster.Kind, width int) []string {
	scope := i18n.M("map.cluster-wide")
	if k.Namespaced {
		scope = i18n.M("map.namespaced")
	}
	rows := []string{"", s.Theme.Strong.Render(k.Kind) + s.Theme.Faint.Render("  "+k.GroupVersion().String()+"  "+s.Lang.Say(scope))}
	what := i18n.M("kind." + strings.ToLower(k.Kind))
	for _, row := range wrap(s.Lang.Say(what), width) {
		rows = append(rows, s.Theme.Text.Render(row))
	}
	if slices.Contains(s.Snapshot.Narrowed, k.GroupKind()) {
		for _, row := range wrap(s.Lang.Say(i18n.M("map.narrowed", "Namespace", Clean(s.Lab.Namespace))), width) {
			rows = append(rows, s.Theme.Faint.Render(row))
		}
	}
	if chains := ChainText(s.Lang, k, s.Theme.Here); chains != "" {
		for _, row := range wrap(chains, width) {
			rows = append(rows, s.Theme.Calm.Render(row))
		}
	}
	rows = append(rows, s.Theme.Code.Render("kubectl get "+k.Resource)+s.Theme.Faint.Render("   ")+s.Theme.Code.Render("kubectl explain "+strings.ToLower(k.Kind)))
	for i := range rows {
		rows[i] = Fit(rows[i], width, s.Theme.Ellipsis)
	}
	return rows
}

// ChainText says who makes whom around a kind: "Deployment ▸ ReplicaSet ▸ Pod".
// It is "" for a kind that no other makes and that makes none.
func ChainText(lang i18n.Language, k cluster.Kind, arrow string) string {
	var chains []string
	for _, chain := range k.Chains() {
		chains = append(chains, strings.Join(chain, " "+arrow+" "))
	}
	if len(chains) == 0 {
		return ""
	}
	return lang.Say(i18n.M("map.chain", "Chain", strings.Join(chains, "   ")))
}
