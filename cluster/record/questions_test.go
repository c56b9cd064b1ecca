package record

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

var web = Selected("lab", labels.SelectorFromSet(labels.Set{"app": "web"}))

func TestPodsAreCountedAtEveryChange(t *testing.T) {
	recreate := recorded(t, cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready), pod("b", "web", cluster.Ready)),
		change(1, cluster.Modified, pod("a", "web", cluster.Terminating)),
		change(1, cluster.Modified, pod("b", "web", cluster.Terminating)),
		change(3, cluster.Deleted, pod("a", "web", cluster.Terminating)),
		change(3, cluster.Deleted, pod("b", "web", cluster.Terminating)),
		change(3, cluster.Added, pod("c", "web", cluster.Starting)),
		change(5, cluster.Modified, pod("c", "web", cluster.Ready)),
		change(6, cluster.Modified, pod("c", "web", cluster.Unready)),
		change(6.5, cluster.Modified, pod("c", "web", cluster.Ready)),
	)
	relabelled := recorded(t, cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready)),
		change(1, cluster.Modified, pod("a", "other", cluster.Ready)),
		change(3, cluster.Modified, pod("a", "web", cluster.Ready)),
	)
	down := recorded(t, cluster.NewSnapshot(noon), change(4, cluster.Added, pod("db", "db", cluster.Ready)))
	for _, test := range []struct {
		name        string
		recording   *Recording
		choose      Filter
		least, most Extreme
		downtime    time.Duration
	}{
		{"surge", rolling(t), web, Extreme{0, at(2)}, Extreme{2, at(1)}, 2 * time.Second},
		{"another app", rolling(t), Selected("lab", labels.SelectorFromSet(labels.Set{"app": "db"})), Extreme{1, noon}, Extreme{1, noon}, 0},
		{"another namespace", rolling(t), InNamespace("default"), Extreme{0, noon}, Extreme{0, noon}, 5 * time.Second},
		{"every pod", rolling(t), nil, Extreme{1, at(2)}, Extreme{3, at(1)}, 0},
		{"recreate", recreate, web, Extreme{0, at(1)}, Extreme{2, noon}, 4500 * time.Millisecond},
		{"a label goes and comes", relabelled, web, Extreme{0, at(1)}, Extreme{1, noon}, 2 * time.Second},
		{"down until now", down, web, Extreme{0, noon}, Extreme{0, noon}, 4 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.recording.Between(at(-1), at(100)).Pods(test.choose)
			want := Pods{LeastReady: test.least, Most: test.most, Downtime: test.downtime}
			if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" || err != nil {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
		})
	}
}

func TestASpanIsAPartOfTheRecording(t *testing.T) {
	part := rolling(t).Between(at(2), at(4))
	pods, err := part.Pods(web)
	if err != nil || part.Duration() != 2*time.Second || pods.Downtime != 2*time.Second || pods.Most.Count != 1 {
		t.Errorf("lasts %v: %+v, %v", part.Duration(), pods, err)
	}
	gone, err := part.Find(cluster.Deleted, podKind, nil)
	sameNames(t, "deleted", changed(gone), "old")
	came, err2 := rolling(t).Between(noon, at(9)).Find(cluster.Added, podKind, func(o cluster.Object) bool { return o.GetName() == "task" })
	sameNames(t, "made", changed(came), "task")
	if err != nil || err2 != nil {
		t.Error(err, err2)
	}
	newReady := func(s cluster.Snapshot) bool {
		for _, p := range s.Pods {
			if p.Name == "new" && ready(p) {
				return true
			}
		}
		return false
	}
	if after, ok, err := rolling(t).Between(at(1), at(9)).TimeTo(newReady); !ok || after != 3*time.Second || err != nil {
		t.Errorf("TimeTo: %v, %v, %v", after, ok, err)
	}
	if _, ok, err := part.TimeTo(func(cluster.Snapshot) bool { return false }); ok || err != nil {
		t.Errorf("TimeTo what never was: %v, %v", ok, err)
	}
}

