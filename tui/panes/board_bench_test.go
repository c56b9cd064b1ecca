package panes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"

	"podium/cluster"
	"podium/tui/theme"
)

// naive is the board as it is written first: a style rendered for each pod and
// blocks joined by measuring them.
func naive(s Scene, width int) string {
	t := s.Theme
	known := ownersOf(s.Snapshot)
	var blocks []string
	each := max(14, width/max(1, len(s.Snapshot.Nodes))-2)
	for _, n := range s.Snapshot.Nodes {
		rows := []string{t.Strong.Render(Fit(n.Name, each, t.Ellipsis))}
		row, used := "", 0
		for _, p := range s.Snapshot.PodsOn(n.Name) {
			o := known.of(p)
			state, _ := cluster.StateOf(p)
			style := t.Loose
			if o.age != loose {
				style = t.Tiles[o.age]
			}
			if used++; used > each {
				rows, row, used = append(rows, row), "", 1
			}
			row += style.Render(stateMark(t, state))
		}
		blocks = append(blocks, lipgloss.NewStyle().Width(each).Render(strings.Join(append(rows, row), "\n")))
	}
	across := max(1, width/(each+2))
	var lines []string
	for i := 0; i < len(blocks); i += across {
		lines = append(lines, lipgloss.JoinHorizontal(lipgloss.Top, blocks[i:min(i+across, len(blocks))]...))
	}
	return lipgloss.JoinVertical(lipgloss.Left, lines...)
}

// BenchmarkBoard draws a frame for each change of one pod, as at fifty changes
// a second, and a frame for nothing.
func BenchmarkBoard(b *testing.B) {
	for _, size := range []struct{ nodes, pods, width, height int }{{10, 1000, 118, 36}, {50, 5000, 118, 36}, {50, 5000, 198, 56}} {
		name := fmt.Sprintf("%d-pods-%d-nodes-%dx%d", size.pods, size.nodes, size.width, size.height)
		moments := benchMoments(size.nodes, size.pods)
		b.Run(name+"/change", func(b *testing.B) {
			board := NewBoard()
			board.View(moments[0], size.width, size.height)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				board.View(moments[i%len(moments)], size.width, size.height)
			}
		})
		b.Run(name+"/naive", func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				naive(moments[i%len(moments)], size.width)
			}
		})
		b.Run(name+"/clean", func(b *testing.B) {
			board := NewBoard()
			b.ReportAllocs()
			for b.Loop() {
				board.View(moments[0], size.width, size.height)
			}
		})
	}
}

// benchMoments is a span of a crowd's life: the scenes after each of some
// changes, with what glows.
func benchMoments(nodes, pods int) []Scene {
	s := crowd(nodes, pods).scene()
	s.Theme = theme.New(true, true, false)
	states := []cluster.State{cluster.Starting, cluster.Ready, cluster.Terminating, cluster.Failing}
	moments := []Scene{s}
	for i := range 100 {
		before := s.Snapshot.Pods[(i*37)%pods]
		s.Snapshot = change(s.Snapshot, (i*37)%pods, states[i%len(states)])
		s.Now = s.Now.Add(20 * time.Millisecond)
		c := cluster.Change{Time: s.Now, Verb: cluster.Modified, Before: before, Object: s.Snapshot.Pods[(i*37)%pods]}
		s.Recent = append(s.Recent[max(0, len(s.Recent)-150):len(s.Recent):len(s.Recent)], c)
		moments = append(moments, s)
	}
	return moments
}
