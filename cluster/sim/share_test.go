package sim

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podium/cluster"
	"podium/i18n"
)

func TestASecondPodiumIsToldAndMayWatch(t *testing.T) {
	dir := home(t)
	c, client := open(t, Options{Home: dir})
	_, err := New(Options{Home: dir, Plane: plane(t)}).Open(t.Context(), nil)
	if !errors.Is(err, ErrOwned) || !strings.Contains(i18n.English.Say(i18n.Explain(err)), "podium --watch") {
		t.Errorf("the second is told %v", err)
	}
	for _, act := range []func(context.Context) error{New(Options{Home: dir}).Down, New(Options{Home: dir}).Delete} {
		if err := act(t.Context()); !errors.Is(err, ErrOwned) {
			t.Errorf("it may end a cluster that is in use: %v", err)
		}
	}
	watched, viewer := open(t, Options{Home: dir, Watch: true})
	if !watched.ReadOnly || len(readyNodes(t, viewer)) != 4 {
		t.Errorf("read-only %v, nodes %v", watched.ReadOnly, readyNodes(t, viewer))
	}
	if _, err := viewer.CoreV1().Pods(cluster.Namespace).List(t.Context(), metav1.ListOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := viewer.AppsV1().Deployments(cluster.Namespace).Create(t.Context(), web(1), metav1.CreateOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("a watcher's create gives %v", err)
	}
	if _, err := viewer.CoreV1().Secrets(cluster.Namespace).List(t.Context(), metav1.ListOptions{}); !apierrors.IsForbidden(err) {
		t.Errorf("a watcher's list of Secrets gives %v", err)
	}
	if err := watched.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if len(readyNodes(t, client)) != 4 {
		t.Error("the end of a watcher ended the cluster")
	}
	again, _ := open(t, Options{Home: dir, Watch: true})
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
	select {
	case <-again.Done:
	case <-time.After(stopGrace):
		t.Error("the watcher is not told that the cluster has ended")
	}
}

func TestWatchWithNothingRunningSaysSo(t *testing.T) {
	_, err := New(Options{Home: home(t), Watch: true}).Open(t.Context(), nil)
	if got := i18n.Explain(err).ID; got != "sim.nothing" {
		t.Errorf("it says %v", err)
	}
}

func TestADetachedControlPlaneStaysUntilDown(t *testing.T) {
	dir := home(t)
	p := New(Options{Home: dir, Plane: plane(t), Workers: 2, Detach: true})
	c, err := p.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, err := p.Status(t.Context())
	if err != nil || !before.Running || !before.Detached || before.Workers != 2 || before.Since.IsZero() {
		t.Fatalf("status is %+v, %v", before, err)
	}
	attached, client := open(t, Options{Home: dir})
	if nodes := readyNodes(t, client); len(nodes) != 3 {
		t.Errorf("ready nodes: %v", nodes)
	}
	if _, err := New(Options{Home: dir, Plane: plane(t)}).Open(t.Context(), nil); !errors.Is(err, ErrOwned) {
		t.Errorf("a second one gets %v", err)
	}
	if err := attached.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if after, _ := p.Status(t.Context()); after.PID != before.PID {
		t.Errorf("process %d became %d", before.PID, after.PID)
	}
	if err := p.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, stopGrace, "the process is gone", func(context.Context) bool { return gone(before.PID) })
	if err := p.Down(t.Context()); err != nil {
		t.Errorf("a second Down says %v", err)
	}
}
