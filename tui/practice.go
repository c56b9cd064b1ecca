package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/cluster/record"
	"podium/cluster/why"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/tui/panes"
)

// A Round says what to practise.
type Round struct {
	Fault string // its ID; "" is the one that the seed means
	Seed  uint64 // which values it has; 0 is another one each time
	Timed bool   // against the clock
}

// mostSeed keeps a round's number short enough to be said aloud.
const mostSeed = 9999

// stage is the folder of what makes a round, apart from the learner's.
const stage = ".practice-stage"

type (
	// roundMsg brings the fault to practise.
	roundMsg struct {
		round  Round
		chosen lessons.Lesson
		err    error
	}

	// debriefMsg tells a round that is over once more.
	debriefMsg struct {
		attempt int
		debrief lessons.Debrief
		err     error
	}
)

func (roundMsg) forCourse()   {}
func (debriefMsg) forCourse() {}

// practise begins a round: its fault is read, with what the seed makes of it.
func (m *Model) practise(r Round) tea.Cmd {
	if m.opts.LoadFaults == nil {
		m.tell(i18n.M("tui.practice.none"))
		return nil
	}
	if r.Seed == 0 {
		r.Seed = 1 + uint64(m.opts.Now().UnixNano())%mostSeed
	}
	load, offers := m.opts.LoadFaults, []lessons.Need(nil)
	if c := m.link.cluster; c != nil {
		offers = lab.Offers(c)
	} else {
		offers = []lessons.Need{lessons.NeedCluster, lessons.NeedNodes} // found out when it is there
	}
	return m.jobs.cmd(func(context.Context) tea.Msg {
		all, err := load(r.Seed)
		if err != nil && len(all) == 0 {
			return roundMsg{round: r, err: err}
		}
		if r.Fault != "" {
			all = slices.DeleteFunc(all, func(l lessons.Lesson) bool { return l.ID != r.Fault })
		} else {
			all = slices.DeleteFunc(all, func(l lessons.Lesson) bool { return !l.PlayableWith(offers) })
		}
		if len(all) == 0 {
			return roundMsg{round: r, err: i18n.Errorf(nil, i18n.M("tui.no-lesson", "Lesson", r.Fault))}
		}
		return roundMsg{round: r, chosen: lessons.Choose(all, r.Seed)}
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
	return m.practise(Round{Timed: m.scene.Round.Timed})
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
	return m.jobs.cmd(func(ctx context.Context) tea.Msg {
		told := debriefMsg{attempt: attempt}
		told.debrief, told.err = debrief(ctx, recorder, session, prepared, began, ended)
		return told
	})
}

// debrief reads the recording. Without one the session alone tells.
func debrief(ctx context.Context, r *record.Recorder, s lessons.Session, prepared, began, ended time.Time) (lessons.Debrief, error) {
	if r == nil {
		return s.DebriefAlone(began, ended), nil
	}
	film, err := r.Recording(ctx)
	if err != nil {
		return lessons.Debrief{}, err
	}
	defer film.Close()
	return s.Debrief(film.Between(prepared, ended), began, ended)
}

func (m *Model) onDebrief(msg debriefMsg) tea.Cmd {
	if msg.attempt != m.course.attempt {
		return nil
	}
	if msg.err != nil { // what the session knows is still there
		msg.debrief = m.scene.Session.DebriefAlone(m.scene.Round.Began, m.scene.Round.Ended)
	}
	m.scene.Round.Debrief = &msg.debrief
	m.canvas.touch("lesson")
	return nil
}
