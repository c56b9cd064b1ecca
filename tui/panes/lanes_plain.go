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

// plainRows draws a workload that has no ReplicaSets.
func plainRows(s Scene, w workload, width int) []string {
	pods := s.Snapshot.OwnedBy(w.object.GetUID())
	var lanes []lane
	scale := len(pods)
	switch o := w.object.(type) {
	case *appsv1.ReplicaSet:
		want := int(ptr.Deref(o.Spec.Replicas, 1))
		scale = max(scale, want)
		lanes = []lane{steady(s, pods, images(o.Spec.Template.Spec.Containers), i18n.M("lanes.of", "Ready", count(pods, cluster.Ready), "Want", want))}
	case *appsv1.DaemonSet:
		want := int(o.Status.DesiredNumberScheduled)
		scale = max(scale, want)
		lanes = generations(s, pods, newestHash(pods), i18n.M("lanes.nodes", "Ready", count(pods, cluster.Ready), "Count", want))
	case *appsv1.StatefulSet:
		want := int(ptr.Deref(o.Spec.Replicas, 1))
		scale = max(scale, want)
		lanes = generations(s, pods, strings.TrimPrefix(o.Status.UpdateRevision, o.Name+"-"), i18n.M("lanes.of", "Ready", count(pods, cluster.Ready), "Want", want))
	case *batchv1.Job:
		scale = max(scale, completions(o))
		lanes = []lane{jobLane(s, o, pods)}
	case *corev1.Pod:
		return podRows(s, o, width)
	}
	tb := tabulate(&s.Theme, lanes, width, scale)
	var rows []string
	for _, l := range lanes {
		rows = append(rows, tb.row(l))
	}
	return rows
}

// steady is the only lane of a workload that knows no revisions.
func steady(s Scene, pods []*corev1.Pod, images []string, words i18n.Message) lane {
	ink := s.Theme.Inks.Calm
	return lane{
		label: s.Lang.Say(i18n.M("lanes.pods")), ink: ink, detail: strings.Join(images, " "), track: true,
		pieces: pieces(&s.Theme, pods, ink), words: s.Lang.Say(words), trouble: trouble(pods),
	}
}

// jobLane is a Job's lane: its bar is what is done and what is being done.
// Failed pods are no progress and stand in the words only.
func jobLane(s Scene, j *batchv1.Job, pods []*corev1.Pod) lane {
	t := &s.Theme
	l := steady(s, pods, images(j.Spec.Template.Spec.Containers),
		i18n.M("lanes.done", "Done", int(j.Status.Succeeded), "Want", completions(j), "Failed", int(j.Status.Failed)))
	l.pieces = []piece{
		{pods: count(pods, cluster.Completed), glyph: t.Full, ink: l.ink},
		{pods: count(pods, cluster.Starting, cluster.Ready, cluster.Unready), glyph: t.Starting, ink: l.ink},
	}
	return l
}

// generations are the lanes of a DaemonSet or a StatefulSet: its pods by the
// revision hash in their labels, the newest first, and all of them together.
func generations(s Scene, pods []*corev1.Pod, newest string, words i18n.Message) []lane {
	byHash := map[string][]*corev1.Pod{}
	var hashes []string
	for _, p := range pods {
		hash := p.Labels[appsv1.ControllerRevisionHashLabelKey]
		if byHash[hash] == nil {
			hashes = append(hashes, hash)
		}
		byHash[hash] = append(byHash[hash], p)
	}
	if len(hashes) < 2 {
		var what []string
		if len(pods) > 0 {
			what = images(pods[0].Spec.Containers)
		}
		return []lane{steady(s, pods, what, words)}
	}
	slices.Sort(hashes)
	slices.SortStableFunc(hashes, func(a, b string) int { return order(a, newest) - order(b, newest) })
	t := &s.Theme
	var lanes []lane
	for _, hash := range hashes {
		some := byHash[hash]
		l := lane{
			label: s.Lang.Say(i18n.M("lanes.before")), ink: t.Inks.Calm, track: true,
			detail: strings.Join(images(some[0].Spec.Containers), " "), trouble: trouble(some), name: Clean(hash),
			words: s.Lang.Say(i18n.M("lanes.ready", "Ready", count(some, cluster.Ready))),
		}
		if hash == newest {
			l.label, l.ink = s.Lang.Say(i18n.M("lanes.now")), t.Inks.Accent
		}
		l.short, l.pieces = l.label, pieces(t, some, l.ink)
		lanes = append(lanes, l)
	}
	return append(lanes, lane{label: s.Lang.Say(i18n.M("lanes.together")), ink: t.Inks.Text, words: s.Lang.Say(words)})
}

// order puts the newest hash first.
func order(hash, newest string) int {
	if hash == newest {
		return 0
	}
	return 1
}

// newestHash is the revision of the youngest pod: a DaemonSet makes pods of its
// present template only.
func newestHash(pods []*corev1.Pod) string {
	var youngest *corev1.Pod
	for _, p := range pods {
		if youngest == nil || youngest.CreationTimestamp.Before(&p.CreationTimestamp) {
			youngest = p
		}
	}
	if youngest == nil {
		return ""
	}
	return youngest.Labels[appsv1.ControllerRevisionHashLabelKey]
}

// podRows draws a pod that nothing made: a lane for each container, and where
// the pod is.
func podRows(s Scene, p *corev1.Pod, width int) []string {
	t := &s.Theme
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
