package why

import (
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/i18n"
)

// notice makes deeds of a change.
func (f *fold) notice(c cluster.Change) {
	switch o := c.Object.(type) {
	case *corev1.Pod:
		before, _ := c.Before.(*corev1.Pod)
		f.pod(c, o, before)
	case *appsv1.ReplicaSet:
		before, _ := c.Before.(*appsv1.ReplicaSet)
		f.replicaSet(c, o, before)
	case *appsv1.Deployment:
		before, _ := c.Before.(*appsv1.Deployment)
		f.deployment(c, o, before)
	case *appsv1.StatefulSet:
		f.thing(c, "StatefulSet")
		if before, ok := c.Before.(*appsv1.StatefulSet); ok && c.Verb == cluster.Modified {
			f.template(c, "StatefulSet", &before.Spec.Template, &o.Spec.Template)
			f.scaled(c, "StatefulSet", wanted(before.Spec.Replicas), wanted(o.Spec.Replicas))
		}
	case *appsv1.DaemonSet:
		f.thing(c, "DaemonSet")
		if before, ok := c.Before.(*appsv1.DaemonSet); ok && c.Verb == cluster.Modified {
			f.template(c, "DaemonSet", &before.Spec.Template, &o.Spec.Template)
		}
	case *batchv1.Job:
		before, _ := c.Before.(*batchv1.Job)
		f.job(c, o, before)
	case *batchv1.CronJob:
		f.thing(c, "CronJob")
	case *corev1.Service:
		before, _ := c.Before.(*corev1.Service)
		f.service(c, o, before)
	case *corev1.Node:
		before, _ := c.Before.(*corev1.Node)
		f.node(c, o, before)
	case *corev1.Event:
		f.event(c, o)
	case *corev1.ConfigMap, *corev1.Secret, *corev1.PersistentVolumeClaim:
		f.small(c)
	}
}

// thing notes that something was made or removed.
func (f *fold) thing(c cluster.Change, kind string) {
	o := c.Object
	about := objectOf(kind, o)
	owner := controller(o)
	who := i18n.M("why.nobody")
	if owner.UID != "" {
		who = i18n.Text(strings.ToLower(owner.Kind))
	}
	switch {
	case c.Verb == cluster.Added:
		f.do(Deed{Time: c.Time, Who: f.by(c, who, "metadata.labels", "spec.selector", "spec.template"), What: Created, About: about,
			Say: i18n.M("why.created", "Kind", kind, "Name", o.GetName())})
	case c.Verb == cluster.Deleted:
		f.do(Deed{Time: c.Time, Who: who, What: Deleted, About: about, Say: i18n.M("why.deleted", "Kind", kind, "Name", o.GetName())})
	}
}

// small notes what has no life of its own but matters to what uses it.
func (f *fold) small(c cluster.Change) {
	kind := c.Kind.Kind
	if controller(c.Object).UID != "" || c.Object.GetName() == "kube-root-ca.crt" {
		return
	}
	f.thing(c, kind)
	if c.Verb == cluster.Modified && manager(c.Before) != manager(c.Object) {
		f.do(Deed{Time: c.Time, Who: f.by(c, i18n.M("why.nobody"), "data.", "metadata.labels"), What: Changed, About: objectOf(kind, c.Object),
			Say: i18n.M("why.changed", "Kind", kind, "Name", c.Object.GetName())})
	}
}

// by is who set a field, as the object says, else who.
func (f *fold) by(c cluster.Change, who i18n.Message, fields ...string) i18n.Message {
	if m, ok := cluster.ManagerOf(c.Object, fields...); ok {
		return i18n.Text(m.Name)
	}
	return who
}

// manager is who last set any of an object's own fields.
func manager(o cluster.Object) string {
	last, at := "", time.Time{}
	for _, m := range o.GetManagedFields() {
		if m.Time != nil && !m.Time.Time.Before(at) {
			last, at = m.Manager, m.Time.Time
		}
	}
	return last
}

// template notes that a controller makes other pods from now on.
func (f *fold) template(c cluster.Change, kind string, before, after *corev1.PodTemplateSpec) {
	if changes := cluster.TemplateChanges(before, after); len(changes) > 0 {
		f.do(Deed{Time: c.Time, Who: f.by(c, i18n.M("why.nobody"), "spec.template"), What: Template, About: objectOf(kind, c.Object),
			Say: i18n.M("why.template", "Name", c.Object.GetName(), "Changes", changed(changes))})
	}
}

