package why

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
)

// pod notes what happens to a pod, and counts it.
func (f *fold) pod(c cluster.Change, now, before *corev1.Pod) {
	owner := controller(now)
	gone := c.Verb == cluster.Deleted
	wasReady, wasActive := before != nil && isReady(before), before != nil && isActive(before)
	f.tally(c.Time, owner.UID, func(t *tally) {
		t.ready += one(!gone && isReady(now)) - one(wasReady)
		t.pods += one(!gone && isActive(now)) - one(wasActive)
	})
	switch c.Verb {
	case cluster.Added:
		f.podAdded(c, now)
	case cluster.Modified:
		if before != nil {
			f.podModified(c, now, before)
		}
	case cluster.Deleted:
		if now.DeletionTimestamp == nil { // removed at once, with no time to leave
			f.podLeaves(c, now)
		}
	}
}

// on begins a deed about a pod that its node reports.
func (f *fold) on(c cluster.Change, p *corev1.Pod, what What) Deed {
	owner := ownerOf(p)
	d := Deed{Time: c.Time, Who: i18n.Text(p.Spec.NodeName), What: what, About: objectOf("Pod", p), Owner: owner, node: p.Spec.NodeName, of: i18n.Text(owner.Name)}
	if n := f.now.Revision(p); n > 0 {
		d.of = i18n.M("why.of.revision", "Number", n)
	}
	return d
}

// short is a pod's name without what its ReplicaSet's name says already.
func short(p *corev1.Pod) string {
	owner := controller(p)
	if rest, ok := strings.CutPrefix(p.Name, owner.Name+"-"); ok && owner.Kind == "ReplicaSet" {
		return rest
	}
	return p.Name
}

func ownerOf(p *corev1.Pod) Object {
	c := controller(p)
	if c.UID == "" {
		return Object{}
	}
	return Object{Kind: c.Kind, Namespace: p.Namespace, Name: c.Name, UID: c.UID}
}

// podAdded notes a new pod, unless its controller was told to make it: that has
// been noted already.
func (f *fold) podAdded(c cluster.Change, p *corev1.Pod) {
	owner := ownerOf(p)
	if owner.UID == "" {
		f.thing(c, "Pod")
		return
	}
	asked, want := false, 0
	f.tally(c.Time, owner.UID, func(t *tally) {
		asked, want = t.owed > 0, t.want
		t.owed = max(0, t.owed-1)
	})
	if asked || owner.Kind != "ReplicaSet" {
		return
	}
	d := f.on(c, p, Made)
	d.Who = i18n.Text("replicaset")
	d.Say = i18n.M("why.made", "Name", short(p), "Owner", d.of, "Count", want)
	f.do(d)
}

func (f *fold) podModified(c cluster.Change, now, before *corev1.Pod) {
	if now.DeletionTimestamp != nil {
		if before.DeletionTimestamp == nil {
			f.podLeaves(c, now)
		}
		return
	}
	if was, is := controller(before), controller(now); was.UID != is.UID {
		f.podReleased(c, now, before)
	}
	was := cluster.PodState(before)
	is, word := cluster.StateOf(now)
	d := f.on(c, now, "")
	switch {
	case was == is:
	case is == cluster.Ready:
		d.What, d.Say = Ready, i18n.M("why.ready", "Name", short(now))
		if name := f.reached(now); name != "" {
			d.Say = i18n.M("why.ready.served", "Name", short(now), "Service", name)
		}
		f.do(d)
	case was == cluster.Ready && is == cluster.Unready:
		d.What, d.Bad, d.Say = Unready, true, i18n.M("why.unready", "Name", short(now))
		f.do(d)
	case is == cluster.Failing:
		d.What, d.Bad, d.Say = Failing, true, i18n.M("why.failing", "Name", short(now), "Reason", word, "Message", trouble(now))
		f.do(d)
	case is == cluster.Failed:
		d.What, d.Bad, d.Say = Ended, true, i18n.M("why.failed", "Name", short(now), "Reason", word)
		f.do(d)
	case is == cluster.Completed:
		d.What, d.Say = Ended, i18n.M("why.completed", "Name", short(now))
		f.do(d)
	}
	f.restarted(c, now, before)
}

// reached names the Service whose requests a ready pod gets, if there is one.
func (f *fold) reached(p *corev1.Pod) string {
	for _, svc := range f.now.Services {
		if svc.Namespace == p.Namespace && len(svc.Spec.Selector) > 0 && labels.SelectorFromSet(svc.Spec.Selector).Matches(labels.Set(p.Labels)) {
			return svc.Name
		}
	}
	return ""
}

