package sim

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"

	"podium/cluster"
	"podium/cluster/traffic"
)

// rolloutLimit is for a machine that is busy with something else.
const rolloutLimit = 3 * time.Minute

// serving is a Deployment of six whose pods say when they are ready and, with a
// hook, wait two seconds before they stop; and a Service in front of it.
func serving(hook bool) (*appsv1.Deployment, *corev1.Service) {
	d := web(6)
	c := &d.Spec.Template.Spec.Containers[0]
	c.ReadinessProbe = &corev1.Probe{PeriodSeconds: 1, ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt32(80)}}}
	if hook {
		c.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 2}}}
	}
	s := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeNodePort, Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Port: 80}}}}
	return d, s
}

func awaitRollout(t *testing.T, client kubernetes.Interface) {
	t.Helper()
	eventually(t, rolloutLimit, "the rollout is complete", func(ctx context.Context) bool {
		d, err := client.AppsV1().Deployments(cluster.Namespace).Get(ctx, "web", metav1.GetOptions{})
		return err == nil && d.Status.ObservedGeneration == d.Generation && d.Status.UpdatedReplicas == 6 && d.Status.Replicas == 6 && d.Status.AvailableReplicas == 6
	})
}

// rollOut gives the Deployment another image while 100 requests a second go
// through its Service, and returns how many were sent and how many failed. One
// that only took too long says something of this machine and is not counted.
func rollOut(t *testing.T, c *cluster.Cluster, client kubernetes.Interface, image string) (sent, failed int) {
	t.Helper()
	p, err := traffic.Start(t.Context(), traffic.Target{Namespace: cluster.Namespace, Service: "web", Port: 80, Rate: 100, Dial: c.Dial})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	eventually(t, rolloutLimit, "requests are answered", func(context.Context) bool { return p.Stats().Answered() > 100 })
	before := p.Stats()
	if before.Failed > len(before.Failures) {
		t.Logf("%d requests failed before the rollout", before.Failed)
	}
	d, err := client.AppsV1().Deployments(cluster.Namespace).Get(t.Context(), "web", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	patch := fmt.Sprintf(`{"spec":{"template":{"spec":{"containers":[{"name":%q,"image":%q}]}}}}`, d.Spec.Template.Spec.Containers[0].Name, image)
	if _, err := client.AppsV1().Deployments(cluster.Namespace).Patch(t.Context(), "web", "application/strategic-merge-patch+json", []byte(patch), metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	awaitRollout(t, client)
	end := p.Stats()
	slow := 0
	for _, f := range end.Failures {
		if f.Say.ID == "cluster.traffic.timeout" || f.Say.ID == "cluster.traffic.late" {
			slow += f.Count
		}
	}
	return end.Total, end.Failed - slow
}

// rollouts is how often a rolling update is tried: on a machine that stands
// still for seconds, two seconds of grace can be too few.
const rollouts = 3

func TestAPreStopHookKeepsARollingUpdateFromFailingRequests(t *testing.T) {
	c, client := open(t, Options{Home: home(t), Speed: 2})
	for _, hook := range []bool{true, false} {
		d, s := serving(hook)
		if _, err := client.CoreV1().Services(cluster.Namespace).Create(t.Context(), s, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.AppsV1().Deployments(cluster.Namespace).Create(t.Context(), d, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		awaitRollout(t, client)
		as := false
		for i := range rollouts {
			sent, failed := rollOut(t, c, client, []string{"nginx:1.28", "nginx:1.27"}[i%2])
			t.Logf("preStop hook %v: %d of %d requests failed", hook, failed, sent)
			if as = hook == (failed == 0); as {
				break
			}
		}
		if !as {
			t.Errorf("preStop hook %v: no rolling update went as it should", hook)
		}
		foreground := metav1.DeletePropagationForeground
		if err := client.AppsV1().Deployments(cluster.Namespace).Delete(t.Context(), "web", metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil {
			t.Fatal(err)
		}
		if err := client.CoreV1().Services(cluster.Namespace).Delete(t.Context(), "web", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		eventually(t, rolloutLimit, "it is deleted", func(ctx context.Context) bool {
			list, err := client.AppsV1().Deployments(cluster.Namespace).List(ctx, metav1.ListOptions{})
			return err == nil && len(list.Items) == 0
		})
	}
}

// welcome asks for a page and says whether it is nginx's.
func welcome(ctx context.Context, client *http.Client, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	return err == nil && strings.Contains(string(page), "Welcome to nginx!")
}

func TestASimulatedDeploymentIsReachedInEveryWay(t *testing.T) {
	c, client := open(t, Options{Home: home(t), Speed: 2})
	d, s := serving(false)
	s, err := client.CoreV1().Services(cluster.Namespace).Create(t.Context(), s, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AppsV1().Deployments(cluster.Namespace).Create(t.Context(), d, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	awaitRollout(t, client)

	ordinary := &http.Client{Timeout: 10 * time.Second}
	inside := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: c.Dial, DisableKeepAlives: true}}
	admin, err := rest.HTTPClientFor(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		name   string
		client *http.Client
		url    string
	}{
		{"the node port, as a browser does", ordinary, fmt.Sprintf("http://127.0.0.1:%d/", s.Spec.Ports[0].NodePort)},
		{"the Service's name", inside, "http://web.lab.svc.cluster.local/"},
		{"the Service's address", inside, "http://" + s.Spec.ClusterIP + "/"},
		{"a node's address", inside, fmt.Sprintf("http://172.18.0.3:%d/", s.Spec.Ports[0].NodePort)},
		{"the API server's proxy", admin, c.Config.Host + "/api/v1/namespaces/lab/services/web:80/proxy/"},
		{"a port that is forwarded", ordinary, forward(t, c, client)},
	} {
		eventually(t, rolloutLimit, way.name, func(ctx context.Context) bool { return welcome(ctx, way.client, way.url) })
	}
	proberGoesEveryWay(t, c)
}

// proberGoesEveryWay sends requests from a prober through the Service network,
// and through the API server as on a cluster that nothing can dial into.
func proberGoesEveryWay(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	for via, target := range map[string]traffic.Target{
		"cluster.traffic.via.network": {Namespace: cluster.Namespace, Service: "web", Port: 80, Rate: 20, Dial: c.Dial},
		"cluster.traffic.via.proxy":   {Namespace: cluster.Namespace, Service: "web", Port: 80, Rate: 20, Config: c.Config},
	} {
		p, err := traffic.Start(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, rolloutLimit, via, func(context.Context) bool { return len(p.Stats().ByPod) > 1 })
		if s := p.Stats(); s.Via.ID != via || s.ByVersion["1.27.5"] == 0 {
			t.Errorf("%s: went by %s to versions %v", via, s.Via.ID, s.ByVersion)
		}
		p.Stop()
	}
}

// forward does what kubectl port-forward does, until the test ends, and returns
// where the pod's port 80 is.
func forward(t *testing.T, c *cluster.Cluster, client kubernetes.Interface) string {
	t.Helper()
	pods, err := client.CoreV1().Pods(cluster.Namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(pods.Items) == 0 {
		t.Fatalf("%d pods, %v", len(pods.Items), err)
	}
	url := client.CoreV1().RESTClient().Post().Resource("pods").Namespace(cluster.Namespace).Name(pods.Items[0].Name).SubResource("portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	stop, ready, said := make(chan struct{}), make(chan struct{}), &bytes.Buffer{}
	f, err := portforward.New(spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, url), []string{"0:80"}, stop, ready, said, said)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- f.ForwardPorts() }()
	t.Cleanup(func() {
		close(stop)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("%v: %s", err, said)
	}
	ports, err := f.GetPorts()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://localhost:%d/", ports[0].Local)
}
