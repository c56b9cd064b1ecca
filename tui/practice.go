package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/cluster/why"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/tui/panes"
)

type (
	// roundMsg brings the fault to practise.
	roundMsg struct {
		round  lessons.Round
		chosen lessons.Lesson
		err    error
	}

	// debriefMsg tells a round that is over once more.
	debriefMsg struct {
		attempt int
		debrief lessons.Debrief
	}
)

func (roundMsg) forCourse()   {}
func (debriefMsg) forCourse() {}

// practise begins a round: its fault is read, with what the seed makes of it.
func (m *Model) practise(r lessons.Round) tea.Cmd {
	if m.opts.LoadFaults == nil {
		m.tell(i18n.M("tui.practice.none"))
		return nil
	}
	r = r.Sown(m.opts.Now())
	load, offers := m.opts.LoadFaults, []lessons.Need{lessons.NeedCluster, lessons.NeedNodes} // found out when it is there
	if c := m.link.cluster; c != nil {
		offers = lab.Offers(c)
	}
	return m.jobs.cmd(func(context.Context) tea.Msg {
		chosen, err := r.Deal(load, offers)
		return roundMsg{r, chosen, err}
	})
}

func (m *Model) onRound(msg roundMsg) tea.Cmd {
	if msg.err != nil {
		m.tell(i18n.Explain(msg.err))
		return nil
	}
	stop := m.endAttempt()
	m.page, m.over, m.zoom, m.tabs = lessonPage, "", false, "lesson"
	m.scene.Round = panes.Round{On: true, Seed: msg.round.Seed, Timed: msg.round.Timed, Prepared: m.opts.Now()}
	m.course.pending, m.course.trial, m.course.asks = msg.chosen.ID, true, i18n.Message{}
	m.scene.Session = m.resumed(msg.chosen, "", cluster.Snapshot{Time: m.scene.Now})
	m.lookHere()
	return tea.Batch(stop, m.beginPending())
}

// anotherRound is another round of the same kind.
func (m *Model) anotherRound() tea.Cmd {
	return m.practise(lessons.Round{Timed: m.scene.Round.Timed})
}

// roundBegan starts the clock: the fault is in, and shows.
func (m *Model) roundBegan() {
	if m.scene.Round.On {
		m.scene.Past = why.Past{} // who broke it, and how, is the riddle
		m.scene.Round.Began = m.opts.Now()
		m.scene.Round.Ended, m.scene.Round.Debrief = time.Time{}, nil
	}
}

// roundEnded tells the round once more as soon as all is well.
func (m *Model) roundEnded() tea.Cmd {
	round, session := &m.scene.Round, m.scene.Session
	if !round.On || !round.Ended.IsZero() || m.course.trial || !session.Lesson().IsFault() || !session.Met() {
		return nil
	}
	round.Ended = m.opts.Now()
	recorder, attempt, prepared, began, ended := m.recorder.Load(), m.attempt(), round.Prepared, round.Began, round.Ended
	return tea.Batch(m.graded(*round), m.jobs.cmd(func(ctx context.Context) tea.Msg {
		return debriefMsg{attempt, session.DebriefFrom(ctx, recorder, prepared, began, ended)}
	}))
}

func (m *Model) onDebrief(msg debriefMsg) tea.Cmd {
	if msg.attempt != m.course.attempt {
		return nil
	}
	m.scene.Round.Debrief = &msg.debrief
	m.canvas.touch("lesson")
	return nil
}
