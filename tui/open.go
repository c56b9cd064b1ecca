package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/cluster/why"
	"podium/i18n"
)

// A link is one connection to a cluster. Reopening makes a new one; messages of
// an older one are dropped.
type link struct {
	number    int
	cluster   *cluster.Cluster
	snapshots <-chan cluster.Snapshot
	stages    chan cluster.Stage
	cancel    context.CancelFunc
}

type (
	// stageMsg tells that opening has come to a stage.
	stageMsg struct {
		link  int
		stage cluster.Stage
	}

	// openedMsg tells how opening ended.
	openedMsg struct {
		link      int
		cluster   *cluster.Cluster
		snapshots <-chan cluster.Snapshot
		say       i18n.Message // why nothing is recorded; zero if all is well
		err       error
	}

	// snapshotMsg brings the newest snapshot.
	snapshotMsg struct {
		link     int
		snapshot cluster.Snapshot
	}

	// lostMsg tells that the cluster has ended by itself.
	lostMsg struct{ link int }
)

// closeLimit is how long closing the cluster may hold up the program's end: the
// plane stops in about a second, a loaded machine needs longer.
const closeLimit = 15 * time.Second

// open begins to open the cluster, once more if there was one.
func (m *Model) open() tea.Cmd {
	if m.link.cancel != nil {
		m.link.cancel()
	}
	old := m.link.cluster
	stages := make(chan cluster.Stage, 64)
	m.link = link{number: m.link.number + 1, stages: stages}
	number := m.link.number
	ctx, cancel := context.WithCancel(m.jobs.ctx)
	m.link.cancel = cancel
	m.scene.Lab.Stages, m.scene.Lab.Stage = nil, cluster.Stage{}
	m.scene.Lab.Ready, m.scene.Lab.Lost, m.failed = false, i18n.Message{}, i18n.Message{}
	m.scene.Failed = m.failed
	openIt := m.opts.Open
	if m.lookOn {
		openIt = m.opts.LookOn
	}
	m.scene.Watchable = false
	opening := m.jobs.cmd(func(context.Context) tea.Msg {
		defer close(stages)
		if old != nil {
			shut(old)
		}
		opened := openedMsg{link: number}
		opened.cluster, opened.err = openIt(ctx, func(s cluster.Stage) {
			select {
			case stages <- s:
			default: // the screen is behind; a later stage says more
			}
		})
		if opened.err == nil {
			opened.snapshots, opened.err = m.opts.Watch(ctx, opened.cluster)
		}
		if opened.err != nil && opened.cluster != nil {
			shut(opened.cluster)
			opened.cluster = nil
		}
		m.keep(opened.cluster)
		if opened.cluster != nil {
			opened.say = m.startRecording(opened.cluster)
		}
		return opened
	})
	return tea.Batch(opening, m.nextStage(number, stages))
}

// keep remembers the cluster that is open, for Run to close when the message
// that tells of it is never read.
func (m *Model) keep(c *cluster.Cluster) { m.opened.Store(c) }

// startRecording begins to record, unless that was begun for the cluster's link
// before. That nothing can be recorded is told and ends nothing.
func (m *Model) startRecording(c *cluster.Cluster) i18n.Message {
	if m.opts.Record == nil || m.recorder.Load() != nil {
		return i18n.Message{}
	}
	recorder, err := m.opts.Record(c)
	if err != nil {
		return i18n.Explain(err)
	}
	m.recorder.Store(recorder)
	return i18n.Message{}
}

func shut(c *cluster.Cluster) {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	_ = c.Close(ctx)
}

func (m *Model) nextStage(link int, stages <-chan cluster.Stage) tea.Cmd {
	return m.jobs.cmd(func(ctx context.Context) tea.Msg {
		select {
		case s, ok := <-stages:
			if ok {
				return stageMsg{link, s}
			}
		case <-ctx.Done():
		}
		return nil
	})
}

// nextSnapshot waits for one snapshot. Update asks for the next, so a slow
// screen slows nothing but itself.
func (m *Model) nextSnapshot(l link) tea.Cmd {
	return m.jobs.cmd(func(ctx context.Context) tea.Msg {
		select {
		case s, ok := <-l.snapshots:
			if ok {
				return snapshotMsg{l.number, s}
			}
		case <-ctx.Done():
		}
		return nil
	})
}

func (m *Model) awaitLoss(l link) tea.Cmd {
	if l.cluster.Done == nil {
		return nil
	}
	return m.jobs.cmd(func(ctx context.Context) tea.Msg {
		select {
		case <-l.cluster.Done:
			return lostMsg{l.number}
		case <-ctx.Done():
			return nil
		}
	})
}

// onStage shows a stage of opening.
func (m *Model) onStage(msg stageMsg) tea.Cmd {
	if msg.link != m.link.number {
		return nil
	}
	lab := &m.scene.Lab
	lab.Stage = msg.stage
	if n := len(lab.Stages); n > 0 && lab.Stages[n-1].Message.ID == msg.stage.Message.ID {
		lab.Stages = append(lab.Stages[:n-1:n-1], msg.stage)
	} else {
		lab.Stages = append(lab.Stages[:n:n], msg.stage)
	}
	return m.nextStage(m.link.number, m.link.stages)
}

// onOpened takes the cluster over, or shows why there is none.
func (m *Model) onOpened(msg openedMsg) tea.Cmd {
	if msg.link != m.link.number {
		return nil
	}
	if msg.err != nil {
		m.failed = i18n.Explain(msg.err)
		m.scene.Failed = m.failed
		m.scene.Watchable = m.opts.LookOn != nil && errors.Is(msg.err, cluster.ErrOwned)
		m.lookOn = false // what was there to look at may be gone: F4 opens it
		return nil
	}
	c := msg.cluster
	m.scene.Snapshot.Seq = 0 // what is still shown is of the link before
	m.scene.Past = why.Past{}
	m.link.cluster, m.link.snapshots = c, msg.snapshots
	lab := &m.scene.Lab
	lab.Provider, lab.Name, lab.Namespace = c.Provider, c.Name, c.Namespace
	lab.Kubeconfig, lab.ReadOnly, lab.Ready = c.Kubeconfig, c.ReadOnly, true
	if m.opts.Hints != nil {
		lab.Kubeconfig = "" // a file of the server's, where the learner has nothing but this screen
	}
	m.connectPrompt()
	m.beginStanding(c.Namespace, c.ReadOnly)
	m.tell(msg.say)
	if c.ReadOnly && !m.looksOn() {
		m.tell(i18n.M("tui.read-only"))
	}
	return tea.Batch(m.nextSnapshot(m.link), m.awaitLoss(m.link), m.beginPending())
}
