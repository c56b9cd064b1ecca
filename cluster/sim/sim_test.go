package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// parentVariable makes the test's own executable a podium that opens the
// cluster in that home directory and then waits to be killed.
const parentVariable = "PODIUM_SIM_TEST_PARENT"

func TestMain(m *testing.M) {
	if home := os.Getenv(parentVariable); home != "" {
		if _, err := New(Options{Home: home, Plane: os.Getenv(planeVariable)}).Open(context.Background(), nil); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("open")
		select {}
	}
	os.Exit(m.Run())
}

// plane returns the real podium-plane.
func plane(t testing.TB) string {
	t.Helper()
	path := os.Getenv(planeVariable)
	if path == "" {
		path = filepath.Join("..", "..", "bin", planeName())
	}
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = exec.LookPath(path)
	}
	if err != nil {
		t.Fatalf("these tests drive the real podium-plane: run `make build` first (%v)", err)
	}
	return path
}

// home returns a home directory; what still runs there is killed at the end.
func home(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sim")
	t.Cleanup(func() {
		p := New(Options{Home: dir})
		if running, err := p.running(); err != nil || !running {
			return
		}
		_ = p.kill()
		if _, err := p.awaitStopped(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// open opens the cluster and closes it when the test ends.
func open(t testing.TB, o Options) (*cluster.Cluster, kubernetes.Interface) {
	t.Helper()
	if o.Plane == "" {
		o.Plane = plane(t)
	}
	c, err := New(o).Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	client, err := kubernetes.NewForConfig(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	return c, client
}

// eventually waits for condition to hold.
func eventually(t testing.TB, limit time.Duration, what string, condition func(context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, limit, true, func(ctx context.Context) (bool, error) {
		return condition(ctx), nil
	})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func gone(pid int) bool { return !alivePID(pid) }

func alivePID(pid int) bool {
	process, err := os.FindProcess(pid)
	return err == nil && process.Signal(syscall.Signal(0)) == nil
}

func readyNodes(t testing.TB, client kubernetes.Interface) []string {
	t.Helper()
	nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var ready []string
	for _, n := range nodes.Items {
		for _, c := range n.Status.Conditions {
			if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
				ready = append(ready, n.Name)
			}
		}
	}
	return ready
}

func web(replicas int32) *appsv1.Deployment {
	labels := map[string]string{"app": "web"}
	d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "web"}}
	d.Spec.Replicas, d.Spec.Selector = ptr.To(replicas), &metav1.LabelSelector{MatchLabels: labels}
	d.Spec.Template.Labels = labels
	d.Spec.Template.Spec.Containers = []corev1.Container{{Name: "nginx", Image: "nginx:1.27"}}
	return d
}

func awaitDeployment(t testing.TB, client kubernetes.Interface, replicas int32) {
	t.Helper()
	if _, err := client.AppsV1().Deployments(cluster.Namespace).Create(t.Context(), web(replicas), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, "the Deployment is ready", func(ctx context.Context) bool {
		d, err := client.AppsV1().Deployments(cluster.Namespace).Get(ctx, "web", metav1.GetOptions{})
		return err == nil && d.Status.ReadyReplicas == replicas
	})
}

func TestOpenGivesAClusterThatRunsPodsAndCloseLeavesNoProcess(t *testing.T) {
	p := New(Options{Home: home(t), Plane: plane(t)})
	var said []string
	c, err := p.Open(t.Context(), func(s cluster.Stage) {
		said = append(said, fmt.Sprintf("%s %v", s.Message.ID, s.Done))
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"sim.stage.process false", "sim.stage.process true", "sim.stage.etcd false", "sim.stage.etcd true",
		"sim.stage.apiserver false", "sim.stage.apiserver true", "sim.stage.controllers false", "sim.stage.nodes false",
		"sim.stage.controllers true", "sim.stage.nodes true",
	}
	if !slices.Equal(said, want) {
		t.Errorf("stages were %q", said)
	}
	if nodes := readyNodes(t, client); len(nodes) != 4 {
		t.Errorf("ready nodes: %v, want a control plane and three workers", nodes)
	}
	lab, err := client.CoreV1().Namespaces().Get(t.Context(), cluster.Namespace, metav1.GetOptions{})
	if err != nil || lab.Labels[cluster.OwnedLabel] != "true" {
		t.Errorf("the lab namespace: %v, %v", lab.Labels, err)
	}
	awaitDeployment(t, client, 3)

	status, err := p.Status(t.Context())
	if err != nil || !status.Running || !status.Ready || status.Detached || status.Workers != 3 || status.URL != c.Config.Host {
		t.Errorf("status is %+v, %v", status, err)
	}
	for range 2 {
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if !gone(status.PID) {
		t.Errorf("process %d is still there", status.PID)
	}
	select {
	case <-c.Done:
		t.Error("Done is closed although the end was asked for")
	default:
	}
	if status, err = p.Status(t.Context()); err != nil || status.Running {
		t.Errorf("status after close is %+v, %v", status, err)
	}
}

func TestPodsAndTheAPIServerAreReachedByTheirAddressesInTheCluster(t *testing.T) {
	c, client := open(t, Options{Home: home(t)})
	awaitDeployment(t, client, 1)
	pods, err := client.CoreV1().Pods(cluster.Namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(pods.Items) != 1 {
		t.Fatalf("%d pods, %v", len(pods.Items), err)
	}
	for _, address := range []string{pods.Items[0].Status.PodIP + ":80", "172.18.0.2:6443", "10.96.0.1:443"} {
		conn, err := c.Dial(t.Context(), "tcp", address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		conn.Close()
	}
	for address, want := range map[string]error{
		"10.255.255.1:80":                    syscall.EHOSTUNREACH,
		pods.Items[0].Status.PodIP + ":9999": syscall.ECONNREFUSED,
	} {
		if _, err := c.Dial(t.Context(), "tcp", address); !errors.Is(err, want) || strings.Count(err.Error(), "dial") != 1 {
			t.Errorf("%s gives %v, want %v", address, err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Dial(ctx, "tcp", "10.96.0.1:443"); !errors.Is(err, context.Canceled) {
		t.Errorf("with a cancelled context it gives %v", err)
	}
}

func TestTheNumberOfWorkersCanChange(t *testing.T) {
	dir := home(t)
	for _, workers := range []int{2, 4, 1} {
		c, client := open(t, Options{Home: dir, Workers: workers})
		eventually(t, patience, fmt.Sprintf("%d workers", workers), func(context.Context) bool {
			nodes, err := client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
			return err == nil && len(nodes.Items) == workers+1 && len(readyNodes(t, client)) == workers+1
		})
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestDeleteRemovesWhatPodiumMadeAndNothingElse(t *testing.T) {
	dir := home(t)
	c, _ := open(t, Options{Home: dir})
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := New(Options{Home: dir})
	if err := p.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "notes.txt" {
		t.Errorf("left are %v, %v", entries, err)
	}
	if err := os.Remove(mine); err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the empty directory stays: %v", err)
	}
}
