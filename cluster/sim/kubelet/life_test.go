package kubelet

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"podium/cluster/sim/kubelet/sandbox"
)

func preStopSleep(seconds int64) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: seconds}}}
	}
}

func TestDeletionTakesAsLongAsTheContainerNeeds(t *testing.T) {
	tests := []struct {
		name  string
		pod   *corev1.Pod
		grace *int64
		least time.Duration
		most  time.Duration
		phase string
	}{
		{"a server that hears SIGTERM", aPod("web", "nginx:1.27"), nil, 0, time.Second, "Succeeded"},
		{"a preStop hook first", aPod("web", "nginx:1.27", preStopSleep(5)), nil, 5 * time.Second, 6 * time.Second, "Succeeded"},
		{"a shell as first process ignores SIGTERM", aPod("web", "busybox:1.36", runs("sleep", "3600")), nil, 30 * time.Second, 31 * time.Second, "Failed"},
		{"a shell that traps it", aPod("web", "busybox:1.36", runs("sh", "-c", "trap 'exit 0' TERM; while true; do sleep 1; done")), nil, 0, 2 * time.Second, "Succeeded"},
		{"a shorter grace period", aPod("web", "busybox:1.36", runs("sleep", "3600")), ptr.To[int64](5), 5 * time.Second, 6 * time.Second, "Failed"},
		{"at least two seconds", aPod("web", "busybox:1.36", runs("sleep", "3600")), ptr.To[int64](1), 2 * time.Second, 3 * time.Second, "Failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, 1, func(s *sim) {
				s.create(tt.pod)
				s.wait(10*time.Second + time.Millisecond)
				if err := s.client.CoreV1().Pods("lab").Delete(context.Background(), "web", metav1.DeleteOptions{GracePeriodSeconds: tt.grace}); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				for s.get("web") != nil && time.Since(began) < time.Minute {
					s.wait(50 * time.Millisecond)
				}
				if took := time.Since(began); took < tt.least || took > tt.most {
					t.Errorf("took %v, want %v to %v", took, tt.least, tt.most)
				}
				states := s.states("web")
				if last := states[len(states)-1]; !strings.HasPrefix(last, tt.phase+" ") {
					t.Errorf("last status %q, want phase %s", last, tt.phase)
				}
				if !slices.Contains(s.events("web"), "Normal Killing Stopping container web") {
					t.Errorf("events %q", s.events("web"))
				}
			})
		})
	}
}

func TestRunningPodsResumeWithoutAWord(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27"))
		s.wait(10 * time.Second)
		before := s.get("web").Status
		events := s.events("web")
		s.stop()
		s.resume(1)
		s.wait(10 * time.Second)
		if diff := cmp.Diff(before, s.get("web").Status); diff != "" {
			t.Errorf("the status changed:\n%s", diff)
		}
		if diff := cmp.Diff(events, s.events("web")); diff != "" {
			t.Errorf("new events:\n%s", diff)
		}
		c, err := s.net.DialContext(context.Background(), "tcp", before.PodIP+":80")
		if err != nil {
			t.Fatalf("the resumed pod does not listen: %v", err)
		}
		_ = c.Close()
		s.create(aPod("second", "nginx:1.27"))
		s.wait(10 * time.Second)
		if got := s.get("second").Status.PodIP; got == before.PodIP {
			t.Errorf("a new pod got the resumed one's address %s", got)
		}
	})
}

