package panes

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podium/cluster/traffic"
	"podium/i18n"
)

// told adds an event some seconds before noon.
func (w *world) told(ago int, component, node, kind, name, reason, message string, count int) {
	e := &corev1.Event{ObjectMeta: w.meta("event", fmt.Sprintf("%s.%d", name, len(w.Events)), nil)}
	e.InvolvedObject = corev1.ObjectReference{Kind: kind, Name: name, Namespace: e.Namespace}
	for _, p := range w.Pods {
		if kind == "Pod" && p.Name == name {
			e.InvolvedObject.UID = p.UID
		}
	}
	for _, rs := range w.ReplicaSets {
		if kind == "ReplicaSet" && rs.Name == name {
			e.InvolvedObject.UID = rs.UID
		}
	}
	for _, d := range w.Deployments {
		if kind == "Deployment" && d.Name == name {
			e.InvolvedObject.UID = d.UID
		}
	}
	e.Reason, e.Message, e.Count, e.Type = reason, message, int32(count), corev1.EventTypeNormal
	if count > 1 || reason == "FailedScheduling" {
		e.Type = corev1.EventTypeWarning
	}
	e.Source.Component, e.Source.Host = component, node
	e.LastTimestamp = metav1.NewTime(noon.Add(-time.Duration(ago) * time.Second))
	w.Events = append(w.Events, e)
}

// busy is a rollout with what was told about it.
func busy() *world {
	w := rollout()
	w.told(9, "deployment-controller", "", "Deployment", "web", "ScalingReplicaSet", "Scaled up replica set web-7c9ab2 from 0 to 1", 1)
	w.told(9, "replicaset-controller", "", "ReplicaSet", "web-7c9ab2", "SuccessfulCreate", "Created pod: web-7c9ab2-x2xmn", 1)
	w.told(8, "default-scheduler", "", "Pod", "web-7c9ab2-x2xmn", "Scheduled", "Successfully assigned lab/web-7c9ab2-x2xmn to worker-1", 1)
	w.told(7, "kubelet", "worker-1", "Pod", "web-7c9ab2-x2xmn", "Pulled", `Container image "nginx:1.28" already present on machine`, 1)
	w.told(6, "kubelet", "worker-1", "Pod", "web-7c9ab2-x2xmn", "Started", "Started container nginx", 1)
	w.told(4, "default-scheduler", "", "Pod", "big-1", "FailedScheduling", "0/4 nodes are available: 3 Insufficient cpu.", 1)
	w.told(2, "kubelet", "worker-2", "Pod", "web-6b1d0f-zzzzz", "Failed", `Failed to pull image "nginx:1.200": not found`, 4)
	for _, p := range w.Pods {
		if p.Name == "web-7c9ab2-x2xmn" {
			p.Status.Conditions[0].LastTransitionTime = metav1.NewTime(noon.Add(-5 * time.Second))
		}
	}
	return w
}

// load is traffic that moves from one version to another, and failed requests.
func load(failed int) traffic.Stats {
	s := traffic.Stats{
		Via: i18n.Text("web:80"), Began: noon.Add(-40 * time.Second), Now: noon, ByVersion: map[string]int{},
		P50: 2 * time.Millisecond, P95: 3 * time.Millisecond,
	}
	for i := range 160 {
		b := traffic.Bucket{Start: s.Began.Add(time.Duration(i) * traffic.Width), Answered: 12, ByVersion: map[string]int{}}
		fresh := max(0, min(12, (i-80)/6))
		if fresh > 0 {
			b.ByVersion["1.28"] = fresh
		}
		if fresh < 12 {
			b.ByVersion["1.27"] = 12 - fresh
		}
		if i == 120 {
			b.Failed = failed
		}
		s.Total += b.Answered + b.Failed
		s.ByVersion["1.27"] += 12 - fresh
		s.ByVersion["1.28"] += fresh
		s.Buckets = append(s.Buckets, b)
	}
	if failed > 0 {
		s.Failed, s.Downtime = failed, 250*time.Millisecond
		s.Failures = []traffic.Failure{{Time: noon.Add(-10 * time.Second), Count: failed, Say: i18n.Text("connection refused by 10.244.1.7:80")}}
	}
	return s
}
