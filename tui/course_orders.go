package tui

import (
	"context"
	"reflect"

	tea "charm.land/bubbletea/v2"

	"podium/cluster/traffic"
	"podium/cluster/why"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/tui/panes"
)

// courseRefusal says why a key of the lesson's can't do anything now.
func (m *Model) courseRefusal(o order) i18n.Message {
	s := m.scene.Session
	switch {
	case s.IsZero():
		return i18n.M("tui.no-lesson-open")
	case !m.course.busy.IsZero():
		return m.course.busy
	case o == hintOrder && s.HintsLeft() == 0:
		return i18n.M("tui.no-hint")
	case o == solutionOrder && (s.Rereading() || len(s.Step().Solution) == 0):
		return i18n.M("tui.no-solution")
	case o == againOrder && (!m.canRestart() || m.course.trial || m.scene.Lab.ReadOnly):
		return i18n.M("tui.no-again")
	case o == nextOrder && m.scene.Lab.ReadOnly && !s.Met() && len(s.Step().Goals) > 0:
		return i18n.M("tui.read-only")
	case o == nextOrder && m.course.trial && !s.Met():
		return m.held()
	case o == nextOrder && s.Done() && !s.Rereading() && m.presents():
		return i18n.M("talk.over")
	case o == nextOrder && s.Done() && !s.Rereading() && !s.Lesson().IsFault() && m.following() == "":
		return i18n.M("tui.no-next")
	case o == copyOrder && !m.lesson.HasCommands(m.scene):
		return i18n.M("tui.no-command")
	}
	return i18n.Message{}
}

// canRestart reports whether the step being read can begin anew: in a talk also one
// that was met.
func (m *Model) canRestart() bool {
	s := m.scene.Session
	return s.Rereading() && m.presents() || !s.Rereading() && !s.Done()
}

// courseOffer says in a word what a key of the lesson's would do now.
func (m *Model) courseOffer(o order) i18n.Message {
	s := m.scene.Session
	switch {
	case o == nextOrder && !s.Met() && !s.Done():
		return i18n.M("tui.offer.skip")
	case o == nextOrder && s.Lesson().IsFault():
		return i18n.M("tui.offer.round")
	case o == solutionOrder && s.SolutionShown():
		return i18n.M("tui.offer.type")
	}
	return i18n.M("tui.offer." + string(o))
}

func (m *Model) hint() tea.Cmd {
	m.scene.Session, m.tabs = m.scene.Session.Hint(), "lesson"
	return m.save()
}

// solution shows what would meet the step, and runs it at the prompt when it is
// asked for again.
func (m *Model) solution(again bool) tea.Cmd {
	m.armed = solutionOrder
	if !m.scene.Session.SolutionShown() || !again && !m.scene.Session.Met() {
		m.scene.Session, m.tabs = m.scene.Session.ShowSolution(), "lesson"
		m.tell(i18n.M("tui.solution-again"))
		return m.save()
	}
	m.armed = ""
	if why := m.held(); !why.IsZero() {
		m.tell(why)
		return nil
	}
	m.setFocus("prompt")
	return m.prompt.Run(m.sceneFor("prompt"), m.scene.Session.Step().Solution...)
}

// resetStep begins the step anew on the state it starts from.
func (m *Model) resetStep() tea.Cmd {
	if m.scene.Session.Rereading() { // in a talk
		return m.jump(m.scene.Session.Index())
	}
	stop := m.endAttempt()
	m.course.busy = i18n.M("tui.busy.resetting")
	s := m.scene.Session
	return tea.Batch(stop, m.prepare(s.Lesson(), s.Reached(), false))
}