func TestProbesDecideOnReadinessAndRestarts(t *testing.T) {
	check := func(h corev1.ProbeHandler) *corev1.Probe {
		return &corev1.Probe{ProbeHandler: h, PeriodSeconds: 1, FailureThreshold: 2, SuccessThreshold: 1, TimeoutSeconds: 1}
	}
	get := func(path string) corev1.ProbeHandler {
		return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(80)}}
	}
	tests := []struct {
		name     string
		change   func(c *corev1.Container)
		ready    bool
		restarts bool
		event    string
	}{
		{"ready", func(c *corev1.Container) { c.ReadinessProbe = check(get("/")) }, true, false, ""},
		{"never ready", func(c *corev1.Container) { c.ReadinessProbe = check(get("/missing")) }, false, false,
			"Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 404"},
		{"a closed port", func(c *corev1.Container) {
			c.ReadinessProbe = check(corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(81)}})
		}, false, false, "Warning Unhealthy Readiness probe failed: dial tcp 10.244.1.2:81: connect: connection refused"},
		{"not live", func(c *corev1.Container) {
			c.LivenessProbe = check(corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"cat", "/nothere"}}})
		}, false, true, "Normal Killing Container web failed liveness probe, will be restarted"},
		{"never started", func(c *corev1.Container) { c.StartupProbe = check(get("/missing")) }, false, true,
			"Normal Killing Container web failed startup probe, will be restarted"},
		{"started", func(c *corev1.Container) { c.StartupProbe = check(get("/")) }, true, false, ""},
		{"grpc", func(c *corev1.Container) {
			c.Image, c.Args = "ghcr.io/stefanprodan/podinfo:6.9.1", []string{"./podinfo", "--grpc-port=9999"}
			c.ReadinessProbe = check(corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9999, Service: ptr.To("podinfo")}})
		}, true, false, ""},
		{"grpc of an unknown service", func(c *corev1.Container) {
			c.Image = "registry.k8s.io/etcd:3.6.8-0"
			c.ReadinessProbe = check(corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 2379, Service: ptr.To("shop")}})
		}, false, false, "Warning Unhealthy Readiness probe failed: error: health rpc probe failed: rpc error: code = NotFound desc = unknown service"},
		{"grpc where nobody listens", func(c *corev1.Container) {
			c.LivenessProbe = check(corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 81}})
		}, false, true, `Warning Unhealthy Liveness probe failed: timeout: failed to connect service "10.244.1.2:81" within 1s: context deadline exceeded`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, 1, func(s *sim) {
				s.create(aPod("web", "nginx:1.27", func(p *corev1.Pod) { tt.change(&p.Spec.Containers[0]) }))
				s.wait(10 * time.Second)
				status := s.get("web").Status
				if ready := findCondition(status, corev1.PodReady).Status == corev1.ConditionTrue; ready != tt.ready && !tt.restarts {
					t.Errorf("ready %v, want %v", ready, tt.ready)
				}
				if restarted := status.ContainerStatuses[0].RestartCount > 0; restarted != tt.restarts {
					t.Errorf("restarted %v, want %v", restarted, tt.restarts)
				}
				if tt.event != "" && !slices.Contains(s.events("web"), tt.event) {
					t.Errorf("no event %q in %q", tt.event, s.events("web"))
				}
			})
		})
	}
}

func TestInitContainersAndSidecarsComeInOrder(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "busybox:1.36", runs("sh", "-c", "cat /shared/made; sleep 3"), policy(corev1.RestartPolicyNever), func(p *corev1.Pod) {
			mounts := []corev1.VolumeMount{{Name: "v", MountPath: "/shared"}}
			p.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
			p.Spec.Containers[0].VolumeMounts = mounts
			p.Spec.InitContainers = []corev1.Container{
				{Name: "make", Image: "busybox:1.36", Command: []string{"sh", "-c", "echo made by init > /shared/made; sleep 1"}, VolumeMounts: mounts},
				{Name: "side", Image: "busybox:1.36", Command: []string{"sh", "-c", "trap 'exit 0' TERM; while true; do sleep 1; done"}, RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)},
			}
		}))
		s.wait(20 * time.Second)
		want := []string{
			"Pending make=PodInitializing/0 side=PodInitializing/0 web=PodInitializing/0 ready=False",
			"Pending make=Running/0 side=PodInitializing/0 web=PodInitializing/0 ready=False",
			"Pending make=Completed(0)/0 side=PodInitializing/0 web=PodInitializing/0 ready=False",
			"Pending make=Completed(0)/0 side=Running/0 web=PodInitializing/0 ready=False",
			"Running make=Completed(0)/0 side=Running/0 web=Running/0 ready=True",
			"Running make=Completed(0)/0 side=Running/0 web=Completed(0)/0 ready=False",
			"Succeeded make=Completed(0)/0 side=Completed(0)/0 web=Completed(0)/0 ready=False",
		}
		if diff := cmp.Diff(want, s.states("web")); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if got := s.logs("web", "web", false); got != "made by init\n" {
			t.Errorf("log %q", got)
		}
	})
}