// scaled notes that somebody asked for another number of pods.
func (f *fold) scaled(c cluster.Change, kind string, before, after int) {
	if before == after {
		return
	}
	f.do(Deed{Time: c.Time, Who: f.by(c, i18n.M("why.nobody"), "spec.replicas"), What: Scaled, About: objectOf(kind, c.Object),
		Say: i18n.M("why.scaled", "Name", c.Object.GetName(), "From", before, "To", after)})
}

func (f *fold) job(c cluster.Change, now, before *batchv1.Job) {
	f.thing(c, "Job")
	if c.Verb != cluster.Modified || before == nil {
		return
	}
	about := objectOf("Job", now)
	for _, condition := range now.Status.Conditions {
		if condition.Status != corev1.ConditionTrue || jobIs(before, condition.Type) {
			continue
		}
		switch condition.Type {
		case batchv1.JobComplete:
			f.do(Deed{Time: c.Time, Who: i18n.Text("job"), What: Finished, About: about, Say: i18n.M("why.job.complete", "Name", now.Name, "Count", int(now.Status.Succeeded))})
		case batchv1.JobFailed:
			f.do(Deed{Time: c.Time, Who: i18n.Text("job"), What: Stalled, About: about, Bad: true,
				Say: i18n.M("why.job.failed", "Name", now.Name, "Reason", condition.Reason, "Message", condition.Message)})
		}
	}
}

func jobIs(j *batchv1.Job, what batchv1.JobConditionType) bool {
	for _, c := range j.Status.Conditions {
		if c.Type == what && c.Status == corev1.ConditionTrue {
			return true
		}
	}
	return false
}

func (f *fold) service(c cluster.Change, now, before *corev1.Service) {
	f.thing(c, "Service")
	if c.Verb != cluster.Modified || before == nil {
		return
	}
	if was, is := Labels(before.Spec.Selector), Labels(now.Spec.Selector); was != is {
		f.do(Deed{Time: c.Time, Who: f.by(c, i18n.M("why.nobody"), "spec.selector"), What: Selector, About: objectOf("Service", now),
			Say: i18n.M("why.selector", "Name", now.Name, "Before", was, "After", is)})
	}
}

func (f *fold) node(c cluster.Change, now, before *corev1.Node) {
	about := objectOf("Node", now)
	note := func(what What, bad bool, id string) {
		f.do(Deed{Time: c.Time, Who: i18n.Text(now.Name), What: what, About: about, Bad: bad, Say: i18n.M(id, "Name", now.Name)})
	}
	switch {
	case c.Verb == cluster.Added:
		note(NodeDown, false, "why.node.new")
		return
	case c.Verb == cluster.Deleted:
		note(NodeDown, true, "why.node.gone")
		return
	}
	if was, is := nodeReady(before), nodeReady(now); was != is {
		if is {
			note(NodeDown, false, "why.node.ready")
		} else {
			note(NodeDown, true, "why.node.lost")
		}
	}
	if was, is := before.Spec.Unschedulable, now.Spec.Unschedulable; was != is {
		if is {
			note(Fenced, false, "why.node.cordoned")
		} else {
			note(Fenced, false, "why.node.open")
		}
	}
}

func nodeReady(n *corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

// told are events that say what a pod's state says as well, or what a node that
// is down says.
var told = map[string]bool{"BackOff": true, "Failed": true, "NodeNotReady": true, "FailedToUpdateEndpoint": true, "FailedToUpdateEndpointSlices": true}

// event notes a warning. The rest of the events tell nothing that isn't seen in
// the objects themselves.
func (f *fold) event(c cluster.Change, e *corev1.Event) {
	if c.Verb == cluster.Deleted || e.Type != corev1.EventTypeWarning || told[e.Reason] {
		return
	}
	if before, ok := c.Before.(*corev1.Event); ok && before.Message == e.Message && before.Reason == e.Reason {
		return
	}
	o := e.InvolvedObject
	f.do(Deed{Time: c.Time, Who: i18n.Text(Reporter(e)), What: Warned, Bad: true,
		About: Object{Kind: o.Kind, Namespace: e.Namespace, Name: o.Name, UID: o.UID},
		Say:   i18n.M("why.warned", "Name", o.Name, "Reason", e.Reason, "Message", e.Message)})
}

// Reporter is who reports an event, as a learner calls it: the node for its
// kubelet, "deployment" for "deployment-controller".
func Reporter(e *corev1.Event) string {
	name := e.ReportingController
	if name == "" {
		name = e.Source.Component
	}
	if strings.HasSuffix(name, "kubelet") {
		if e.ReportingInstance != "" {
			return e.ReportingInstance
		}
		return e.Source.Host
	}
	return strings.TrimSuffix(strings.TrimPrefix(name, "default-"), "-controller")
}