func TestOwnedByChoosesByController(t *testing.T) {
	p := pod("a", "web", cluster.Ready)
	p.OwnerReferences = []metav1.OwnerReference{{UID: "rs-1", Controller: ptr.To(true)}, {UID: "other"}}
	for owner, want := range map[types.UID]bool{"rs-1": true, "other": false, "": false} {
		if got := OwnedBy(owner)(p); got != want {
			t.Errorf("OwnedBy(%q) = %v", owner, got)
		}
	}
}

func TestRequestsOfASpan(t *testing.T) {
	r := start(t)
	r.Begin(cluster.NewSnapshot(noon))
	for _, s := range []Traffic{
		{Time: at(1), Began: noon, Sent: 10, Failed: 1, ByVersion: map[string]int{"1": 9}},
		{Time: at(2), Began: noon, Sent: 20, Failed: 1, ByVersion: map[string]int{"1": 14, "2": 5}},
		{Time: at(4), Began: at(3), Sent: 5, Failed: 5}, // another prober
	} {
		r.Traffic(s)
	}
	recording := reopened(t, r)
	for _, test := range []struct {
		from, to float64
		want     Requests
	}{
		{0, 9, Requests{25, 6, map[string]int{"1": 14, "2": 5}}},
		{1, 2, Requests{10, 0, map[string]int{"1": 5, "2": 5}}},
		{2, 3, Requests{0, 0, map[string]int{}}},
	} {
		if diff := cmp.Diff(test.want, recording.Between(at(test.from), at(test.to)).Requests()); diff != "" {
			t.Errorf("%v to %v (-want +got)\n%s", test.from, test.to, diff)
		}
	}
}

// deployment is web at a revision, with so many of its 3 pods updated and ready.
func deployment(revision string, generation, observed int64, updated int32, why string) *appsv1.Deployment {
	d := &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "lab", Name: "web", UID: "web", Generation: generation, Annotations: map[string]string{cluster.RevisionAnnotation: revision}},
		Spec:       appsv1.DeploymentSpec{Replicas: ptr.To(int32(3))},
		Status:     appsv1.DeploymentStatus{ObservedGeneration: observed, Replicas: 3, UpdatedReplicas: updated, AvailableReplicas: 3},
	}
	if why != "" {
		d.Status.Conditions = []appsv1.DeploymentCondition{{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: why}}
	}
	return d
}

func TestRolloutsAreMarkedWhereTheyBeginStallAndFinish(t *testing.T) {
	r := recorded(t, cluster.NewSnapshot(noon, deployment("1", 1, 1, 3, "")),
		change(1, cluster.Modified, deployment("1", 2, 1, 3, "")), // the learner's change, not yet seen
		change(2, cluster.Modified, deployment("2", 2, 2, 1, "")),
		change(3, cluster.Modified, deployment("2", 2, 2, 3, "")),
		change(4, cluster.Modified, deployment("2", 3, 3, 2, "")), // scaled
		change(5, cluster.Modified, deployment("2", 3, 3, 3, "")),
		change(6, cluster.Modified, deployment("3", 4, 4, 1, "")),
		change(7, cluster.Modified, deployment("3", 4, 4, 1, deadlineExceeded)),
		change(8, cluster.Modified, deployment("3", 4, 4, 1, deadlineExceeded)),
		change(9, cluster.Modified, deployment("4", 5, 5, 3, "")),
		change(10, cluster.Deleted, deployment("4", 5, 5, 3, "")),
	)
	want := []Rollout{
		{"web", at(2), at(3), Finished}, {"web", at(6), at(7), Stalled}, {"web", at(9), at(9), Finished},
	}
	got := r.Between(noon, at(99)).Rollouts()
	if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got[0].Took() != time.Second || got[1].Took() != 0 {
		t.Errorf("they took %v and %v", got[0].Took(), got[1].Took())
	}
}