func TestConfigurationReachesTheContainer(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "busybox:1.36", runs("sh", "-c", "echo $COLOR $ME $PASSWORD $(MISSING) $BOTH; cat /conf/COLOR /secret/key; echo x > /conf/x"), policy(corev1.RestartPolicyNever), func(p *corev1.Pod) {
			c := &p.Spec.Containers[0]
			c.Env = []corev1.EnvVar{
				{Name: "ME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}},
				{Name: "BOTH", Value: "$(COLOR)-$(ME)"},
				{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "key", LocalObjectReference: corev1.LocalObjectReference{Name: "s"}}}},
			}
			c.EnvFrom = []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "cm"}}}}
			c.VolumeMounts = []corev1.VolumeMount{{Name: "c", MountPath: "/conf"}, {Name: "s", MountPath: "/secret"}}
			p.Spec.Volumes = []corev1.Volume{
				{Name: "c", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "cm"}}}},
				{Name: "s", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s"}}},
			}
		}))
		s.wait(5 * time.Second)
		if !slices.Contains(s.events("web"), `Warning FailedMount MountVolume.SetUp failed for volume "c" : configmap "cm" not found`) {
			t.Errorf("events %q", s.events("web"))
		}
		if _, err := s.client.CoreV1().ConfigMaps("lab").Create(context.Background(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "cm"}, Data: map[string]string{"COLOR": "blue"}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.client.CoreV1().Secrets("lab").Create(context.Background(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}, Data: map[string][]byte{"key": []byte("hidden")}}, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		s.wait(10 * time.Second)
		want := "sh: MISSING: not found\nblue web hidden blue-web\nbluehiddensh: can't open /conf/x: Read-only file system\n"
		if got := s.logs("web", "web", false); got != want {
			t.Errorf("log %q, want %q", got, want)
		}
	})
}

func TestMissingConfigurationIsAnErrorOfTheContainer(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27", func(p *corev1.Pod) {
			p.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "cm"}}}}
		}))
		s.wait(5 * time.Second)
		waiting := s.get("web").Status.ContainerStatuses[0].State.Waiting
		if waiting == nil || waiting.Reason != "CreateContainerConfigError" || waiting.Message != `configmap "cm" not found` {
			t.Errorf("state %+v", waiting)
		}
	})
}

func TestALeakerIsKilledAtItsLimit(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "podium.dev/leaker", policy(corev1.RestartPolicyNever), func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")}
		}))
		s.wait(15 * time.Second)
		end := s.get("web").Status.ContainerStatuses[0].State.Terminated
		if end == nil || end.Reason != "OOMKilled" || end.ExitCode != 137 {
			t.Errorf("state %+v, want OOMKilled", end)
		}
	})
}

func TestTwoServersOnOnePortOfAPodCollide(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27", func(p *corev1.Pod) {
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: "second", Image: "nginx:1.27"})
		}))
		s.wait(10 * time.Second)
		if log := s.logs("web", "second", true); !strings.Contains(log, "bind() to 0.0.0.0:80 failed (98: Address already in use)") {
			t.Errorf("log %q", log)
		}
	})
}

func TestADeadlineEndsThePod(t *testing.T) {
	inBubble(t, 1, func(s *sim) {
		s.create(aPod("web", "nginx:1.27", func(p *corev1.Pod) { p.Spec.ActiveDeadlineSeconds = ptr.To[int64](5) }))
		s.wait(10 * time.Second)
		status := s.get("web").Status
		if status.Phase != corev1.PodFailed || status.Reason != "DeadlineExceeded" {
			t.Errorf("phase %s, reason %q", status.Phase, status.Reason)
		}
	})
}

func TestExecRunsInTheContainersOwnFiles(t *testing.T) {
	inBubble(t, 0, func(s *sim) {
		s.create(aPod("web", "nginx:1.27"))
		s.wait(time.Second)
		proc, err := streams{s.nodes, "lab"}.process("web", "web")
		if err != nil {
			t.Fatal(err)
		}
		var out limitedBuffer
		code := proc.sandbox().Run(context.Background(), []string{"sh", "-c", "nginx -v; hostname; ls /usr/share/nginx/html; curl -s localhost | grep title; exit 4"},
			proc.env, "/", sandbox.Streams{Out: &out, Err: &out}, nil)
		want := "nginx version: nginx/1.27.5\nweb\n50x.html\nindex.html\n<title>Welcome to nginx!</title>\n"
		if code != 4 || out.String() != want {
			t.Errorf("code %d, output %q, want %q", code, out.String(), want)
		}
		if proc.sandbox().Executable([]string{"nope"}, nil, "/") {
			t.Error("an unknown command counts as executable")
		}
	})
}

func TestManyPodsOfANodeBecomeReady(t *testing.T) {
	inBubble(t, 0, func(s *sim) {
		for i := range 200 { // of one node: its address range holds 252
			s.create(aPod("web-"+string(rune('a'+i/26))+string(rune('a'+i%26)), "nginx:1.27"))
		}
		s.wait(5 * time.Second)
		list, err := s.client.CoreV1().Pods("lab").List(context.Background(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ips := map[string]bool{}
		for _, p := range list.Items {
			if c := findCondition(p.Status, corev1.PodReady); c == nil || c.Status != corev1.ConditionTrue {
				t.Errorf("%s is not ready: %+v", p.Name, p.Status)
			}
			ips[p.Status.PodIP] = true
		}
		if len(ips) != 200 {
			t.Errorf("%d addresses for 200 pods", len(ips))
		}
	})
}
