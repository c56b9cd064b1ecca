package kubelet

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"podium/cluster/sim/network"
)

// sim is a set of simulated nodes over client-go's fake API server, inside a
// synctest bubble: its clock moves only when everything waits.
type sim struct {
	t      *testing.T
	client *fake.Clientset
	net    *network.Network
	nodes  *Nodes
	mu     sync.Mutex
	seen   []corev1.Event // in the order they were sent
	stop   func()
}

// inBubble runs test with nodes of one worker at the given speed.
func inBubble(t *testing.T, speed float64, test func(s *sim)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, fake.NewClientset(), speed)
		test(s)
		s.stop()
	})
}

func newSim(t *testing.T, client *fake.Clientset, speed float64) *sim {
	t.Helper()
	s := &sim{t: t, client: client, net: network.New()}
	client.PrependReactor("delete", "pods", s.gracefulDelete)
	client.PrependReactor("create", "events", s.keepEvent)
	client.PrependWatchReactor("*", s.watchCopies)
	s.resume(speed)
	return s
}

// resume starts the nodes over what the client holds.
func (s *sim) resume(speed float64) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	nodes, err := Start(ctx, Options{Client: s.client, Network: s.net, Workers: 1, Speed: speed, Version: "v1.36.3"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.nodes = nodes
	s.stop = func() {
		cancel()
		nodes.Wait()
	}
}

// gracefulDelete does what the real API server does and the fake one does not:
// a running pod is marked first, and removed when its kubelet says so.
func (s *sim) gracefulDelete(action clienttesting.Action) (bool, runtime.Object, error) {
	del := action.(clienttesting.DeleteActionImpl)
	grace := del.DeleteOptions.GracePeriodSeconds
	if grace != nil && *grace == 0 {
		return false, nil, nil
	}
	o, err := s.client.Tracker().Get(action.GetResource(), action.GetNamespace(), del.Name)
	if err != nil {
		return true, nil, err
	}
	p := o.(*corev1.Pod).DeepCopy()
	seconds := int64(30)
	if grace != nil {
		seconds = *grace
	} else if p.Spec.TerminationGracePeriodSeconds != nil {
		seconds = *p.Spec.TerminationGracePeriodSeconds
	}
	now := metav1.NewTime(time.Now().Add(time.Duration(seconds) * time.Second))
	p.DeletionTimestamp, p.DeletionGracePeriodSeconds = &now, &seconds
	return true, p, s.client.Tracker().Update(action.GetResource(), p, p.Namespace)
}

// watchCopies watches as the fake API server does, and copies what it delivers:
// a change between a list and its watch comes as the tracker's own object, which
// others read while an informer's transform writes to it.
func (s *sim) watchCopies(action clienttesting.Action) (bool, watch.Interface, error) {
	var options metav1.ListOptions
	if w, ok := action.(clienttesting.WatchActionImpl); ok {
		options = w.ListOptions
	}
	source, err := s.client.Tracker().Watch(action.GetResource(), action.GetNamespace(), options)
	if err != nil {
		return true, nil, err
	}
	return true, watch.Filter(source, func(e watch.Event) (watch.Event, bool) {
		e.Object = e.Object.DeepCopyObject()
		return e, true
	}), nil
}

// keepEvent notes events as they come: their names, made of the time, would
// clash in a bubble whose clock stands still.
func (s *sim) keepEvent(action clienttesting.Action) (bool, runtime.Object, error) {
	e := action.(clienttesting.CreateAction).GetObject().(*corev1.Event)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, *e)
	return true, e, nil
}

func aPod(name, image string, change ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "lab", UID: types.UID("uid-" + name)},
		Spec: corev1.PodSpec{NodeName: "worker-1", RestartPolicy: corev1.RestartPolicyAlways,
			Containers: []corev1.Container{{Name: "web", Image: image, ImagePullPolicy: corev1.PullIfNotPresent}}},
		Status: corev1.PodStatus{Phase: corev1.PodPending,
			Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}}},
	}
	for _, c := range change {
		c(p)
	}
	return p
}

func runs(command ...string) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Spec.Containers[0].Command = command }
}

func policy(r corev1.RestartPolicy) func(*corev1.Pod) {
	return func(p *corev1.Pod) { p.Spec.RestartPolicy = r }
}

func (s *sim) create(p *corev1.Pod) {
	s.t.Helper()
	if _, err := s.client.CoreV1().Pods(p.Namespace).Create(context.Background(), p, metav1.CreateOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *sim) get(name string) *corev1.Pod {
	p, err := s.client.CoreV1().Pods("lab").Get(context.Background(), name, metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return p
}

// wait lets d of the bubble's time pass.
func (s *sim) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	<-t.C
	synctest.Wait()
}

// events lists "Reason message" of what happened to a pod, in order.
func (s *sim) events(name string) []string {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, e := range s.seen {
		if e.InvolvedObject.Name == name {
			out = append(out, e.Type+" "+e.Reason+" "+e.Message)
		}
	}
	return out
}

// posted are the statuses of a pod that its kubelet posted, oldest first.
func (s *sim) posted(name string) []corev1.PodStatus {
	var out []corev1.PodStatus
	for _, a := range s.client.Actions() {
		update, ok := a.(clienttesting.UpdateAction)
		if !ok || a.GetSubresource() != "status" || a.GetResource().Resource != "pods" {
			continue
		}
		if p := update.GetObject().(*corev1.Pod); p.Name == name {
			out = append(out, p.Status)
		}
	}
	return out
}

// states lists the states that a pod's status went through.
func (s *sim) states(name string) []string {
	var out []string
	for _, status := range s.posted(name) {
		if line := summary(status); len(out) == 0 || out[len(out)-1] != line {
			out = append(out, line)
		}
	}
	return out
}

func (s *sim) logs(name, container string, previous bool) string {
	s.t.Helper()
	p := s.nodes.find("lab", name)
	if p == nil {
		s.t.Fatalf("no pod %s", name)
	}
	book, err := p.container(container).book(previous)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	lines, _, _ := book.after(0)
	for _, l := range lines {
		fmt.Fprintf(&b, "%s", l.text)
	}
	return b.String()
}
