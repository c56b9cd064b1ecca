package kubelet

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

func TestUsageFollowsRequestsLimitsAndTraffic(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	spec := corev1.Container{Name: "web"}
	spec.Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("64Mi")}
	idle := containerUse("a", spec, 0, now)
	if idle != containerUse("a", spec, 0, now.Add(time.Second)) || idle == containerUse("b", spec, 0, now) {
		t.Error("usage is not the same each time, or the same for every pod")
	}
	if idle.cpu < 1 || idle.cpu > 20 || idle.memory < 16<<20 || idle.memory > 64<<20 {
		t.Errorf("idle: %+v", idle)
	}
	if busy := containerUse("a", spec, 100, now); busy.cpu != idle.cpu+100 {
		t.Errorf("100 requests a second: %dm, idle %dm", busy.cpu, idle.cpu)
	}
	spec.Resources.Limits = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("8Mi")}
	if held := containerUse("a", spec, 1000, now); held.cpu != 50 || held.memory >= 8<<20 {
		t.Errorf("at its limits: %+v", held)
	}
}

func TestRequestsAreCountedOverTheLastWindow(t *testing.T) {
	m := &meter{}
	start := time.Unix(1_700_000_010, 0).Truncate(usageWindow)
	for i := range 150 {
		m.request(start.Add(time.Duration(i) * 100 * time.Millisecond))
	}
	for _, tt := range []struct {
		after time.Duration
		want  float64
	}{{usageWindow, 10}, {usageWindow + usageWindow/2, 5}, {2 * usageWindow, 0}, {time.Hour, 0}} {
		if got := m.perSecond(start.Add(tt.after)); got != tt.want {
			t.Errorf("after %v: %v a second, want %v", tt.after, got, tt.want)
		}
	}
}

func TestTheMetricsAPIAnswersForWhatRuns(t *testing.T) {
	inBubble(t, 0, func(s *sim) {
		s.create(aPod("web", "nginx:1.27", func(p *corev1.Pod) { p.Labels = map[string]string{"app": "web"} }))
		s.create(aPod("broken", "nginx:none"))
		s.wait(5 * time.Second)
		get := func(path string, into any) int {
			w := httptest.NewRecorder()
			s.nodes.metrics().ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, metricsPath+path, nil))
			if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			return w.Code
		}
		var pods metricsv1beta1.PodMetricsList
		get("/namespaces/lab/pods", &pods)
		if len(pods.Items) != 1 || pods.Items[0].Name != "web" || pods.Items[0].Containers[0].Usage.Cpu().IsZero() {
			t.Errorf("pods: %+v", pods.Items)
		}
		get("/namespaces/lab/pods?labelSelector=app%3Dother", &pods)
		if len(pods.Items) != 0 {
			t.Errorf("pods of another app: %+v", pods.Items)
		}
		var node metricsv1beta1.NodeMetrics
		if code := get("/nodes/worker-1", &node); code != http.StatusOK || node.Usage.Memory().Value() < workerUses.memory {
			t.Errorf("worker-1: %d %+v", code, node)
		}
		var status struct{ Reason string }
		if code := get("/namespaces/lab/pods/broken", &status); code != http.StatusNotFound || status.Reason != "NotFound" {
			t.Errorf("a pod that does not run: %d %+v", code, status)
		}
		s.markStopped("worker-1", `"`+stopAsked+`"`)
		var nodes metricsv1beta1.NodeMetricsList
		if get("/nodes", &nodes); len(nodes.Items) != 1 || nodes.Items[0].Name != controlPlaneName {
			t.Errorf("nodes while one is off: %+v", nodes.Items)
		}
	})
}
