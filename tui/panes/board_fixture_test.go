package panes

import (
	"fmt"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// noon is when every fixture is drawn.
var noon = time.Date(2026, 3, 1, 12, 1, 8, 0, time.UTC)

// A world is a snapshot under construction.
type world struct {
	cluster.Snapshot
	made int
}

func (w *world) meta(kind, name string, owner metav1.Object) metav1.ObjectMeta {
	w.made++
	m := metav1.ObjectMeta{
		Namespace: cluster.Namespace, Name: name, UID: types.UID(fmt.Sprintf("%s-%s-%d", kind, name, w.made)),
		CreationTimestamp: metav1.NewTime(noon.Add(time.Duration(w.made-1000) * time.Second)),
		Labels:            map[string]string{"app": name}, Annotations: map[string]string{},
	}
	if owner != nil {
		ownerKind := "ReplicaSet"
		switch owner.(type) {
		case *appsv1.Deployment:
			ownerKind = "Deployment"
		case *appsv1.DaemonSet:
			ownerKind = "DaemonSet"
		case *appsv1.StatefulSet:
			ownerKind = "StatefulSet"
		case *batchv1.Job:
			ownerKind = "Job"
		}
		m.OwnerReferences = []metav1.OwnerReference{{Kind: ownerKind, Name: owner.GetName(), UID: owner.GetUID(), Controller: ptr.To(true)}}
	}
	return m
}

func (w *world) node(name string, plane bool) *corev1.Node {
	n := &corev1.Node{ObjectMeta: w.meta("node", name, nil)}
	n.Namespace = ""
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
	if plane {
		n.Labels["node-role.kubernetes.io/control-plane"] = ""
		n.Spec.Taints = []corev1.Taint{{Key: "node-role.kubernetes.io/control-plane", Effect: corev1.TaintEffectNoSchedule}}
	}
	w.Nodes = append(w.Nodes, n)
	return n
}

// pod makes a pod in a state; node "" leaves it without one.
func (w *world) pod(name, node string, owner metav1.Object, state cluster.State, reason string) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: w.meta("pod", name, owner)}
	if owner != nil {
		p.Labels["app"] = owner.GetLabels()["app"]
	}
	p.Spec.NodeName = node
	p.Spec.Containers = []corev1.Container{{Name: "nginx", Image: "nginx:1.28"}}
	p.Status.PodIP = "10.244.1." + strconv.Itoa(w.made%250)
	dress(p, state, reason)
	w.Pods = append(w.Pods, p)
	return p
}

// dress gives a pod the status that makes cluster.StateOf say state.
func dress(p *corev1.Pod, state cluster.State, reason string) {
	ready := corev1.ConditionFalse
	waiting := func(why string) {
		p.Status.Phase = corev1.PodPending
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "nginx", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: why}}}}
	}
	running := func() {
		p.Status.Phase = corev1.PodRunning
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "nginx", State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}}
	}
	switch state {
	case cluster.Unplaced:
		p.Status.Phase = corev1.PodPending
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: "Unschedulable", Message: reason})
	case cluster.Starting:
		waiting("ContainerCreating")
	case cluster.Failing:
		waiting(reason)
	case cluster.Failed:
		p.Status.Phase, p.Status.Reason = corev1.PodFailed, reason
	case cluster.Completed:
		p.Status.Phase = corev1.PodSucceeded
	case cluster.Unready:
		running()
	case cluster.Ready:
		running()
		ready = corev1.ConditionTrue
		p.Status.ContainerStatuses[0].Ready = true
	case cluster.Terminating:
		running()
		p.DeletionTimestamp = ptr.To(metav1.NewTime(noon))
	}
	p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.PodReady, Status: ready})
}

func (w *world) deployment(name string, replicas, surge, unavailable int) *appsv1.Deployment {
	d := &appsv1.Deployment{ObjectMeta: w.meta("deployment", name, nil)}
	d.Spec.Replicas = ptr.To(int32(replicas))
	d.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}
	d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType, RollingUpdate: &appsv1.RollingUpdateDeployment{
		MaxSurge: ptr.To(intstr.FromInt(surge)), MaxUnavailable: ptr.To(intstr.FromInt(unavailable)),
	}}
	w.Deployments = append(w.Deployments, d)
	return d
}

