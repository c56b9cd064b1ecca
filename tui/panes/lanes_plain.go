package panes

import (
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// plainRows draws a workload that has no revisions in ReplicaSets.
func plainRows(s Scene, w workload, width int) []string {
	pods := s.Snapshot.OwnedBy(w.object.GetUID())
	switch o := w.object.(type) {
	case *appsv1.ReplicaSet:
		return setRows(s, o, pods, width)
	case *appsv1.DaemonSet:
		return daemonRows(s, o, pods, width)
	case *appsv1.StatefulSet:
		return statefulRows(s, o, pods, width)
	case *batchv1.Job:
		return jobRows(s, o, pods, width)
	case *batchv1.CronJob:
		return cronRows(s, o, width)
	case *corev1.Pod:
		return podRows(s, o, width)
	}
	return nil
}

// setRows draws a ReplicaSet that nothing made: one bar.
func setRows(s Scene, rs *appsv1.ReplicaSet, pods []*corev1.Pod, width int) []string {
	want := int(ptr.Deref(rs.Spec.Replicas, 1))
	ink := s.Theme.Inks.Calm
	l := lane{
		label: s.Lang.Say(i18n.M("lanes.pods")), ink: ink, detail: strings.Join(images(rs.Spec.Template.Spec.Containers), " "), want: want,
		pieces: pieces(s.Theme, tallyOf(pods), ink), words: s.Lang.Say(i18n.M("lanes.of", "Ready", tallyOf(pods).of(cluster.Ready), "Want", want)), trouble: trouble(pods),
	}
	tb := tabulate(s.Theme, []lane{l}, width, max(want, len(pods)))
	return []string{tb.row(l)}
}

// podRows draws a pod that nothing made: a lane for each container, and where
// the pod is.
func podRows(s Scene, p *corev1.Pod, width int) []string {
	t := s.Theme
	status := map[string]corev1.ContainerStatus{}
	for _, c := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		status[c.Name] = c
	}
	var lanes []lane
	for _, c := range slices.Concat(p.Spec.InitContainers, p.Spec.Containers) {
		name := Clean(c.Name)
		l := lane{label: name, short: name, ink: t.Inks.Calm, detail: images([]corev1.Container{c})[0]}
		l.words, l.trouble = containerWords(s, status[c.Name])
		lanes = append(lanes, l)
	}
	tb := tabulate(t, lanes, width, 1)
	var rows []string
	for _, l := range lanes {
		rows = append(rows, tb.row(l))
	}
	return append(rows, placeRow(t, p, width))
}

// containerWords says how a container is, in kubectl describe's words.
func containerWords(s Scene, c corev1.ContainerStatus) (words, trouble string) {
	switch {
	case c.State.Running != nil && c.Ready:
		words = s.Theme.Ready + " Running"
	case c.State.Running != nil:
		words = s.Theme.Unready + " Running"
	case c.State.Terminated != nil:
		words = s.Theme.Completed + " " + Clean(c.State.Terminated.Reason)
		if c.State.Terminated.ExitCode != 0 {
			words, trouble = "", s.Theme.Failing+" "+Clean(c.State.Terminated.Reason)+" "+strconv.Itoa(int(c.State.Terminated.ExitCode))
		}
	case c.State.Waiting != nil:
		if reason := Clean(c.State.Waiting.Reason); reason == "ContainerCreating" || reason == "PodInitializing" || reason == "" {
			words = s.Theme.Starting + " " + reason
		} else {
			trouble = s.Theme.Failing + " " + reason
		}
	default:
		words = s.Theme.Unplaced
	}
	if c.RestartCount > 0 {
		words = strings.TrimSpace(words + "  " + s.Lang.Say(i18n.M("lanes.restarts", "Count", int(c.RestartCount))))
	}
	return words, trouble
}

// placeRow says on which node a pod is and at which address.
func placeRow(t *theme.Theme, p *corev1.Pod, width int) string {
	l := newLine(width, t.Ellipsis)
	for _, part := range []string{p.Spec.NodeName, p.Status.PodIP} {
		if part == "" {
			continue
		}
		if l.used > 0 {
			l.space(2)
		}
		l.put(t.Inks.Faint, Clean(part))
	}
	return l.end()
}
