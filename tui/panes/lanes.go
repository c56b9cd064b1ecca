package panes

import (
	"slices"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
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

	about Selection // the workload that is shown
	diff  bool      // what the chosen revision changed is shown
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
	t := s.Theme
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
	t := s.Theme
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
	scroll        int
	diff, focused bool
	past          [3]int
	second        int64
	served        int
}

// View implements [Pane].
func (l *Lanes) View(s Scene, width, height int) string {
	w, ok := chosen(s)
	if ok && w.selection() != l.about {
		l.about, l.diff, l.scroll = w.selection(), false, 0
	}
	state := lanesState{scroll: l.scroll, diff: l.diff, focused: s.Focused, past: s.Past.Size(), served: s.Load.Total}
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
		return diffRows(s, d, chosenRevision(s, s.Snapshot.Lanes(d)), width)
	}
	if group := groupOf(s.Snapshot, d); len(group.members) > 1 {
		return group.rows(s, width, height)
	}
	chosen := -1
	if s.Focused {
		chosen = chosenRevision(s, s.Snapshot.Lanes(d))
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

// Update implements [Pane]: arrow keys choose a workload and a revision.
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
	switch name {
	case "left":
		return walk(s, -1)
	case "right":
		return walk(s, 1)
	case "up", "down":
		l.scroll = 0
		return alongRevisions(s, map[string]int{"up": -1, "down": 1}[name])
	case "enter":
		return open(l, s)
	case "space":
		w, _ := chosen(s)
		l.diff, l.scroll = !l.diff && len(revisionsOf(s, w)) > 0, 0
	case "esc":
		l.diff, l.scroll = false, 0
	case "pgdown":
		l.scroll = max(0, min(l.scroll+max(1, l.height-1), l.rows-l.height))
	case "pgup":
		l.scroll = max(0, l.scroll-max(1, l.height-1))
	}
	return nil
}

// revisionsOf are the revisions there are to choose from.
func revisionsOf(s Scene, w workload) []cluster.Lane {
	if d, ok := w.object.(*appsv1.Deployment); ok {
		return s.Snapshot.Lanes(d)
	}
	return nil
}

// chosenRevision is the revision that is selected, or whose pod is; else the
// newest.
func chosenRevision(s Scene, revisions []cluster.Lane) int {
	for i, r := range revisions {
		if r.ReplicaSet.UID == s.Selected.UID || slices.ContainsFunc(r.Pods, func(p *corev1.Pod) bool { return p.UID == s.Selected.UID }) {
			return i
		}
	}
	return 0
}

// alongRevisions chooses the revision above or below, or another workload where
// there are no revisions.
func alongRevisions(s Scene, by int) Action {
	w, _ := chosen(s)
	revisions := revisionsOf(s, w)
	if len(revisions) < 2 {
		return walk(s, by)
	}
	at := max(0, min(chosenRevision(s, revisions)+by, len(revisions)-1))
	return Select{Selection: Selection{Kind: "ReplicaSet", UID: revisions[at].ReplicaSet.UID}}
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
	w, _ := chosen(s)
	keys := openKey(l, s)
	n := len(revisionsOf(s, w))
	if n > 0 {
		id := "lanes.key.diff"
		if l.diff {
			id = "lanes.key.lanes"
		}
		keys = append(keys, bind("Space", id, "space"))
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
