package why

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	helpers "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
)

// pod says why a pod is as it is, why it is where it is, and why it is there.
func (e *explainer) pod(p *corev1.Pod) {
	e.state(p)
	e.made(p)
	e.place(p)
}

// state says what is wrong with a pod, or on its way.
func (e *explainer) state(p *corev1.Pod) {
	state, word := cluster.StateOf(p)
	switch state {
	case cluster.Failing, cluster.Failed:
		e.bad(i18n.M("why.pod.failing", "Name", p.Name, "Reason", word, "Message", trouble(p)))
	case cluster.Unready:
		e.bad(i18n.M("why.pod.unready", "Name", p.Name, "Message", e.warning(p, "Unhealthy")))
	case cluster.Starting:
		e.say(i18n.M("why.pod.starting", "Name", p.Name, "Reason", word))
	case cluster.Terminating:
		e.leaving(p)
	}
	for _, s := range p.Status.ContainerStatuses {
		if t := s.LastTerminationState.Terminated; s.RestartCount > 0 && t != nil {
			e.bad(i18n.M("why.pod.restarted", "Container", s.Name, "Count", int(s.RestartCount), "Code", int(t.ExitCode), "Reason", t.Reason))
		}
	}
}

// warning is the newest warning about a pod with a reason, in its own words.
func (e *explainer) warning(p *corev1.Pod, reason string) string {
	text := ""
	for _, ev := range e.s.Events {
		if ev.InvolvedObject.UID == p.UID && ev.Reason == reason {
			text = firstLine(ev.Message)
		}
	}
	return text
}

func (e *explainer) leaving(p *corev1.Pod) {
	if reason := disruption(p); reason != "" {
		e.say(i18n.M("why.pod.disrupted", "Name", p.Name, "Reason", reason))
		return
	}
	e.say(i18n.M("why.pod.leaving", "Name", p.Name))
	e.behind(func() {
		d, ok := e.p.newest(p.UID, Deleted)
		if ok && e.command(d) {
			return
		}
		if c := controller(p); !ok && c.UID != "" {
			if step, seen := e.p.newestUntil(givenUp(p), c.UID, Steps, Scaled); seen {
				e.say(step.Say)
				return
			}
		}
		switch {
		case ok && d.Who.ID == "": // its controller, and why
			e.say(d.Say)
		case ok:
			e.unknown(i18n.M("why.by.unknown", "Time", e.clock(d.Time)))
		}
	})
}

// givenUp is when a pod that is leaving was asked to, at the latest: the API server
// writes down when its grace ends, in whole seconds.
func givenUp(p *corev1.Pod) time.Time {
	grace := time.Duration(ptr.Deref(p.DeletionGracePeriodSeconds, 0)) * time.Second
	return p.DeletionTimestamp.Add(time.Second - grace)
}

// made says which controller made a pod and what for.
func (e *explainer) made(p *corev1.Pod) {
	c := controller(p)
	if c.UID == "" {
		if p.Annotations[corev1.MirrorPodAnnotationKey] != "" {
			e.say(i18n.M("why.pod.static", "Name", p.Name))
			return
		}
		e.say(i18n.M("why.pod.bare", "Name", p.Name))
		e.behind(func() { e.who(p, Created, p.CreationTimestamp.Time, "metadata.labels", "spec.containers") })
		return
	}
	if d, ok := e.p.newest(p.UID, Steps); ok && d.Say.ID == "why.adopted" {
		e.say(i18n.M("why.pod.adopted", "Name", p.Name, "Kind", c.Kind, "Owner", c.Name))
		e.behind(func() { e.who(p, Created, p.CreationTimestamp.Time, "metadata.labels", "spec.containers") })
		return
	}
	if rs, ok := find(e.s.ReplicaSets, c.UID); ok {
		id := "why.pod.set"
		if wanted(rs.Spec.Replicas) == 0 {
			id = "why.pod.unwanted"
		}
		if revision(rs) == 0 {
			e.say(i18n.M("why.pod.owned", "Name", p.Name, "Kind", "ReplicaSet", "Owner", rs.Name))
		} else {
			e.say(i18n.M(id, "Name", p.Name, "Owner", rs.Name, "Revision", revision(rs), "Count", wanted(rs.Spec.Replicas)))
		}
		if d, ok := e.p.newest(p.UID, Made); ok {
			e.say(i18n.M("why.pod.replaces", "Time", e.clock(d.Time)))
		}
		e.behind(func() { e.set(rs) })
		return
	}
	e.say(i18n.M("why.pod.owned", "Name", p.Name, "Kind", c.Kind, "Owner", c.Name))
	e.behind(func() {
		if !e.ifOther(c.UID) {
			e.unknown(i18n.M("why.owner.gone", "Kind", c.Kind, "Name", c.Name))
		}
	})
}

