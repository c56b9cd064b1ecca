package lessons

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/i18n"
)

// How much of what was seen goes into a failed check.
const (
	commandsShown = 6
	outputShown   = 4 // lines of a command's output, the last ones
	podsShown     = 12
	eventsShown   = 10
)

// evidence is what there is to see when a check has failed, for whoever has to
// find out why: the goals, the commands of the step, the pods and the newest
// events, one line each.
func evidence(s Session, namespace string) []i18n.Message {
	lines := []i18n.Message{}
	say := func(format string, args ...any) {
		lines = append(lines, i18n.Text(Plain(fmt.Sprintf(format, args...))))
	}
	verdicts := s.Verdicts()
	for i, g := range s.Step().Goals {
		if i < len(verdicts) {
			lines = append(lines, i18n.M("verify.goal", "Goal", g.ID, "Stands", standing(verdicts[i])))
		}
	}
	commands := s.Commands()
	for _, c := range commands[max(0, len(commands)-commandsShown):] {
		say("$ %s (%d)", c.Line, c.Exit)
		output := strings.Split(strings.TrimSpace(c.Output), "\n")
		for _, line := range output[max(0, len(output)-outputShown):] {
			if line != "" {
				say("  %s", cut(line, 160))
			}
		}
	}
	observed := s.Observed()
	pods := observed.In(podKind, namespace)
	for _, o := range pods[:min(len(pods), podsShown)] {
		if pod, ok := o.(*corev1.Pod); ok {
			state, reason := cluster.StateOf(pod)
			say("pod/%s: %v %v, %s", pod.Name, state, reason, pod.Spec.NodeName)
		}
	}
	if more := len(pods) - podsShown; more > 0 {
		say("… %d", more)
	}
	for _, e := range newestEvents(observed, namespace) {
		say("%s %s/%s: %s", e.Reason, strings.ToLower(e.InvolvedObject.Kind), e.InvolvedObject.Name, cut(e.Message, 160))
	}
	return lines
}

func standing(v Verdict) i18n.Message {
	switch {
	case v.Met:
		return i18n.M("verify.met")
	case v.Seen.IsZero():
		return i18n.M("goal.notyet")
	}
	return v.Seen
}

// newestEvents returns the last few events about a namespace, oldest first.
func newestEvents(s cluster.Snapshot, namespace string) []*corev1.Event {
	var all []*corev1.Event
	for _, o := range s.In(eventKind, namespace) {
		if e, ok := o.(*corev1.Event); ok {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b *corev1.Event) int { return eventTime(a).Compare(eventTime(b)) })
	return all[max(0, len(all)-eventsShown):]
}

// eventTime is when an event was last seen; which field says so depends on who
// wrote it.
func eventTime(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil:
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	}
	return e.CreationTimestamp.Time
}
