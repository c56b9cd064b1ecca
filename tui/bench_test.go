package tui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// A crowd is a Deployment's pods on some nodes, of which a few change from one
// snapshot to the next.
type crowd struct {
	now  cluster.Snapshot
	next int // the pod that changes next
}

func crowdOf(nodes, pods int) *crowd {
	s := snapshot(1).snapshot
	add := func(kind string, o cluster.Object) {
		gk := schema.GroupKind{Kind: kind}
		if kind == "Deployment" || kind == "ReplicaSet" {
			gk.Group = "apps"
		}
		s.Objects[gk] = append(s.Objects[gk], o)
	}
	for i := len(s.Nodes); i <= nodes; i++ {
		n := s.Nodes[1].DeepCopy()
		n.Name, n.UID = fmt.Sprintf("worker-%d", i), types.UID(fmt.Sprint("node", i))
		s.Nodes = append(s.Nodes, n)
		add("Node", n)
	}
	labels := map[string]string{"app": "web"}
	owned := func(kind, name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Namespace: "lab", Name: "web-5c8d9", UID: "rs", Labels: labels, OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kind, Name: name, UID: types.UID(name), Controller: ptr.To(true)}}}
	}
	d := &appsv1.Deployment{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: metav1.ObjectMeta{Namespace: "lab", Name: "web", UID: "web"}}
	d.Spec = appsv1.DeploymentSpec{Replicas: ptr.To(int32(pods)), Selector: &metav1.LabelSelector{MatchLabels: labels}}
	d.Status = appsv1.DeploymentStatus{Replicas: int32(pods), ReadyReplicas: int32(pods)}
	rs := &appsv1.ReplicaSet{TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"}, ObjectMeta: owned("Deployment", "web")}
	rs.Spec.Replicas, rs.Status.Replicas = d.Spec.Replicas, d.Status.Replicas
	s.Deployments, s.ReplicaSets = []*appsv1.Deployment{d}, []*appsv1.ReplicaSet{rs}
	add("Deployment", d)
	add("ReplicaSet", rs)
	for i := range pods {
		p := snapshot(1, fmt.Sprintf("web-5c8d9-%05d", i)).snapshot.Pods[0]
		p.OwnerReferences = owned("ReplicaSet", "rs").OwnerReferences
		p.Spec.NodeName = s.Nodes[1+i%nodes].Name
		s.Pods = append(s.Pods, p)
		add("Pod", p)
	}
	return &crowd{now: s}
}

// change returns the snapshot after n pods got another label, as watch makes it.
func (c *crowd) change(n int) snapshotMsg {
	s := c.now
	s.Seq++
	s.Time = s.Time.Add(50 * time.Millisecond)
	kind := schema.GroupKind{Kind: "Pod"}
	s.Pods = append([]*corev1.Pod(nil), s.Pods...)
	all := append([]cluster.Object(nil), s.Objects[kind]...)
	objects := map[schema.GroupKind][]cluster.Object{}
	for k, list := range s.Objects {
		objects[k] = list
	}
	s.Changes = nil
	for range n {
		i := c.next % len(s.Pods)
		c.next += 37
		before, after := s.Pods[i], s.Pods[i].DeepCopy()
		after.Labels["round"] = fmt.Sprint(c.next)
		s.Pods[i], all[i] = after, after
		s.Changes = append(s.Changes, cluster.Change{Time: s.Time, Verb: cluster.Modified, Kind: kind, Object: after, Before: before})
	}
	objects[kind], s.Objects = all, objects
	c.now = s
	return snapshotMsg{1, s}
}

// A frame of a lesson beside a crowd whose pods change fifty times a second:
// from the snapshot to the drawn screen.
func BenchmarkCrowd(b *testing.B) {
	for _, of := range []struct{ nodes, pods, width, height int }{{10, 1000, 120, 40}, {10, 1000, 200, 60}, {50, 5000, 120, 40}, {50, 5000, 200, 60}} {
		b.Run(fmt.Sprintf("%d-pods-%dx%d", of.pods, of.width, of.height), func(b *testing.B) {
			now := noon
			m := atMake(b)
			m.opts.Now = func() time.Time { return now }
			drive(m, tea.WindowSizeMsg{Width: of.width, Height: of.height})
			c := crowdOf(of.nodes, of.pods)
			drive(m, snapshotMsg{1, c.now})
			m.View()
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				msg := c.change(3)
				now = msg.snapshot.Time
				b.StartTimer()
				drive(m, msg)
				m.View()
			}
		})
	}
}

// A message that changes nothing on the screen.
func BenchmarkCleanView(b *testing.B) {
	m := atMake(b)
	m.View()
	for b.Loop() {
		m.View()
	}
}
