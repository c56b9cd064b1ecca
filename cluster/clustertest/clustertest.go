// Package clustertest is what every provider promises, as a test: the same for
// a simulated cluster as for one of containers.
package clustertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"podium/cluster"
	"podium/cluster/watch"
)

// A Provider is what is tested.
type Provider struct {
	// New returns a provider for the one cluster of this test, at each call.
	New func() cluster.Keeper

	// Home is where the cluster keeps its files.
	Home string

	// Remains lists what there is of the cluster outside of Home: processes,
	// containers, networks.
	Remains func(t *testing.T) []string

	// Stages is how many stages a new cluster at least goes through.
	Stages int
}

// limit is how long any one thing may take on a starved machine.
const limit = 15 * time.Minute

// image answers with JSON on port 9898.
const image = "ghcr.io/stefanprodan/podinfo:6.7.0"

// Run tests the provider, each part on what the ones before it left.
func Run(t *testing.T, p Provider) {
	for _, part := range []struct {
		name string
		test func(*testing.T, Provider)
	}{
		{"check", check},
		{"stop half-way", stopHalfWay},
		{"open, use and close", use},
		{"resume", resume},
		{"delete", remove},
	} {
		if !t.Run(part.name, func(t *testing.T) { part.test(t, p) }) {
			break // the rest would only fail on what this one left
		}
	}
	if err := p.New().Delete(context.Background()); err != nil {
		t.Error(err)
	}
}

func check(t *testing.T, p Provider) {
	if err := p.New().Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, err := p.New().Status(t.Context()); err != nil || status.Running {
		t.Fatalf("before anything was opened: %+v, %v", status, err)
	}
	clean(t, p)
}

// clean checks that nothing is there.
func clean(t *testing.T, p Provider) {
	t.Helper()
	if left := p.Remains(t); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// stopHalfWay cancels an Open as soon as half of its stages have begun.
func stopHalfWay(t *testing.T, p Provider) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	begun := 0
	c, err := p.New().Open(ctx, func(s cluster.Stage) {
		if !s.Done {
			if begun++; begun > p.Stages/2 {
				cancel()
			}
		}
	})
	if c != nil || !errors.Is(err, context.Canceled) {
		t.Fatalf("Open returned %v, %v", c, err)
	}
	clean(t, p)
	if status, err := p.New().Status(t.Context()); err != nil || status.Running {
		t.Errorf("after an Open that was cancelled: %+v, %v", status, err)
	}
}

