package panes

import (
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
)

// Lanes shows one workload: its revisions as bars one above the other, the
// bounds its rolling update keeps, and ready pods over time.
type Lanes struct {
	kept   kept
	scroll int
	rows   int
	height int

	about  Selection // the workload that is shown
	chosen int       // its revision that keys act on, 0 the newest
	diff   bool      // what that revision changed is shown
}

// NewLanes returns the pane for whatever the scene selects.
func NewLanes() *Lanes { return &Lanes{} }

// Name implements [Pane].
func (l *Lanes) Name() string { return "lanes" }

// Title implements [Pane]: "web ▸ rolling update ∙ maxSurge 1 …".
func (l *Lanes) Title(s Scene) string {
	w, ok := chosen(s)
	if !ok {
		return s.Lang.Say(i18n.M("pane.lanes"))
	}
	t := &s.Theme
	title := Clean(w.object.GetName()) + " " + t.Here + " " + w.kind
	d, ok := w.object.(*appsv1.Deployment)
	if !ok {
		return title
	}
	if group := groupOf(s.Snapshot, d); len(group.members) > 1 && !l.diff {
		return Clean(group.service.Name) + " " + t.Here + " Service " + t.Here + " " + s.Lang.Say(i18n.M("lanes.pair", "Count", len(group.members)))
	}
	title = Clean(d.Name) + " " + t.Here + " "
	switch {
	case l.diff:
		return title + s.Lang.Say(i18n.M("lanes.diff"))
	case d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType:
		return title + s.Lang.Say(i18n.M("lanes.recreate"))
	}
	title += s.Lang.Say(i18n.M("lanes.rolling"))
	if r := d.Spec.Strategy.RollingUpdate; r != nil && r.MaxSurge != nil && r.MaxUnavailable != nil {
		title += " " + t.Dot + " maxSurge " + Clean(r.MaxSurge.String()) + " " + t.Dot + " maxUnavailable " + Clean(r.MaxUnavailable.String())
	}
	return title
}

// Summary implements [Summarizer]: "web 2▸3  2/4 ready".
func (l *Lanes) Summary(s Scene, width int) string {
	w, ok := chosen(s)
	if !ok {
		return ""
	}
	t := &s.Theme
	r := newLine(width, t.Ellipsis)
	r.put(t.Inks.Text, Clean(w.object.GetName()))
	d, ok := w.object.(*appsv1.Deployment)
	if !ok {
		return r.text()
	}
	if from, to := moving(s.Snapshot.Lanes(d)); to > 0 {
		r.space(1)
		if from > 0 {
			r.put(t.Inks.Calm, strconv.Itoa(from))
			r.put(t.Inks.Faint, t.Here)
		}
		r.put(t.Inks.Accent, strconv.Itoa(to))
	}
	r.space(2)
	r.put(t.Inks.Text, s.Lang.Say(i18n.M("lanes.summary", "Ready", int(d.Status.ReadyReplicas), "Want", int(ptr.Deref(d.Spec.Replicas, 1)))))
	return r.text()
}

// moving returns the newest revision and the one whose pods it replaces, 0 when
// there is none.
func moving(lanes []cluster.Lane) (from, to int) {
	for i, lane := range lanes {
		switch {
		case i == 0:
			to = lane.Revision
		case len(lane.Pods) > 0 && from == 0:
			from = lane.Revision
		}
	}
	return from, to
}

// lanesState is what a drawing of the lanes depends on beside the scene.
type lanesState struct {
	scroll, chosen int
	diff, focused  bool
	past           [3]int
	second         int64
	served         int
}

// View implements [Pane].
func (l *Lanes) View(s Scene, width, height int) string {
	w, ok := chosen(s)
	if ok && w.selection() != l.about {
		l.about, l.chosen, l.diff, l.scroll = w.selection(), 0, false, 0
	}
	state := lanesState{scroll: l.scroll, chosen: l.chosen, diff: l.diff, focused: s.Focused, past: s.Past.Size(), served: s.Load.Total}
	if l.Timely(s) {
		state.second = s.Now.Unix()
	}
	return l.kept.view(s, width, height, state, func() string {
		if !ok {
			l.rows, l.height = 0, height
			return empty(s, i18n.M("lanes.empty"), width, height)
		}
		rows := l.draw(s, w, width, height)
		l.rows, l.height = len(rows), height
		l.scroll = max(0, min(l.scroll, len(rows)-height))
		if rest := len(rows) - height - l.scroll; rest > 0 {
			rows[l.scroll+height-1] = more(s, rest+1, width)
		}
		return stack(rows, l.scroll, width, height)
	})
}

