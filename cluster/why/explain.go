package why

import (
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
)

// A Reason is one link of a chain of causes.
type Reason struct {
	Say     i18n.Message
	Depth   int  // how many causes behind the object it stands
	Bad     bool // it tells of trouble
	Unknown bool // it says what is not on record
}

// Explain returns why an object is there and is as it is: what is nearest
// first, then what is behind it. It is empty when there is no such object, or
// nothing to say of its kind. Times are told in now's time zone.
func Explain(s cluster.Snapshot, p Past, about types.UID, now time.Time) []Reason {
	e := explainer{s: s, p: p, at: now}
	for _, kind := range []func(types.UID) bool{e.ifPod, e.ifSet, e.ifDeployment, e.ifOther, e.ifService, e.ifNode, e.ifEvent} {
		if kind(about) {
			break
		}
	}
	return e.chain
}

// An explainer is a chain under construction.
type explainer struct {
	s     cluster.Snapshot
	p     Past
	at    time.Time
	depth int
	chain []Reason
}

func (e *explainer) say(m i18n.Message) { e.chain = append(e.chain, Reason{Say: m, Depth: e.depth}) }
func (e *explainer) bad(m i18n.Message) {
	e.chain = append(e.chain, Reason{Say: m, Depth: e.depth, Bad: true})
}
func (e *explainer) unknown(m i18n.Message) {
	e.chain = append(e.chain, Reason{Say: m, Depth: e.depth, Unknown: true})
}

// behind runs what tells of the cause of what was said last.
func (e *explainer) behind(tell func()) {
	e.depth++
	tell()
	e.depth--
}

func find[T cluster.Object](list []T, uid types.UID) (found T, ok bool) {
	if uid == "" {
		return found, false
	}
	if i := slices.IndexFunc(list, func(o T) bool { return o.GetUID() == uid }); i >= 0 {
		return list[i], true
	}
	return found, false
}

func (e *explainer) ifPod(uid types.UID) bool {
	p, ok := find(e.s.Pods, uid)
	if ok {
		e.pod(p)
	}
	return ok
}

func (e *explainer) ifSet(uid types.UID) bool {
	rs, ok := find(e.s.ReplicaSets, uid)
	if ok {
		e.set(rs)
	}
	return ok
}

func (e *explainer) ifDeployment(uid types.UID) bool {
	d, ok := find(e.s.Deployments, uid)
	if ok {
		e.deployment(d)
	}
	return ok
}

// ifOther tells of controllers that have no ReplicaSets.
func (e *explainer) ifOther(uid types.UID) bool {
	if o, ok := find(e.s.StatefulSets, uid); ok {
		e.owner("StatefulSet", o)
		e.say(i18n.M("why.is.statefulset", "Count", wanted(o.Spec.Replicas)))
		return true
	}
	if o, ok := find(e.s.DaemonSets, uid); ok {
		e.owner("DaemonSet", o)
		e.say(i18n.M("why.is.daemonset", "Count", int(o.Status.DesiredNumberScheduled)))
		return true
	}
	if o, ok := find(e.s.Jobs, uid); ok {
		e.job(o)
		return true
	}
	if o, ok := find(e.s.CronJobs, uid); ok {
		e.owner("CronJob", o)
		e.say(i18n.M("why.is.cronjob", "Schedule", o.Spec.Schedule))
		return true
	}
	return false
}

func (e *explainer) ifEvent(uid types.UID) bool {
	ev, ok := find(e.s.Events, uid)
	if !ok {
		return false
	}
	o := ev.InvolvedObject
	e.say(i18n.M("why.event", "Who", Reporter(ev), "Kind", o.Kind, "Name", o.Name, "Reason", ev.Reason, "Message", ev.Message))
	about := o.UID
	for _, n := range e.s.Nodes {
		if o.Kind == "Node" && n.Name == o.Name { // a kubelet knows its node by the name alone
			about = n.UID
		}
	}
	e.behind(func() {
		before := len(e.chain)
		for _, kind := range []func(types.UID) bool{e.ifPod, e.ifSet, e.ifDeployment, e.ifOther, e.ifService, e.ifNode} {
			if kind(about) {
				return
			}
		}
		if len(e.chain) == before {
			e.unknown(i18n.M("why.event.gone", "Kind", o.Kind, "Name", o.Name))
		}
	})
	return true
}

// owner says who made something that a person makes.
func (e *explainer) owner(kind string, o cluster.Object) {
	e.say(i18n.M("why.is.made", "Kind", kind, "Name", o.GetName(), "Time", e.clock(o.GetCreationTimestamp().Time)))
	e.behind(func() {
		e.who(o, Created, o.GetCreationTimestamp().Time, "metadata.labels", "spec.template", "spec.selector", "spec.replicas")
	})
	if d, ok := e.p.newest(o.GetUID(), Template); ok {
		e.say(d.Say)
		e.behind(func() { e.did(d) })
	}
	if d, ok := e.p.newest(o.GetUID(), Scaled); ok {
		e.say(d.Say)
		e.behind(func() { e.did(d) })
	}
}