// open opens the cluster and checks that its stages make sense.
func open(t *testing.T, p Provider) (*cluster.Cluster, kubernetes.Interface) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	begun, done, last := 0, 0, time.Duration(0)
	c, err := p.New().Open(ctx, func(s cluster.Stage) {
		if s.Message.IsZero() || s.Elapsed < last {
			t.Errorf("stage %+v after %v", s, last)
		}
		last = s.Elapsed
		if s.Done {
			done++
		} else {
			begun++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if begun == 0 || done == 0 {
		t.Errorf("%d stages began and %d ended", begun, done)
	}
	if c.Name == "" || c.Provider != p.New().Name() || c.Config == nil || c.Close == nil {
		t.Errorf("incomplete: %+v", c)
	}
	if _, err := os.Stat(c.Kubeconfig); err != nil {
		t.Error(err)
	}
	client, err := kubernetes.NewForConfig(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	return c, client
}

func use(t *testing.T, p Provider) {
	c, client := open(t, p)
	closed := false
	defer func() {
		if !closed {
			_ = c.Close(context.Background())
		}
	}()
	ready(t, c, client)
	owned(t, p)
	snapshot(t, c)
	schedule(t, c, client)
	reach(t, c)
	closed = true
	for range 2 { // may be called again
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if status, err := p.New().Status(t.Context()); err != nil || status.Running {
		t.Errorf("after Close: %+v, %v", status, err)
	}
}

// ready checks that every node is, and that the learner has a namespace.
func ready(t *testing.T, c *cluster.Cluster, client kubernetes.Interface) {
	t.Helper()
	nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil || len(nodes.Items) < 2 {
		t.Fatalf("%d nodes, %v", len(nodes.Items), err)
	}
	for _, n := range nodes.Items {
		for _, condition := range n.Status.Conditions {
			if condition.Type == corev1.NodeReady && condition.Status != corev1.ConditionTrue {
				t.Errorf("node %s is not ready: %s", n.Name, condition.Message)
			}
		}
	}
	namespace, err := client.CoreV1().Namespaces().Get(t.Context(), c.Namespace, metav1.GetOptions{})
	if err != nil || namespace.Labels[cluster.OwnedLabel] != "true" {
		t.Fatalf("namespace %v, %v", namespace.Labels, err)
	}
}

// owned checks that a second podium is refused while the first one drives.
func owned(t *testing.T, p Provider) {
	t.Helper()
	if _, err := p.New().Open(t.Context(), nil); !errors.Is(err, cluster.ErrOwned) {
		t.Errorf("a second Open returned %v", err)
	}
	if err := p.New().Delete(t.Context()); !errors.Is(err, cluster.ErrOwned) {
		t.Errorf("Delete of a cluster in use returned %v", err)
	}
}

// snapshot checks that what is in the cluster is seen.
func snapshot(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	stream, err := watch.Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	for s := range stream.Snapshots() {
		if len(s.Nodes) > 1 && len(s.Pods) > 1 && len(s.Services) > 0 {
			return
		}
	}
	t.Fatal("no snapshot has nodes, pods and Services")
}

// schedule runs a pod behind a Service.
func schedule(t *testing.T, c *cluster.Cluster, client kubernetes.Interface) {
	t.Helper()
	labels := map[string]string{"app": "web"}
	_, err := client.CoreV1().Services(c.Namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: corev1.ServiceSpec{
			Selector: labels, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromInt32(9898)}},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CoreV1().Pods(c.Namespace).Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "web", Labels: labels},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: image}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	await(t, "pod web to be ready", func(ctx context.Context) bool {
		pod, err := client.CoreV1().Pods(c.Namespace).Get(ctx, "web", metav1.GetOptions{})
		if err != nil {
			return false
		}
		state, _ := cluster.StateOf(pod)
		return state == cluster.Ready
	})
}

func await(t *testing.T, what string, condition func(context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, limit, true, func(ctx context.Context) (bool, error) {
		return condition(ctx), nil
	})
	if err != nil {
		t.Fatalf("waiting for %s: %v", what, err)
	}
}

// reach asks the Service, and addresses that nothing answers.
func reach(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	if c.Dial == nil {
		t.Fatal("no Dial")
	}
	client := &http.Client{Transport: &http.Transport{DialContext: c.Dial, DisableKeepAlives: true}}
	var last error
	var body []byte
	await(t, "the Service to answer", func(ctx context.Context) bool {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		body, last = get(ctx, client, "http://web."+c.Namespace+".svc/version")
		return last == nil
	})
	t.Logf("the Service answers %q", body)
	if want := "6.7.0"; !strings.Contains(string(body), want) {
		t.Errorf("the Service answers %q, want %q in it", body, want)
	}
	if conn, err := c.Dial(t.Context(), "tcp", "nothing."+c.Namespace+".svc:80"); err == nil {
		_ = conn.Close()
		t.Error("a Service that isn't there was reached")
	}
	var refused *net.OpError
	if _, err := c.Dial(t.Context(), "tcp", "localhost:1"); !errors.As(err, &refused) {
		t.Errorf("a port where nothing listens: %v", err)
	}
	if c.Socket == "" {
		return
	}
	conn, err := net.Dial("unix", c.Socket)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}

func get(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, body)
	}
	return body, err
}

// resume opens the cluster again: what was in it still is, and works.
func resume(t *testing.T, p Provider) {
	c, client := open(t, p)
	defer func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	if _, err := client.CoreV1().Services(c.Namespace).Get(t.Context(), "web", metav1.GetOptions{}); err != nil {
		t.Fatal(err)
	}
	reach(t, c)
}

func remove(t *testing.T, p Provider) {
	for range 2 { // there need be nothing
		if err := p.New().Delete(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	clean(t, p)
	if _, err := os.Stat(p.Home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", p.Home, err)
	}
}
