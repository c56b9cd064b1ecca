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

// Lanes shows one workload: its revisions as bars one above the other, and the
// bounds its rolling update keeps.
type Lanes struct {
	kept   kept
	scroll int
	rows   int
	height int
}

// NewLanes returns the pane for whatever the scene selects.
func NewLanes() *Lanes { return &Lanes{} }

// Name implements [Pane].
func (l *Lanes) Name() string { return "lanes" }

// Title implements [Pane]: "web ▸ Deployment ▸ rolling update ∙ maxSurge 1 …".
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
	title += " " + t.Here + " "
	if d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
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

// View implements [Pane].
func (l *Lanes) View(s Scene, width, height int) string {
	return l.kept.view(s, width, height, l.scroll, func() string {
		w, ok := chosen(s)
		if !ok {
			l.rows, l.height = 0, height
			return empty(s, i18n.M("lanes.empty"), width, height)
		}
		rows := laneRows(s, w, width)
		l.rows, l.height = len(rows), height
		l.scroll = max(0, min(l.scroll, len(rows)-height))
		if rest := len(rows) - height - l.scroll; rest > 0 {
			rows[l.scroll+height-1] = more(s, rest+1, width)
		}
		return stack(rows, l.scroll, width, height)
	})
}

// laneRows draws a workload in the way that suits its kind.
func laneRows(s Scene, w workload, width int) []string {
	switch o := w.object.(type) {
	case *appsv1.Deployment:
		return deploymentRows(s, o, width)
	default:
		return plainRows(s, w, width)
	}
}

// Update implements [Pane]: arrow keys walk through the workloads.
func (l *Lanes) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "left", "up":
			return walk(s, -1), nil
		case "right", "down":
			return walk(s, 1), nil
		case "pgdown":
			l.scroll = max(0, min(l.scroll+max(1, l.height-1), l.rows-l.height))
		case "pgup":
			l.scroll = max(0, l.scroll-max(1, l.height-1))
		}
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
	var keys []key.Binding
	if len(workloads(s.Snapshot, s.Lab.Namespace)) > 1 {
		keys = append(keys, key.NewBinding(key.WithKeys("left", "right", "up", "down"),
			key.WithHelp(s.Lang.Say(i18n.M("panes.key.arrows")), s.Lang.Say(i18n.M("lanes.key.walk")))))
	}
	if l.rows > l.height {
		keys = append(keys, scrollKey(s))
	}
	return keys
}
