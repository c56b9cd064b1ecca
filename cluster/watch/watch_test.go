package watch

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"podium/cluster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come; nothing waits that long
// unless it fails.
const patience = 30 * time.Second

// read takes snapshots until one is as it should be, and returns it and every
// change up to it.
func read(t *testing.T, s *Stream, good func(cluster.Snapshot) bool) (cluster.Snapshot, []cluster.Change) {
	t.Helper()
	var changes []cluster.Change
	late := time.After(patience)
	for {
		select {
		case snapshot, open := <-s.Snapshots():
			if !open {
				t.Fatal("the stream ended")
			}
			if changes = append(changes, snapshot.Changes...); good(snapshot) {
				return snapshot, changes
			}
		case <-late:
			t.Fatalf("no such snapshot; changes so far: %v", story(changes))
		}
	}
}

// end stops a stream and waits until all of it has ended.
func end(cancel context.CancelFunc, s *Stream) {
	cancel()
	for range s.Snapshots() {
	}
}

func names(s cluster.Snapshot) []string {
	var all []string
	for _, p := range s.Pods {
		all = append(all, p.Name+" "+p.ResourceVersion)
	}
	return all
}

func TestAStreamOverHTTPOutlivesTheAPIServer(t *testing.T) {
	var log bytes.Buffer
	klog.LogToStderr(false)
	klog.SetOutput(&log)
	server := newAPIServer(t)
	for _, name := range []string{"changes", "goes", "same", "twin"} {
		server.set(name, "")
	}
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, server.cluster())
	if err != nil {
		t.Fatal(err)
	}
	first, changes := read(t, s, func(cluster.Snapshot) bool { return true })
	if diff := cmp.Diff([]string{"changes 101", "goes 102", "same 103", "twin 104"}, names(first)); diff != "" || len(changes) != 0 {
		t.Errorf("first snapshot with %d changes (-want +got)\n%s", len(changes), diff)
	}
	server.set("live", "")
	_, changes = read(t, s, func(s cluster.Snapshot) bool { return len(s.Pods) == 5 })
	if diff := cmp.Diff([]string{"ADDED live -→105"}, story(changes)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	server.stop()
	server.set("changes", "")
	server.remove("goes")
	server.remove("twin")
	server.set("twin", "another")
	server.forget()
	server.listen(server.address)

	want := []string{"changes 106", "live 105", "same 103", "twin 109"}
	_, changes = read(t, s, func(s cluster.Snapshot) bool { return slices.Equal(names(s), want) })
	got := story(changes)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"ADDED twin -→109", "DELETED goes 102→102", "DELETED twin 104→104", "MODIFIED changes 101→106"}, got); diff != "" {
		t.Errorf("after the break (-want +got)\n%s", diff)
	}
	end(cancel, s)
	server.stop()
	if log.Len() > 0 {
		t.Errorf("logged:\n%s", log.String())
	}
}

func TestAViewerSeesWhatItMay(t *testing.T) {
	server := newAPIServer(t)
	server.forbidden = []string{"/api/v1/secrets", "/api/v1/namespaces/lab/secrets", "/api/v1/nodes", "/api/v1/pods"}
	server.set("mine", "")
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, server.cluster())
	if err != nil {
		t.Fatal(err)
	}
	first, _ := read(t, s, func(cluster.Snapshot) bool { return true })
	if diff := cmp.Diff([]string{"mine 101"}, names(first)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]schema.GroupKind{{Kind: "Node"}, {Kind: "Secret"}}, s.Missing()); diff != "" {
		t.Errorf("missing (-want +got)\n%s", diff)
	}
	end(cancel, s)
	server.stop()
}

func TestAnUnusableConfigurationIsOneSentence(t *testing.T) {
	_, err := Start(t.Context(), &cluster.Cluster{Name: "lab", Config: &rest.Config{Host: "https://[::1"}})
	if err == nil {
		t.Fatal("no error")
	}
	if want := "The settings for cluster lab can't be used: check its kubeconfig."; len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
		t.Errorf("said %q", err)
	}
}
