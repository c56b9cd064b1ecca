package panes

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/i18n"
	"podium/tui/theme"
)

// A kept view is drawn again only when something it is drawn from changed, so
// that a View costs next to nothing while nothing happens.
type kept struct {
	from  from
	frame string
	drawn bool
}

// from is what most panes draw from. state is the pane's own part, comparable.
type from struct {
	stamp         stamp
	workloads     [2]any
	events        int
	event         *corev1.Event
	width, height int
	theme         theme.Key
	lang          i18n.Language
	namespace     string
	selected      Selection
	cited         types.UID
	state         any
}

func (k *kept) view(s Scene, width, height int, state any, draw func() string) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	now := from{
		stamp: stampOf(s.Snapshot), events: len(s.Snapshot.Events), width: width, height: height,
		theme: s.Theme.Key(), lang: s.Lang, namespace: s.Lab.Namespace, selected: s.Selected, cited: s.Event, state: state,
	}
	now.workloads = [2]any{head(s.Snapshot.Deployments), head(s.Snapshot.ReplicaSets)}
	if n := len(s.Snapshot.Events); n > 0 {
		now.event = s.Snapshot.Events[n-1]
	}
	if k.drawn && k.from == now {
		return k.frame
	}
	k.from, k.frame, k.drawn = now, draw(), true
	return k.frame
}

// head identifies a list by where it begins.
func head[T appsv1.Deployment | appsv1.ReplicaSet](list []*T) **T {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}
