package tui

import (
	"context"
	"errors"
	"os"
	"reflect"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/i18n"
	"podium/lessons"
	"podium/talk"
)

// A Talk says how a lesson is presented to a room.
type Talk struct {
	Live    string // file that the speaker's notes follow
	Place   string // file that remembers marks and pace
	Pace    int    // characters a second; 0: at once; negative: as last time
	Planned time.Duration
	Course  string // the folder of a course of one's own
	Empties bool   // the cluster is not the talk's own: what the talk made is removed at its end
}

// A talking is a talk under way. Beside the screen, two things follow it: the
// speed of the nodes and the speaker's notes.
//
//	next ─▶ typeLine ─▶ typedMsg … ─▶ prompt runs the line ─▶ session ─▶ met ─▶ next step
type talking struct {
	place  talk.Place
	began  time.Time
	step   stepping         // what the rest is about
	stepAt time.Time        // when that was begun
	before cluster.Snapshot // as it was then
	beside bool             // before is shown beside now

	hand   hand
	blank  bool
	slow   int // of slowness
	speed  float64
	pacing bool // the nodes are being told

	told    talk.Live
	kept    talk.Place
	writing bool
	left    error // what the end could not remove
}

// A stepping tells one go at a step from any other.
type stepping struct {
	lesson           string
	reached, attempt int
	preparing        bool
}

// slowness are the speeds of simulated nodes that a talk goes through.
var slowness = []float64{1, 0.5, 0.25, 0.1}

type (
	// pacedMsg tells that the nodes know how fast to work.
	pacedMsg struct{ err error }

	// liveMsg tells that the speaker's notes were written.
	liveMsg struct{ err error }
)

// presents reports whether the screen is a room's.
func (m *Model) presents() bool { return m.opts.Talk != nil }

// stages reports whether the lesson is what the screen shows a room.
func (m *Model) stages() bool { return m.presents() && m.page == lessonPage }

// beginTalk remembers what the last talk left.
func (m *Model) beginTalk() {
	t := &m.talk
	t.place.Pace = usualPace
	talk.Read(m.opts.Talk.Place, &t.place)
	if m.opts.Talk.Pace >= 0 {
		t.place.Pace = m.opts.Talk.Pace
	}
	t.place.Pace = max(0, t.place.Pace)
	t.began, t.speed = m.opts.Now(), slowness[0]
}

// followTalk lets what stands beside the screen follow it.
func (m *Model) followTalk() tea.Cmd {
	if !m.presents() || m.scene.Session.IsZero() {
		return nil
	}
	m.followStep()
	return tea.Batch(m.keepSpeed(), m.tellNotes())
}

// followStep forgets what was about another step.
func (m *Model) followStep() {
	s, t := m.scene.Session, &m.talk
	step := stepping{s.Lesson().ID, s.Reached(), m.course.attempt, !m.course.busy.IsZero()}
	if t.step == step {
		return
	}
	t.step, t.stepAt, t.before, t.beside = step, m.scene.Now, m.scene.Snapshot, false
	t.before.Changes = nil
	m.dropLine()
	t.hand.lines = 0
}

// onTalk takes what the talk's own commands bring.
func (m *Model) onTalk(msg tea.Msg) tea.Cmd {
	var err error
	switch msg := msg.(type) {
	case typedMsg:
		return m.onTyped(msg)
	case pacedMsg:
		m.talk.pacing, err = false, msg.err
	case liveMsg:
		m.talk.writing, err = false, msg.err
	}
	if err != nil {
		m.tell(i18n.Explain(err))
		m.canvas.touch()
	}
	return nil
}

// pacer changes the speed of the cluster's nodes; nil where nothing can.
func (m *Model) pacer() cluster.NodePacer {
	if m.link.cluster == nil {
		return nil
	}
	pacer, _ := m.link.cluster.Nodes.(cluster.NodePacer)
	return pacer
}

// keepSpeed tells the nodes how fast to work. A step is prepared without delays:
// a room waits for it.
func (m *Model) keepSpeed() tea.Cmd {
	pacer, t := m.pacer(), &m.talk
	speed := slowness[t.slow]
	if !m.course.busy.IsZero() && !m.course.playing() {
		speed = 0
	}
	if pacer == nil || t.pacing || t.speed == speed {
		return nil
	}
	t.pacing, t.speed = true, speed
	return m.jobs.cmd(func(ctx context.Context) tea.Msg { return pacedMsg{pacer.SetSpeed(ctx, speed)} })
}

// slower goes to the next speed of the nodes, after the slowest to the usual one.
func (m *Model) slower() tea.Cmd {
	if m.pacer() == nil {
		m.tell(i18n.M("talk.no-speed"))
		return nil
	}
	m.talk.slow = (m.talk.slow + 1) % len(slowness)
	if m.talk.slow == 0 {
		m.tell(i18n.M("talk.speed-usual"))
		return nil
	}
	m.tell(i18n.M("talk.speed", "Speed", strconv.FormatFloat(slowness[m.talk.slow], 'f', -1, 64)))
	return nil
}

