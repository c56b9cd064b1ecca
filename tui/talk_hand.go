package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
)

// A hand types the lines of a step's solution for the room to see.
type hand struct {
	lines  int    // of the solution that were typed, the one being typed among them
	line   []rune // being typed; nil for none
	at     int    // how much of it stands there
	number int    // counts ticks: those of another line are dropped
}

// typedMsg has the next character typed.
type typedMsg struct{ number int }

// paces are characters a second: as a calm hand types, an ordinary one, a quick
// one, and 0 for all at once.
var paces = []int{8, usualPace, 28, 0}

const (
	usualPace = 14

	// afterLine lets the room read a line before it runs.
	afterLine = 400 * time.Millisecond
)

// talkOn is the one key that carries a talk: it types the next line, or goes on
// from a step that is met.
func (m *Model) talkOn() tea.Cmd {
	s, h := m.scene.Session, &m.talk.hand
	switch {
	case h.line != nil: // the hand is slower than the room
		h.at = max(h.at, len(h.line)-1)
		return m.typeOn()
	case s.Rereading():
		m.scene.Session = s.Next()
	case s.Done():
		m.tell(i18n.M("talk.over"))
	case !m.held().IsZero():
		m.tell(m.held())
	case m.prompt.Running():
		m.tell(i18n.M("talk.running"))
	case s.Met():
		return m.goOn(s.Next())
	case len(s.Step().Goals) == 0: // nobody answered
		return m.goOn(s.Skip())
	case h.lines < len(s.Step().Solution):
		h.line, h.at = []rune(s.Step().Solution[h.lines]), 0
		h.lines++
		return m.typeOn()
	default:
		m.tell(i18n.M("talk.waiting", "Goal", m.unmetGoal()))
	}
	return nil
}

// talkBack shows the step before, to be read.
func (m *Model) talkBack() tea.Cmd {
	m.scene.Session = m.scene.Session.Back()
	return nil
}

// unmetGoal is the first goal that isn't met, as the room reads it.
func (m *Model) unmetGoal() string {
	s := m.scene.Session
	for i, v := range s.Verdicts() {
		if !v.Met {
			return s.Words(m.scene.Lang).Goals[s.Step().Goals[i].ID]
		}
	}
	return ""
}

// typeOn types one more character, or runs the line that has stood there for a
// moment.
func (m *Model) typeOn() tea.Cmd {
	h, pace := &m.talk.hand, m.talk.place.Pace
	after := afterLine
	switch {
	case h.at == len(h.line):
		line := string(h.line)
		m.dropLine()
		return m.prompt.Run(m.sceneFor("prompt"), line)
	case pace == 0:
		h.at = len(h.line)
	default:
		if h.at++; h.at < len(h.line) {
			after = time.Second / time.Duration(pace)
		}
	}
	m.prompt.Type(string(h.line[:h.at]))
	m.canvas.touch("prompt")
	return m.typeAfter(after)
}

func (m *Model) typeAfter(d time.Duration) tea.Cmd {
	h := &m.talk.hand
	h.number++
	number := h.number
	return tea.Tick(d, func(time.Time) tea.Msg { return typedMsg{number} })
}

// onTyped types on. While the past is shown the hand rests.
func (m *Model) onTyped(msg typedMsg) tea.Cmd {
	switch h := &m.talk.hand; {
	case msg.number != h.number || h.line == nil:
		return nil
	case m.past.on:
		return m.typeAfter(afterLine)
	}
	return m.typeOn()
}

// dropLine takes the line that is being typed out of the hand.
func (m *Model) dropLine() {
	if m.talk.hand.line != nil {
		m.talk.hand.line = nil
		m.prompt.Type("")
	}
}

// changePace types faster, or slower.
func (m *Model) changePace(by int) tea.Cmd {
	pace := m.talk.place.Pace
	i := slices.IndexFunc(paces, func(p int) bool { return p == 0 || pace > 0 && p >= pace })
	if by < 0 || paces[i] == pace {
		i += by
	}
	pace = paces[max(0, min(i, len(paces)-1))]
	m.talk.place.Pace = pace
	if pace == 0 {
		m.tell(i18n.M("talk.pace-once"))
	} else {
		m.tell(i18n.M("talk.pace", "Pace", pace))
	}
	return nil
}
