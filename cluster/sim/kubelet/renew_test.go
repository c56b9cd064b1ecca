package kubelet

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// setImage does what `kubectl set image pod/...` does.
func (s *sim) setImage(name, image string) {
	s.t.Helper()
	p := s.get(name).DeepCopy()
	p.Spec.Containers[0].Image = image
	if _, err := s.client.CoreV1().Pods("lab").Update(context.Background(), p, metav1.UpdateOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

// fetch gets / from a pod and returns the headers and the body.
func (s *sim) fetch(name, port string) (http.Header, string) {
	s.t.Helper()
	client := http.Client{Transport: &http.Transport{DialContext: s.net.DialContext, DisableKeepAlives: true}}
	response, err := client.Get("http://" + net.JoinHostPort(s.get(name).Status.PodIP, port))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.Header, string(body)
}

func TestANewImageReplacesTheRunningContainer(t *testing.T) {
	for _, restart := range []corev1.RestartPolicy{corev1.RestartPolicyAlways, corev1.RestartPolicyNever} {
		t.Run(string(restart), func(t *testing.T) {
			inBubble(t, 1, func(s *sim) {
				s.create(aPod("web", "nginx:1.26", policy(restart)))
				s.wait(10 * time.Second)
				old := len(s.events("web"))
				ip := s.get("web").Status.PodIP
				s.setImage("web", "httpd:2.4")
				s.wait(10 * time.Second)
				want := []string{
					"Normal Killing Container web definition changed, will be restarted",
					`Normal Pulling Pulling image "httpd:2.4"`, "Normal Pulled", "Normal Created Container created", "Normal Started Container started",
				}
				got := s.events("web")[old:]
				if len(got) == len(want) && strings.HasPrefix(got[2], want[2]) {
					got[2] = want[2] // the rest says how long it took
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				status := s.get("web").Status
				c := status.ContainerStatuses[0]
				if c.RestartCount != 1 || !c.Ready || c.Image != "docker.io/library/httpd:2.4" || c.LastTerminationState.Terminated == nil || status.PodIP != ip {
					t.Errorf("status %+v of pod %s, which was %s", c, status.PodIP, ip)
				}
				states := []string{
					"Pending web=ContainerCreating/0 ready=False",
					"Running web=Running/0 ready=True",
					"Running web=Running/1 ready=True",
				}
				if diff := cmp.Diff(states, s.states("web")); diff != "" {
					t.Errorf("states (-want +got):\n%s", diff)
				}
				header, body := s.fetch("web", "80")
				if !strings.Contains(body, "It works!") || header.Get(podHeader) != "web" || header.Get(versionHeader) != "2.4.65" {
					t.Errorf("answer %q, header %v", body, header)
				}
			})
		})
	}
}

func TestANewImageIsTriedAtOnceWhateverTheContainerWaitsFor(t *testing.T) {
	tests := []struct {
		name     string
		pod      *corev1.Pod
		waiting  string
		restarts func(before int32) int32
	}{
		{"a wrong image", aPod("web", "nginx:nope"), "ImagePullBackOff", func(int32) int32 { return 0 }},
		{"a crash loop", aPod("web", "podium.dev/crasher"), "CrashLoopBackOff", func(before int32) int32 { return before + 1 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, 1, func(s *sim) {
				s.create(tt.pod)
				reason := func() string {
					if w := s.get("web").Status.ContainerStatuses[0].State.Waiting; w != nil {
						return w.Reason
					}
					return ""
				}
				for range 60 {
					if s.wait(5 * time.Second); reason() == tt.waiting && s.nodes.find("lab", "web") != nil {
						break
					}
				}
				before := s.get("web").Status.ContainerStatuses[0]
				if reason() != tt.waiting {
					t.Fatalf("the container is not in %s: %+v", tt.waiting, before)
				}
				s.setImage("web", "nginx:1.27")
				s.wait(5 * time.Second)
				c := s.get("web").Status.ContainerStatuses[0]
				if c.State.Running == nil || !c.Ready || c.RestartCount != tt.restarts(before.RestartCount) {
					t.Errorf("status %+v, was %+v", c, before)
				}
			})
		})
	}
}

func TestANewImageThatDoesNotExistKeepsTheOldRunsEnd(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27"))
		s.wait(10 * time.Second)
		s.setImage("web", "nginx:nope")
		s.wait(10 * time.Second)
		status := s.get("web").Status
		c := status.ContainerStatuses[0]
		if c.State.Waiting == nil || c.LastTerminationState.Terminated == nil || c.RestartCount != 0 || status.Phase != corev1.PodRunning {
			t.Errorf("phase %s, status %+v", status.Phase, c)
		}
		s.setImage("web", "nginx:1.26")
		s.wait(10 * time.Second)
		if c := s.get("web").Status.ContainerStatuses[0]; c.RestartCount != 1 || !c.Ready || c.Image != "docker.io/library/nginx:1.26" {
			t.Errorf("status %+v", c)
		}
	})
}

func TestAnImageChangedWhileTheNodesWereDownIsTakenUp(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27"))
		s.wait(10 * time.Second)
		s.stop()
		s.setImage("web", "nginx:1.26")
		s.resume(1)
		s.wait(10 * time.Second)
		if c := s.get("web").Status.ContainerStatuses[0]; c.RestartCount != 1 || !c.Ready || c.Image != "docker.io/library/nginx:1.26" {
			t.Errorf("status %+v", c)
		}
		if !slices.Contains(s.events("web"), "Normal Killing Container web definition changed, will be restarted") {
			t.Errorf("events %q", s.events("web"))
		}
	})
}
