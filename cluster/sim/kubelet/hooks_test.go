package kubelet

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

func postStart(h corev1.LifecycleHandler) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PostStart: &h} }
}

func execHook(command ...string) corev1.LifecycleHandler {
	return corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: command}}
}

// waits returns the message with which a pod's first container was posted as
// waiting for a reason.
func (s *sim) waits(name, reason string) string {
	for _, status := range s.posted(name) {
		if w := status.ContainerStatuses[0].State.Waiting; w != nil && w.Reason == reason {
			return w.Message
		}
	}
	return ""
}

func TestAContainerIsShownWhenItsPostStartHookIsDone(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		hook := execHook("sh", "-c", "echo ready > /usr/share/nginx/html/index.html; sleep 5")
		s.create(aPod("web", "nginx:1.27", postStart(hook), func(p *corev1.Pod) {
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "next", Image: "nginx:1.27", Command: []string{"sleep", "3600"}})
		}))
		s.wait(4 * time.Second)
		if got := summary(s.get("web").Status); got != "Pending web=ContainerCreating/0 next=ContainerCreating/0 ready=False" {
			t.Errorf("while the hook runs: %s", got)
		}
		s.wait(8 * time.Second)
		if got := summary(s.get("web").Status); got != "Running web=Running/0 next=Running/0 ready=True" {
			t.Errorf("afterwards: %s", got)
		}
		want := []string{
			"Pending web=ContainerCreating/0 next=ContainerCreating/0 ready=False",
			"Running web=Running/0 next=Running/0 ready=True",
		}
		if diff := cmp.Diff(want, s.states("web")); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if _, body := s.fetch("web", "80"); body != "ready\n" {
			t.Errorf("the server answers %q", body)
		}
	})
}

func TestAPostStartHookThatFailsStopsItsContainer(t *testing.T) {
	tests := []struct {
		name    string
		hook    corev1.LifecycleHandler
		message string
	}{
		{"exec", execHook("sh", "-c", "echo no; exit 3"),
			`Exec lifecycle hook ([sh -c echo no; exit 3]) for Container "web" in Pod "web_lab(uid-web)" failed - error: command 'sh -c echo no; exit 3' exited with 3: , message: "no\n"`},
		{"httpGet", corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/x", Port: intstr.FromInt32(81)}},
			`HTTP lifecycle hook (/x) for Container "web" in Pod "web_lab(uid-web)" failed - error: Get "http://10.244.1.2:81/x": dial tcp 10.244.1.2:81: connect: connection refused`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, 1, func(s *sim) {
				s.create(aPod("web", "nginx:1.27", postStart(tt.hook)))
				s.wait(7 * time.Second)
				for _, line := range s.states("web") {
					if strings.Contains(line, "web=Running") {
						t.Errorf("it was shown as running: %q", s.states("web"))
						break
					}
				}
				want := []string{"Warning FailedPostStartHook PostStartHook failed", "Normal Killing FailedPostStartHook"}
				for _, w := range want {
					if !slices.Contains(s.events("web"), w) {
						t.Errorf("no event %q in %q", w, s.events("web"))
					}
				}
				if got := s.waits("web", "PostStartHookError"); got != tt.message {
					t.Errorf("message\n%s\nwant\n%s", got, tt.message)
				}
				s.wait(5 * time.Second)
				if got := s.get("web").Status.ContainerStatuses[0]; got.RestartCount == 0 || got.LastTerminationState.Terminated == nil {
					t.Errorf("it was not started again: %+v", got)
				}
			})
		})
	}
}

func TestAnAnswerOfAnyKindIsEnoughForAHook(t *testing.T) {
	inBubble(t, 0, func(s *sim) {
		s.create(aPod("web", "nginx:1.27", postStart(execHook("sleep", "1"))))
		s.wait(3 * time.Second)
		proc := s.nodes.find("lab", "web").container("web").process
		if err := proc.hook(context.Background(), &corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/missing", Port: intstr.FromInt32(80)}}); err != nil {
			t.Error(err)
		}
	})
}

