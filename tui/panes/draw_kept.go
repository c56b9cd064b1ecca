package panes

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// A kept view is drawn again only when something it is drawn from changed, so
// that a View costs next to nothing while nothing happens, and little while what
// happens isn't drawn.
type kept struct {
	from  from
	pods  []*corev1.Pod
	frame string
	drawn bool
}

// from is what most panes draw from, apart from pods. state is the pane's own
// part, comparable.
type from struct {
	lists         lists
	width, height int
	theme         theme.Key
	lang          i18n.Language
	namespace     string
	selected      Selection
	cited         types.UID
	state         any
}

// lists are the lists of a snapshot that panes draw from, except that of pods: of
// a crowd some change with every snapshot, most of them in what isn't drawn.
type lists struct {
	nodes, services, slices, events, deployments, replicaSets, daemonSets, statefulSets, jobs, cronJobs list
}

// A list identifies a list of a snapshot, which never changes, by where it is.
type list struct {
	first any
	count int
}

func listsOf(s cluster.Snapshot) lists {
	return lists{
		listOf(s.Nodes), listOf(s.Services), listOf(s.EndpointSlices), listOf(s.Events), listOf(s.Deployments),
		listOf(s.ReplicaSets), listOf(s.DaemonSets), listOf(s.StatefulSets), listOf(s.Jobs), listOf(s.CronJobs),
	}
}

func listOf[T any](all []*T) list {
	if len(all) == 0 {
		return list{}
	}
	return list{&all[0], len(all)}
}

func (k *kept) view(s Scene, width, height int, state any, draw func() string) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	now := from{
		lists: listsOf(s.Snapshot), width: width, height: height,
		theme: s.Theme.Key(), lang: s.Lang, namespace: s.Lab.Namespace, selected: s.Selected, cited: s.Event, state: state,
	}
	same := k.drawn && k.from == now && (listOf(k.pods) == listOf(s.Snapshot.Pods) || slices.EqualFunc(k.pods, s.Snapshot.Pods, sameButWords))
	k.pods = s.Snapshot.Pods
	if same {
		return k.frame
	}
	k.from, k.frame, k.drawn = now, draw(), true
	return k.frame
}

// sameButWords reports whether a pod changed at most in what these panes don't
// draw: labels of its own, annotations, managed fields.
func sameButWords(was, is *corev1.Pod) bool {
	if was == is {
		return true
	}
	same := equality.Semantic.DeepEqual
	spec := is.Generation > 0 && was.Generation == is.Generation // API servers before 1.33 don't count
	return was.UID == is.UID && was.DeletionTimestamp.Equal(is.DeletionTimestamp) && (spec || same(was.Spec, is.Spec)) && same(was.Status, is.Status) &&
		was.Labels[appsv1.ControllerRevisionHashLabelKey] == is.Labels[appsv1.ControllerRevisionHashLabelKey] && same(was.OwnerReferences, is.OwnerReferences)
}
