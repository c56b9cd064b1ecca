package cluster

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

func TestLanesAreTheRevisionsByOwnerNewestFirst(t *testing.T) {
	s := fixture(t, "rollout.yaml")
	got := map[string]string{}
	for _, d := range s.Deployments {
		var text strings.Builder
		for _, lane := range s.Lanes(d) {
			fmt.Fprintf(&text, "%d %s %v:", lane.Revision, lane.ReplicaSet.Name, lane.Images())
			for _, p := range lane.Pods {
				text.WriteString(" " + p.Name)
			}
			text.WriteString("\n")
		}
		got[d.Name] = text.String()
	}
	want := map[string]string{
		"api": "1 api-111 [echo]:\n",
		"web": "10 web-7c9 [nginx:1.28 busybox]: web-7c9-a web-7c9-b\n" +
			"2 web-5d4 [nginx:1.27]: web-5d4-a\n" +
			"1 web-1f0 [nginx:1.25]:\n",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRevisionIsThatOfThePodsReplicaSet(t *testing.T) {
	s := fixture(t, "rollout.yaml")
	got := map[string]int{}
	for _, p := range s.Pods {
		got[p.Name] = s.Revision(p)
	}
	want := map[string]int{
		"web-7c9-a": 10, "web-7c9-b": 10, "web-5d4-a": 2,
		"web-5d4-ghost": 0, // its ReplicaSet is gone, another has the name
		"web-bare":      0,
		"agent":         0, // a DaemonSet's
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The wants were computed with ResolveFenceposts of
// k8s.io/kubernetes/pkg/controller/deployment/util.
func TestBoundsAreTheDeploymentControllers(t *testing.T) {
	for _, test := range []struct {
		replicas           *int32
		surge, unavailable string // "" is not set
		floor, ceiling     int
	}{
		{nil, "", "", 1, 2},
		{ptr.To[int32](0), "", "", 0, 0},
		{ptr.To[int32](1), "", "", 1, 2},
		{ptr.To[int32](2), "", "", 2, 3},
		{ptr.To[int32](3), "", "", 3, 4},
		{ptr.To[int32](4), "", "", 3, 5},
		{ptr.To[int32](5), "", "", 4, 7},
		{ptr.To[int32](10), "", "", 8, 13},
		{ptr.To[int32](4), "1", "0", 4, 5},
		{ptr.To[int32](4), "0", "1", 3, 4},
		{ptr.To[int32](4), "100%", "0", 4, 8},
		{ptr.To[int32](4), "0", "100%", 0, 4},
		{ptr.To[int32](4), "0", "0", 3, 4}, // nothing could move
		{ptr.To[int32](3), "0%", "30%", 2, 3},
		{ptr.To[int32](10), "30%", "33%", 7, 13},
		{ptr.To[int32](3), "5", "5", 0, 8},
		{ptr.To[int32](0), "1", "1", 0, 1},
	} {
		d := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: test.replicas}}
		d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType, RollingUpdate: &appsv1.RollingUpdateDeployment{}}
		if test.surge != "" {
			d.Spec.Strategy.RollingUpdate.MaxSurge = ptr.To(intstr.Parse(test.surge))
		}
		if test.unavailable != "" {
			d.Spec.Strategy.RollingUpdate.MaxUnavailable = ptr.To(intstr.Parse(test.unavailable))
		}
		if floor, ceiling := Bounds(d); floor != test.floor || ceiling != test.ceiling {
			t.Errorf("%d replicas, surge %q, unavailable %q: %d to %d, want %d to %d",
				ptr.Deref(test.replicas, -1), test.surge, test.unavailable, floor, ceiling, test.floor, test.ceiling)
		}
	}
}

func TestBoundsOfRecreateLetEveryPodGo(t *testing.T) {
	d := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{
		Replicas: ptr.To[int32](3),
		Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType},
	}}
	if floor, ceiling := Bounds(d); floor != 0 || ceiling != 3 {
		t.Errorf("%d to %d, want 0 to 3", floor, ceiling)
	}
}
