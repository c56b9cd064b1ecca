package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/utils/ptr"
)

// A process's use of the machine, from /proc (proc(5)).
type resources struct {
	cpu    time.Duration
	memory float64 // MiB resident
}

// clockTick is the unit of CPU time in /proc/PID/stat: 100 a second on Linux.
const clockTick = 10 * time.Millisecond

func used(b *testing.B, pid int) resources {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ") // the name may hold spaces
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	pages, _ := strconv.Atoi(fields[21])
	return resources{time.Duration(user+system) * clockTick, float64(pages*os.Getpagesize()) / (1 << 20)}
}

// children are the processes that pid started.
func children(b *testing.B, pid int) []int {
	b.Helper()
	var all []int
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		b.Fatal(err)
	}
	for _, task := range tasks {
		data, err := os.ReadFile(task)
		if err != nil {
			continue // that thread has ended
		}
		for _, field := range strings.Fields(string(data)) {
			child, _ := strconv.Atoi(field)
			all = append(all, child)
		}
	}
	return all
}

// processes are podium's, once its cluster is up: the one that draws, and the
// control plane's.
func (t *terminal) processes(b *testing.B) (screen, plane int) {
	b.Helper()
	screen = t.cmd.Process.Pid
	for _, child := range children(b, screen) {
		name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", child))
		if strings.HasPrefix(string(name), "podium-plane") {
			return screen, child
		}
	}
	b.Fatal("no control plane under podium")
	return 0, 0
}

// openLab opens podium, waits for its cluster and leaves the lessons for the
// page that draws all of it.
func openLab(b *testing.B, width, height int, args ...string) (*terminal, kubernetes.Interface) {
	b.Helper()
	t := open(b, width, height, args...)
	b.Cleanup(t.close)
	t.until(b, "worker-1", time.Minute)
	if _, err := t.pty.Write([]byte("e")); err != nil {
		b.Fatal(err)
	}
	t.until(b, "Exploring", time.Minute)
	config, err := clientcmd.BuildConfigFromFlags("", filepath.Join(t.home, "sim", "kubeconfig"))
	if err != nil {
		b.Fatal(err)
	}
	config.QPS = -1
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		b.Fatal(err)
	}
	return t, client
}

func pod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "nginx"}}, TerminationGracePeriodSeconds: ptr.To(int64(0))},
	}
}

func percentile(all []time.Duration, p float64) float64 {
	slices.Sort(all)
	return float64(all[int(math.Ceil(p*float64(len(all))))-1].Microseconds()) / 1000
}