// compare shows the cluster as the step began beside it as it is, or no more.
func (m *Model) compare() tea.Cmd {
	m.talk.beside = !m.talk.beside && m.talk.before.Seq > 0
	return nil
}

// mark marks the step being read, or takes its mark away.
func (m *Model) mark() tea.Cmd {
	s, marks := m.scene.Session, m.talk.place.Marks
	id, said := s.Step().ID, "talk.marked"
	if id == "" {
		return nil
	}
	if i := slices.Index(marks, id); i >= 0 {
		m.talk.place.Marks, said = slices.Delete(slices.Clone(marks), i, i+1), "talk.unmarked"
	} else {
		m.talk.place.Marks = append(slices.Clone(marks), id)
	}
	m.tell(i18n.M(said, "Step", s.Index()+1))
	return nil
}

// marked reports whether the step being read is marked.
func (m *Model) marked() bool {
	return slices.Contains(m.talk.place.Marks, m.shown().Session.Step().ID)
}

// toMark goes to the next step that is marked, after the last to the first, and
// makes the state it starts from.
func (m *Model) toMark() tea.Cmd {
	s := m.scene.Session
	steps := s.Lesson().Steps
	for i := range steps {
		if to := (s.Index() + 1 + i) % len(steps); slices.Contains(m.talk.place.Marks, steps[to].ID) {
			return m.jump(to)
		}
	}
	m.tell(i18n.M("talk.no-marks"))
	return nil
}

// jump begins a step of the lesson on the state it starts from.
func (m *Model) jump(to int) tea.Cmd {
	if why := m.held(); !why.IsZero() || m.course.trial {
		m.tell(why)
		return nil
	}
	stop := m.endAttempt()
	m.course.busy = i18n.M("tui.busy.resetting")
	s := m.scene.Session
	m.scene.Session = lessons.At(s.Lesson(), to, m.link.cluster.Namespace, m.scene.Snapshot)
	return tea.Batch(stop, m.prepare(s.Lesson(), to, false))
}

// tellNotes lets the speaker's second terminal know where the talk is, when that
// has changed.
func (m *Model) tellNotes() tea.Cmd {
	t := &m.talk
	now, place := m.live(), t.place
	if t.writing || reflect.DeepEqual(now, t.told) && reflect.DeepEqual(place, t.kept) {
		return nil
	}
	files, keep := *m.opts.Talk, !reflect.DeepEqual(place, t.kept)
	t.writing, t.told, t.kept = true, now, place
	return m.jobs.cmd(func(context.Context) tea.Msg {
		err := talk.Write(files.Live, now)
		if keep {
			err = errors.Join(err, talk.Write(files.Place, place))
		}
		return liveMsg{err}
	})
}

// live is where the talk is.
func (m *Model) live() talk.Live {
	s, t := m.scene.Session, &m.talk
	now := talk.Live{
		Lesson: s.Lesson().ID, Course: m.opts.Talk.Course, Provider: m.scene.Lab.Provider, Step: s.Index(), Goals: s.Verdicts(), Met: s.Met(),
		Typed: t.hand.lines, Pace: t.place.Pace, Speed: slowness[t.slow], Marks: t.place.Marks,
		Began: t.began, StepAt: t.stepAt, Planned: m.opts.Talk.Planned,
	}
	if s.Rereading() { // its lines were typed
		now.Typed = len(s.Step().Solution)
	}
	switch {
	case t.blank:
		now.Doing = talk.Blank
	case m.past.on:
		now.Doing = talk.Past
	case !m.held().IsZero():
		now.Doing = talk.Preparing
	case t.hand.line != nil:
		now.Doing = talk.Typing
	}
	return now
}

// endTalk tells the notes that it is over and, on a cluster that is not the
// talk's own, removes what the talk made. What could not be removed is its error.
func (m *Model) endTalk() error {
	if !m.presents() || m.scene.Session.IsZero() {
		return nil
	}
	now := m.live()
	now.Ended = true
	err := talk.Write(m.opts.Talk.Live, now)
	if c := m.opened.Load(); m.course.trial || c == nil || c != m.link.cluster || c.ReadOnly {
		return err
	}
	_ = os.Remove(m.note()) // there will be nothing left to go on from
	if !m.opts.Talk.Empties {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), emptyLimit)
	defer cancel()
	lab, lesson := m.lab(), m.scene.Session.Lesson()
	err = errors.Join(err, lab.Empty(ctx, lesson.Namespaces))
	for _, line := range lesson.Clear {
		_, failed := lab.Run(ctx, line)
		err = errors.Join(err, failed)
	}
	return err
}

// emptyLimit is how long removing what a talk made may hold up its end.
const emptyLimit = time.Minute
