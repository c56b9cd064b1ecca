package tui

import (
	tea "charm.land/bubbletea/v2"

	"podium/classroom"
	"podium/cluster/record"
	"podium/i18n"
	"podium/lessons"
)

// beginStanding begins to tell where the learner is, once there is a cluster
// that is theirs: who only looks on tells nothing.
func (m *Model) beginStanding(namespace string, readOnly bool) {
	if m.opts.Tell == nil || readOnly {
		return
	}
	m.standing.Open, m.standing.Namespace = true, namespace
	m.opts.Tell(m.standing)
}

// stand tells where the learner has come to.
func (m *Model) stand(place record.Place, s lessons.Session) {
	now := &m.standing
	if now.Place.Lesson != place.Lesson || now.Place.Step != place.Step {
		now.Since = place.Time
	}
	now.Place, now.Number, now.Steps = place, 0, 0
	if !s.IsZero() {
		now.Number, now.Steps = s.Reached()+1, len(s.Lesson().Steps)
	}
	m.standOut()
}

func (m *Model) standOut() {
	if m.opts.Tell != nil && m.standing.Open {
		m.opts.Tell(m.standing)
	}
}

// hintMsg is a sentence that the instructor sent.
type hintMsg struct{ sentence string }

func (m *Model) nextHint() tea.Cmd {
	return next(m.jobs, m.opts.Hints, func(sentence string) tea.Msg { return hintMsg{sentence} })
}

// onHint shows what the instructor says, above the prompt, where it stays.
func (m *Model) onHint(msg hintMsg) tea.Cmd {
	said := i18n.M("class.said", "Sentence", cleaned(msg.sentence))
	m.prompt.Hear(m.scene, said)
	m.tell(said)
	m.canvas.touch()
	return m.nextHint()
}

// runs are the commands of a standing as a lesson has them.
func runs(commands []record.Command) []lessons.Command {
	list := make([]lessons.Command, len(commands))
	for i, c := range commands {
		list[i] = lessons.Command{Line: c.Line, Exit: c.Exit, Output: c.Output, Started: c.Started, Ended: c.Ended}
	}
	return list
}

// newsIn are the commands that a standing has and the one before it had not.
func newsIn(s classroom.Standing, ran int) []lessons.Command { return runs(s.News(ran)) }
