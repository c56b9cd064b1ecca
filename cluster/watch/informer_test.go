package watch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	cachetesting "k8s.io/client-go/tools/cache/testing"

	"podium/cluster"
)

// A fakeList is client-go's fake source. It says that it can't stream its first
// list, as every fake of client-go's does.
type fakeList struct {
	*cachetesting.FakeControllerSource
}

func (fakeList) IsWatchListSemanticsUnSupported() bool { return true }

func newFake(t *testing.T) fakeList {
	fake := fakeList{cachetesting.NewFakeControllerSource()}
	t.Cleanup(fake.Shutdown)
	return fake
}

// kind finds a kind's row.
func kind(t *testing.T, name string) cluster.Kind {
	t.Helper()
	all := cluster.Kinds()
	i := slices.IndexFunc(all, func(k cluster.Kind) bool { return k.Kind == name })
	if i < 0 {
		t.Fatalf("no kind %s", name)
	}
	return all[i]
}

// story tells snapshots as lines, one per change.
func story(changes []cluster.Change) []string {
	var lines []string
	for _, c := range changes {
		before := "-"
		if c.Before != nil {
			before = c.Before.GetResourceVersion()
		}
		lines = append(lines, fmt.Sprintf("%s %s %s→%s", c.Verb, c.Object.GetName(), before, c.Object.GetResourceVersion()))
	}
	return lines
}

func TestInformersTellEveryChangeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := newFake(t)
		fake.Add(pod("b", 0))
		fake.Add(pod("a", 0))
		ctx, cancel := context.WithCancel(t.Context())
		s := start(ctx, []source{{kind(t, "Pod"), []cache.ListerWatcher{fake}}}, func() {})
		first := <-s.Snapshots()
		if len(first.Changes) != 0 || len(first.Pods) != 2 || first.Pods[0].Kind != "Pod" {
			t.Fatalf("first: %d changes, %d pods", len(first.Changes), len(first.Pods))
		}
		<-time.After(time.Second)
		fake.Add(pod("c", 0))
		fake.Modify(pod("a", 0))
		fake.Delete(pod("b", 0))
		var changes []cluster.Change
		for len(changes) < 3 {
			changes = append(changes, (<-s.Snapshots()).Changes...)
		}
		if diff := cmp.Diff([]string{"ADDED c -→3", "MODIFIED a 2→4", "DELETED b 5→5"}, story(changes)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		cancel()
		for range s.Snapshots() {
		}
	})
}

func TestABreakHidesNothingThatIsStillSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := newFake(t)
		for _, name := range []string{"changes", "goes", "same", "twin"} {
			fake.Add(pod(name, 0))
		}
		ctx, cancel := context.WithCancel(t.Context())
		s := start(ctx, []source{{kind(t, "Pod"), []cache.ListerWatcher{fake}}}, func() {})
		first := <-s.Snapshots()

		twin := pod("twin", 0)
		twin.UID = "2"
		fake.ModifyDropWatch(pod("changes", 0))
		fake.DeleteDropWatch(pod("goes", 0))
		fake.DeleteDropWatch(pod("twin", 0))
		fake.AddDropWatch(twin)
		fake.ResetWatch()

		var changes []cluster.Change
		var last cluster.Snapshot
		for len(changes) < 4 {
			last = <-s.Snapshots()
			changes = append(changes, last.Changes...)
		}
		<-time.After(10 * time.Minute) // should any of it be told twice
		select {
		case s := <-s.Snapshots():
			t.Errorf("told again: %v", story(s.Changes))
		default:
		}
		got := story(changes)
		slices.Sort(got)
		if diff := cmp.Diff([]string{"ADDED twin -→8", "DELETED goes 2→2", "DELETED twin 4→4", "MODIFIED changes 1→5"}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if replayed := first.Apply(changes...); !slices.Equal(replayed.Pods, last.Pods) || len(last.Pods) != 3 {
			t.Errorf("the changes lead to %d pods, the snapshot has %d", len(replayed.Pods), len(last.Pods))
		}
		cancel()
		for range s.Snapshots() {
		}
	})
}

