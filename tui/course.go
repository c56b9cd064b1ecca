package tui

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/cluster/traffic"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/recall"
	"podium/tui/panes"
)

// A course is what the screen keeps of the learner's way through lessons beside
// the session itself.
type course struct {
	hub     *lab.Hub
	pending string       // the lesson to begin once the cluster is there
	trial   bool         // the session is only for reading until then
	asks    i18n.Message // what beginning would remove, while the learner hasn't agreed to it
	agreed  string       // the lesson that may remove it
	busy    i18n.Message // what the screen does to the cluster, so that the learner waits
	stop    context.CancelFunc
	attempt int // counts lessons, steps and resets: what began for another one is dropped
	prober  *traffic.Prober
	moving  bool // pods are coming or going

	known  bool             // the progress on disk has been read
	saving bool             // a save is under way
	saved  lessons.Progress // as last handed to be saved
}

// A courseMsg comes back from what the screen does in the background for a
// lesson.
type courseMsg interface{ forCourse() }

type (
	progressMsg struct {
		lessons  []lessons.Lesson
		progress lessons.Progress
		deck     recall.Deck
		cards    []recall.Card
		err      error
	}
	savedMsg struct{ err error }

	// readyMsg tells that a step's state has been made.
	readyMsg struct {
		attempt  int
		commands []lessons.Command
		snapshot cluster.Snapshot
		begin    bool // the lesson begins, rather than a step anew
		anew     bool // the cluster's state was made, not found
		step     int
		err      error
	}

	// playedMsg tells that a step's solution, or what it sets off, has run.
	playedMsg struct {
		attempt  int
		skip     bool
		commands []lessons.Command
		snapshot *cluster.Snapshot // of the next step's state, where playing had to begin anew
		err      error
	}

	proberMsg struct {
		attempt int
		prober  *traffic.Prober
		err     error
	}
)

func (progressMsg) forCourse() {}
func (savedMsg) forCourse()    {}
func (readyMsg) forCourse()    {}
func (playedMsg) forCourse()   {}
func (proberMsg) forCourse()   {}

func (m *Model) onCourse(msg courseMsg) tea.Cmd {
	switch msg := msg.(type) {
	case progressMsg:
		return m.onProgress(msg)
	case savedMsg:
		m.course.saving = false
		if msg.err != nil {
			m.tell(i18n.Explain(msg.err))
			return nil
		}
		return m.save()
	case readyMsg:
		return m.onReady(msg)
	case playedMsg:
		return m.onPlayed(msg)
	case proberMsg:
		return m.onProber(msg)
	case roundMsg:
		return m.onRound(msg)
	case debriefMsg:
		return m.onDebrief(msg)
	case deckMsg:
		return m.onDeck(msg)
	case shelvedMsg:
		return m.onShelved(msg)
	}
	return nil
}

// openLesson begins a lesson where the learner left it. While the cluster comes
// up it can be read already.
func (m *Model) openLesson(id string) tea.Cmd {
	i := slices.IndexFunc(m.scene.Lessons, func(l lessons.Lesson) bool { return l.ID == id })
	if i < 0 {
		m.tell(i18n.M("tui.no-lesson", "Lesson", id))
		return nil
	}
	stop := m.endAttempt()
	m.scene.Round = panes.Round{}
	m.page, m.over, m.zoom, m.tabs = lessonPage, "", false, "lesson"
	m.course.pending, m.course.trial, m.course.asks = id, true, i18n.Message{}
	m.scene.Session = m.resumed(m.scene.Lessons[i], "", cluster.Snapshot{Time: m.scene.Now})
	m.lookHere()
	return tea.Batch(stop, m.beginPending())
}

// resumed is a session where the learner left the lesson; a lesson that was
// finished begins again.
func (m *Model) resumed(l lessons.Lesson, namespace string, s cluster.Snapshot) lessons.Session {
	if l.IsFault() {
		return lessons.Practise(l, namespace, s)
	}
	p := m.scene.Progress.Lessons[l.ID]
	if !p.Finished.IsZero() && p.Step == "" {
		return lessons.Begin(l, namespace, s)
	}
	return lessons.Resume(l, p, namespace, s)
}

