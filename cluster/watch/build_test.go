package watch

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"podium/cluster"
)

var pods = schema.GroupKind{Kind: "Pod"}

func pod(name string, version int) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "lab", Name: name, UID: "1", ResourceVersion: strconv.Itoa(version)}}
}

func modified(name string, version int) cluster.Change {
	return cluster.Change{Verb: cluster.Modified, Kind: pods, Object: pod(name, version)}
}

// version is the number that a test gave an object.
func version(t *testing.T, o cluster.Object) int {
	t.Helper()
	n, err := strconv.Atoi(o.GetResourceVersion())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The clock is synctest's: the tests in this file take no real time, and a
// goroutine that outlives its test fails it.

func TestNoChangeOfManyWritersIsLostOrOutOfOrder(t *testing.T) {
	const writers, each = 8, 1250 // 10,000 changes
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q, box := newQueue(time.Now), newMailbox()
		var published []time.Time
		var builder, writing sync.WaitGroup
		builder.Go(func() {
			build(ctx, q, func(s cluster.Snapshot) {
				published = append(published, time.Now())
				box.put(s)
			})
			close(box.slot)
		})
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					q.add(modified(fmt.Sprint("pod-", w), i+1))
					if i%(w+2) == 0 {
						<-time.After(time.Duration(w+1) * time.Millisecond)
					}
				}
			})
		}
		go func() {
			writing.Wait()
			<-time.After(2 * Settle)
			cancel()
		}()
		r := reader{newest: map[string]int{}}
		for s := range box.slot {
			r.take(t, s)
			if s.Seq%3 == 0 {
				<-time.After(3 * Settle) // slow at times, so that the mailbox merges
			}
		}
		builder.Wait()
		for name, n := range r.newest {
			if n != each {
				t.Errorf("%s: the last change read is %d of %d", name, n, each)
			}
		}
		// A change that was queued before the first snapshot is part of its state.
		if want := writers * each; r.changes+r.first != want {
			t.Errorf("read %d changes and %d in the first state, want %d", r.changes, r.first, want)
		}
		for i := 1; i < len(published); i++ {
			if gap := published[i].Sub(published[i-1]); gap < Settle {
				t.Errorf("two snapshots within %v", gap)
			}
		}
	})
}

// A reader checks that what it takes is one story.
type reader struct {
	seq     uint64
	first   int            // changes that the first snapshot's state stands for
	changes int            // changes read since
	newest  map[string]int // the number of each pod's newest change
	last    time.Time      // when the newest change was
}

func (r *reader) take(t *testing.T, s cluster.Snapshot) {
	if s.Seq <= r.seq {
		t.Fatalf("snapshot %d after %d", s.Seq, r.seq)
	}
	r.seq = s.Seq
	for _, c := range s.Changes {
		name, n := c.Object.GetName(), version(t, c.Object)
		if r.newest[name] == 0 {
			r.first += n - 1
			r.newest[name] = n - 1
		}
		if n != r.newest[name]+1 {
			t.Fatalf("%s: change %d after %d", name, n, r.newest[name])
		}
		if c.Time.Before(r.last) || c.Time.After(s.Time) {
			t.Fatalf("%s: change dated %v after one of %v, in a snapshot of %v", name, c.Time, r.last, s.Time)
		}
		r.changes++
		r.newest[name], r.last = n, c.Time
	}
	for _, p := range s.Pods {
		if got := version(t, p); r.newest[p.Name] != 0 && got != r.newest[p.Name] {
			t.Fatalf("%s is at %d, the newest change at %d", p.Name, got, r.newest[p.Name])
		}
	}
}

func TestTheFirstChangeAfterARestIsPublishedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q, box := newQueue(time.Now), newMailbox()
		var builder sync.WaitGroup
		builder.Go(func() { build(ctx, q, box.put) })
		if first := <-box.slot; first.Seq != 1 || len(first.Changes) != 0 {
			t.Fatalf("the first snapshot is number %d with %d changes", first.Seq, len(first.Changes))
		}
		<-time.After(time.Minute)
		before := time.Now()
		for i := range 1000 {
			q.add(modified("a", i+1))
		}
		burst := <-box.slot
		if waited := time.Since(before); waited != 0 || burst.Seq != 2 {
			t.Errorf("snapshot %d after %v, want 2 at once", burst.Seq, waited)
		}
		q.add(modified("b", 1))
		second := <-box.slot
		if waited := time.Since(before); waited != Settle || second.Seq != 3 || len(second.Pods) != 2 {
			t.Errorf("snapshot %d with %d pods after %v, want 3 with 2 after %v", second.Seq, len(second.Pods), waited, Settle)
		}
		if total := len(burst.Changes) + len(second.Changes); total != 1001 {
			t.Errorf("%d changes, want 1001", total)
		}
		cancel()
		builder.Wait()
	})
}

func TestAMailboxKeepsWhatWasReadApart(t *testing.T) {
	box := newMailbox()
	put := func(from, to int) {
		var changes []cluster.Change
		for i := from; i < to; i++ {
			changes = append(changes, modified("a", i))
		}
		box.put(cluster.Snapshot{Seq: uint64(to), Changes: changes})
	}
	put(0, 3)
	read := <-box.slot
	put(3, 5)
	put(5, 6)
	put(6, 9)
	next := <-box.slot
	put(9, 10)
	for i, c := range append(read.Changes, next.Changes...) {
		if version(t, c.Object) != i {
			t.Errorf("change %d is %s", i, c.Object.GetResourceVersion())
		}
	}
	if next.Seq != 9 || len(next.Changes) != 6 {
		t.Errorf("read snapshot %d with %d changes, want 9 with 6", next.Seq, len(next.Changes))
	}
}