func (e *explainer) job(j *batchv1.Job) {
	if c := controller(j); c.UID != "" {
		e.say(i18n.M("why.is.job.cron", "Name", j.Name, "Owner", c.Name))
		if cron, ok := find(e.s.CronJobs, c.UID); ok {
			e.behind(func() { e.ifOther(cron.UID) })
		}
	} else {
		e.owner("Job", j)
	}
	e.say(i18n.M("why.is.job", "Count", int(wanted(j.Spec.Completions)), "Done", int(j.Status.Succeeded), "Failed", int(j.Status.Failed)))
	for _, c := range j.Status.Conditions {
		if c.Type == batchv1.JobFailed && c.Status == corev1.ConditionTrue {
			e.bad(i18n.M("why.job.failed", "Name", j.Name, "Reason", c.Reason, "Message", c.Message))
		}
	}
}

func (e *explainer) deployment(d *appsv1.Deployment) {
	e.owner("Deployment", d)
	if lanes := e.s.Lanes(d); len(lanes) > 0 {
		e.say(i18n.M("why.is.deployment", "Count", wanted(d.Spec.Replicas), "Revision", lanes[0].Revision))
		e.behind(func() { e.set(lanes[0].ReplicaSet) })
	}
	e.stuck(d)
}

// stuck says what keeps a Deployment from going on, in its condition's words.
func (e *explainer) stuck(d *appsv1.Deployment) {
	if d.Spec.Paused {
		e.say(i18n.M("why.is.paused"))
	}
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing && c.Status == corev1.ConditionFalse || c.Type == appsv1.DeploymentReplicaFailure && c.Status == corev1.ConditionTrue {
			e.bad(i18n.M("why.stalled", "Name", d.Name, "Reason", c.Reason, "Message", c.Message))
		}
	}
}

// set says why a ReplicaSet is there and why it wants as many pods as it does.
func (e *explainer) set(rs *appsv1.ReplicaSet) {
	owner := controller(rs)
	if owner.UID == "" {
		e.owner("ReplicaSet", rs)
		return
	}
	d, ok := find(e.s.Deployments, owner.UID)
	if !ok {
		e.unknown(i18n.M("why.owner.gone", "Kind", owner.Kind, "Name", owner.Name))
		return
	}
	lanes := e.s.Lanes(d)
	old, n := previous(lanes, rs), revision(rs)
	deed, seen := e.p.newest(rs.UID, Revision)
	switch {
	case seen && deed.Say.ID == "why.revision.back":
		e.say(deed.Say)
	case old == nil && n <= 1:
		e.say(i18n.M("why.set.first", "Name", rs.Name, "Owner", d.Name))
	case old == nil:
		e.unknown(i18n.M("why.set.unknown", "Name", rs.Name, "Revision", n, "Owner", d.Name))
	default:
		changes := cluster.TemplateChanges(&old.Spec.Template, &rs.Spec.Template)
		e.say(i18n.M("why.set.template", "Name", rs.Name, "Revision", n, "Owner", d.Name, "Changes", changed(changes)))
	}
	e.behind(func() { e.turned(d, rs, deed, seen, n <= 1 || old == nil) })
	if deed, ok := e.p.newest(rs.UID, Steps); ok {
		e.say(deed.Say)
	}
	if len(lanes) > 0 && lanes[0].ReplicaSet.UID != rs.UID {
		e.say(i18n.M("why.set.old", "Name", rs.Name, "Revision", lanes[0].Revision))
	} else {
		e.stuck(d)
	}
}

// turned says who changed the template that a revision was made for.
func (e *explainer) turned(d *appsv1.Deployment, rs *appsv1.ReplicaSet, made Deed, seen, first bool) {
	about := Deed{Time: rs.CreationTimestamp.Time, What: Template, About: objectOf("Deployment", d)}
	if seen {
		about.Time = made.Time
	}
	if first {
		about.What = Created
	}
	lanes := e.s.Lanes(d)
	if e.command(about) {
		return
	}
	if cause := rs.Annotations["kubernetes.io/change-cause"]; cause != "" {
		e.say(i18n.M("why.by.annotation", "Cause", cause))
		return
	}
	if len(lanes) > 0 && lanes[0].ReplicaSet.UID == rs.UID { // the record is of the template as it is now
		e.record(d, about.Time, "spec.template")
		return
	}
	e.unknown(i18n.M("why.by.unknown", "Time", e.clock(about.Time)))
}
