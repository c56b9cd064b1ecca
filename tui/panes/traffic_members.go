package panes

import (
	"image"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"podium/cluster"
	"podium/cluster/why"
	"podium/i18n"
	"podium/tui/theme"
)

// serviceOf is the Service the pane is about: the one requests go to, else the
// one before the workload that is shown, else the first one.
func serviceOf(s Scene) *corev1.Service {
	var first, before *corev1.Service
	w, ok := chosen(s)
	for _, svc := range s.Snapshot.Services {
		switch {
		case svc.Namespace != s.Lab.Namespace:
			continue
		case svc.Name == s.Load.Service || svc.UID == s.Selected.UID && s.Load.Service == "":
			return svc
		case len(svc.Spec.Selector) == 0:
			continue
		case first == nil:
			first = svc
		}
		if ok && before == nil && labels.SelectorFromSet(svc.Spec.Selector).Matches(labels.Set(templateLabels(w))) {
			before = svc
		}
	}
	if before != nil {
		return before
	}
	return first
}

// absent counts pods that match and get no requests.
func absent(members []why.Member) int {
	n := 0
	for _, m := range members {
		if m.Out != "" {
			n++
		}
	}
	return n
}

// A band is members of one Deployment or other owner that fare alike.
type memberBand struct {
	owner   owner
	first   why.Member
	members []why.Member
}

// selection is the band's first pod.
func (b memberBand) selection() Selection { return Selection{Kind: "Pod", UID: b.first.Pod.UID} }

// members draws, at a place of the pane, who gets a Service's requests and who
// doesn't, and why not: pod by pod where there is room, else those that fare
// alike together.
func (t *Traffic) members(s Scene, svc *corev1.Service, members []why.Member, at image.Rectangle) []string {
	width, height := at.Dx(), at.Dy()
	if height <= 0 || svc == nil {
		return nil
	}
	if len(members) == 0 {
		if len(svc.Spec.Selector) == 0 {
			return nil
		}
		text := s.Lang.Say(i18n.M("traffic.nobody", "Selector", Clean(why.Labels(svc.Spec.Selector))))
		return []string{textRow(s.Theme, s.Theme.Inks.Bad, text, width)}
	}
	bands := bandsOf(s, members, height)
	t.bands = bands[:min(len(bands), height)]
	all := 0
	for _, n := range s.Load.ByPod {
		all += n
	}
	chosen := memberAt(s.Selected.UID, t.bands)
	rows := make([]string, 0, len(t.bands)+1)
	told := 0
	for i, b := range t.bands {
		t.spots = append(t.spots, spot{x: at.Min.X, y: at.Min.Y + i, width: width, selection: b.selection()})
		rows = append(rows, b.row(s, svc, width, all, i == chosen))
		told += len(b.members)
	}
	if rest := len(members) - told; rest > 0 && len(rows) < height {
		rows = append(rows, textRow(s.Theme, s.Theme.Inks.Faint, s.Lang.Say(i18n.M("tree.hidden", "Count", rest)), width))
	}
	return rows
}

// bandsOf puts members together as far as height asks for it.
func bandsOf(s Scene, members []why.Member, height int) []memberBand {
	known := ownersOf(s.Snapshot)
	var bands []memberBand
	for _, m := range members {
		o := known.of(m.Pod)
		if n := len(bands); n > 0 && (len(members) > height || m.Out == why.Mismatch) {
			last := &bands[n-1]
			if last.owner.uid == o.uid && last.owner.revision == o.revision && last.first.Out == m.Out && last.first.Label == m.Label && last.first.Has == m.Has {
				last.members = append(last.members, m)
				continue
			}
		}
		bands = append(bands, memberBand{owner: o, first: m, members: []why.Member{m}})
	}
	if len(bands) > height && height > 1 {
		bands = bands[:height-1]
	}
	return bands
}

// row draws a band.
func (b memberBand) row(s Scene, svc *corev1.Service, width, all int, chosen bool) string {
	t := s.Theme
	l := newLine(width, t.Ellipsis)
	mark, ink := t.Here, t.Inks.Text
	switch b.first.Out {
	case "":
	case why.Leaving:
		mark, ink = t.Leaving, t.Inks.Faint
	case why.NotReady, why.Waiting:
		mark, ink = t.Unready, t.Inks.Waiting
		if bad(cluster.PodState(b.first.Pod)) {
			mark, ink = t.Failing, t.Inks.Bad
		}
	default:
		mark, ink = t.Broken, t.Inks.Faint
	}
	l.put(ink, mark+" ")
	own := t.Inks.Text
	if b.owner.age != loose {
		own = [...]theme.Ink{t.Inks.Accent, t.Inks.Calm, t.Inks.Faint}[b.owner.age]
	}
	named := own
	if chosen {
		named = t.Inks.Chosen
	}
	l.put(named, b.name(s))
	l.to(min(28, width/3))
	if b.first.Out != "" {
		l.put(ink, s.Lang.Say(b.reason(svc)))
		return l.end()
	}
	answers := 0
	for _, m := range b.members {
		answers += s.Load.ByPod[m.Pod.Name]
	}
	if len(b.members) == 1 {
		l.put(t.Inks.Faint, Fit(Clean(b.first.Address), 12, t.Ellipsis)+"  ")
	}
	if all > 0 && answers > 0 {
		n := max(1, (answers*min(20, max(0, l.room()-8))+all/2)/all)
		l.repeat(own, t.Full, n)
		l.space(1)
		l.put(t.Inks.Text, strconv.Itoa(answers))
	}
	return l.end()
}

// name is a pod's, short, with its revision, or its owner's and how many.
func (b memberBand) name(s Scene) string {
	if len(b.members) > 1 {
		name := b.owner.name
		if b.owner.revision > 0 {
			name += " " + strconv.Itoa(b.owner.revision)
		}
		return name + " x" + strconv.Itoa(len(b.members))
	}
	short := Clean(shortName(b.owner, b.first.Pod.Name))
	if b.owner.kind == "Pod" {
		return short
	}
	return b.owner.name + " " + strings.TrimSpace(b.owner.label(b.first.Pod.Name)+" "+short)
}

// reason says why pods get no requests.
func (b memberBand) reason(svc *corev1.Service) i18n.Message {
	switch b.first.Out {
	case why.Mismatch:
		has := Clean(b.first.Label + "=" + b.first.Has)
		if b.first.Has == "" {
			return i18n.M("traffic.out.label", "Label", Clean(b.first.Label), "Service", Clean(svc.Name), "Asked", Clean(b.first.Asked))
		}
		return i18n.M("traffic.out.differs", "Has", has, "Service", Clean(svc.Name), "Asked", Clean(b.first.Asked))
	case why.NotReady:
		if word := trouble([]*corev1.Pod{b.first.Pod}); word != "" {
			return i18n.M("traffic.out.failing", "Reason", word)
		}
		return i18n.M("traffic.out.unready")
	case why.Leaving:
		return i18n.M("traffic.out.leaving")
	case why.Done:
		return i18n.M("traffic.out.done")
	}
	return i18n.M("traffic.out.waiting")
}

// templateLabels are the labels of the pods a workload makes.
func templateLabels(w workload) map[string]string {
	if t := templateOf(w.object); t != nil {
		return t.Labels
	}
	return w.object.GetLabels()
}
