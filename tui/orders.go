package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/tui/panes"
)

// onKey decides whose key it is: a full-screen program's, the screen's own, or
// the focused pane's. A character that the focused pane has no use for begins a
// line at the prompt, so that typing works from everywhere.
func (m *Model) onKey(press tea.KeyPressMsg) tea.Cmd {
	if m.looksOn() {
		return m.onLookKey(press)
	}
	if m.prompt.Full() && press.Keystroke() != "f10" && !m.past.on {
		return m.toPane("prompt", press)
	}
	m.canvas.touch()
	if cmd, agreed := m.agrees(press); agreed {
		return cmd
	}
	if m.stages() && !m.prefixed {
		if cmd, taken := m.onTalkKey(press); taken {
			return cmd
		}
	}
	prefixed := m.prefixed
	m.prefixed = false
	if o, ok := orderOf(press, prefixed); ok && !m.childWants(o) {
		return m.obey(o)
	}
	m.armed = ""
	m.tell(i18n.Message{})
	if prefixed && m.resize(panes.Keystroke(press)) {
		return nil
	}
	if m.past.on && m.over == "" && panes.Keystroke(press) != prefixKey {
		return m.onPastKey(press)
	}
	if m.scrollLesson(press) {
		return nil
	}
	switch name := panes.Keystroke(press); {
	case m.typing():
		return m.toPane(m.focus, press)
	case m.asksWhy(press):
		return nil
	case name == prefixKey:
		m.prefixed = true
		m.tell(i18n.M("tui.prefix"))
		return nil
	case name == "esc" && m.over != "":
		m.over = ""
		return nil
	case m.over != "":
		return m.toPane(string(m.over), press)
	case name == "esc" && m.zoom:
		m.zoom = false
		return nil
	case m.focus != "prompt" && m.page != homePage && press.Text != "" && !m.paneTakes(press):
		m.setFocus("prompt")
	}
	m.use(m.focus)
	return m.toPane(m.focus, press)
}

// paneTakes reports whether the focused pane has a use for a key.
func (m *Model) paneTakes(press tea.KeyPressMsg) bool {
	return key.Matches(press, m.panes[m.focus].Keys(m.sceneFor(m.focus))...)
}

// childWants reports whether a key goes to what runs at the prompt, or to the
// line being typed, instead of moving the focus.
func (m *Model) childWants(o order) bool {
	return o == paneOrder && m.focus == "prompt" && m.over == "" && m.prompt.TakesTab()
}

// obey carries an order out, or says why it can't be now.
func (m *Model) obey(o order) tea.Cmd {
	again := m.armed == o
	m.armed = ""
	m.tell(i18n.Message{})
	if why := m.refusal(o); !why.IsZero() {
		m.tell(why)
		return nil
	}
	switch o {
	case paneOrder:
		m.moveFocus(1)
	case backPaneOrder:
		m.moveFocus(-1)
	case helpOrder:
		m.lay(helpPage)
	case mapOrder:
		m.lay(mapPage)
	case zoomOrder:
		m.zoom = !m.zoom
	case hideOrder:
		m.hide()
	case languageOrder:
		m.scene.Lang = m.scene.Lang.Next()
		m.layout.Language = m.scene.Lang
		m.tell(i18n.M("language.switched"))
	case homeOrder:
		return m.goHome()
	case redrawOrder:
		return tea.ClearScreen
	case rewindOrder:
		return m.rewind()
	case quitOrder:
		return m.quit(again)
	case hintOrder:
		return m.hint()
	case solutionOrder:
		return m.solution(again)
	case againOrder:
		return m.again()
	case nextOrder:
		if m.scene.Watchable {
			m.lookOn = true
			return m.open()
		}
		return m.next(again)
	case copyOrder:
		return m.copyCommand()
	}
	return nil
}

// again reopens a cluster that is gone, tries once more to open one, or begins
// the step anew.
func (m *Model) again() tea.Cmd {
	if !m.failed.IsZero() || !m.scene.Lab.Lost.IsZero() {
		return m.open()
	}
	return m.resetStep()
}

// refusal says why an order can't be carried out now; zero means it can.
func (m *Model) refusal(o order) i18n.Message {
	if m.past.on {
		return m.pastRefusal(o)
	}
	if m.stages() && slices.Contains([]order{hintOrder, solutionOrder, homeOrder, copyOrder}, o) {
		return i18n.M("talk.no-key")
	}
	switch o {
	case rewindOrder:
		return m.rewindRefusal()
	case hintOrder, solutionOrder, nextOrder, copyOrder:
		if o == nextOrder && m.scene.Watchable {
			return i18n.Message{}
		}
		return m.courseRefusal(o)
	case againOrder:
		if m.failed.IsZero() && m.scene.Lab.Lost.IsZero() {
			return m.courseRefusal(o)
		}
	case hideOrder:
		return m.hideRefusal()
	case homeOrder:
		if m.page == homePage && m.over == "" {
			return i18n.M("tui.at-home")
		}
	case zoomOrder:
		if m.page == homePage || m.page == classPage || m.over != "" {
			return i18n.M("tui.no-zoom")
		}
	}
	return i18n.Message{}
}

