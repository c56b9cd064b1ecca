package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/i18n"
	"podium/lessons"
	"podium/tui/panes"
)

// tickMsg tells the time: by the second while nothing happens, faster while
// something on the screen depends on it.
type tickMsg struct{}

const (
	slowTick = time.Second
	fastTick = time.Second / 4

	// statusFor is how long a sentence stays in the status line at least.
	statusFor = 10 * time.Second
)

func (m *Model) tick() tea.Cmd {
	after := slowTick
	if len(m.scene.Recent) > 0 || m.loaded() {
		after = fastTick
	}
	return tea.Tick(after, func(time.Time) tea.Msg { return tickMsg{} })
}

// onTick lets time pass in the scene. Few panes look different at
// another time: what glowed, the figures of the requests, and those that say so.
func (m *Model) onTick(tickMsg) tea.Cmd {
	m.pass()
	measured := m.measure()
	m.recordStopped()
	m.stripMoves()
	if m.past.on { // how long ago it was
		m.canvas.touch("timeline")
	} else if m.loaded() {
		m.canvas.touch("lesson", "stage", "traffic")
	}
	for name, pane := range m.panes {
		if timely, ok := pane.(panes.Timely); ok && timely.Timely(m.sceneFor(name)) {
			m.canvas.touch(name)
		}
	}
	return tea.Batch(measured, m.tick())
}

// pass moves the scene's clock on and forgets changes that have rested.
func (m *Model) pass() {
	m.scene.Now = m.opts.Now()
	if m.forget() && !m.past.on {
		m.canvas.touch("board", "tree")
	}
	if !m.status.IsZero() && m.armed == "" && m.course.asks.IsZero() && m.scene.Now.Sub(m.statusTime) > statusFor {
		m.tell(i18n.Message{})
		m.canvas.touch()
	}
}

// living are the panes that may look different with another snapshot.
var living = []string{"lesson", "stage", "board", "lanes", "tree", "events", "why", "traffic", "map", "details"}

// forget drops the changes that glow no longer, and reports whether there were any.
func (m *Model) forget() bool {
	n := 0
	for n < len(m.scene.Recent) && m.scene.Now.Sub(m.scene.Recent[n].Time) >= panes.GlowTime {
		n++
	}
	m.scene.Recent = m.scene.Recent[n:]
	return n > 0
}

// onSnapshot shows what the cluster has come to.
func (m *Model) onSnapshot(msg snapshotMsg) tea.Cmd {
	if msg.link != m.link.number {
		return nil
	}
	if len(msg.snapshot.Nodes) != len(m.scene.Snapshot.Nodes) {
		m.canvas.touch("home") // which shows no more of the cluster than that
	}
	m.recordSnapshot(msg.snapshot, m.scene.Snapshot.Seq == 0)
	m.scene.Snapshot = msg.snapshot
	m.lookForMoving()
	m.scene.Past = m.scene.Past.Append(msg.snapshot)
	m.scene.Recent = append(slices.Clip(m.scene.Recent), panes.Glowing(msg.snapshot.Changes)...)
	m.pass()
	if m.past.on {
		return tea.Batch(m.observe(), m.nextSnapshot(m.link))
	}
	m.canvas.touch(living...)
	return tea.Batch(m.observe(), m.tellLiving(), m.nextSnapshot(m.link))
}

// tellLiving lets panes that keep drawn lines see the snapshot.
func (m *Model) tellLiving() tea.Cmd {
	var cmds []tea.Cmd
	now := m.shown().Snapshot
	for _, name := range living {
		cmds = append(cmds, m.toPane(name, now))
	}
	return tea.Batch(cmds...)
}

// watches reports whether pods are what the learner is to look at: in a step that
// unfolds by itself, and while some are on their way in one that isn't met.
func (m *Model) watches() bool {
	s := m.scene.Session
	if m.page != lessonPage || s.IsZero() || m.course.trial || s.Done() || s.Rereading() || s.Met() {
		return false
	}
	return s.Step().Kind == lessons.Watch || s.Step().Kind == lessons.Do && m.course.moving
}

// lookForMoving notes whether pods are on their way, where a screen so small that
// panes take turns depends on it: to look at every pod of a thousand twenty times
// a second would cost more than to draw them.
func (m *Model) lookForMoving() {
	small := m.size.X < wideFrom.X || m.size.Y < wideFrom.Y
	m.course.moving = small && moving(m.scene.Snapshot, m.scene.Lab.Namespace)
}

// moving reports whether a pod of the learner's is coming or going.
func moving(s cluster.Snapshot, namespace string) bool {
	return slices.ContainsFunc(s.Pods, func(p *corev1.Pod) bool {
		if p.Namespace != namespace {
			return false
		}
		state := cluster.PodState(p)
		return state == cluster.Unplaced || state == cluster.Starting || state == cluster.Terminating
	})
}
