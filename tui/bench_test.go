package tui

import (
	"fmt"
	"testing"
)

// A snapshot of 1,000 pods of which one changed, until it is drawn.
func BenchmarkSnapshotToView(b *testing.B) {
	m := atMake(b)
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("web-%04d", i)
	}
	msg := snapshot(3, names...)
	msg.snapshot.Changes = msg.snapshot.Changes[:1]
	b.ReportAllocs()
	for b.Loop() {
		msg.snapshot.Seq++
		drive(m, msg)
		m.View()
	}
}

// A message that changes nothing on the screen.
func BenchmarkCleanView(b *testing.B) {
	m := atMake(b)
	m.View()
	for b.Loop() {
		m.View()
	}
}
