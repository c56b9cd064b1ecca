package record

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// at is a number of seconds after noon.
func at(seconds float64) time.Time {
	return noon.Add(time.Duration(seconds * float64(time.Second)))
}

// pod makes a pod of an app in the state the word says.
func pod(name, app string, state cluster.State) *corev1.Pod {
	p := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "lab", Name: name, Labels: map[string]string{"app": app}},
		Spec:       corev1.PodSpec{NodeName: "worker-1"},
	}
	switch state {
	case cluster.Ready:
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
	case cluster.Terminating:
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		p.DeletionTimestamp = &metav1.Time{Time: noon}
	case cluster.Completed:
		p.Status.Phase = corev1.PodSucceeded
	}
	return p
}

// tell appends one snapshot for each change, so that a timeline is grown as a
// stream grows it.
func tell(t Timeline, changes ...cluster.Change) Timeline {
	for _, c := range changes {
		c.Kind = podKind
		s := t.Last().Apply(c)
		s.Seq++
		t = t.Append(s)
	}
	return t
}

func change(seconds float64, verb cluster.Verb, p *corev1.Pod) cluster.Change {
	return cluster.Change{Time: at(seconds), Verb: verb, Object: p}
}

// rolling is an update of web from one pod to another with a surge of 1, beside
// a pod of another app.
func rolling() Timeline {
	begin := cluster.NewSnapshot(noon, pod("old", "web", cluster.Ready), pod("db", "db", cluster.Ready))
	return tell(Begin(begin),
		change(1, cluster.Added, pod("new", "web", cluster.Starting)),
		change(2, cluster.Modified, pod("old", "web", cluster.Terminating)),
		change(2.5, cluster.Deleted, pod("old", "web", cluster.Terminating)),
		change(4, cluster.Modified, pod("new", "web", cluster.Ready)),
		change(5, cluster.Added, pod("task", "web", cluster.Completed)),
	)
}

var web = Selected("lab", labels.SelectorFromSet(labels.Set{"app": "web"}))

func TestQueriesJudgeEveryChange(t *testing.T) {
	recreate := tell(Begin(cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready), pod("b", "web", cluster.Ready))),
		change(1, cluster.Modified, pod("a", "web", cluster.Terminating)),
		change(1, cluster.Modified, pod("b", "web", cluster.Terminating)),
		change(3, cluster.Deleted, pod("a", "web", cluster.Terminating)),
		change(3, cluster.Deleted, pod("b", "web", cluster.Terminating)),
		change(3, cluster.Added, pod("c", "web", cluster.Starting)),
		change(5, cluster.Modified, pod("c", "web", cluster.Ready)),
		change(6, cluster.Modified, pod("c", "web", cluster.Unready)),
		change(6.5, cluster.Modified, pod("c", "web", cluster.Ready)),
	)
	relabelled := tell(Begin(cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready))),
		change(1, cluster.Modified, pod("a", "other", cluster.Ready)),
		change(3, cluster.Modified, pod("a", "web", cluster.Ready)),
	)
	down := tell(Begin(cluster.NewSnapshot(noon)), change(4, cluster.Added, pod("db", "db", cluster.Ready)))
	for _, test := range []struct {
		name        string
		timeline    Timeline
		choose      Filter
		least, most int
		downtime    time.Duration
	}{
		{"surge", rolling(), web, 0, 2, 2 * time.Second},
		{"another app", rolling(), Selected("lab", labels.SelectorFromSet(labels.Set{"app": "db"})), 1, 1, 0},
		{"another namespace", rolling(), Selected("default", labels.Everything()), 0, 0, 5 * time.Second},
		{"every pod", rolling(), nil, 1, 3, 0},
		{"recreate", recreate, web, 0, 2, 4500 * time.Millisecond},
		{"a label goes and comes", relabelled, web, 0, 1, 2 * time.Second},
		{"down until now", down, web, 0, 0, 4 * time.Second},
		{"nothing happened", Begin(cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready))), web, 1, 1, 0},
		{"zero", Timeline{}, web, 0, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			least, most, downtime := test.timeline.LeastReady(test.choose), test.timeline.MostPods(test.choose), test.timeline.Downtime(test.choose)
			if least != test.least || most != test.most || downtime != test.downtime {
				t.Errorf("least %d, most %d, down %v; want %d, %d, %v", least, most, downtime, test.least, test.most, test.downtime)
			}
		})
	}
}

func TestOwnedByChoosesByController(t *testing.T) {
	p := pod("a", "web", cluster.Ready)
	yes := true
	p.OwnerReferences = []metav1.OwnerReference{{UID: "rs-1", Controller: &yes}, {UID: "other"}}
	for owner, want := range map[types.UID]bool{"rs-1": true, "other": false, "": false} {
		if got := OwnedBy(owner)(p); got != want {
			t.Errorf("OwnedBy(%q) = %v", owner, got)
		}
	}
}