// next goes on. A step that isn't met is skipped, after asking once: its
// solution is played, so that what comes after finds what it builds on.
func (m *Model) next(again bool) tea.Cmd {
	s := m.scene.Session
	switch {
	case s.Rereading():
		m.scene.Session = s.Next()
		m.lookHere()
		return nil
	case s.Lesson().IsFault() && (s.Met() || s.Done()):
		return m.anotherRound()
	case s.Done():
		m.course.agreed = m.following() // the lesson it follows made what is there
		return m.openLesson(m.course.agreed)
	case s.Met():
		return m.goOn(s.Next())
	case !again:
		m.armed = nextOrder
		if len(s.Step().Goals) > 0 {
			m.tell(i18n.M("tui.skip-plays"))
		} else {
			m.tell(i18n.M("tui.skip-question"))
		}
		return nil
	case len(s.Step().Goals) == 0:
		return m.goOn(s.Skip())
	}
	return m.play()
}

// goOn takes a session that may have come to another step.
func (m *Model) goOn(s lessons.Session) tea.Cmd {
	stop := m.endAttempt()
	m.scene.Session = s
	m.tabs = "lesson"
	return tea.Batch(stop, m.entered(), m.save())
}

// play plays the step's solution in the background.
func (m *Model) play() tea.Cmd {
	m.scene.Session = m.scene.Session.ShowSolution()
	m.course.busy = i18n.M("tui.busy.playing")
	d, attempt, ctx := m.lab(), m.attempt(), m.attemptContext()
	lesson, step := m.scene.Session.Lesson(), m.scene.Session.Reached()
	return m.jobs.cmd(func(context.Context) tea.Msg {
		played := playedMsg{attempt: attempt, skip: true}
		limited, cancel := context.WithTimeout(ctx, playLimit)
		defer cancel()
		if played.err = lessons.Play(limited, d, lesson, step); played.err != nil && ctx.Err() == nil {
			snapshot, err := lessons.Reset(ctx, d, lesson, step+1)
			played.snapshot, played.err = &snapshot, err
		}
		played.commands = d.Commands()
		return played
	})
}

// onPlayed lets the session see what ran, and goes on if the step is to be
// skipped and is not met even so.
func (m *Model) onPlayed(msg playedMsg) tea.Cmd {
	if msg.attempt != m.course.attempt {
		return nil
	}
	m.course.busy = i18n.Message{}
	if msg.err != nil {
		m.tell(i18n.Explain(msg.err))
		return nil
	}
	m.remember(true, msg.commands...)
	for _, command := range msg.commands {
		m.scene.Session = m.scene.Session.Ran(command)
		m.prompt.Show(m.sceneFor("prompt"), command)
	}
	switch {
	case !msg.skip:
		return nil
	case msg.snapshot != nil:
		return m.goOn(m.scene.Session.Skip().Restarted(*msg.snapshot))
	case !m.scene.Session.Met():
		return m.goOn(m.scene.Session.Skip())
	}
	m.tell(i18n.M("tui.played"))
	return m.save()
}

// following is the ID of the lesson after the one that is open, "" at the last.
func (m *Model) following() string {
	for i, l := range m.scene.Lessons {
		if l.ID == m.scene.Session.Lesson().ID && i+1 < len(m.scene.Lessons) {
			return m.scene.Lessons[i+1].ID
		}
	}
	return ""
}

// act carries out what a pane asks for.
func (m *Model) act(action panes.Action) tea.Cmd {
	if m.past.on {
		return m.actThen(action)
	}
	if m.looksOn() {
		return m.actLooking(action)
	}
	switch a := action.(type) {
	case panes.RunLine:
		if why := m.held(); !why.IsZero() {
			m.tell(why)
			return nil
		}
		m.setFocus("prompt")
		return m.prompt.Run(m.sceneFor("prompt"), a.Line)
	case panes.TypeLine:
		m.setFocus("prompt")
		m.prompt.Type(a.Line)
	case panes.Ran:
		return m.ran(a.Command)
	case panes.Select:
		m.choose(a)
	case panes.Inspect:
		m.inspect(a.Selection)
	case panes.Fetch:
		return m.fetch(a.Line)
	case panes.OpenLesson:
		return m.openLesson(a.ID)
	case panes.Practise:
		return m.practise(lessons.Round{Fault: a.Fault, Timed: a.Timed})
	case panes.OpenReview:
		return m.review()
	case panes.Reviewed:
		return m.reviewed(a.Review)
	case panes.Explore:
		m.page, m.tabs = explorePage, "board"
		m.setFocus("prompt")
		m.enterFolder("explore")
		return m.layExplore()
	case panes.ShowMap:
		return m.obey(mapOrder)
	case panes.GoHome:
		return m.goHome()
	case panes.AnswerQuestion:
		return m.answer(a.Answer)
	case panes.NextStep:
		return m.obey(nextOrder)
	case panes.BackStep:
		m.scene.Session = m.scene.Session.Back()
		m.canvas.touch()
	case panes.ShowHint:
		return m.obey(hintOrder)
	case panes.Send:
		return m.send(a)
	case panes.Tell:
		m.tell(a.Message)
		m.canvas.touch()
	}
	return nil
}

