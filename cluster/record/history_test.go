package record

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"podium/cluster"
)

func numbered(from, to int) []cluster.Change {
	var changes []cluster.Change
	for i := from; i < to; i++ {
		p := pod("p"+strconv.Itoa(i%10), "web", cluster.Ready)
		p.ResourceVersion = strconv.Itoa(i)
		changes = append(changes, cluster.Change{Time: at(float64(i)), Verb: cluster.Modified, Kind: podKind, Object: p})
	}
	return changes
}

func numbers(t *testing.T, changes []cluster.Change) []int {
	t.Helper()
	var all []int
	for _, c := range changes {
		n, err := strconv.Atoi(c.Object.GetResourceVersion())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestAppendLeavesTheShorterTimelineAsItWas(t *testing.T) {
	timelines := map[int]Timeline{0: Begin(cluster.NewSnapshot(noon))}
	now, length := timelines[0], 0
	for _, more := range []int{1, 0, 3, 1, 1, 3, 503, 1, 1, 510, 2, 512, 512, 512, 2000, 7} {
		changes := numbered(length, length+more)
		now = now.Append(now.Last().Apply(changes...))
		length += more
		timelines[length] = now
	}
	// Another future grown from each: it must not show in the first.
	for length, timeline := range timelines {
		for _, more := range []int{1, 600} {
			other := timeline.Append(timeline.Last().Apply(numbered(90_000, 90_000+more)...))
			if other.Len() != length+more {
				t.Errorf("grown from %d to %d, want %d", length, other.Len(), length+more)
			}
		}
	}
	for length, timeline := range timelines {
		if timeline.Len() != length || !slices.Equal(numbers(t, timeline.Changes()), upTo(length)) {
			t.Errorf("the timeline of %d changes is not what it was", length)
		}
	}
}

func TestBeyondTheLimitTheOldestBecomeTheStart(t *testing.T) {
	timeline := Begin(cluster.NewSnapshot(noon))
	const total = Limit + 5*chunk/2
	for n := 0; n < total; n += 100 {
		timeline = timeline.Append(timeline.Last().Apply(numbered(n, min(n+100, total))...))
	}
	if held := timeline.Len(); held < Limit || held >= Limit+chunk || held+timeline.Dropped() != total {
		t.Errorf("%d held and %d dropped of %d", held, timeline.Dropped(), total)
	}
	changes := timeline.Changes()
	if first := numbers(t, changes[:1])[0]; first != timeline.Dropped() || !timeline.Start().Time.Equal(at(float64(first-1))) {
		t.Errorf("the first change is number %d, the start at %v", first, timeline.Start().Time)
	}
	if end := timeline.Start().Apply(changes...); !slices.Equal(end.Pods, timeline.Last().Pods) || len(timeline.Start().Changes) != 0 {
		t.Error("the start does not lead to the last state")
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, held := range []int{1_000, 190_000} {
		b.Run(fmt.Sprint(held), func(b *testing.B) {
			begin := Begin(cluster.NewSnapshot(noon))
			begin = begin.Append(begin.Last().Apply(numbered(0, held)...))
			next := begin.Last().Apply(numbered(0, 3)...)
			timeline, grown := begin, 0
			b.ReportAllocs()
			for b.Loop() {
				if timeline, grown = timeline.Append(next), grown+3; grown > 9_000 {
					timeline, grown = begin, 0
				}
			}
		})
	}
}

func BenchmarkLeastReady(b *testing.B) {
	timeline := Begin(cluster.NewSnapshot(noon))
	timeline = timeline.Append(timeline.Last().Apply(numbered(0, 190_000)...))
	for b.Loop() {
		timeline.LeastReady(web)
	}
}