// place says what is known of where a pod is: which nodes could take it, not why
// the scheduler liked one of them best, for it keeps that to itself.
func (e *explainer) place(p *corev1.Pod) {
	fit, refused := e.fitting(p)
	switch {
	case p.Spec.NodeName == "":
		message := ""
		for _, c := range p.Status.Conditions {
			if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
				message = c.Message
			}
		}
		e.bad(i18n.M("why.place.none", "Name", p.Name, "Message", message))
		return
	case pinned(p) != "":
		e.say(i18n.M("why.place.pinned", "Name", p.Name, "Node", p.Spec.NodeName))
		return
	case len(fit) == 1 && fit[0] == p.Spec.NodeName:
		e.say(i18n.M("why.place.only", "Name", p.Name, "Node", p.Spec.NodeName))
	default:
		e.say(i18n.M("why.place.chosen", "Name", p.Name, "Node", p.Spec.NodeName))
	}
	e.behind(func() {
		for _, r := range refused {
			e.say(r)
		}
		if len(fit) > 1 {
			e.unknown(i18n.M("why.place.score", "Nodes", strings.Join(fit, ", ")))
		}
	})
}

// mostListed is how many nodes that could not take a pod are told one by one.
const mostListed = 3

// fitting returns the nodes that a pod's rules and their taints allow as they
// are now, and why others don't. Whether there was room then is not known.
func (e *explainer) fitting(p *corev1.Pod) (fit []string, refused []i18n.Message) {
	affinity := nodeaffinity.GetRequiredNodeAffinity(p)
	for _, n := range e.s.Nodes {
		ok, err := affinity.Match(n)
		taint, tainted := helpers.FindMatchingUntoleratedTaint(klog.Logger{}, n.Spec.Taints, p.Spec.Tolerations,
			func(t *corev1.Taint) bool { return t.Effect != corev1.TaintEffectPreferNoSchedule }, false)
		switch {
		case err == nil && !ok:
			refused = append(refused, i18n.M("why.place.affinity", "Node", n.Name))
		case tainted:
			refused = append(refused, i18n.M("why.place.taint", "Node", n.Name, "Taint", taint.ToString()))
		case n.Spec.Unschedulable:
			refused = append(refused, i18n.M("why.place.cordoned", "Node", n.Name))
		default:
			fit = append(fit, n.Name)
		}
	}
	if more := len(refused) - mostListed; more > 0 {
		refused = append(refused[:mostListed:mostListed], i18n.M("why.place.more", "Count", more))
	}
	return fit, refused
}

// pinned returns the one node a pod was made for, as a DaemonSet's pods are.
func pinned(p *corev1.Pod) string {
	if p.Spec.Affinity == nil || p.Spec.Affinity.NodeAffinity == nil || p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return ""
	}
	for _, term := range p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
		for _, f := range term.MatchFields {
			if f.Key == "metadata.name" && len(f.Values) == 1 {
				return f.Values[0]
			}
		}
	}
	return ""
}
