package panes

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"podium/i18n"
	"podium/tui/theme"
)

// status says how far a rollout is and what keeps it: paused, stalled with the
// controller's own words, or under way and how long it may stand still.
func (r rolling) status(width int) []string {
	s, t := r.s, r.s.Theme
	var rows []string
	say := func(ink theme.Ink, text string) {
		for _, row := range wrap(text, width) {
			rows = append(rows, textRow(t, ink, row, width))
		}
	}
	if r.d.Spec.Paused {
		say(t.Inks.Strong, s.Lang.Say(i18n.M("lanes.paused")))
	}
	stalled := false
	for _, c := range r.d.Status.Conditions {
		stuck := c.Type == appsv1.DeploymentProgressing && c.Status == corev1.ConditionFalse
		refused := c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue
		if stuck || refused {
			stalled = true
			say(t.Inks.Bad, t.Failing+" "+s.Lang.Say(i18n.M("lanes.stalled", "Reason", Clean(c.Reason), "Message", Clean(c.Message))))
		}
	}
	if left, ok := r.left(); ok && !stalled && !r.d.Spec.Paused {
		want := int(ptr.Deref(r.d.Spec.Replicas, 1))
		ink, mark := t.Inks.Accent, t.Starting
		if r.troubled() {
			ink, mark = t.Inks.Bad, t.Failing
		}
		say(ink, mark+" "+s.Lang.Say(i18n.M("lanes.progress", "Done", int(min(r.d.Status.UpdatedReplicas, int32(want))), "Want", want, "Left", minutes(left))))
	} else if !stalled && !r.d.Spec.Paused && r.complete() && len(r.revisions) > 0 {
		say(t.Inks.Faint, t.Ready+" "+s.Lang.Say(i18n.M("lanes.complete", "Number", r.revisions[0].Revision)))
	}
	return rows
}

// complete is what the Deployment controller calls complete
// (k8s.io/kubernetes/pkg/controller/deployment/util, DeploymentComplete).
func (r rolling) complete() bool {
	want, status := ptr.Deref(r.d.Spec.Replicas, 1), r.d.Status
	return status.UpdatedReplicas == want && status.Replicas == want && status.AvailableReplicas == want
}

// troubled reports whether pods of the newest revision fail.
func (r rolling) troubled() bool { return len(r.revisions) > 0 && trouble(r.revisions[0].Pods) != "" }

// left is how long a rollout that is under way may stand still before it counts
// as stalled.
func (r rolling) left() (time.Duration, bool) {
	if r.complete() {
		return 0, false
	}
	for _, c := range r.d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing && c.Status == corev1.ConditionTrue && r.d.Spec.ProgressDeadlineSeconds != nil {
			end := c.LastUpdateTime.Add(time.Duration(*r.d.Spec.ProgressDeadlineSeconds) * time.Second)
			return max(0, end.Sub(r.s.Now)), true
		}
	}
	return 0, false
}

// minutes writes a duration as 8:12.
func minutes(d time.Duration) string {
	seconds := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}