// revision makes a Deployment's ReplicaSet that wants so many pods.
func (w *world) revision(d *appsv1.Deployment, n int, image, hash string, replicas int) *appsv1.ReplicaSet {
	rs := &appsv1.ReplicaSet{ObjectMeta: w.meta("replicaset", d.Name+"-"+hash, d)}
	rs.Annotations[cluster.RevisionAnnotation] = strconv.Itoa(n)
	rs.Labels = map[string]string{"app": d.Name, "pod-template-hash": hash}
	rs.Spec.Replicas = ptr.To(int32(replicas))
	rs.Spec.Template.Spec.Containers = []corev1.Container{{Name: "nginx", Image: image}}
	w.ReplicaSets = append(w.ReplicaSets, rs)
	return rs
}

// settle fills in the status of Deployments and ReplicaSets from their pods.
func (w *world) settle() *world {
	w.Seq, w.Time = 7, noon
	for _, rs := range w.ReplicaSets {
		pods := w.OwnedBy(rs.UID)
		rs.Status.Replicas, rs.Status.ReadyReplicas = int32(len(pods)), int32(countReady(pods))
	}
	for _, d := range w.Deployments {
		d.Status.ReadyReplicas = 0
		for _, lane := range w.Lanes(d) {
			d.Status.Replicas += lane.ReplicaSet.Status.Replicas
			d.Status.ReadyReplicas += lane.ReplicaSet.Status.ReadyReplicas
		}
		d.Status.AvailableReplicas = d.Status.ReadyReplicas
	}
	return w
}

func countReady(pods []*corev1.Pod) int {
	n := 0
	for _, p := range pods {
		if state, _ := cluster.StateOf(p); state == cluster.Ready {
			n++
		}
	}
	return n
}

// lab is a cluster of one control plane and three workers with what runs on
// every cluster.
func lab() *world {
	w := &world{}
	w.node("control-plane", true)
	for i := range 3 {
		w.node("worker-"+strconv.Itoa(i+1), false)
	}
	system := func(name, node string) {
		p := w.pod(name, node, nil, cluster.Ready, "")
		p.Namespace = "kube-system"
	}
	for _, name := range []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "coredns-1"} {
		system(name, "control-plane")
	}
	for _, n := range w.Nodes {
		system("kube-proxy-"+n.Name, n.Name)
		system("kindnet-"+n.Name, n.Name)
	}
	return w
}

// rollout is a rolling update under way, and a DaemonSet beside it.
func rollout() *world {
	w := lab()
	web := w.deployment("web", 4, 1, 0)
	w.revision(web, 1, "nginx:1.25", "1f0c9d", 0)
	old := w.revision(web, 2, "nginx:1.27", "5d4f8b", 2)
	fresh := w.revision(web, 3, "nginx:1.28", "7c9ab2", 3)
	w.pod("web-5d4f8b-aaaaa", "worker-1", old, cluster.Terminating, "")
	w.pod("web-5d4f8b-bbbbb", "worker-2", old, cluster.Ready, "")
	w.pod("web-5d4f8b-ccccc", "worker-3", old, cluster.Ready, "")
	w.pod("web-7c9ab2-x2xmn", "worker-1", fresh, cluster.Ready, "")
	w.pod("web-7c9ab2-k8q4z", "worker-1", fresh, cluster.Ready, "")
	w.pod("web-7c9ab2-p0w1d", "worker-2", fresh, cluster.Starting, "")
	agent := &appsv1.DaemonSet{ObjectMeta: w.meta("daemonset", "agent", nil)}
	agent.Status.DesiredNumberScheduled = 3
	agent.Status.NumberReady, agent.Status.UpdatedNumberScheduled, agent.Status.CurrentNumberScheduled = 3, 3, 3
	w.DaemonSets = append(w.DaemonSets, agent)
	for i := range 3 {
		w.pod(fmt.Sprintf("agent-%05d", 31*i+7), fmt.Sprintf("worker-%d", i+1), agent, cluster.Ready, "")
	}
	svc := &corev1.Service{ObjectMeta: w.meta("service", "web", nil)}
	svc.Spec.Type, svc.Spec.ClusterIP = corev1.ServiceTypeClusterIP, "10.96.23.7"
	svc.Spec.Selector = map[string]string{"app": "web"}
	svc.Spec.Ports = []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt(80)}}
	w.Services = append(w.Services, svc)
	slice := &discoveryv1.EndpointSlice{ObjectMeta: w.meta("slice", "web-abc", nil)}
	slice.Labels[discoveryv1.LabelServiceName] = "web"
	for _, p := range w.Pods {
		state, _ := cluster.StateOf(p)
		if len(p.Name) > 4 && p.Name[:4] == "web-" && p.Namespace == cluster.Namespace {
			slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
				Addresses: []string{p.Status.PodIP}, TargetRef: &corev1.ObjectReference{Kind: "Pod", Name: p.Name, UID: p.UID},
				Conditions: discoveryv1.EndpointConditions{Ready: ptr.To(state == cluster.Ready), Terminating: ptr.To(state == cluster.Terminating)},
			})
		}
	}
	w.EndpointSlices = append(w.EndpointSlices, slice)
	return w.settle()
}

