package why

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
)

func kindOf(o cluster.Object) string {
	switch o.(type) {
	case *corev1.Pod:
		return "Pod"
	case *corev1.Service:
		return "Service"
	case *corev1.Node:
		return "Node"
	case *appsv1.Deployment:
		return "Deployment"
	case *appsv1.ReplicaSet:
		return "ReplicaSet"
	case *appsv1.StatefulSet:
		return "StatefulSet"
	case *appsv1.DaemonSet:
		return "DaemonSet"
	case *batchv1.Job:
		return "Job"
	case *batchv1.CronJob:
		return "CronJob"
	}
	return ""
}

func (e *explainer) ifService(uid types.UID) bool {
	svc, ok := find(e.s.Services, uid)
	if !ok {
		return false
	}
	e.owner("Service", svc)
	if d, ok := e.p.newest(uid, Selector); ok {
		e.say(d.Say)
		e.behind(func() { e.did(d) })
	}
	if len(svc.Spec.Selector) == 0 {
		e.say(i18n.M("why.service.none", "Name", svc.Name))
		return true
	}
	served, out := 0, map[Absence]int{}
	for _, m := range Members(e.s, svc) {
		if m.Out == "" {
			served++
		} else {
			out[m.Out]++
		}
	}
	e.say(i18n.M("why.service.selects", "Selector", Labels(svc.Spec.Selector), "Count", served))
	if n := out[NotReady]; n > 0 {
		e.bad(i18n.M("why.service.notready", "Count", n))
	}
	if n := out[Leaving]; n > 0 {
		e.say(i18n.M("why.service.leaving", "Count", n))
	}
	return true
}

func (e *explainer) ifNode(uid types.UID) bool {
	n, ok := find(e.s.Nodes, uid)
	if !ok {
		return false
	}
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status != corev1.ConditionTrue {
			e.bad(i18n.M("why.node.notready", "Name", n.Name, "Reason", c.Reason, "Message", c.Message))
		}
	}
	if n.Spec.Unschedulable {
		e.say(i18n.M("why.node.cordoned", "Name", n.Name))
		e.behind(func() { e.who(n, Fenced, n.CreationTimestamp.Time, "spec.unschedulable") })
	}
	for _, t := range n.Spec.Taints {
		e.say(i18n.M("why.node.taint", "Name", n.Name, "Taint", t.ToString()))
	}
	if len(e.chain) == 0 {
		e.say(i18n.M("why.node.fine", "Name", n.Name))
	}
	return true
}
