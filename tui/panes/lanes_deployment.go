package panes

import (
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// A rolling is a Deployment as its lanes are drawn: its revisions, its bounds and
// when its rollout began.
type rolling struct {
	s         Scene
	d         *appsv1.Deployment
	revisions []cluster.Lane
	floor     int
	ceiling   int
	began     time.Time
	chosen    int // the revision that keys act on; -1 for none
	age       int // of its newest revision: 1 beside a newer Deployment
}

func newRolling(s Scene, d *appsv1.Deployment, chosen int) rolling {
	r := rolling{s: s, d: d, revisions: s.Snapshot.Lanes(d), chosen: chosen}
	r.floor, r.ceiling = cluster.Bounds(d)
	r.began = s.Now
	if began, ok := s.Past.RolloutBegan(d.UID); ok {
		r.began = began
	} else if len(r.revisions) > 0 {
		r.began = s.Past.Began()
	}
	return r
}

// beside is the width from which a chart stands beside the lanes.
const beside = 104

// rows draws a Deployment: a lane for each revision, all of them together
// against the bounds, what the controller says, and ready pods over time.
func (r rolling) rows(width, height int) []string {
	if width >= beside && height < 16 {
		left := width * 11 / 20
		if r.troubled() {
			left = width * 13 / 20 // the reason beside the pods takes its room from the chart, not from the bars
		}
		rows := r.lanes(left, height)
		if drawn := chartRows(r.s, r.revisions, r.floor, r.ceiling, r.began, width-left-3, max(height, len(rows))); drawn != nil {
			return sideBySide(rows, drawn, left, width-left-3, 3)
		}
	}
	rows := r.lanes(width, height)
	spare := height - len(rows)
	if spare > leastChart {
		rows = append(rows, strings.Repeat(" ", width))
		spare--
	}
	return append(rows, chartRows(r.s, r.revisions, r.floor, r.ceiling, r.began, width, spare)...)
}

// sideBySide puts rows of two widths next to each other.
func sideBySide(left, right []string, leftWidth, rightWidth, gap int) []string {
	rows := make([]string, max(len(left), len(right)))
	for i := range rows {
		a, b := strings.Repeat(" ", leftWidth), strings.Repeat(" ", rightWidth)
		if i < len(left) {
			a = left[i]
		}
		if i < len(right) {
			b = right[i]
		}
		rows[i] = a + strings.Repeat(" ", gap) + b
	}
	return rows
}

// lanes draws the revisions, the bounds and the words.
func (r rolling) lanes(width, height int) []string {
	s, t := r.s, r.s.Theme
	if len(r.revisions) == 0 {
		return r.status(width)
	}
	status := r.status(width)
	shown := r.shown(height - len(status) - 2)
	lanes := make([]lane, 0, shown+1)
	var ready, coming []piece
	readyPods, active, scale := 0, 0, r.ceiling
	for i, revision := range r.revisions {
		l := r.revision(i)
		if i < shown {
			lanes = append(lanes, l)
		}
		scale = max(scale, len(revision.Pods))
		for _, p := range l.pieces {
			switch p.glyph {
			case t.Leaving: // no controller counts it any more
				continue
			case t.Full:
				ready = append(ready, p)
				readyPods += p.pods
			default:
				coming = append(coming, p)
			}
			active += p.pods
		}
	}
	all := lane{
		label: s.Lang.Say(i18n.M("lanes.together")), ink: t.Inks.Text, want: r.ceiling, bounded: true,
		pieces: append(ready, coming...),
		words:  s.Lang.Say(i18n.M("lanes.total", "Count", active, "Ready", readyPods)),
	}
	lanes = append(lanes, all)
	tb := tabulate(t, lanes, width, max(scale, active))
	rows := make([]string, 0, len(lanes)+4)
	all = lanes[shown]
	for _, l := range lanes[:shown] {
		rows = append(rows, tb.row(l))
	}
	if rest := len(r.revisions) - shown; rest > 0 {
		rows = append(rows, textRow(t, t.Inks.Faint, s.Lang.Say(i18n.M("lanes.more", "Count", rest)), width))
	}
	if tb.bar > 0 && rolls(r.d) {
		rows = append(rows, tb.together(all, r.floor, r.ceiling), tb.bounds(r, r.floor, r.ceiling))
	}
	return append(rows, status...)
}

// rolls reports whether bounds hold for a Deployment.
func rolls(d *appsv1.Deployment) bool {
	return d.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType
}

// shown is how many revisions get a lane of their own: those that have or want
// pods and the chosen one, one to go back to, and more where there is room.
func (r rolling) shown(room int) int {
	busy := 0
	for i, l := range r.revisions {
		if len(l.Pods) > 0 || ptr.Deref(l.ReplicaSet.Spec.Replicas, 0) > 0 || i == r.chosen {
			busy = i + 1
		}
	}
	most := max(room, busy, 1)
	if len(r.revisions) > most {
		most = max(busy, room-1, 1)
	}
	return min(len(r.revisions), most)
}

// revision is the lane of a revision.
func (r rolling) revision(i int) lane {
	s, t, revision := r.s, r.s.Theme, r.revisions[i]
	ink := [...]theme.Ink{t.Inks.Accent, t.Inks.Calm, t.Inks.Faint}[min(i+r.age, 2)]
	counts := tallyOf(revision.Pods)
	ready, leaving := counts.of(cluster.Ready), counts.of(cluster.Terminating)
	want := int(ptr.Deref(revision.ReplicaSet.Spec.Replicas, 1))
	l := lane{
		label:   s.Lang.Say(i18n.M("lanes.revision", "Number", revision.Revision)),
		short:   strconv.Itoa(revision.Revision),
		ink:     ink,
		detail:  whatDiffers(r.revisions, i),
		pieces:  pieces(t, counts, ink),
		want:    want,
		trouble: trouble(revision.Pods),
		name:    Clean(revision.ReplicaSet.Name),
	}
	if i == r.chosen {
		l.labelInk = t.Inks.Chosen
	}
	switch {
	case i > 0 && len(revision.Pods) == 0 && want == 0:
		l.words = s.Lang.Say(i18n.M("lanes.kept"))
	case i == 0:
		l.words = s.Lang.Say(i18n.M("lanes.of", "Ready", ready, "Want", int(ptr.Deref(r.d.Spec.Replicas, 1))))
	case leaving > 0:
		l.words = s.Lang.Say(i18n.M("lanes.leaving", "Ready", ready, "Leaving", leaving))
	default:
		l.words = s.Lang.Say(i18n.M("lanes.ready", "Ready", ready))
	}
	if late := ready - int(revision.ReplicaSet.Status.AvailableReplicas); r.d.Spec.MinReadySeconds > 0 && late > 0 && i == 0 {
		l.words += ", " + s.Lang.Say(i18n.M("lanes.unavailable", "Count", late))
	}
	return l
}

// whatDiffers names what a revision runs: those of its images that are not the
// same in every revision, or all of them where the difference lies elsewhere.
func whatDiffers(revisions []cluster.Lane, i int) string {
	containers := func(l cluster.Lane) []corev1.Container { return l.ReplicaSet.Spec.Template.Spec.Containers }
	mine := images(containers(revisions[i]))
	var differ []string
	for n, image := range mine {
		for _, other := range revisions {
			if theirs := images(containers(other)); n >= len(theirs) || theirs[n] != image {
				differ = append(differ, image)
				break
			}
		}
	}
	if len(differ) > 0 {
		return strings.Join(differ, " ")
	}
	return strings.Join(mine, " ")
}

// together draws all revisions' pods as one bar, and the bounds through it as
// lines.
func (tb table) together(l lane, floor, ceiling int) string {
	r := newLine(tb.width, tb.t.Ellipsis)
	if tb.label > 0 {
		r.put(l.ink, Fit(l.label, tb.label, tb.t.Ellipsis))
		r.space(2)
	}
	r.space(tb.detail + 2)
	tb.draw(r, l, tb.boundAt(floor), tb.boundAt(ceiling))
	r.space(2)
	r.put(tb.t.Inks.Text, l.words)
	return r.end()
}

// boundAt is the cell of a bar at which the line for n pods stands: their last
// one. A bar has one cell more than its pods take, so that a line can stand
// behind the last.
func (tb table) boundAt(n int) int { return tb.at(n) }

// bounds names the lines below the bars, and how close to them it came since the
// rollout began.
func (tb table) bounds(ro rolling, floor, ceiling int) string {
	t, s := tb.t, ro.s
	r := newLine(tb.width, t.Ellipsis)
	from, to := tb.barX()+tb.boundAt(floor), tb.barX()+tb.boundAt(ceiling)
	low := s.Lang.Say(i18n.M("lanes.floor")) + " " + strconv.Itoa(floor)
	high := s.Lang.Say(i18n.M("lanes.ceiling")) + " " + strconv.Itoa(ceiling)
	r.space(from - cells(low) - 1)
	r.put(t.Inks.Strong, low)
	r.space(from - r.used)
	if to > from {
		r.put(t.Inks.Strong, t.BottomLeft)
		r.repeat(t.Inks.Calm, t.Horizontal, to-from-1)
	}
	r.put(t.Inks.Strong, t.BottomRight)
	r.space(1)
	r.put(t.Inks.Strong, high)
	if least, most, ok := ro.extremes(); ok {
		words := s.Lang.Say(i18n.M("lanes.extremes", "Least", least, "Most", most))
		ink := t.Inks.Faint
		if least < floor && !ro.fresh() {
			ink = t.Inks.Bad
		}
		if cells(words)+2 <= r.room() {
			r.to(max(r.used+2, tb.barX()+tb.bar+3))
			r.put(ink, words)
		}
	}
	return r.end()
}

// fresh reports a Deployment whose first revision is on its way: nothing could
// be ready before.
func (r rolling) fresh() bool { return len(r.revisions) == 1 }

// extremes are the fewest ready and the most pods since the rollout began.
func (r rolling) extremes() (least, most int, ok bool) {
	if r.fresh() || r.began.IsZero() {
		return 0, 0, false
	}
	uids := make([]types.UID, len(r.revisions))
	for i, l := range r.revisions {
		uids[i] = l.ReplicaSet.UID
	}
	return r.s.Past.Extremes(r.began, uids...)
}

func textRow(t *theme.Theme, ink theme.Ink, text string, width int) string {
	l := newLine(width, t.Ellipsis)
	l.put(ink, text)
	return l.end()
}
