//go:build !windows

package tui

import (
	"context"
	"fmt"
	"image"
	"io"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/classroom"
	"podium/cluster"
	"podium/lab"
)

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Thirty people watch at 120x40 while pods come and go in every snapshot, twenty
// times a second: what that takes of the processor, in cores, and of memory.
func BenchmarkThirtyWatchers(b *testing.B) {
	all := testLessons(b)
	for b.Loop() {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		hub := lab.NewHub()
		hub.Publish(snapshot(1, "web-1").snapshot)
		ctx, cancel := context.WithCancel(b.Context())
		var watching sync.WaitGroup
		for range 30 {
			never, more := io.Pipe()
			b.Cleanup(func() { _ = more.Close() })
			watching.Go(func() {
				_ = Run(ctx, Options{
					Open: Onlook(opened().cluster),
					Watch: func(ctx context.Context, _ *cluster.Cluster) (<-chan cluster.Snapshot, error) {
						return hub.Glance(ctx), nil
					},
					Provider: "sim", Lessons: all, Lang: "en", Mirror: make(chan classroom.Standing),
					Remote: &Remote{In: never, Out: io.Discard, Env: []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, Size: image.Pt(120, 40)},
				})
			})
		}
		began, used := time.Now(), processorTime(b)
		tick := time.NewTicker(50 * time.Millisecond)
		for i := uint64(2); i < 202; i++ {
			<-tick.C
			var pods []string
			for p := range 6 {
				pods = append(pods, fmt.Sprintf("web-%d", (i+uint64(p))%9))
			}
			hub.Publish(snapshot(i, pods...).snapshot)
		}
		tick.Stop()
		cores := float64(processorTime(b)-used) / float64(time.Since(began))
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(cores, "cores")
		b.ReportMetric(float64(after.Sys-before.Sys)/(1<<20), "MiB-more")
		cancel()
		watching.Wait()
	}
}

// One frame of the overview of ten learners, one of whom has just run a command.
func BenchmarkOverviewFrame(b *testing.B) {
	m := New(b.Context(), Options{Lessons: testLessons(b), Lang: "en", Class: make(chan classroom.Class), Now: func() time.Time { return noon }})
	b.Cleanup(m.end)
	m.backToClass()
	drive(m, tea.WindowSizeMsg{Width: 120, Height: 40})
	var class classroom.Class
	for i := range 10 {
		l := classroom.Learner{Name: fmt.Sprintf("learner-%d", i), Present: true}
		l.Open, l.Place.Lesson, l.Steps, l.Since = true, "mini", 4, noon
		class.Learners = append(class.Learners, l)
	}
	for i := 0; b.Loop(); i++ {
		class.Learners[i%10].Number = i % 4
		drive(m, classMsg{class})
		m.View()
	}
}