// beginPending begins the lesson that waits, once there is a cluster, a first
// snapshot and the learner's progress.
func (m *Model) beginPending() tea.Cmd {
	c := m.link.cluster
	if m.course.pending == "" || c == nil || !m.scene.Lab.Ready || m.scene.Snapshot.Seq == 0 || !m.course.known {
		return nil
	}
	lesson := m.scene.Session.Lesson().On(lab.Offers(c)...)
	if m.mustAsk(lesson) {
		return nil
	}
	m.course.pending, m.course.agreed = "", ""
	session := m.resumed(lesson, c.Namespace, m.scene.Snapshot)
	m.enterFolder(m.folderName(lesson))
	if c.ReadOnly {
		m.course.trial = false
		m.scene.Session = session
		return nil
	}
	m.course.busy = i18n.M("tui.busy.preparing")
	if lesson.IsFault() {
		m.course.busy = i18n.M("tui.busy.breaking")
	}
	return m.prepare(lesson, session.Reached(), true)
}

// prepare makes the state a step starts from. A lesson that was the last one
// open on this cluster goes on where it was left.
func (m *Model) prepare(lesson lessons.Lesson, step int, begin bool) tea.Cmd {
	d, attempt, ctx := m.lab(), m.attempt(), m.attemptContext()
	note, resumes := m.note(), begin && !m.presents() && !lesson.IsFault() // a talk begins the same every time
	bare := begin && len(lessons.ResetPlan(lesson, step)) == len(lessons.ResetPlan(lessons.Lesson{}, 0)) && lab.Vacant(m.scene.Snapshot, d.Namespace())
	folder := m.options.Folder
	return m.jobs.cmd(func(context.Context) tea.Msg {
		ready := readyMsg{attempt: attempt, begin: begin, step: step}
		switch {
		case resumes && lab.LastLesson(note) == folder:
			ready.err = lab.Place(folder, lesson.Files, lab.Keep)
			return ready
		case bare: // nothing to remove and nothing to make
			ready.err = lab.Place(folder, lesson.Files, lab.Restore)
		default:
			ready.snapshot, ready.err = lessons.Reset(ctx, d, lesson, step)
			ready.commands, ready.anew = d.Commands(), true
		}
		if lesson.IsFault() { // how it was broken is the riddle; its files are elsewhere
			ready.commands = nil
			ready.err = cmp.Or(ready.err, lab.Place(folder, nil, lab.Keep))
		}
		if ready.err == nil {
			ready.err = lab.NoteLesson(note, folder)
		}
		return ready
	})
}

// caughtUp brings a session to where the learner has read ahead meanwhile, with
// the answers given on the way.
func caughtUp(s, ahead lessons.Session) lessons.Session {
	said := map[string]string{}
	for _, p := range ahead.Predictions() {
		said[p.StepID] = p.Said
	}
	for s.Reached() < ahead.Reached() && !s.Done() {
		if answered, err := s.Answer(said[s.Step().ID]); err == nil {
			s = answered
		}
		if s.Met() {
			s = s.Next()
		} else {
			s = s.Skip()
		}
	}
	if answered, err := s.Answer(ahead.Answered()); err == nil && ahead.Answered() != "" {
		s = answered
	}
	return s
}

// onReady lets the learner begin.
func (m *Model) onReady(msg readyMsg) tea.Cmd {
	if msg.attempt != m.course.attempt {
		return nil
	}
	m.course.busy = i18n.Message{}
	m.remember(true, msg.commands...)
	if msg.anew {
		m.scene.Past = m.scene.Past.Anew(m.opts.Now())
		m.anew = true
	}
	if msg.err != nil {
		m.tell(i18n.Explain(msg.err))
	}
	now := m.scene.Snapshot
	now.Changes = nil
	if msg.snapshot.Seq > now.Seq {
		now = msg.snapshot
	}
	if msg.begin {
		m.course.trial = false
		m.scene.Session = caughtUp(m.resumed(m.scene.Session.Lesson(), m.link.cluster.Namespace, now), m.scene.Session)
	} else {
		m.scene.Session = m.scene.Session.Restarted(now)
	}
	m.roundBegan()
	entered := m.entered()
	if msg.begin && m.openBefore() {
		m.tell(i18n.M("tui.prediction.resumed"))
	}
	return tea.Batch(entered, m.save())
}

