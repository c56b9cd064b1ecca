package kubelet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"

	"podium/cluster/sim/network"
)

func TestWorkersAreLinedUp(t *testing.T) {
	tests := []struct {
		have             []int
		want             int
		missing, surplus []int
	}{
		{nil, 0, []int{1, 2, 3}, nil},
		{nil, 2, []int{1, 2}, nil},
		{[]int{1, 3}, 0, nil, nil},
		{[]int{3, 1}, 3, []int{2}, nil},
		{[]int{1, 2, 7}, 2, nil, []int{7}},
		{[]int{50}, 50, nil, nil},
	}
	tests[5].missing = make([]int, 49)
	for i := range tests[5].missing {
		tests[5].missing[i] = i + 1
	}
	for _, tt := range tests {
		missing, surplus := lineUp(slices.Clone(tt.have), tt.want)
		if !slices.Equal(missing, tt.missing) || !slices.Equal(surplus, tt.surplus) {
			t.Errorf("%v, want %d: add %v, remove %v", tt.have, tt.want, missing, surplus)
		}
	}
}

func (s *sim) nodeObject(name string) *corev1.Node {
	o, err := s.client.CoreV1().Nodes().Get(context.Background(), name, metav1.GetOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

// markStopped sets the mark to a JSON value and lets the machine follow.
func (s *sim) markStopped(name, value string) {
	s.t.Helper()
	patch := fmt.Appendf(nil, `{"metadata":{"annotations":{%q:%s}}}`, stoppedMark, value)
	if _, err := s.client.CoreV1().Nodes().Patch(context.Background(), name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		s.t.Fatal(err)
	}
	s.wait(100 * time.Millisecond)
}

func (s *sim) renewed(node string) time.Time {
	lease, err := s.client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(context.Background(), node, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return time.Time{}
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return lease.Spec.RenewTime.Time
}

func (s *sim) answers(pod string) bool {
	conn, err := s.net.DialContext(context.Background(), "tcp", s.get(pod).Status.PodIP+":80")
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func TestAStoppedNodeFallsSilentAndItsPodsStartAnewWhenItReturns(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27"))
		s.wait(10 * time.Second)
		if !s.answers("web") {
			t.Fatal("the pod does not answer")
		}
		before := s.nodeObject("worker-1")
		s.markStopped("worker-1", `"`+stopAsked+`"`)
		if _, err := time.Parse(time.RFC3339, s.nodeObject("worker-1").Annotations[stoppedMark]); err != nil {
			t.Errorf("the request is not answered: %v", err)
		}
		beat := s.renewed("worker-1")
		posts := len(s.states("web"))
		s.wait(time.Minute)
		if !s.renewed("worker-1").Equal(beat) || s.renewed(controlPlaneName).Equal(beat) {
			t.Error("a dead node's lease is renewed, or a live one's is not")
		}
		if s.answers("web") || len(s.states("web")) != posts || s.nodes.find("lab", "web") != nil {
			t.Error("a pod on a dead node answers or is reported")
		}
		s.markStopped("worker-1", "null")
		s.wait(10 * time.Second)
		status := s.get("web").Status.ContainerStatuses[0]
		last := status.LastTerminationState.Terminated
		if status.RestartCount != 1 || status.State.Running == nil || last == nil || last.ExitCode != 255 || last.Reason != "Unknown" {
			t.Errorf("after the node's return: %+v", status)
		}
		if !s.answers("web") || !slices.ContainsFunc(s.events("web"), func(e string) bool { return strings.HasPrefix(e, "Normal SandboxChanged ") }) {
			t.Errorf("no answer, or no word of it: %q", s.events("web"))
		}
		after := s.nodeObject("worker-1")
		if !healthy(after) || after.Status.NodeInfo.BootID == before.Status.NodeInfo.BootID || s.renewed("worker-1").Equal(beat) {
			t.Errorf("the node is not back: %+v", after.Status)
		}
		if events := strings.Join(s.events("worker-1"), "\n"); !strings.Contains(events, "Warning Rebooted Node worker-1 has been rebooted") {
			t.Errorf("events of the node: %s", events)
		}
	})
}

func TestAPodDeletedOnADeadNodeHangsUntilItReturns(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27"))
		s.create(aPod("once", "nginx:1.27", policy(corev1.RestartPolicyNever)))
		s.wait(10 * time.Second)
		s.markStopped("worker-1", `"`+stopAsked+`"`)
		if err := s.client.CoreV1().Pods("lab").Delete(context.Background(), "web", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(10 * time.Minute)
		if p := s.get("web"); p == nil || p.DeletionTimestamp == nil {
			t.Fatalf("it does not hang: %v", p)
		}
		s.markStopped("worker-1", "null")
		s.wait(10 * time.Second)
		if s.get("web") != nil {
			t.Error("it is still there")
		}
		if p := s.get("once"); p.Status.Phase != corev1.PodFailed {
			t.Errorf("a pod that never restarts is %s", p.Status.Phase)
		}
	})
}

func TestANodeObjectMakesAMachineAndItsDeletionEndsIt(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		asked := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "worker-4", UID: "4", Labels: map[string]string{simulatedLabel: "4"}}}
		if _, err := s.client.CoreV1().Nodes().Create(context.Background(), asked, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(time.Second)
		made := s.nodeObject("worker-4")
		if !healthy(made) || made.Labels[corev1.LabelHostname] != "worker-4" || made.Spec.PodCIDR != "10.244.4.0/24" || len(made.Status.Images) == 0 {
			t.Fatalf("the node is not complete: %+v", made)
		}
		s.create(aPod("web", "nginx:1.27", func(p *corev1.Pod) { p.Spec.NodeName = "worker-4" }))
		s.wait(10 * time.Second)
		if !s.answers("web") {
			t.Error("a pod does not run there")
		}
		if err := s.client.CoreV1().Nodes().Delete(context.Background(), "worker-4", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(time.Second)
		if s.get("web") != nil || !s.renewed("worker-4").IsZero() || s.nodes.node("worker-4") != nil {
			t.Error("something of the node is left")
		}
	})
}

