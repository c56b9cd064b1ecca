package record

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/i18n"
)

func TestAnyMomentCanBeSeenAgain(t *testing.T) {
	r := rolling(t)
	if r.Head() != head {
		t.Errorf("the head is %+v", r.Head())
	}
	for seconds, want := range map[float64][]string{
		-5: {"db", "old"}, 0: {"db", "old"}, 1: {"db", "new", "old"}, 2.4: {"db", "new", "old"},
		2.5: {"db", "new"}, 4.5: {"db", "new"}, 5: {"db", "new", "task"}, 99: {"db", "new", "task"},
	} {
		m, err := r.Seek(at(seconds))
		if err != nil {
			t.Fatal(err)
		}
		sameNames(t, fmt.Sprintf("at %v", seconds), names(m.Snapshot), want...)
		if len(m.Snapshot.Objects[podKind]) != len(want) {
			t.Errorf("at %v there are %d objects", seconds, len(m.Snapshot.Objects[podKind]))
		}
	}
	m, err := r.Seek(at(2.8))
	if err != nil {
		t.Fatal(err)
	}
	sameNames(t, "what changed in the last second", changed(m.Snapshot.Changes), "old", "old")
	if c := m.Snapshot.Changes[0]; c.Verb != cluster.Modified || c.Before == nil || c.Before.GetDeletionTimestamp() != nil {
		t.Errorf("%s before it was %v", c.Verb, c.Before)
	}
}

func TestStepsGoFromChangeToChangeAndBack(t *testing.T) {
	r := rolling(t)
	web := func(c cluster.Change) bool { return c.Object.GetName() != "task" }
	m, err := r.Seek(noon)
	var there, back []float64
	for more := true; more && err == nil; {
		there = append(there, m.Time.Sub(noon).Seconds())
		m, more, err = r.Next(m, web)
	}
	for more := true; more && err == nil; {
		back = append(back, m.Time.Sub(noon).Seconds())
		m, more, err = r.Before(m, web)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{0, 1, 2, 2.5, 4}, there); diff != "" {
		t.Errorf("forwards: %s", diff)
	}
	slices.Reverse(back)
	if diff := cmp.Diff(there, back); diff != "" {
		t.Errorf("backwards: %s", diff)
	}
	between, _ := r.Seek(at(3))
	if m, _, _ := r.Before(between, nil); !m.Time.Equal(at(2.5)) {
		t.Errorf("the change before 3 s is at %v", m.Time.Sub(noon))
	}
}

// A random history, long enough for several segments and files: at any time it
// is what applying the changes makes of it.
func TestARandomHistoryIsReadBackExactly(t *testing.T) {
	states := []cluster.State{cluster.Starting, cluster.Ready, cluster.Ready, cluster.Unready, cluster.Terminating, cluster.Completed}
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 7))
		v, err := newVolumes(t.TempDir(), head)
		if err != nil {
			t.Fatal(err)
		}
		v.size, v.least = 6<<10, 8<<10
		s, seconds := cluster.NewSnapshot(noon, pod("p0", "web", cluster.Ready)), 0.0
		begin := s
		var all []cluster.Change
		queue := []item{{snapshot: &begin, anew: true}}
		for range 200 {
			var changes []cluster.Change
			for range random.IntN(10) {
				seconds += float64(random.IntN(1000)) / 1000
				p := pod(fmt.Sprint("p", random.IntN(12)), []string{"web", "db"}[random.IntN(2)], states[random.IntN(len(states))])
				verb := []cluster.Verb{cluster.Added, cluster.Modified, cluster.Modified, cluster.Deleted}[random.IntN(4)]
				changes = append(changes, change(seconds, verb, p))
			}
			s = s.Apply(changes...)
			s.Seq++
			next := s
			all = append(all, changes...)
			queue = append(queue, item{snapshot: &next})
			if random.IntN(3) == 0 {
				if err := v.write(queue); err != nil {
					t.Fatal(err)
				}
				queue = nil
			}
		}
		if err := errors.Join(v.write(queue), v.close()); err != nil {
			t.Fatal(err)
		}
		r := v.recording()
		if len(r.segments) < 2 || r.From().Equal(noon) {
			t.Fatalf("seed %d: %d segments from %v: nothing was left behind", seed, len(r.segments), r.From())
		}
		for range 100 {
			when := r.From().Add(time.Duration(random.Float64() * float64(r.To().Sub(r.From()))))
			m, err := r.Seek(when)
			if err != nil {
				t.Fatal(err)
			}
			want := begin
			for _, c := range all {
				if !c.Time.After(when) {
					want = want.Apply(c)
				}
			}
			if diff := cmp.Diff(want.Pods, m.Snapshot.Pods); diff != "" {
				t.Fatalf("seed %d at %v (-want +got)\n%s", seed, when.Sub(noon), diff)
			}
		}
	}
}