// entered sets off what belongs to the step that has just begun.
func (m *Model) entered() tea.Cmd {
	m.lookHere()
	session := m.scene.Session
	if m.course.trial || m.link.cluster == nil || session.Done() || session.Rereading() || m.link.cluster.ReadOnly {
		return nil
	}
	step := session.Step()
	cmds := []tea.Cmd{m.startProber(step.Traffic)}
	if step.Kind == lessons.Watch && len(step.Run) > 0 {
		d, attempt, ctx := m.lab(), m.attempt(), m.attemptContext()
		cmds = append(cmds, m.jobs.cmd(func(context.Context) tea.Msg {
			var err error
			for _, line := range step.Run {
				if _, err = d.Run(ctx, line); err != nil {
					break
				}
			}
			return playedMsg{attempt: attempt, commands: d.Commands(), err: err}
		}))
	}
	return tea.Batch(cmds...)
}

// lookHere puts the focus where the step wants the learner's next key: on a
// question that waits for an answer, else on the prompt.
func (m *Model) lookHere() {
	m.canvas.touch()
	if m.presents() {
		m.setFocus("stage")
		return
	}
	if m.lesson.Asking(m.scene) {
		m.setFocus("lesson")
	} else {
		m.setFocus("prompt")
		m.tabs = "lesson"
	}
}

func (m *Model) startProber(t *lessons.Traffic) tea.Cmd {
	if t == nil {
		return nil
	}
	attempt, aim, ctx := m.attempt(), lab.Target(m.link.cluster, *t), m.attemptContext()
	return m.jobs.cmd(func(context.Context) tea.Msg {
		prober, err := traffic.Start(ctx, aim)
		return proberMsg{attempt, prober, err}
	})
}

func (m *Model) onProber(msg proberMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		m.tell(i18n.Explain(msg.err))
	case msg.attempt == m.course.attempt:
		m.course.prober = msg.prober
		return m.measure()
	}
	return nil
}

// loaded reports whether requests are being sent.
func (m *Model) loaded() bool { return m.course.prober != nil }

// serves reports whether the learner has a Service whose traffic can be shown.
func (m *Model) serves() bool {
	for _, svc := range m.scene.Snapshot.Services {
		if svc.Namespace == m.scene.Lab.Namespace && len(svc.Spec.Selector) > 0 {
			return true
		}
	}
	return false
}

// measure takes the newest figures of the requests.
func (m *Model) measure() tea.Cmd {
	if m.course.prober == nil {
		return nil
	}
	m.scene.Load = m.course.prober.Stats()
	m.recordLoad(m.scene.Load)
	if m.course.trial {
		return nil
	}
	before := m.scene.Session.Met()
	m.scene.Session = m.scene.Session.Load(lab.Load(m.scene.Load))
	if m.scene.Session.Met() == before {
		return nil
	}
	return m.save()
}

// observe lets the session see the newest snapshot.
func (m *Model) observe() tea.Cmd {
	if m.looksOn() {
		m.mirrored()
		return nil
	}
	m.course.hub.Publish(m.scene.Snapshot)
	if m.course.pending != "" {
		return m.beginPending()
	}
	if m.scene.Session.IsZero() || m.course.trial || !m.course.busy.IsZero() && !m.course.playing() {
		return nil
	}
	before := m.scene.Session.Met()
	m.scene.Session = m.scene.Session.Observe(m.scene.Snapshot)
	if m.scene.Session.Met() && !before {
		return m.save()
	}
	return nil
}

// playing reports whether a solution is being played, which the session watches
// like the learner's own commands.
func (c *course) playing() bool { return c.busy.ID == "tui.busy.playing" }

// leaveLesson goes back to the list of lessons; the progress is kept.
func (m *Model) leaveLesson() tea.Cmd {
	stop := m.endAttempt()
	saved := m.save()
	m.course.pending, m.course.trial = "", false
	m.course.asks, m.course.agreed = i18n.Message{}, ""
	m.scene.Session, m.scene.Round = lessons.Session{}, panes.Round{}
	return tea.Batch(stop, saved)
}

// playLimit is how long a solution may take on a cluster that the learner has
// worked on; then the next step's state is made anew.
const playLimit = 30 * time.Second
