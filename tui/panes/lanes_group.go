package panes

import (
	"cmp"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/cluster/why"
	"podium/i18n"
	"podium/tui/theme"
)

// A group is Deployments that stand behind one Service, or would but for one
// label: blue and green, stable and canary.
type deployGroup struct {
	service *corev1.Service
	members []deployMember
}

// A deployMember is one Deployment of a group.
type deployMember struct {
	d                 *appsv1.Deployment
	serving           int    // pods that get the Service's requests
	label, asked, has string // the label that keeps it out; "" for none
}

// groupOf finds the group a Deployment belongs to: of its own if no Service
// has another one.
func groupOf(s cluster.Snapshot, d *appsv1.Deployment) deployGroup {
	for _, svc := range s.Services {
		members := sharing(s, svc)
		if slices.ContainsFunc(members, func(m deployMember) bool { return m.d.UID == d.UID }) {
			g := deployGroup{service: svc, members: members}
			g.count(s)
			return g
		}
	}
	return deployGroup{}
}

// sharing returns the Deployments of a Service's group, if there are several and
// at least one gets its requests.
func sharing(s cluster.Snapshot, svc *corev1.Service) []deployMember {
	if len(svc.Spec.Selector) == 0 {
		return nil
	}
	var members []deployMember
	selected := false
	for _, d := range s.Deployments {
		if d.Namespace != svc.Namespace {
			continue
		}
		if m, ok := memberOf(svc, d); ok {
			selected = selected || m.label == ""
			members = append(members, m)
		}
	}
	if !selected || len(members) < 2 {
		return nil
	}
	return members
}

// elders are the Deployments that share a Service with one made after them: they
// are drawn in the colour of an older revision, blue beside green.
func elders(s cluster.Snapshot) map[types.UID]bool {
	found := map[types.UID]bool{}
	for _, svc := range s.Services {
		members := sharing(s, svc)
		for _, m := range members {
			if slices.ContainsFunc(members, func(other deployMember) bool { return made(m.d, other.d) < 0 }) {
				found[m.d.UID] = true
			}
		}
	}
	return found
}

// made compares when Deployments were made; of those made in one second the name
// decides, so that they still differ.
func made(a, b *appsv1.Deployment) int {
	return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
}

// memberOf tells how a Service sees a Deployment's pods. A lone label that
// differs tells nothing: every other Deployment's does.
func memberOf(svc *corev1.Service, d *appsv1.Deployment) (deployMember, bool) {
	m := deployMember{d: d}
	for key, asked := range svc.Spec.Selector {
		has := d.Spec.Template.Labels[key]
		switch {
		case has == asked:
		case m.label != "" || has == "" || len(svc.Spec.Selector) < 2:
			return m, false
		default:
			m.label, m.asked, m.has = key, asked, has
		}
	}
	return m, true
}

// count tells which pods of each member get requests.
func (g *deployGroup) count(s cluster.Snapshot) {
	owners := ownersOf(s)
	for _, pod := range why.Members(s, g.service) {
		for i := range g.members {
			if pod.Out == "" && owners.of(pod.Pod).uid == g.members[i].d.UID {
				g.members[i].serving++
			}
		}
	}
}

// apart is the width from which Deployments of a group stand side by side.
const apart = 84

// rows draws the Deployments of a group beside each other where there is room,
// else one above the other, each with what it gets of the requests.
func (g deployGroup) rows(s Scene, width, height int) []string {
	if len(g.members) > 2 || width < apart {
		var rows []string
		for i, m := range g.members {
			if i > 0 && height > 5*len(g.members) {
				rows = append(rows, textRow(s.Theme, "", "", width))
			}
			rows = append(rows, g.member(s, m, width, height/len(g.members))...)
		}
		return rows
	}
	each := (width - 3) / 2
	left := g.member(s, g.members[0], each, height)
	right := g.member(s, g.members[1], width-3-each, height)
	rows := sideBySide(left, right, each, width-3-each, 0)
	edge := newLine(3, s.Theme.Ellipsis)
	edge.put(s.Theme.Inks.Edge, " "+s.Theme.Vertical+" ")
	drawn := edge.end()
	for i := range rows {
		a, b := strings.Repeat(" ", each), strings.Repeat(" ", width-3-each)
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			b = right[i]
		}
		rows[i] = a + drawn + b
	}
	return rows
}

// member draws one Deployment: its name, what it gets, its lanes.
func (g deployGroup) member(s Scene, m deployMember, width, height int) []string {
	t := s.Theme
	all := 0
	for _, other := range g.members {
		all += other.serving
	}
	head := newLine(width, t.Ellipsis)
	ink, words := t.Inks.Strong, ""
	switch {
	case m.label != "":
		ink = t.Inks.Faint
		words = s.Lang.Say(i18n.M("lanes.pair.label", "Label", Clean(m.label+"="+m.has), "Asked", Clean(m.asked)))
	case m.serving == 0:
		words = s.Lang.Say(i18n.M("lanes.pair.none"))
	default:
		words = s.Lang.Say(i18n.M("lanes.pair.share", "Count", m.serving, "All", all))
	}
	if m.label == "" && m.serving > 0 {
		head.put(t.Inks.Accent, t.Here+" ")
	}
	head.put(ink, Clean(m.d.Name))
	head.space(2)
	wordInk := t.Inks.Faint
	if m.label == "" && m.serving > 0 {
		wordInk = t.Inks.Accent
	}
	head.put(wordInk, words)
	share := newLine(width, t.Ellipsis)
	g.shareBar(share, t, m, all)
	rows := []string{head.end(), share.end()}
	r := newRolling(s, m.d, -1)
	if elders(s.Snapshot)[m.d.UID] {
		r.age = 1
	}
	return append(rows, r.lanes(width, max(1, height-len(rows)))...)
}

// shareBar draws which part of the endpoints a Deployment has.
func (g deployGroup) shareBar(l *line, t *theme.Theme, m deployMember, all int) {
	room := min(l.width, 40)
	n := 0
	if all > 0 {
		n = (m.serving*room + all/2) / all
	}
	l.repeat(t.Inks.Accent, t.Spark[2], n)
	l.repeat(t.Inks.Edge, t.Track, room-n)
}