func TestTheControlPlanesNodeStays(t *testing.T) {
	inBubble(t, 0, func(s *sim) {
		s.markStopped(controlPlaneName, `"`+stopAsked+`"`)
		beat := s.renewed(controlPlaneName)
		s.wait(time.Minute)
		if s.renewed(controlPlaneName).Equal(beat) {
			t.Error("it was stopped")
		}
		if err := s.client.CoreV1().Nodes().Delete(context.Background(), controlPlaneName, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(time.Second)
		if !healthy(s.nodeObject(controlPlaneName)) {
			t.Error("it does not register again")
		}
	})
}

func TestNodesStayAsTheyWereOverARestart(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27"))
		s.wait(10 * time.Second)
		s.markStopped("worker-1", `"`+stopAsked+`"`)
		s.stop()
		beat := s.renewed("worker-1")
		s.resume(1)
		s.wait(time.Minute)
		if !s.renewed("worker-1").Equal(beat) || s.answers("web") {
			t.Error("the stopped node runs")
		}
		s.markStopped("worker-1", "null")
		s.wait(10 * time.Second)
		if !s.answers("web") {
			t.Error("it does not come back")
		}
	})
}

func TestTheNumberOfWorkersIsTold(t *testing.T) {
	client := fake.NewClientset()
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan int, 10)
	nodes, err := Start(ctx, Options{Client: client, Network: network.New(), Speed: 0, Version: "v1.36.3", OnWorkers: func(n int) { told <- n }})
	if err != nil {
		t.Fatal(err)
	}
	if n := <-told; n != defaultWorkers {
		t.Errorf("%d workers", n)
	}
	if err := client.CoreV1().Nodes().Delete(ctx, "worker-3", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	if n := <-told; n != defaultWorkers-1 {
		t.Errorf("%d workers", n)
	}
	cancel()
	nodes.Wait()
}