// send begins to send requests, or ends those that are being sent.
func (m *Model) send(to panes.Send) tea.Cmd {
	m.canvas.touch()
	switch {
	case m.loaded():
		prober := m.course.prober
		m.course.prober, m.scene.Load = nil, traffic.Stats{}
		return m.jobs.cmd(func(context.Context) tea.Msg {
			prober.Stop()
			return nil
		})
	case m.link.cluster == nil:
		return nil
	}
	return m.startProber(&lessons.Traffic{Service: to.Service, Port: to.Port, Path: "/", Rate: to.Rate})
}

// remember keeps commands as causes of what follows.
func (m *Model) remember(lesson bool, commands ...lessons.Command) {
	for _, c := range commands {
		m.recordCommand(c, lesson)
		m.scene.Past = m.scene.Past.Ran(why.Command{
			Line: c.Line, Calls: c.Calls, Output: c.Output, Exit: c.Exit, Lesson: lesson, Started: c.Started, Ended: c.Ended,
		})
	}
}

// actThen carries out what a pane asks for while the past is shown: nothing that
// would change the present.
func (m *Model) actThen(action panes.Action) tea.Cmd {
	switch a := action.(type) {
	case nil:
	case panes.Ran:
		return m.ran(a.Command)
	case panes.Select:
		m.choose(a)
	case panes.Inspect:
		m.inspect(a.Selection)
	case panes.Tell:
		m.tell(a.Message)
		m.canvas.touch()
	case panes.StepChange, panes.Seek, panes.Play, panes.Faster:
		return m.roam(action)
	default:
		m.tell(m.held())
		m.canvas.touch()
	}
	return nil
}

// ran lets the session see a line that ended at the prompt.
func (m *Model) ran(command lessons.Command) tea.Cmd {
	m.canvas.touch()
	m.remember(false, command)
	if m.scene.Session.IsZero() || m.course.trial {
		return nil
	}
	before := m.scene.Session.Met()
	m.scene.Session = m.scene.Session.Ran(command)
	if m.scene.Session.Met() != before {
		return m.save()
	}
	return nil
}

func (m *Model) answer(said string) tea.Cmd {
	m.canvas.touch()
	session, err := m.scene.Session.Answer(said)
	if err != nil {
		m.tell(i18n.Explain(err))
		return nil
	}
	m.scene.Session = session
	return m.save()
}

// layExplore makes the folder of the prompt while no lesson is open.
func (m *Model) layExplore() tea.Cmd {
	folder := m.options.Folder
	return m.jobs.cmd(func(context.Context) tea.Msg {
		if err := lab.Place(folder, nil, lab.Keep); err != nil {
			return tellMsg{i18n.Explain(err)}
		}
		return nil
	})
}

// same reports whether two states of progress are alike but for the time spent.
func same(a, b lessons.Progress) bool {
	return reflect.DeepEqual(untimed(a), untimed(b))
}

func untimed(p lessons.Progress) map[string]lessons.LessonProgress {
	all := map[string]lessons.LessonProgress{}
	for id, reached := range p.Lessons {
		reached.Seconds = 0
		all[id] = reached
	}
	return all
}
