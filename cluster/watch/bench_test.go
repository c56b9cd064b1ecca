package watch

import (
	"fmt"
	"testing"
	"time"

	"podium/cluster"
)

// BenchmarkSnapshot builds snapshots of a lab in which 50 things change a second
// in 20 snapshots a second: pods, and the events about them.
func BenchmarkSnapshot(b *testing.B) {
	for _, size := range []int{1_000, 5_000} {
		b.Run(fmt.Sprintf("%d pods", size), func(b *testing.B) {
			var objects []cluster.Object
			for i := range size {
				p := pod(fmt.Sprintf("web-7c9d8f6b5-%05d", i), 1)
				p.SetGroupVersionKind(cluster.Kinds()[2].GroupVersionKind)
				objects = append(objects, p)
			}
			snapshot := cluster.NewSnapshot(time.Now(), objects...)
			q, box := newQueue(time.Now), newMailbox()
			const batch = 3 // 50 ÷ 20, rounded up
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				for range batch {
					n++
					q.add(modified(fmt.Sprintf("web-7c9d8f6b5-%05d", n*7919%size), n))
				}
				snapshot = snapshot.Apply(q.take()...)
				box.put(snapshot)
				<-box.slot
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/change")
		})
	}
}

// BenchmarkFirstSnapshot builds the first snapshot of a lab that is there.
func BenchmarkFirstSnapshot(b *testing.B) {
	for _, size := range []int{1_000, 5_000} {
		b.Run(fmt.Sprintf("%d pods", size), func(b *testing.B) {
			var changes []cluster.Change
			for i := range size {
				changes = append(changes, modified(fmt.Sprintf("web-%05d", i*7919%size), 1))
			}
			for b.Loop() {
				cluster.Snapshot{}.Apply(changes...)
			}
		})
	}
}
