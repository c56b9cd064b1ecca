package panes

import (
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

func revisionIn(t twig) int {
	if rs, ok := t.object.(*appsv1.ReplicaSet); ok {
		return revisionOf(rs)
	}
	return 0
}

// treeDrawing draws a forest row by row.
type treeDrawing struct {
	*block
	s       Scene
	t       *theme.Theme
	known   owners
	glowing []*corev1.Pod
	details int // the column at which what is said about names begins
}

// column finds where details stand in line: after the longest name, as far as
// that leaves room.
func (d *treeDrawing) column(forest []twig) int {
	longest := 0
	var walk func(twigs []twig, depth int)
	walk = func(twigs []twig, depth int) {
		for _, t := range twigs {
			n := depth * 3
			switch {
			case t.object != nil:
				n += cells(Clean(t.object.GetName()))
				if t.kind == "Pod" {
					n += 5
				}
			case t.endpoint != nil:
				n += cells(address(t.endpoint)) + 2
			}
			longest = max(longest, n)
			walk(t.owns, depth+1)
		}
	}
	walk(forest, 0)
	if d.width < narrow {
		return min(longest, d.width*2/5) + 2
	}
	return min(longest, d.width*3/5) + 2
}

// draw draws a twig and, indented, what it owns. stem is what stands before the
// branch, hang what stands before the branches below.
func (d *treeDrawing) draw(t twig, stem, branch, hang string) {
	d.begin()
	d.put(d.t.Inks.Edge, stem+branch)
	switch {
	case t.hidden > 0:
		d.put(d.t.Inks.Faint, d.s.Lang.Say(i18n.M("tree.hidden", "Count", t.hidden)))
	case t.endpoint != nil:
		d.endpoint(t.endpoint)
	case t.kind == "Pod":
		d.pod(t.object.(*corev1.Pod))
	default:
		d.owner(t)
	}
	d.finish()
	for i, below := range t.owns {
		fork, next := d.t.Branch+" ", d.t.Stem+" "
		if i == len(t.owns)-1 {
			fork, next = d.t.LastBranch+" ", strings.Repeat(" ", cells(d.t.Stem)+1)
		}
		d.draw(below, stem+hang, fork, next)
	}
}

// nameInk is the ink of an object's name.
func (d *treeDrawing) nameInk(uid types.UID, rest theme.Ink) theme.Ink {
	if uid == d.s.Selected.UID && uid != "" {
		return d.t.Inks.Chosen
	}
	return rest
}

func (d *treeDrawing) owner(t twig) {
	ink := d.t.Inks.Strong
	if rs, ok := t.object.(*appsv1.ReplicaSet); ok {
		ink = d.revisionInk(rs)
	}
	d.choose(d.nameInk(t.object.GetUID(), ink), Clean(t.object.GetName()), Selection{Kind: t.kind, UID: t.object.GetUID()})
	d.to(d.details)
	words := strings.Join(d.words(t), "  ")
	if cells(t.kind)+2+cells(words) <= d.room() {
		d.put(d.t.Inks.Faint, t.kind+"  ")
	}
	d.put(d.t.Inks.Text, words)
}

func (d *treeDrawing) revisionInk(rs *appsv1.ReplicaSet) theme.Ink {
	switch d.known[rs.UID].age {
	case 0:
		return d.t.Inks.Accent
	case 1:
		return d.t.Inks.Calm
	case loose:
		return d.t.Inks.Strong
	}
	return d.t.Inks.Faint
}

// words says how far an owner is.
func (d *treeDrawing) words(t twig) []string {
	say := d.s.Lang.Say
	of := func(ready int32, want int) string {
		return say(i18n.M("lanes.summary", "Ready", int(ready), "Want", want))
	}
	switch o := t.object.(type) {
	case *appsv1.Deployment:
		return []string{of(o.Status.ReadyReplicas, int(ptr.Deref(o.Spec.Replicas, 1)))}
	case *appsv1.ReplicaSet:
		var words []string
		if n := revisionOf(o); n > 0 {
			words = append(words, say(i18n.M("lanes.revision", "Number", n)))
		}
		if want := int(ptr.Deref(o.Spec.Replicas, 1)); want > 0 || len(t.owns) > 0 {
			return append(words, of(o.Status.ReadyReplicas, want))
		}
		return append(words, say(i18n.M("lanes.kept")))
	case *appsv1.StatefulSet:
		return []string{of(o.Status.ReadyReplicas, int(ptr.Deref(o.Spec.Replicas, 1)))}
	case *appsv1.DaemonSet:
		return []string{of(o.Status.NumberReady, int(o.Status.DesiredNumberScheduled))}
	case *batchv1.Job:
		return []string{say(i18n.M("lanes.done", "Done", int(o.Status.Succeeded), "Want", completions(o), "Failed", int(o.Status.Failed)))}
	case *batchv1.CronJob:
		return []string{Clean(o.Spec.Schedule)}
	case *corev1.Service:
		return d.service(o)
	}
	return nil
}

// service says where a Service is reached and how many pods answer.
func (d *treeDrawing) service(svc *corev1.Service) []string {
	if svc.Spec.Type == corev1.ServiceTypeExternalName {
		return []string{string(svc.Spec.Type), Clean(svc.Spec.ExternalName)}
	}
	where := Clean(svc.Spec.ClusterIP)
	for i, p := range svc.Spec.Ports {
		where += [2]string{":", ","}[min(i, 1)] + strconv.Itoa(int(p.Port))
		if p.NodePort > 0 {
			where += "/" + strconv.Itoa(int(p.NodePort))
		}
	}
	n := 0
	for _, e := range endpoints(d.s.Snapshot, svc) {
		if cluster.Receives(e) {
			n++
		}
	}
	return []string{where, d.t.Here + " " + d.s.Lang.Say(i18n.M("tree.endpoints", "Count", n))}
}

func (d *treeDrawing) pod(p *corev1.Pod) {
	tile := tileOf(p, d.known.of(p))
	state := tile.state
	painter := painter{t: d.t}
	var glow []types.UID
	if isAmong(d.glowing, p.UID) {
		glow = []types.UID{p.UID}
	}
	d.put(painter.tileInk(tile, glow), " "+tile.label+stateMark(d.t, state)+" ")
	d.space(1)
	d.choose(d.nameInk(p.UID, d.t.Inks.Text), Clean(p.Name), Selection{Kind: "Pod", UID: p.UID})
	d.to(d.details)
	switch {
	case bad(state):
		d.put(d.t.Inks.Bad, tile.reason)
		d.space(1)
	case !slices.Contains([]cluster.State{cluster.Ready, cluster.Unplaced}, state):
		d.put(d.t.Inks.Waiting, tile.reason)
		d.space(1)
	case state == cluster.Unplaced:
		d.put(d.t.Inks.Waiting, scheduler(p))
	}
	if p.Spec.NodeName != "" {
		d.put(d.t.Inks.Faint, Clean(p.Spec.NodeName))
	}
}

func address(e *discoveryv1.Endpoint) string {
	if len(e.Addresses) == 0 {
		return "?"
	}
	return Clean(e.Addresses[0])
}

// endpoint draws who may get a Service's requests.
func (d *treeDrawing) endpoint(e *discoveryv1.Endpoint) {
	mark, ink := d.t.Unready, d.t.Inks.Faint
	switch {
	case cluster.Receives(e):
		mark, ink = d.t.Ready, d.t.Inks.Text
	case ptr.Deref(e.Conditions.Terminating, false):
		mark = d.t.Leaving
	}
	d.put(ink, mark+" "+address(e))
	d.to(d.details)
	d.put(d.t.Inks.Faint, Clean(podOf(e)))
}