// stalled is a rolling update to an image that does not exist, a pod no node
// can take and a node that is gone.
func stalled() *world {
	w := lab()
	web := w.deployment("web", 4, 1, 0)
	old := w.revision(web, 3, "nginx:1.28", "7c9ab2", 4)
	fresh := w.revision(web, 4, "nginx:1.200", "6b1d0f", 1)
	for i, node := range []string{"worker-1", "worker-2", "worker-3", "worker-1"} {
		w.pod(fmt.Sprintf("web-7c9ab2-%05d", i), node, old, cluster.Ready, "")
	}
	w.pod("web-6b1d0f-zzzzz", "worker-2", fresh, cluster.Failing, "ImagePullBackOff")
	web.Status.Conditions = []appsv1.DeploymentCondition{{
		Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded",
		Message: `ReplicaSet "web-6b1d0f" has timed out progressing.`,
	}}
	big := w.deployment("big", 2, 1, 0)
	set := w.revision(big, 1, "nginx:1.28", "55aa00", 2)
	for i := range 2 {
		w.pod(fmt.Sprintf("big-55aa00-%05d", i), "", set, cluster.Unplaced,
			"0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient cpu.")
	}
	w.Nodes[3].Status.Conditions[0].Status = corev1.ConditionUnknown
	w.Nodes[2].Spec.Unschedulable = true
	return w.settle()
}

// crowd is so many pods on so many nodes, of three Deployments in two
// revisions each.
func crowd(nodes, pods int) *world {
	w := &world{}
	w.node("control-plane", true)
	for i := 1; i < nodes; i++ {
		w.node("worker-"+strconv.Itoa(i), false)
	}
	var sets []*appsv1.ReplicaSet
	for _, name := range []string{"api", "shop", "web"} {
		d := w.deployment(name, pods/3, 1, 0)
		sets = append(sets, w.revision(d, 1, name+":1", "aaa", pods/6), w.revision(d, 2, name+":2", "bbb", pods/6))
	}
	for i := range pods {
		state, reason := cluster.Ready, ""
		switch {
		case i%17 == 3:
			state = cluster.Starting
		case i%41 == 5:
			state, reason = cluster.Failing, "CrashLoopBackOff"
		case i%29 == 7:
			state = cluster.Terminating
		}
		set := sets[(i/7)%len(sets)]
		w.pod(fmt.Sprintf("%s-%05d", set.Name, i), "worker-"+strconv.Itoa(1+i%max(1, nodes-1)), set, state, reason)
	}
	return w.settle()
}

// scene draws a world in English, with colours on dark.
func (w *world) scene() Scene {
	return Scene{
		Now: noon, Lang: i18n.English, Theme: theme.New(true, true, false),
		Lab: Lab{Provider: "sim", Namespace: cluster.Namespace, Ready: true}, Snapshot: w.Snapshot, Focused: true,
	}
}