func TestLastWordsReachTheStatus(t *testing.T) {
	fallback := func(p *corev1.Pod) {
		p.Spec.Containers[0].TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
	}
	at := func(p *corev1.Pod) { p.Spec.Containers[0].TerminationMessagePath = "/dev/termination-log" }
	tests := []struct {
		name   string
		script string
		change func(*corev1.Pod)
		want   string
	}{
		{"from the file", "echo why > /dev/termination-log; echo log; exit 1", at, "why\n"},
		{"not from the log", "echo log; exit 1", at, ""},
		{"from the log after a failure", "echo log; exit 1", fallback, "log\n"},
		{"not from the log after success", "echo log", fallback, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, 0, func(s *sim) {
				s.create(aPod("web", "busybox:1.36", runs("sh", "-c", tt.script), policy(corev1.RestartPolicyNever), tt.change))
				s.wait(3 * time.Second)
				end := s.get("web").Status.ContainerStatuses[0].State.Terminated
				if end == nil || end.Message != tt.want {
					t.Errorf("ended as %+v, want the message %q", end, tt.want)
				}
			})
		})
	}
}

// debugWith adds an ephemeral container as kubectl debug does.
func (s *sim) debugWith(name string, c corev1.EphemeralContainer) {
	s.t.Helper()
	p := s.get(name).DeepCopy()
	p.Spec.EphemeralContainers = append(p.Spec.EphemeralContainers, c)
	p.ResourceVersion = ""
	if _, err := s.client.CoreV1().Pods("lab").Update(context.Background(), p, metav1.UpdateOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

func TestKubectlDebugAddsAContainerToAPodThatRuns(t *testing.T) {
	inBubble(t, 0, func(s *sim) {
		s.create(aPod("web", "nginx:1.27"))
		s.wait(3 * time.Second)
		s.debugWith("web", corev1.EphemeralContainer{TargetContainerName: "web", EphemeralContainerCommon: corev1.EphemeralContainerCommon{
			Name: "debugger", Image: "busybox:1.36", Command: []string{"sh", "-c", "ps; sleep 10; exit 2"}}})
		s.wait(3 * time.Second)
		status := s.get("web").Status
		if len(status.EphemeralContainerStatuses) != 1 || status.EphemeralContainerStatuses[0].State.Running == nil {
			t.Fatalf("statuses %+v", status.EphemeralContainerStatuses)
		}
		if got := s.logs("web", "debugger", false); !strings.Contains(got, "nginx -g daemon off;") {
			t.Errorf("it does not see the processes of its target: %q", got)
		}
		s.wait(20 * time.Second)
		status = s.get("web").Status
		if end := status.EphemeralContainerStatuses[0].State.Terminated; end == nil || end.ExitCode != 2 {
			t.Errorf("its end: %+v", status.EphemeralContainerStatuses[0].State)
		}
		if got := summary(status); got != "Running web=Running/0 ready=True" {
			t.Errorf("the pod is %s", got)
		}
		if err := s.client.CoreV1().Pods("lab").Delete(context.Background(), "web", metav1.DeleteOptions{GracePeriodSeconds: ptr.To[int64](30)}); err != nil {
			t.Fatal(err)
		}
		s.wait(5 * time.Second)
		if s.get("web") != nil {
			t.Error("the pod is still there")
		}
	})
}

func TestADownwardVolumeFollowsTheLabels(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "busybox:1.36", runs("sleep", "3600"), func(p *corev1.Pod) {
			p.Labels = map[string]string{"tier": "front"}
			p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "me", MountPath: "/me"}}
			p.Spec.Volumes = []corev1.Volume{{Name: "me", VolumeSource: corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{
				Items: []corev1.DownwardAPIVolumeFile{{Path: "labels", FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.labels"}}}}}}}
		}))
		s.wait(5 * time.Second)
		var got []string
		read := func() {
			text, err := s.nodes.find("lab", "web").container("web").process.sandbox().FS.ReadFile("/me/labels")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(text))
		}
		read()
		p := s.get("web").DeepCopy()
		p.Labels["tier"], p.ResourceVersion = "back", ""
		if _, err := s.client.CoreV1().Pods("lab").Update(context.Background(), p, metav1.UpdateOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(2 * refreshDelay)
		read()
		if diff := cmp.Diff([]string{`tier="front"`, `tier="back"`}, got); diff != "" {
			t.Error(diff)
		}
	})
}