// restarted notes a container that ended and was started again.
func (f *fold) restarted(c cluster.Change, now, before *corev1.Pod) {
	count := map[string]int32{}
	for _, s := range before.Status.ContainerStatuses {
		count[s.Name] = s.RestartCount
	}
	for _, s := range now.Status.ContainerStatuses {
		ended := s.LastTerminationState.Terminated
		if n, ok := count[s.Name]; !ok || s.RestartCount <= n || ended == nil {
			continue
		}
		d := f.on(c, now, Restart)
		d.Bad = ended.ExitCode != 0
		d.Say = i18n.M("why.restarted", "Name", short(now), "Container", s.Name, "Code", int(ended.ExitCode), "Reason", ended.Reason, "Count", int(s.RestartCount))
		f.do(d)
	}
}

// podReleased notes a pod that changed hands, as its labels decide: its controller
// writes down whose it is.
func (f *fold) podReleased(c cluster.Change, now, before *corev1.Pod) {
	was, is := ownerOf(before), ownerOf(now)
	d := f.on(c, now, Labelled)
	if is.UID == "" {
		d.Who = i18n.Text(strings.ToLower(was.Kind))
		d.Say = i18n.M("why.released", "Name", now.Name, "Kind", was.Kind, "Owner", was.Name)
		f.tally(c.Time, was.UID, func(t *tally) { t.pods, t.ready = t.pods-one(isActive(before)), t.ready-one(isReady(before)) })
	} else {
		d.Who = i18n.Text(strings.ToLower(is.Kind))
		d.Say = i18n.M("why.adopted", "Name", now.Name, "Kind", is.Kind, "Owner", is.Name)
		f.tally(c.Time, is.UID, func(t *tally) { t.pods, t.ready = t.pods+one(isActive(before)), t.ready+one(isReady(before)) })
	}
	d.What = Steps // it is told beside the command that changed the labels
	f.do(d)
}

// podLeaves notes a pod that is being deleted, unless its controller was told to
// remove it.
func (f *fold) podLeaves(c cluster.Change, p *corev1.Pod) {
	owner := ownerOf(p)
	due, surplus := false, false
	want, known := f.wants(owner.UID)
	f.tally(c.Time, owner.UID, func(t *tally) {
		owed := t.due
		if known {
			// What the ReplicaSet wants comes by a watch of its own, and can be behind
			// the pods that it removes for it.
			owed += t.want - want
			surplus = t.pods >= want // this one counts no longer
		}
		if due = owed > 0; due {
			t.due--
		}
	})
	if due || owner.Kind == "DaemonSet" || owner.Kind == "StatefulSet" || owner.Kind == "Job" && p.DeletionTimestamp == nil {
		return
	}
	d := f.on(c, p, Deleted)
	d.Who, d.Say = i18n.M("why.nobody"), i18n.M("why.pod.deleted", "Name", short(p))
	if surplus { // it adopted one that it hadn't asked for
		d.Who, d.Say = i18n.Text("replicaset"), i18n.M("why.surplus", "Name", short(p), "Owner", d.of, "Count", want)
	}
	if reason := disruption(p); reason != "" {
		d.Who, d.Say = i18n.Text("control plane"), i18n.M("why.pod.disrupted", "Name", p.Name, "Reason", reason)
	}
	f.do(d)
}

// wants is how many pods a ReplicaSet wants by now; false if it isn't one.
func (f *fold) wants(uid types.UID) (int, bool) {
	rs, ok := find(f.now.ReplicaSets, uid)
	if !ok {
		return 0, false
	}
	return wanted(rs.Spec.Replicas), true
}

// disruption is why the control plane removes a pod before its time.
func disruption(p *corev1.Pod) string {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.DisruptionTarget && c.Status == corev1.ConditionTrue {
			return c.Reason
		}
	}
	return ""
}

// trouble is what a pod's first container that won't run says.
func trouble(p *corev1.Pod) string {
	for _, s := range append(append([]corev1.ContainerStatus(nil), p.Status.InitContainerStatuses...), p.Status.ContainerStatuses...) {
		switch {
		case s.State.Waiting != nil && s.State.Waiting.Message != "":
			return firstLine(s.State.Waiting.Message)
		case s.State.Terminated != nil && s.State.Terminated.Message != "":
			return firstLine(s.State.Terminated.Message)
		}
	}
	return ""
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	return text
}