// draw draws a workload in the way that suits its kind.
func (l *Lanes) draw(s Scene, w workload, width, height int) []string {
	d, ok := w.object.(*appsv1.Deployment)
	if !ok {
		return plainRows(s, w, width)
	}
	if l.diff {
		return diffRows(s, d, l.chosen, width)
	}
	if group := groupOf(s.Snapshot, d); len(group.members) > 1 {
		return group.rows(s, width, height)
	}
	chosen := -1
	if s.Focused {
		chosen = l.chosen
	}
	return newRolling(s, d, chosen).rows(width, height)
}

// Timely implements [Timely]: a chart moves, and a deadline comes closer.
func (l *Lanes) Timely(s Scene) bool {
	w, ok := chosen(s)
	if !ok {
		return false
	}
	switch w.object.(type) {
	case *appsv1.Deployment:
		return true
	}
	return false
}

// Update implements [Pane]: arrow keys walk through workloads and revisions.
func (l *Lanes) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return l.press(s, msg.String()), nil
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelDown:
			l.scroll = max(0, min(l.scroll+1, l.rows-l.height))
		case tea.MouseWheelUp:
			l.scroll = max(0, l.scroll-1)
		}
	}
	return nil, nil
}

func (l *Lanes) press(s Scene, name string) Action {
	n := l.revisions(s)
	switch name {
	case "left":
		return walk(s, -1)
	case "right":
		return walk(s, 1)
	case "up", "down":
		by := map[string]int{"up": -1, "down": 1}[name]
		if n < 2 {
			return walk(s, by)
		}
		l.chosen, l.scroll = max(0, min(l.chosen+by, n-1)), 0
	case "enter":
		l.diff, l.scroll = !l.diff && n > 0, 0
	case "esc":
		l.diff, l.scroll = false, 0
	case "pgdown":
		l.scroll = max(0, min(l.scroll+max(1, l.height-1), l.rows-l.height))
	case "pgup":
		l.scroll = max(0, l.scroll-max(1, l.height-1))
	}
	return nil
}

// revisions is how many revisions there are to choose from.
func (l *Lanes) revisions(s Scene) int {
	if w, ok := chosen(s); ok {
		if d, ok := w.object.(*appsv1.Deployment); ok {
			return len(s.Snapshot.Lanes(d))
		}
	}
	return 0
}

// walk chooses the workload before or after the one that is shown.
func walk(s Scene, by int) Action {
	all := workloads(s.Snapshot, s.Lab.Namespace)
	now, ok := chosen(s)
	if !ok || len(all) == 0 {
		return nil
	}
	at := 0
	for i, w := range all {
		if w.object.GetUID() == now.object.GetUID() {
			at = i
		}
	}
	return Select{Selection: all[(at+by+len(all))%len(all)].selection()}
}

// Keys implements [Pane].
func (l *Lanes) Keys(s Scene) []key.Binding {
	bind := func(names, id string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(names, s.Lang.Say(i18n.M(id))))
	}
	var keys []key.Binding
	n := l.revisions(s)
	if n > 0 {
		id := "lanes.key.diff"
		if l.diff {
			id = "lanes.key.lanes"
		}
		keys = append(keys, bind("Enter", id, "enter"))
	}
	if n > 1 {
		keys = append(keys, bind(s.Lang.Say(i18n.M("lanes.updown")), "lanes.key.revision", "up", "down"))
	}
	if len(workloads(s.Snapshot, s.Lab.Namespace)) > 1 {
		keys = append(keys, bind(s.Lang.Say(i18n.M("lanes.leftright")), "lanes.key.walk", "left", "right"))
	}
	if l.rows > l.height {
		keys = append(keys, scrollKey(s))
	}
	return keys
}
