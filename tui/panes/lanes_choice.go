package panes

import (
	"cmp"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// A workload is what lanes are about: something that makes pods, or a pod that
// nothing made.
type workload struct {
	kind   string
	object cluster.Object
}

func (w workload) selection() Selection {
	return Selection{Kind: w.kind, UID: w.object.GetUID()}
}

// workloads returns what the learner made in a namespace, topmost owners only,
// by kind and name.
func workloads(s cluster.Snapshot, namespace string) []workload {
	all := makers(s, namespace)
	for _, p := range s.Pods {
		if p.Namespace == namespace && metav1.GetControllerOfNoCopy(p) == nil {
			all = append(all, workload{"Pod", p})
		}
	}
	return all
}

// makers are the workloads without the pods that nothing made.
func makers(s cluster.Snapshot, namespace string) []workload {
	var all []workload
	add := func(kind string, o cluster.Object) {
		if o.GetNamespace() == namespace && metav1.GetControllerOfNoCopy(o) == nil {
			all = append(all, workload{kind, o})
		}
	}
	for _, o := range s.Deployments {
		add("Deployment", o)
	}
	for _, o := range s.ReplicaSets {
		add("ReplicaSet", o)
	}
	for _, o := range s.StatefulSets {
		add("StatefulSet", o)
	}
	for _, o := range s.DaemonSets {
		add("DaemonSet", o)
	}
	for _, o := range s.Jobs {
		if o.Namespace == namespace {
			all = append(all, workload{"Job", o}) // a CronJob's Jobs are told apart
		}
	}
	for _, o := range s.CronJobs {
		add("CronJob", o)
	}
	return all
}

// chosen returns the workload that is selected or stands behind what is; else
// the one that changed last in the learner's namespace, Deployments before
// others.
func chosen(s Scene) (workload, bool) {
	if w, ok := behind(s.Snapshot, s.Selected.UID); ok {
		return w, true
	}
	all := makers(s.Snapshot, s.Lab.Namespace)
	if len(all) == 0 { // to look at every pod of thousands takes long
		all = workloads(s.Snapshot, s.Lab.Namespace)
	}
	if len(all) == 0 {
		return workload{}, false
	}
	return slices.MaxFunc(all, func(a, b workload) int {
		return cmp.Or(
			cmp.Compare(precedence(a), precedence(b)), changed(a).Compare(changed(b)),
			strings.Compare(b.object.GetName(), a.object.GetName()),
		)
	}), true
}

func precedence(w workload) int {
	switch w.kind {
	case "Deployment":
		return 2
	case "Pod":
		return 0
	}
	return 1
}

// changed is when a workload last moved on, as far as its status says.
func changed(w workload) time.Time {
	last := w.object.GetCreationTimestamp().Time
	if d, ok := w.object.(*appsv1.Deployment); ok {
		for _, c := range d.Status.Conditions {
			if c.LastUpdateTime.After(last) {
				last = c.LastUpdateTime.Time
			}
		}
	}
	return last
}

// behind returns the topmost workload behind the object with this UID.
func behind(s cluster.Snapshot, uid types.UID) (workload, bool) {
	if uid == "" {
		return workload{}, false
	}
	for _, p := range s.Pods {
		if p.UID != uid {
			continue
		}
		if c := metav1.GetControllerOfNoCopy(p); c != nil {
			if w, ok := behind(s, c.UID); ok {
				return w, true
			}
		}
		return workload{"Pod", p}, true
	}
	for _, rs := range s.ReplicaSets {
		if rs.UID != uid {
			continue
		}
		if c := metav1.GetControllerOfNoCopy(rs); c != nil {
			if w, ok := behind(s, c.UID); ok {
				return w, true
			}
		}
		return workload{"ReplicaSet", rs}, true
	}
	for _, o := range s.Deployments {
		if o.UID == uid {
			return workload{"Deployment", o}, true
		}
	}
	for _, o := range s.StatefulSets {
		if o.UID == uid {
			return workload{"StatefulSet", o}, true
		}
	}
	for _, o := range s.DaemonSets {
		if o.UID == uid {
			return workload{"DaemonSet", o}, true
		}
	}
	for _, o := range s.Jobs {
		if o.UID == uid {
			return workload{"Job", o}, true
		}
	}
	for _, o := range s.CronJobs {
		if o.UID == uid {
			return workload{"CronJob", o}, true
		}
	}
	return workload{}, false
}

// images returns what containers run, without the registry.
func images(containers []corev1.Container) []string {
	var names []string
	for _, c := range containers {
		name := Clean(c.Image)
		names = append(names, name[strings.LastIndexByte(name, '/')+1:])
	}
	return names
}

// completions is how many of a Job's pods must succeed.
func completions(j *batchv1.Job) int {
	if j.Spec.Completions != nil {
		return int(*j.Spec.Completions)
	}
	return 1
}

// templateOf is what a workload makes its pods from; nil for a pod.
func templateOf(o cluster.Object) *corev1.PodTemplateSpec {
	switch o := o.(type) {
	case *appsv1.Deployment:
		return &o.Spec.Template
	case *appsv1.ReplicaSet:
		return &o.Spec.Template
	case *appsv1.StatefulSet:
		return &o.Spec.Template
	case *appsv1.DaemonSet:
		return &o.Spec.Template
	case *batchv1.Job:
		return &o.Spec.Template
	}
	return nil
}
