package panes

import (
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// deploymentRows draws a Deployment: a lane for each revision, all of them
// together against the bounds, and what the controller says.
func deploymentRows(s Scene, d *appsv1.Deployment, width int) []string {
	t := &s.Theme
	revisions := s.Snapshot.Lanes(d)
	floor, ceiling := cluster.Bounds(d)
	scale := ceiling
	lanes := make([]lane, 0, len(revisions)+1)
	var together []piece
	var coming []piece
	ready, active := 0, 0
	for i, revision := range revisions {
		ink := [...]theme.Ink{t.Inks.Accent, t.Inks.Calm, t.Inks.Faint}[min(i, 2)]
		lanes = append(lanes, revisionLane(s, d, revisions, i, ink))
		scale = max(scale, len(revision.Pods))
		for _, p := range lanes[i].pieces {
			switch p.glyph {
			case t.Leaving: // no controller counts it any more
				continue
			case t.Full:
				together = append(together, p)
				ready += p.pods
			default:
				coming = append(coming, p)
			}
			active += p.pods
		}
	}
	if len(lanes) == 0 {
		return statusRows(s, d, width)
	}
	scale = max(scale, active)
	all := lane{
		label: s.Lang.Say(i18n.M("lanes.together")), ink: t.Inks.Text, track: true,
		pieces: append(together, coming...),
		words:  s.Lang.Say(i18n.M("lanes.total", "Count", active, "Ready", ready)),
	}
	if len(lanes) > 1 {
		lanes = append(lanes, all)
	}
	tb := tabulate(t, lanes, width, scale)
	rows := make([]string, 0, len(lanes)+4)
	for _, l := range lanes {
		rows = append(rows, tb.row(l))
	}
	if tb.bar > 0 && d.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType {
		rows = append(rows, tb.bounds(s, floor, ceiling))
	}
	return append(rows, statusRows(s, d, width)...)
}

func revisionLane(s Scene, d *appsv1.Deployment, revisions []cluster.Lane, i int, ink theme.Ink) lane {
	t, revision := &s.Theme, revisions[i]
	ready, leaving := count(revision.Pods, cluster.Ready), count(revision.Pods, cluster.Terminating)
	l := lane{
		label:   s.Lang.Say(i18n.M("lanes.revision", "Number", revision.Revision)),
		short:   strconv.Itoa(revision.Revision),
		ink:     ink,
		detail:  whatDiffers(revisions, i),
		pieces:  pieces(t, revision.Pods, ink),
		track:   true,
		trouble: trouble(revision.Pods),
		name:    Clean(revision.ReplicaSet.Name),
	}
	switch {
	case i > 0 && len(revision.Pods) == 0 && ptr.Deref(revision.ReplicaSet.Spec.Replicas, 0) == 0:
		l.words = s.Lang.Say(i18n.M("lanes.kept"))
	case i == 0:
		l.words = s.Lang.Say(i18n.M("lanes.of", "Ready", ready, "Want", int(ptr.Deref(d.Spec.Replicas, 1))))
	case leaving > 0:
		l.words = s.Lang.Say(i18n.M("lanes.leaving", "Ready", ready, "Leaving", leaving))
	default:
		l.words = s.Lang.Say(i18n.M("lanes.ready", "Ready", ready))
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

// bounds draws the least that must be ready and the most that may be there as
// two lines that stand still below the bars.
func (tb table) bounds(s Scene, floor, ceiling int) string {
	t := tb.t
	r := newLine(tb.width, t.Ellipsis)
	from, to := tb.barX()+tb.at(floor), tb.barX()+tb.at(ceiling)-1
	if floor > 0 {
		from--
	}
	low := s.Lang.Say(i18n.M("lanes.floor")) + " " + strconv.Itoa(floor)
	high := s.Lang.Say(i18n.M("lanes.ceiling")) + " " + strconv.Itoa(ceiling)
	r.space(from - cells(low) - 1)
	r.put(t.Inks.Strong, low)
	r.space(from - r.used)
	r.put(t.Inks.Strong, t.Floor)
	r.repeat(t.Inks.Calm, t.Horizontal, to-from-1)
	r.put(t.Inks.Strong, t.Ceiling)
	r.space(1)
	r.put(t.Inks.Strong, high)
	return r.end()
}

// statusRows says what the Deployment controller says: paused, stalled, or why
// it can't make pods.
func statusRows(s Scene, d *appsv1.Deployment, width int) []string {
	t := &s.Theme
	var rows []string
	say := func(ink theme.Ink, text string) {
		for _, row := range wrap(text, width) {
			l := newLine(width, t.Ellipsis)
			l.put(ink, row)
			rows = append(rows, l.end())
		}
	}
	if d.Spec.Paused {
		say(t.Inks.Strong, s.Lang.Say(i18n.M("lanes.paused")))
	}
	for _, c := range d.Status.Conditions {
		stuck := c.Type == appsv1.DeploymentProgressing && c.Status == corev1.ConditionFalse
		refused := c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue
		if stuck || refused {
			say(t.Inks.Bad, s.Lang.Say(i18n.M("lanes.stalled", "Reason", Clean(c.Reason), "Message", Clean(c.Message))))
		}
	}
	return rows
}
