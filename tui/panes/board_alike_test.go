package panes

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

func readyPod() *corev1.Pod {
	p := &corev1.Pod{}
	p.UID, p.Name, p.Spec.NodeName = types.UID("1"), "web", "worker-1"
	p.Spec.Containers = []corev1.Container{{Name: "web"}}
	p.Status.Phase = corev1.PodRunning
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "web", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}}
	return p
}

func TestOnlyWhatATileShowsMakesANodeBeDrawnAnew(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*corev1.Pod)
		alike  bool
	}{
		"a label":     {func(p *corev1.Pod) { p.Labels = map[string]string{"round": "2"} }, true},
		"another pod": {func(p *corev1.Pod) { p.UID = "2" }, false},
		"readiness":   {func(p *corev1.Pod) { p.Status.Conditions[0].Status = corev1.ConditionFalse }, false},
		"a container": {func(p *corev1.Pod) { p.Status.ContainerStatuses[0].Ready = false }, false},
		"its owner": {func(p *corev1.Pod) {
			yes := true
			p.OwnerReferences = []metav1.OwnerReference{{UID: "rs", Controller: &yes}}
		}, false},
	} {
		now := readyPod()
		test.change(now)
		if got := drawnAlike(readyPod(), now); got != test.alike {
			t.Errorf("%s changed: alike is %v", name, got)
		}
	}
}

func TestATileHoldsTheNewestStateOfItsPod(t *testing.T) {
	before, now := readyPod(), readyPod()
	now.Labels = map[string]string{"round": "2"}
	c := &column{next: []*corev1.Pod{before}}
	c.take(false, "", owners{}, true)
	c.rows = []string{"drawn"}
	c.next = []*corev1.Pod{now}
	c.take(false, "", owners{}, true)
	if got := c.groups[0].tiles[0].pod; got != now {
		t.Error("the tile still holds the pod as it was")
	}
	if state := c.groups[0].tiles[0].state; state != cluster.Ready {
		t.Errorf("state is %s", state)
	}
}