// From an API call's return to the frame that shows what it did.
func BenchmarkChangeToFrame(b *testing.B) {
	t, client := openLab(b, 120, 40)
	pods := client.CoreV1().Pods("lab")
	var all []time.Duration
	for b.Loop() {
		for i := range 40 {
			name := fmt.Sprintf("seen%02d", i)
			if _, err := pods.Create(b.Context(), pod(name), metav1.CreateOptions{}); err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			t.until(b, name, 10*time.Second)
			all = append(all, time.Since(began))
			if err := pods.Delete(b.Context(), name, metav1.DeleteOptions{}); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(percentile(all, 0.5), "ms-p50")
	b.ReportMetric(percentile(all, 0.95), "ms-p95")
}

// span is how long a share of a core is measured over.
const span = 20 * time.Second

// shares measures both processes over span: shares of a core in per cent, and
// memory in MiB.
func (t *terminal) shares(b *testing.B, meanwhile func(context.Context)) {
	b.Helper()
	screen, plane := t.processes(b)
	drawn, ran := used(b, screen), used(b, plane)
	ctx, cancel := context.WithTimeout(b.Context(), span)
	meanwhile(ctx)
	<-ctx.Done()
	cancel()
	share := func(before, after resources) float64 { return 100 * float64(after.cpu-before.cpu) / float64(span) }
	after := used(b, screen)
	b.ReportMetric(share(drawn, after), "%core-podium")
	b.ReportMetric(after.memory, "MiB-podium")
	after = used(b, plane)
	b.ReportMetric(share(ran, after), "%core-plane")
	b.ReportMetric(after.memory, "MiB-plane")
}

// What podium costs while nothing happens, after the cluster has calmed down.
func BenchmarkIdle(b *testing.B) {
	t, _ := openLab(b, 120, 40)
	<-time.After(span)
	for b.Loop() {
		t.shares(b, func(context.Context) {})
	}
}

// What podium costs with a thousand pods on ten nodes and 50 changes a second,
// and how long a change takes to the screen meanwhile.
func BenchmarkThousandPods(b *testing.B) {
	for _, size := range []struct{ width, height int }{{120, 40}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(b *testing.B) {
			t, client := openLab(b, size.width, size.height, "--workers", "10", "--speed", "0")
			began := time.Now()
			names := thousand(b, client)
			b.ReportMetric(time.Since(began).Seconds(), "s-until-ready")
			<-time.After(span) // what a thousand new pods set off has to calm down
			for b.Loop() {
				t.shares(b, func(ctx context.Context) {
					if err := busy(ctx, client, names); err != nil {
						b.Fatal(err)
					}
				})
				b.ReportMetric(percentile(t.seen(b, client, names), 0.95), "ms-p95")
			}
		})
	}
}

// thousand makes a thousand pods and returns their names when they are ready.
func thousand(b *testing.B, client kubernetes.Interface) []string {
	b.Helper()
	labels := map[string]string{"app": "web"}
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: appsv1.DeploymentSpec{
		Replicas: ptr.To(int32(1000)), Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: pod("").Spec},
	}}
	if _, err := client.AppsV1().Deployments("lab").Create(b.Context(), deployment, metav1.CreateOptions{}); err != nil {
		b.Fatal(err)
	}
	return ready(b, client, 1000)
}

// busy changes 50 pods a second until ctx ends.
func busy(ctx context.Context, client kubernetes.Interface, names []string) error {
	tick := time.NewTicker(time.Second / 50)
	defer tick.Stop()
	began := time.Now().UnixMilli() // what a pod already has would change nothing
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		patch := fmt.Appendf(nil, `{"metadata":{"labels":{"round":"%d-%d"}}}`, began, i)
		_, err := client.CoreV1().Pods("lab").Patch(ctx, names[i%len(names)], types.MergePatchType, patch, metav1.PatchOptions{})
		if err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// seen returns how long each of some changes to a node took to the screen while
// pods change as well.
func (t *terminal) seen(b *testing.B, client kubernetes.Interface, names []string) []time.Duration {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	load, ctx := errgroup.WithContext(ctx)
	load.Go(func() error { return busy(ctx, client, names) })
	var all []time.Duration
	tick := time.NewTicker(time.Second / 4)
	defer tick.Stop()
	for i := range 40 {
		<-tick.C
		cordoned := i%2 == 0
		patch := fmt.Appendf(nil, `{"spec":{"unschedulable":%t}}`, cordoned)
		if _, err := client.CoreV1().Nodes().Patch(b.Context(), "worker-1", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		t.await(b, 10*time.Second, func(screen string) bool { return strings.Contains(screen, "Scheduling") == cordoned })
		all = append(all, time.Since(began))
	}
	cancel()
	if err := load.Wait(); err != nil {
		b.Fatal(err)
	}
	return all
}

// ready waits until n pods are ready and returns their names.
func ready(b *testing.B, client kubernetes.Interface, n int32) []string {
	b.Helper()
	watch, err := client.AppsV1().Deployments("lab").Watch(b.Context(), metav1.ListOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer watch.Stop()
	for event := range watch.ResultChan() {
		if d, ok := event.Object.(*appsv1.Deployment); ok && d.Status.ReadyReplicas == n {
			break
		}
	}
	list, err := client.CoreV1().Pods("lab").List(b.Context(), metav1.ListOptions{})
	if err != nil {
		b.Fatal(err)
	}
	names := make([]string, len(list.Items))
	for i := range list.Items {
		names[i] = list.Items[i].Name
	}
	return names
}