func TestCreatedAndDeletedListTheChanges(t *testing.T) {
	timeline := rolling()
	isTask := func(o cluster.Object) bool { return o.GetName() == "task" }
	got := [][]string{
		changed(timeline.Created(podKind, nil)),
		changed(timeline.Created(podKind, isTask)),
		changed(timeline.Deleted(podKind, nil)),
		changed(timeline.Deleted(podKind, isTask)),
	}
	if diff := cmp.Diff([][]string{{"new", "task"}, {"task"}, {"old"}, nil}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func changed(changes []cluster.Change) []string {
	var names []string
	for _, c := range changes {
		names = append(names, c.Object.GetName())
	}
	return names
}

func TestFirstFindsTheMoment(t *testing.T) {
	timeline := rolling()
	newReady := func(s cluster.Snapshot) bool {
		return slices.ContainsFunc(s.Pods, func(p *corev1.Pod) bool { return p.Name == "new" && ready(p) })
	}
	m, ok := timeline.First(newReady)
	if !ok || m.After != 4*time.Second || len(m.Snapshot.Pods) != 2 || len(m.Snapshot.Changes) != 1 {
		t.Errorf("found %v after %v with %d pods", ok, m.After, len(m.Snapshot.Pods))
	}
	if after, ok := timeline.TimeTo(newReady); !ok || after != 4*time.Second {
		t.Errorf("TimeTo: %v, %v", after, ok)
	}
	if after, ok := timeline.TimeTo(func(cluster.Snapshot) bool { return false }); ok || after != 0 {
		t.Errorf("TimeTo what never was: %v, %v", after, ok)
	}
}

func TestBetweenIsAPartOfTheSpan(t *testing.T) {
	timeline := rolling()
	part := timeline.Between(at(2), at(4))
	if got := changed(part.Changes()); !slices.Equal(got, []string{"old", "new"}) {
		t.Errorf("changes of %v", got)
	}
	if part.Duration() != 2*time.Second || part.Downtime(web) != 2*time.Second || len(part.Start().Pods) != 3 || len(part.Last().Pods) != 2 {
		t.Errorf("lasts %v, down %v, %d pods first, %d last", part.Duration(), part.Downtime(web), len(part.Start().Pods), len(part.Last().Pods))
	}
	whole := timeline.Between(at(-10), at(100))
	if whole.Len() != timeline.Len() || whole.Duration() != timeline.Duration() || !slices.Equal(whole.Last().Pods, timeline.Last().Pods) {
		t.Errorf("all of it has %d changes in %v", whole.Len(), whole.Duration())
	}
}

// A random history: however it is cut into snapshots, playing its changes leads
// to where the stream led, and a count that follows single changes agrees with
// one that looks at every moment.
func TestARandomHistoryIsPlayedBackExactly(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 7))
		states := []cluster.State{cluster.Starting, cluster.Ready, cluster.Ready, cluster.Unready, cluster.Terminating, cluster.Completed}
		timeline, seconds := Begin(cluster.NewSnapshot(noon, pod("p0", "web", cluster.Ready))), 0.0
		for range 60 {
			var changes []cluster.Change
			for range random.IntN(30) {
				seconds += random.Float64()
				p := pod(fmt.Sprint("p", random.IntN(12)), []string{"web", "db"}[random.IntN(2)], states[random.IntN(len(states))])
				verb := []cluster.Verb{cluster.Added, cluster.Modified, cluster.Modified, cluster.Deleted}[random.IntN(4)]
				changes = append(changes, cluster.Change{Time: at(seconds), Verb: verb, Kind: podKind, Object: p})
			}
			timeline = timeline.Append(timeline.Last().Apply(changes...))
		}
		var last cluster.Snapshot
		least, most := 1<<30, 0
		for s := range timeline.Moments() {
			last = s
			readyNow, activeNow := 0, 0
			for _, p := range s.Pods {
				if web(p) && ready(p) {
					readyNow++
				}
				if web(p) && active(p) {
					activeNow++
				}
			}
			least, most = min(least, readyNow), max(most, activeNow)
		}
		if !slices.Equal(last.Pods, timeline.Last().Pods) || !slices.Equal(last.Objects[podKind], timeline.Last().Objects[podKind]) {
			t.Fatalf("seed %d: the last moment is not the last state", seed)
		}
		if timeline.LeastReady(web) != least || timeline.MostPods(web) != most {
			t.Errorf("seed %d: least %d, most %d; every moment says %d and %d", seed, timeline.LeastReady(web), timeline.MostPods(web), least, most)
		}
		middle := timeline.Changes()[timeline.Len()/2]
		now := timeline.At(middle.Time)
		before, after := timeline.Between(at(-1), middle.Time), timeline.Between(middle.Time, at(1e6))
		if !slices.Equal(before.Last().Pods, now.Pods) || !slices.Equal(after.Start().Pods, now.Pods) || before.Len()+after.Len() != timeline.Len() {
			t.Errorf("seed %d: cut in two, the parts don't meet", seed)
		}
		if sum := before.Downtime(web) + after.Downtime(web); sum != timeline.Downtime(web) {
			t.Errorf("seed %d: down %v, the parts %v", seed, timeline.Downtime(web), sum)
		}
	}
}
