package kubelet

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

// summary is a posted status in one line: phase, each container's state and
// restarts, and whether the pod is ready.
func summary(s corev1.PodStatus) string {
	words := []string{string(s.Phase)}
	for _, c := range slices.Concat(s.InitContainerStatuses, s.ContainerStatuses) {
		state := ""
		switch {
		case c.State.Waiting != nil:
			state = c.State.Waiting.Reason
		case c.State.Running != nil:
			state = "Running"
		case c.State.Terminated != nil:
			state = fmt.Sprintf("%s(%d)", c.State.Terminated.Reason, c.State.Terminated.ExitCode)
		}
		words = append(words, fmt.Sprintf("%s=%s/%d", c.Name, state, c.RestartCount))
	}
	if c := findCondition(s, corev1.PodReady); c != nil {
		words = append(words, "ready="+string(c.Status))
	}
	return strings.Join(words, " ")
}

var podLives = []struct {
	name   string
	pod    *corev1.Pod
	after  time.Duration
	states []string
	events []string
}{
	{
		name: "a web server", pod: aPod("web", "nginx:1.27"), after: 10 * time.Second,
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Running web=Running/0 ready=True",
		},
		events: []string{
			`Normal Pulling Pulling image "nginx:1.27"`,
			`Normal Pulled Successfully pulled image "nginx:1.27" in 511ms (511ms including waiting). Image size: 72188133 bytes.`,
			`Normal Created Container created`,
			`Normal Started Container started`,
		},
	},
	{
		name: "an unknown tag", pod: aPod("web", "nginx:1.200"), after: 14 * time.Second,
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Pending web=ErrImagePull/0 ready=False",
			"Pending web=ImagePullBackOff/0 ready=False",
			"Pending web=ErrImagePull/0 ready=False",
			"Pending web=ImagePullBackOff/0 ready=False",
		},
		events: []string{
			`Normal Pulling Pulling image "nginx:1.200"`,
			`Warning Failed Failed to pull image "nginx:1.200": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.200": failed to resolve reference "docker.io/library/nginx:1.200": docker.io/library/nginx:1.200: not found`,
			`Warning Failed Error: ErrImagePull`,
			`Normal BackOff Back-off pulling image "nginx:1.200"`,
			`Warning Failed Error: ImagePullBackOff`,
			`Normal Pulling Pulling image "nginx:1.200"`,
			`Warning Failed Failed to pull image "nginx:1.200": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.200": failed to resolve reference "docker.io/library/nginx:1.200": docker.io/library/nginx:1.200: not found`,
			`Warning Failed Error: ErrImagePull`,
			`Normal BackOff Back-off pulling image "nginx:1.200"`,
			`Warning Failed Error: ImagePullBackOff`,
		},
	},
	{
		name: "a bad image name", pod: aPod("web", "Nginx:"), after: 5 * time.Second,
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Pending web=InvalidImageName/0 ready=False",
		},
		events: []string{
			`Warning InspectFailed Failed to apply default image tag "Nginx:": couldn't parse image name "Nginx:": invalid reference format: repository name (library/Nginx) must be lowercase`,
			`Warning Failed Error: InvalidImageName`,
		},
	},
	{
		name: "a job that succeeds", pod: aPod("web", "busybox:1.36", runs("sh", "-c", "echo hi; sleep 1"), policy(corev1.RestartPolicyNever)), after: 10 * time.Second,
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Running web=Running/0 ready=True",
			"Succeeded web=Completed(0)/0 ready=False",
		},
	},
	{
		name: "a job that fails", pod: aPod("web", "busybox:1.36", runs("sh", "-c", "sleep 1; exit 3"), policy(corev1.RestartPolicyNever)), after: 10 * time.Second,
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Running web=Running/0 ready=True",
			"Failed web=Error(3)/0 ready=False",
		},
	},
	{
		name: "a command that is not there", pod: aPod("web", "busybox:1.36", runs("nothere")), after: 4 * time.Second,
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Running web=RunContainerError/0 ready=False",
			"Running web=RunContainerError/1 ready=False",
			"Running web=CrashLoopBackOff/1 ready=False",
		},
	},
	{
		name: "a command that is not there, once", pod: aPod("web", "busybox:1.36", runs("nothere"), policy(corev1.RestartPolicyNever)), after: 4 * time.Second,
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Failed web=StartError(128)/0 ready=False",
		},
	},
	{
		name: "an init container that fails for good", after: 6 * time.Second,
		pod: aPod("web", "nginx:1.27", policy(corev1.RestartPolicyNever), func(p *corev1.Pod) {
			p.Spec.InitContainers = []corev1.Container{{Name: "first", Image: "busybox:1.36", Command: []string{"sh", "-c", "sleep 1; exit 2"}}}
		}),
		states: []string{
			"Pending first=PodInitializing/0 web=PodInitializing/0 ready=False",
			"Pending first=Running/0 web=PodInitializing/0 ready=False",
			"Failed first=Error(2)/0 web=PodInitializing/0 ready=False",
		},
	},
	{
		name: "a restart by a probe, which shows no end", after: 6 * time.Second,
		pod: aPod("web", "nginx:1.27", func(p *corev1.Pod) {
			p.Spec.Containers[0].LivenessProbe = &corev1.Probe{PeriodSeconds: 2, FailureThreshold: 2, TimeoutSeconds: 1,
				ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"cat", "/nothere"}}}}
		}),
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Running web=Running/0 ready=True",
			"Running web=Running/1 ready=True",
		},
	},
	{
		name: "a crash loop", pod: aPod("web", "busybox:1.36", runs("sh", "-c", "sleep 1; exit 1")), after: 22 * time.Second,
		states: []string{
			"Pending web=ContainerCreating/0 ready=False",
			"Running web=Running/0 ready=True",
			"Running web=Error(1)/0 ready=False",
			"Running web=Running/1 ready=True",
			"Running web=Error(1)/1 ready=False",
			"Running web=CrashLoopBackOff/1 ready=False",
			"Running web=Running/2 ready=True",
			"Running web=Error(1)/2 ready=False",
			"Running web=CrashLoopBackOff/2 ready=False",
		},
	},
}

func TestAPodsLifeIsPostedAsAKubeletPostsIt(t *testing.T) {
	for _, tt := range podLives {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, 1, func(s *sim) {
				s.create(tt.pod)
				s.wait(tt.after)
				if diff := cmp.Diff(tt.states, s.states("web")); diff != "" {
					t.Errorf("states (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.events, s.events("web")); diff != "" && tt.events != nil {
					t.Errorf("events (-want +got):\n%s", diff)
				}
			})
		})
	}
}