func TestTenThousandChangesThroughInformers(t *testing.T) {
	const writers, each = 4, 2500
	synctest.Test(t, func(t *testing.T) {
		var sources []source
		var fakes []fakeList
		for _, name := range []string{"Pod", "Service", "Event", "ConfigMap"} {
			fake := newFake(t)
			fakes = append(fakes, fake)
			sources = append(sources, source{kind(t, name), []cache.ListerWatcher{fake}})
		}
		ctx, cancel := context.WithCancel(t.Context())
		s := start(ctx, sources, func() {})
		first := <-s.Snapshots()
		// A fake can't watch from before its first object: it would have the
		// informer list again, and a list tells less than each change.
		synctest.Wait()
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					o := example(t, sources[w].kind)
					o.SetName(fmt.Sprint("o", i%50))
					switch step := i / 50; {
					case step == 0:
						fakes[w].Add(o)
					case step%10 == 8:
						fakes[w].Delete(o)
					case step%10 == 9:
						fakes[w].Add(o)
					default:
						fakes[w].Modify(o)
					}
					if i%7 == 0 {
						<-time.After(time.Millisecond)
					}
				}
			})
		}
		count, told, times := 0, first, []time.Time{}
		for count < writers*each {
			next := <-s.Snapshots()
			count += len(next.Changes)
			told = told.Apply(next.Changes...)
			times = append(times, next.Time)
			for kind, all := range next.Objects {
				if !slices.Equal(all, told.Objects[kind]) {
					t.Fatalf("%s: the changes told lead elsewhere", kind)
				}
			}
		}
		writing.Wait()
		for i := 1; i < len(times); i++ {
			if gap := times[i].Sub(times[i-1]); gap < Settle {
				t.Errorf("two snapshots within %v", gap)
			}
		}
		cancel()
		for rest := range s.Snapshots() {
			t.Errorf("%d changes too many", len(rest.Changes))
		}
	})
}

// A refusing list-watch answers as the API server does where there is no right.
type refusing struct{ fakeList }

func newRefusing(t *testing.T) refusing {
	r := refusing{newFake(t)}
	r.ListError = apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, "", errors.New("no"))
	return r
}

func TestARefusedKindIsLeftOutAndReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		everywhere, home, nowhere := newRefusing(t), newFake(t), newRefusing(t)
		home.Add(pod("a", 0))
		ctx, cancel := context.WithCancel(t.Context())
		s := start(ctx, []source{
			{kind(t, "Secret"), []cache.ListerWatcher{everywhere, nowhere}},
			{kind(t, "Pod"), []cache.ListerWatcher{everywhere, home}},
			{kind(t, "Node"), []cache.ListerWatcher{nowhere}},
		}, func() {})
		first := <-s.Snapshots()
		if len(first.Pods) != 1 {
			t.Errorf("%d pods from the narrower list, want 1", len(first.Pods))
		}
		want := []schema.GroupKind{{Kind: "Node"}, {Kind: "Secret"}}
		if diff := cmp.Diff(want, s.Missing()); diff != "" {
			t.Errorf("missing (-want +got)\n%s", diff)
		}
		if !slices.Contains(first.Narrowed, schema.GroupKind{Kind: "Pod"}) || slices.Contains(first.Narrowed, schema.GroupKind{Kind: "Node"}) {
			t.Errorf("watched in one namespace: %v", first.Narrowed)
		}
		cancel()
		for range s.Snapshots() {
		}
	})
}

func TestAStreamEndsBeforeItsFirstListToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := newFake(t)
		away.ListError = errors.New("connection refused")
		ctx, cancel := context.WithCancel(t.Context())
		after := false
		s := start(ctx, []source{{kind(t, "Pod"), []cache.ListerWatcher{away}}}, func() { after = true })
		<-time.After(time.Hour)
		cancel()
		for range s.Snapshots() {
			t.Error("a snapshot of a cluster that was never listed")
		}
		if !after || len(s.Missing()) != 0 {
			t.Errorf("after %v, missing %v", after, s.Missing())
		}
	})
}

// A stubborn watch doesn't come back when it is asked to.
type stubborn struct {
	fakeList
	release chan struct{}
}

func (s stubborn) Watch(options metav1.ListOptions) (apiwatch.Interface, error) {
	<-s.release
	return s.fakeList.Watch(options)
}

func TestTheChannelIsClosedAfterEverythingElseHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := stubborn{newFake(t), make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		s := start(ctx, []source{{kind(t, "Pod"), []cache.ListerWatcher{slow}}}, func() {})
		<-s.Snapshots()
		synctest.Wait() // until it is asked
		cancel()
		synctest.Wait()
		select {
		case <-s.Snapshots():
			t.Error("closed while an informer still runs")
		default:
		}
		close(slow.release)
		for range s.Snapshots() {
		}
	})
}
