package sim

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"podium/cluster"
)

// The clock of /proc/PID/stat: USER_HZ, 100 on every Linux that Go runs on.
const clockTicks = 100

func openFor(b *testing.B, dir string) (client kubernetes.Interface, closeIt func()) {
	b.Helper()
	c, err := New(Options{Home: dir, Plane: plane(b), Speed: 1}).Open(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	if client, err = kubernetes.NewForConfig(c.Config); err != nil {
		b.Fatal(err)
	}
	return client, func() {
		if err := c.Close(context.Background()); err != nil {
			b.Error(err)
		}
	}
}

func reportMillis(b *testing.B, name string) {
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), name)
}

// BenchmarkFirstStart is from nothing to every node ready.
func BenchmarkFirstStart(b *testing.B) {
	i := 0
	for b.Loop() {
		_, closeIt := openFor(b, filepath.Join(home(b), strconv.Itoa(i)))
		b.StopTimer()
		closeIt()
		i++
		b.StartTimer()
	}
	reportMillis(b, "ms/start")
}

// BenchmarkSecondStart is the same with the data of an earlier run.
func BenchmarkSecondStart(b *testing.B) {
	dir := home(b)
	_, closeIt := openFor(b, dir)
	closeIt()
	for b.Loop() {
		_, closeIt := openFor(b, dir)
		b.StopTimer()
		closeIt()
		b.StartTimer()
	}
	reportMillis(b, "ms/start")
}

// BenchmarkDeploymentOfThree is from nothing to three ready pods, at the speed
// a learner sees.
func BenchmarkDeploymentOfThree(b *testing.B) {
	i := 0
	for b.Loop() {
		client, closeIt := openFor(b, filepath.Join(home(b), strconv.Itoa(i)))
		awaitDeployment(b, client, 3)
		b.StopTimer()
		closeIt()
		i++
		b.StartTimer()
	}
	reportMillis(b, "ms/ready")
}

// BenchmarkIdle is what a control plane with a small Deployment costs while
// nobody does anything: over 30 s, after 15 s of calming down.
func BenchmarkIdle(b *testing.B) {
	dir := home(b)
	client, closeIt := openFor(b, dir)
	defer closeIt()
	awaitDeployment(b, client, 3)
	pid := New(Options{Home: dir}).state().PID
	<-time.After(15 * time.Second)
	const span = 30 * time.Second
	for b.Loop() {
		before := cpuTime(b, pid)
		<-time.After(span)
		used := cpuTime(b, pid) - before
		b.ReportMetric(100*used.Seconds()/span.Seconds(), "%core")
		b.ReportMetric(float64(residentKiB(b, pid))/1024, "MiB")
	}
}

// crowd makes replicas pods on workers nodes and reports, at the speed a learner
// sees, how long it takes until all are ready, what the control plane computes
// for it, and its memory then.
func crowd(b *testing.B, workers int, replicas int32, limit time.Duration) {
	for b.Loop() {
		b.StopTimer()
		dir := home(b)
		p := New(Options{Home: dir, Plane: plane(b), Speed: 1, Workers: workers})
		c, err := p.Open(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		client, err := kubernetes.NewForConfig(c.Config)
		if err != nil {
			b.Fatal(err)
		}
		pid := p.state().PID
		before := cpuTime(b, pid)
		b.StartTimer()
		if _, err := client.AppsV1().Deployments(cluster.Namespace).Create(b.Context(), web(replicas), metav1.CreateOptions{}); err != nil {
			b.Fatal(err)
		}
		awaitReady(b, client, replicas, limit)
		b.StopTimer()
		b.ReportMetric((cpuTime(b, pid) - before).Seconds(), "cpu-s")
		b.ReportMetric(float64(residentKiB(b, pid))/1024, "MiB")
		if err := c.Close(context.Background()); err != nil {
			b.Error(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/ready")
}

// awaitReady watches, because polling would be measured as well.
func awaitReady(b *testing.B, client kubernetes.Interface, replicas int32, limit time.Duration) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	watched, err := client.AppsV1().Deployments(cluster.Namespace).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer watched.Stop()
	var ready int32
	for event := range watched.ResultChan() {
		if d, ok := event.Object.(*appsv1.Deployment); ok {
			if ready = d.Status.ReadyReplicas; ready == replicas {
				return
			}
		}
	}
	b.Fatalf("%d of %d pods are ready after %s", ready, replicas, limit)
}

// BenchmarkThousandPods is a thousand pods on ten nodes.
func BenchmarkThousandPods(b *testing.B) { crowd(b, 10, 1000, 5*time.Minute) }

// BenchmarkFiveThousandPods is five thousand on fifty: all that simulated nodes
// hold.
func BenchmarkFiveThousandPods(b *testing.B) { crowd(b, 50, 5000, 20*time.Minute) }

func cpuTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(after)
	var ticks int
	for _, field := range fields[11:13] { // utime and stime, proc(5)'s 14 and 15
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / clockTicks
}

func residentKiB(b *testing.B, pid int) int {
	b.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(data), "VmRSS:")
	size, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		b.Fatal(err)
	}
	return size
}
