package record

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

var head = Head{Began: noon, Provider: "sim", Cluster: "podium", Namespace: "lab", Podium: "test"}

// at is a number of seconds after noon.
func at(seconds float64) time.Time {
	return noon.Add(time.Duration(seconds * float64(time.Second)))
}

// pod makes a pod of an app in the state the word says.
func pod(name, app string, state cluster.State) *corev1.Pod {
	p := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "lab", Name: name, UID: types.UID(name), Labels: map[string]string{"app": app}},
		Spec:       corev1.PodSpec{NodeName: "worker-1"},
	}
	switch state {
	case cluster.Ready:
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	case cluster.Terminating:
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		p.DeletionTimestamp = &metav1.Time{Time: noon.Local()}
	case cluster.Completed:
		p.Status.Phase = corev1.PodSucceeded
	}
	return p
}

func change(seconds float64, verb cluster.Verb, o cluster.Object) cluster.Change {
	return cluster.Change{Time: at(seconds), Verb: verb, Kind: cluster.KindOf(o), Object: o}
}

// recorded records what begins with a snapshot and goes on with changes, one
// snapshot for each, and reads it back.
func recorded(t testing.TB, begin cluster.Snapshot, changes ...cluster.Change) *Recording {
	t.Helper()
	r := start(t)
	begin.Seq = 1
	r.Begin(begin)
	last := begin
	for _, c := range changes {
		last = last.Apply(c)
		last.Seq++
		r.Observe(last)
	}
	return reopened(t, r)
}

func start(t testing.TB) *Recorder {
	t.Helper()
	r, err := Start(filepath.Join(t.TempDir(), "recordings"), head)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reopened is what stands in the file once the recorder is closed. It must be
// what the recorder itself says.
func reopened(t testing.TB, r *Recorder) *Recording {
	t.Helper()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	live, err := r.Recording(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	read, err := Open(live.path(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close() })
	if read.Len() != live.Len() || !read.To().Equal(live.To()) || len(read.Marks()) != len(live.Marks()) || read.Torn() {
		t.Fatalf("the file has %d changes to %v with %d marks (torn: %v); the recorder %d to %v with %d",
			read.Len(), read.To(), len(read.Marks()), read.Torn(), live.Len(), live.To(), len(live.Marks()))
	}
	return read
}

// path is the newest file of a recorder's.
func (r *Recording) path(t testing.TB) string {
	t.Helper()
	file, ok := r.segments[len(r.segments)-1].file.(interface{ Name() string })
	if !ok {
		t.Fatal("the recording is in no file")
	}
	return file.Name()
}

// names are the pods of a moment.
func names(s cluster.Snapshot) []string {
	var all []string
	for _, p := range s.Pods {
		all = append(all, p.Name)
	}
	return all
}

func changed(changes []cluster.Change) []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.Object.GetName())
	}
	return all
}

func sameNames(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// rolling is an update of web from one pod to another with a surge of 1, beside
// a pod of another app.
func rolling(t testing.TB) *Recording {
	return recorded(t, cluster.NewSnapshot(noon, pod("old", "web", cluster.Ready), pod("db", "db", cluster.Ready)),
		change(1, cluster.Added, pod("new", "web", cluster.Starting)),
		change(2, cluster.Modified, pod("old", "web", cluster.Terminating)),
		change(2.5, cluster.Deleted, pod("old", "web", cluster.Terminating)),
		change(4, cluster.Modified, pod("new", "web", cluster.Ready)),
		change(5, cluster.Added, pod("task", "web", cluster.Completed)),
	)
}