// offers lists the keys for the footer: the screen's that work now, then the
// focused pane's.
func (m *Model) offers() []key.Binding {
	if m.prompt.Full() && !m.past.on { // every other key is the program's
		return []key.Binding{key.NewBinding(key.WithHelp(quitOrder.keyName(), m.say(m.offer(quitOrder))))}
	}
	if m.wish().page == talkPage && !m.past.on {
		return m.talkOffers()
	}
	var bindings []key.Binding
	// The first ones stay where there is little room.
	for _, o := range []order{
		helpOrder, hintOrder, solutionOrder, againOrder, nextOrder, homeOrder, quitOrder,
		rewindOrder, paneOrder, zoomOrder, copyOrder, languageOrder, mapOrder, hideOrder,
	} {
		if m.offered(o) {
			bindings = append(bindings, key.NewBinding(key.WithHelp(o.keyName(), m.say(m.offer(o)))))
		}
	}
	pane := m.front()
	own := append(m.panes[pane].Keys(m.sceneFor(pane)), m.whyKeys()...)
	if m.looksOn() {
		if m.page != classPage || m.over != "" {
			own = m.lookKeys()
		}
		return slices.Concat(own, bindings)
	}
	if m.past.on {
		return slices.Concat(m.pastKeys(), own, bindings)
	}
	if m.prompt.Running() || m.lesson.Asking(m.scene) {
		return slices.Concat(own, bindings) // what is wanted now
	}
	return slices.Concat(bindings, own)
}

// offered reports whether an order belongs in the footer now.
func (m *Model) offered(o order) bool {
	switch {
	case m.looksOn():
		return !m.typing() && slices.Contains(glimpses, o) && (m.page != classPage || o != paneOrder && o != zoomOrder)
	case !m.refusal(o).IsZero():
		return false
	case m.over != "":
		return o == helpOrder || o == mapOrder || o == quitOrder
	case !m.failed.IsZero():
		return o == helpOrder || o == againOrder || o == languageOrder || o == quitOrder || o == nextOrder && m.scene.Watchable
	case o == paneOrder:
		return m.page != homePage
	case o == mapOrder: // on the list of lessons it has a row
		return m.page != homePage
	case o == languageOrder: // elsewhere in the help: the footer is short
		return m.page == homePage
	}
	return true
}

// offer says in a word what an order would do now.
func (m *Model) offer(o order) i18n.Message {
	switch {
	case o == againOrder && !m.scene.Lab.Lost.IsZero():
		return i18n.M("tui.offer.reopen")
	case o == againOrder && !m.failed.IsZero():
		return i18n.M("tui.offer.retry")
	case o == nextOrder && m.scene.Watchable:
		return i18n.M("tui.offer.watch")
	case o == rewindOrder && !m.past.on && m.proof() != nil:
		return i18n.M("tui.offer.proof")
	case o == helpOrder && m.over == helpPage, o == mapOrder && m.over == mapPage:
		return i18n.M("tui.offer.close")
	case o == hideOrder && m.focus == "prompt":
		return i18n.M("tui.offer.unhide")
	case o == zoomOrder && m.zoom:
		return i18n.M("tui.offer.unzoom")
	case o == hintOrder, o == nextOrder, o == solutionOrder:
		return m.courseOffer(o)
	}
	return i18n.M("tui.offer." + string(o))
}

// lay puts a page over the others, or takes it away again.
func (m *Model) lay(over page) {
	if m.over == over {
		over = ""
	}
	m.over = over
}

func (m *Model) moveFocus(by int) {
	names := cycle(m.wish())
	at := max(0, slices.Index(names, m.focus))
	m.setFocus(names[(at+by+len(names))%len(names)])
}

func (m *Model) goHome() tea.Cmd {
	m.leavePast()
	m.over, m.zoom = "", false
	m.page = homePage
	m.setFocus("home")
	return tea.Batch(m.leaveLesson(), m.remind(false))
}

// quit ends the program, after asking once more while somebody needs it.
func (m *Model) quit(again bool) tea.Cmd {
	if m.presents() && !again && m.failed.IsZero() {
		m.armed = quitOrder
		m.tell(i18n.M("talk.quit"))
		return nil
	}
	if guests := m.scene.Class.Guests(); guests > 0 && !again {
		m.armed = quitOrder
		m.tell(i18n.M("class.quit", "Count", guests))
		return nil
	}
	if m.prompt.Running() && !again {
		m.armed = quitOrder
		m.tell(i18n.M("tui.quit-running"))
		return nil
	}
	return tea.Quit
}

// copyCommand puts the next command of the lesson's text into the prompt.
func (m *Model) copyCommand() tea.Cmd {
	line := m.lesson.NextCommand(m.scene)
	m.setFocus("prompt")
	m.prompt.Type(line)
	return nil
}
