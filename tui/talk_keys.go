package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/tui/panes"
)

// A talkKey is what one key means to a talk. Pointers for talks send the page
// keys, and some a full stop for a blank screen.
type talkKey struct {
	name   string   // as printed on keyboards
	does   string   // its words
	sent   []string // as the terminal sends it, on a Korean keyboard too
	do     func(*Model) tea.Cmd
	footer bool // the room's screen shows it: the speaker knows the others
}

func talkKeys() []talkKey {
	order := func(o order) func(*Model) tea.Cmd { return func(m *Model) tea.Cmd { return m.obey(o) } }
	pace := func(by int) func(*Model) tea.Cmd { return func(m *Model) tea.Cmd { return m.changePace(by) } }
	return []talkKey{
		{"PgDn", "next", []string{"pgdown", "right", "space", "enter"}, (*Model).talkOn, true},
		{"PgUp", "back", []string{"pgup", "left"}, (*Model).talkBack, true},
		{"r", "again", []string{"r", "ㄱ"}, order(againOrder), true},
		{"p", "pause", []string{"p", "ㅔ"}, order(rewindOrder), true},
		{"s", "slow", []string{"s", "ㄴ"}, (*Model).slower, false},
		{"+", "faster", []string{"+", "="}, pace(1), false},
		{"-", "slower", []string{"-"}, pace(-1), false},
		{"c", "compare", []string{"c", "ㅊ"}, (*Model).compare, false},
		{"m", "mark", []string{"m", "ㅡ"}, (*Model).mark, false},
		{"g", "to-mark", []string{"g", "ㅎ"}, (*Model).toMark, false},
		{"b .", "blank", []string{"b", "ㅠ", "."}, (*Model).blank, false},
	}
}

// TalkKeys are the keys of a talk and what they do, for its help and documents.
func TalkKeys() []panes.HelpRow {
	var rows []panes.HelpRow
	for _, k := range talkKeys() {
		rows = append(rows, panes.HelpRow{Keys: k.name, Does: i18n.M("talk.does." + k.does)})
	}
	for _, row := range [][2]string{
		{"1-9", "talk.does.answer"}, {"Tab", "talk.does.prompt"}, {nextOrder.keyName(), "talk.does.skip"}, {zoomOrder.keyName(), "tui.key.zoom"},
		{languageOrder.keyName(), "tui.key.language"}, {quitOrder.keyName(), "talk.does.quit"},
	} {
		rows = append(rows, panes.HelpRow{Keys: row[0], Does: i18n.M(row[1])})
	}
	return rows
}

// talkOffers are a talk's keys for the footer.
func (m *Model) talkOffers() []key.Binding {
	offers := m.stage.Keys(m.sceneFor("stage"))
	for _, k := range talkKeys() {
		taken := slices.ContainsFunc(offers, func(b key.Binding) bool { return b.Help().Key == k.name })
		if k.footer && !taken {
			offers = append(offers, key.NewBinding(key.WithHelp(k.name, m.say(i18n.M("talk.key."+k.does)))))
		}
	}
	for _, o := range []order{helpOrder, quitOrder} {
		offers = append(offers, key.NewBinding(key.WithHelp(o.keyName(), m.say(m.offer(o)))))
	}
	return offers
}

// onTalkKey does what a key means to the talk, unless it belongs to the pane that
// has the focus. The page keys carry the talk on from everywhere; a letter that
// means nothing does nothing.
func (m *Model) onTalkKey(press tea.KeyPressMsg) (tea.Cmd, bool) {
	name := panes.Keystroke(press)
	paging := name == "pgdown" || name == "pgup"
	switch {
	case m.talk.blank:
		m.talk.blank = false
		return nil, true
	case m.over != "":
		return nil, false
	case m.past.on:
		if name == "p" || name == "ㅔ" {
			return m.backToNow(), true
		}
		return nil, false
	case m.focus == "prompt" && !paging:
		return nil, false
	case name == "ctrl+c" && m.prompt.Running():
		return m.toPane("prompt", press), true
	case m.focus == "stage" && m.paneTakes(press), m.focus != "stage" && !paging && m.paneTakes(press):
		return m.toPane(m.focus, press), true
	}
	for _, k := range talkKeys() {
		if slices.Contains(k.sent, name) {
			m.armed = ""
			m.tell(i18n.Message{})
			if paging {
				m.setFocus("stage")
			}
			return k.do(m), true
		}
	}
	return nil, strings.TrimSpace(press.Text) != ""
}

func (m *Model) blank() tea.Cmd {
	m.talk.blank = true
	return nil
}