func TestWhatIsBesideTheClusterIsKeptToo(t *testing.T) {
	r := start(t)
	r.Place(Place{Time: at(0.5), Lesson: "deployment", Step: "first"})
	begin := cluster.NewSnapshot(noon, pod("a", "web", cluster.Ready))
	r.Begin(begin)
	r.Command(Command{Line: "kubectl get pods", Calls: [][]string{{"get", "pods"}}, Output: "NAME", Started: at(1), Ended: at(4)})
	r.Place(Place{Time: at(3), Lesson: "deployment", Step: "first", Met: true, Detail: []byte(`{"hints":1}`)})
	r.Place(Place{Time: at(3.5), Lesson: "deployment", Step: "second"})
	r.Traffic(Traffic{Time: at(2), Began: at(1), Sent: 10, Failed: 1, ByVersion: map[string]int{"1.27": 9}})
	r.Traffic(Traffic{Time: at(5), Began: at(1), Sent: 20, Failed: 3, ByVersion: map[string]int{"1.27": 10, "1.28": 7}})
	got := reopened(t, r)
	var marks []string
	for _, m := range got.Marks() {
		marks = append(marks, fmt.Sprint(m.Time.Sub(noon).Seconds(), " ", i18n.English.Say(m.Message())))
	}
	want := []string{"0.5 step: first", "1 $ kubectl get pods", "3 step met: first", "3.5 step: second"}
	if diff := cmp.Diff(want, marks); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if place, ok := got.PlaceAt(at(3.2)); !ok || !place.Met || string(place.Detail) != `{"hints":1}` {
		t.Errorf("the place is %+v, %v", place, ok)
	}
	if _, ok := got.PlaceAt(noon); ok {
		t.Error("there is a place before there was one")
	}
	if commands := got.CommandsUntil(at(1)); len(commands) != 1 || commands[0].Output != "NAME" || len(got.CommandsUntil(at(0.9))) != 0 {
		t.Errorf("commands: %+v", commands)
	}
	if traffic := got.Traffic(at(2), at(9)); len(traffic) != 1 || traffic[0].Sent != 20 {
		t.Errorf("traffic: %+v", traffic)
	}
	if diff := cmp.Diff([]Count{{at(0).Local(), 1, 1}}, got.Counts(), cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("counts (-want +got)\n%s", diff)
	}
}

func TestACountHoldsAtTheMomentItCameWith(t *testing.T) {
	late := 300 * time.Nanosecond
	begin := cluster.NewSnapshot(noon.Add(late), pod("a", "web", cluster.Ready))
	came := change(1, cluster.Added, pod("b", "web", cluster.Ready))
	came.Time = came.Time.Add(late)
	got := recorded(t, begin, came)
	counts := got.Counts()
	for i, want := range []int{1, 2} {
		m, err := got.At(i)
		if err != nil || len(counts) != 2 || counts[i].Ready != want || counts[i].Time.After(m.Snapshot.Time) {
			t.Errorf("moment %d at %v, counts %v (%v)", i, m.Snapshot.Time, counts, err)
		}
	}
}

func TestTheOldestRecordingsMakeRoom(t *testing.T) {
	folder := t.TempDir()
	for i, name := range []string{"old" + Suffix, "newer" + Suffix, "other.txt"} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, make([]byte, 1000), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at(float64(i)), at(float64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := makeRoom(folder, 1500); err != nil {
		t.Fatal(err)
	}
	_, gone := os.Stat(filepath.Join(folder, "old"+Suffix))
	_, kept := os.Stat(filepath.Join(folder, "newer"+Suffix))
	_, other := os.Stat(filepath.Join(folder, "other.txt"))
	if !errors.Is(gone, fs.ErrNotExist) || kept != nil || other != nil {
		t.Errorf("old: %v, newer: %v, other: %v", gone, kept, other)
	}
}

func TestAFolderThatCannotBeWrittenIsSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var known *i18n.Error
	if _, err := Start(filepath.Join(file, "recordings"), head); !errors.As(err, &known) {
		t.Errorf("the error is %v", err)
	}
	r := start(t)
	r.Begin(cluster.NewSnapshot(noon))
	r.Observe(cluster.Snapshot{Changes: []cluster.Change{change(1, cluster.Added, &corev1.Pod{})}}) // says no kind
	if now, err := r.Recording(t.Context()); err != nil || now.Len() != 0 {
		t.Errorf("what came before can't be seen: %v", err)
	}
	if err := r.Close(); !errors.As(err, &known) {
		t.Errorf("what can't be recorded ends in %v", err)
	}
}

func TestWhatWaitsTooLongIsGivenUpButTheStateIsNot(t *testing.T) {
	r := &Recorder{wake: make(chan struct{}, 1)}
	for seq := range uint64(5) {
		r.Observe(cluster.Snapshot{Seq: seq, Changes: make([]cluster.Change, mostWaiting/3)})
	}
	if len(r.queue) != 2 || !r.queue[0].anew || r.queue[1].anew || r.size > mostWaiting {
		t.Errorf("%d snapshots wait with %d changes", len(r.queue), r.size)
	}
}
