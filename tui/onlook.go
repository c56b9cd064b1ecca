package tui

import (
	"context"
	"encoding/json"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/classroom"
	"podium/cluster"
	"podium/i18n"
	"podium/lessons"
	"podium/tui/panes"
)

// An onlooker's screen shows somebody else's lab and changes nothing: not the
// cluster, not a file. Who watches sees the presenter's; an instructor sees the
// class, and over one learner's shoulder.
//
//	Mirror ─▶ standingMsg ─┐
//	Class  ─▶ classMsg ────┴─▶ onStanding ─▶ Session, prompt
type onlooker struct {
	name     string             // of the learner who is looked at; "" for a presenter, or nobody
	standing classroom.Standing // as last told
	ran      int                // how many of the commands are on the screen
	begun    bool               // a standing has been told
}

type (
	standingMsg struct{ standing classroom.Standing }
	classMsg    struct{ class classroom.Class }
)

// looksOn reports whether this screen shows somebody else's lab.
func (m *Model) looksOn() bool { return m.opts.Mirror != nil || m.opts.Class != nil }

// dressOnlooker chooses what is seen first.
func (m *Model) dressOnlooker() {
	if m.looksOn() {
		m.page, m.focus, m.scene.Onlooker = explorePage, "board", true
	}
	if m.opts.Class != nil {
		m.backToClass()
	}
}

// initOnlooker begins to look.
func (m *Model) initOnlooker() tea.Cmd {
	return tea.Batch(m.open(), m.prompt.Init(), m.nextStanding(), m.nextClass(), m.tick(), tea.RequestBackgroundColor, m.probeLater())
}

func (m *Model) nextStanding() tea.Cmd {
	return next(m.jobs, m.opts.Mirror, func(s classroom.Standing) tea.Msg { return standingMsg{s} })
}

func (m *Model) nextClass() tea.Cmd {
	return next(m.jobs, m.opts.Class, func(c classroom.Class) tea.Msg { return classMsg{c} })
}

// onClass takes how the class stands.
func (m *Model) onClass(msg classMsg) tea.Cmd {
	m.scene.Class = msg.class
	m.canvas.touch("class")
	if l, ok := m.learner(m.onlook.name); ok {
		m.onStanding(l.Standing)
	}
	return m.nextClass()
}

// learner returns the one of the class who has a name.
func (m *Model) learner(name string) (classroom.Learner, bool) {
	at := slices.IndexFunc(m.scene.Class.Learners, func(l classroom.Learner) bool { return l.Name == name })
	if at < 0 {
		return classroom.Learner{}, false
	}
	return m.scene.Class.Learners[at], true
}

// onStanding shows where the one who is looked at has come to.
func (m *Model) onStanding(s classroom.Standing) {
	m.canvas.touch()
	if !m.onlook.begun {
		m.onlook.begun = true
		m.onlook.ran = s.Ran - len(s.Commands) // all that are kept are new
	}
	if s.Ran < m.onlook.ran { // another podium, which began anew
		m.prompt.Forget()
	}
	if s.Open || m.onlook.name != "" { // what a presenter did last time is over; a learner's is of interest
		for _, c := range newsIn(s, m.onlook.ran) {
			c.Line, c.Output = cleaned(c.Line), ansi.Strip(c.Output)
			m.prompt.Show(m.scene, c)
		}
	}
	m.onlook.standing, m.onlook.ran = s, s.Ran
	if s.Namespace != "" {
		m.scene.Lab.Namespace = s.Namespace
	}
	before := m.page
	m.page = explorePage
	if m.mirrored(); !m.scene.Session.IsZero() {
		m.page = lessonPage
	}
	if before != m.page {
		m.setFocus(map[page]string{lessonPage: "lesson", explorePage: "board"}[m.page])
	}
}

// mirrored makes the session what it is on the screen that is looked at.
func (m *Model) mirrored() {
	place := m.onlook.standing.Place
	m.scene.Session = lessons.Session{}
	i := slices.IndexFunc(m.scene.Lessons, func(l lessons.Lesson) bool { return l.ID == place.Lesson })
	var recap lessons.Recap
	if i < 0 || !m.onlook.standing.Open || json.Unmarshal(place.Detail, &recap) != nil {
		return
	}
	m.scene.Session = lessons.Recall(m.scene.Lessons[i], recap, m.scene.Lab.Namespace, m.scene.Snapshot)
}

// lookOver shows a learner's lab.
func (m *Model) lookOver(name string) tea.Cmd {
	l, ok := m.learner(name)
	if !ok {
		return nil
	}
	m.onlook = onlooker{name: name}
	m.prompt.Forget()
	m.page = "" // whatever it becomes, it is another one
	m.onStanding(l.Standing)
	return m.tellLiving()
}

// backToClass shows the whole class again.
func (m *Model) backToClass() {
	m.onlook = onlooker{}
	m.page, m.over, m.zoom = classPage, "", false
	m.scene.Session = lessons.Session{}
	if m.link.cluster != nil {
		m.scene.Lab.Namespace = m.link.cluster.Namespace
	}
	m.setFocus("class")
	m.canvas.touch()
}

// glimpses are the orders an onlooker can give: they change only the screen.
var glimpses = []order{helpOrder, mapOrder, zoomOrder, languageOrder, redrawOrder, paneOrder, backPaneOrder, quitOrder}

// moves are the keys that a pane takes from an onlooker: they only look around.
var moves = []string{"up", "down", "left", "right", "pgup", "pgdown", "home", "end", "shift+left", "shift+right"}

// onLookKey is a key of somebody who looks on.
func (m *Model) onLookKey(press tea.KeyPressMsg) tea.Cmd {
	m.canvas.touch()
	prefixed := m.prefixed
	m.prefixed = false
	typing := m.page == classPage && m.over == "" && m.typing()
	if o, ok := orderOf(press, prefixed); ok && !typing {
		switch {
		case slices.Contains(glimpses, o):
			return m.obey(o)
		case o == homeOrder && m.opts.Class != nil:
			m.backToClass()
		}
		return nil
	}
	m.tell(i18n.Message{})
	m.armed = ""
	name := panes.Keystroke(press)
	switch {
	case typing:
		return m.toPane("class", press)
	case name == prefixKey:
		m.prefixed = true
		m.tell(i18n.M("tui.prefix"))
	case name == "esc" && m.over != "":
		m.over = ""
	case name == "esc" && m.zoom:
		m.zoom = false
	case name == "esc" && m.opts.Class != nil && m.page != classPage:
		m.backToClass()
	case (name == "h" || name == "ㅗ") && m.over == "" && m.onlook.name != "":
		m.overview.Hint(m.onlook.name)
		m.backToClass()
	case m.over != "":
		return m.toPane(string(m.over), press)
	case m.page == classPage:
		return m.toPane("class", press)
	case m.scrollLesson(press):
	case slices.Contains(moves, name):
		return m.toPane(m.focus, press)
	}
	return nil
}

// lookKeys are the keys of an onlooker beside the orders.
func (m *Model) lookKeys() []key.Binding {
	if m.opts.Class == nil {
		return nil
	}
	return []key.Binding{
		key.NewBinding(key.WithHelp("Esc", m.say(i18n.M("class.key.back")))),
		key.NewBinding(key.WithHelp("h", m.say(i18n.M("class.key.hint")))),
	}
}

// lookHelp are the keys of somebody who looks on, for their help; an instructor
// has some more.
func lookHelp(instructor bool) []panes.HelpRow {
	var own, orders [][2]string
	if instructor {
		own = [][2]string{{"Enter", "class.does.look"}, {"h", "class.does.hint"}, {"Esc", "class.does.back"}, {"!", "class.does.stuck"}, {"-", "class.does.away"}}
	}
	for _, o := range []order{helpOrder, zoomOrder, languageOrder, mapOrder, quitOrder} {
		orders = append(orders, [2]string{o.keyName(), "tui.key." + string(o)})
	}
	around := [][2]string{{"Tab", "class.does.pane"}, {"Shift-Up/Down", "tui.key.scroll"}, {"PgUp PgDn", "tui.key.page"}, {"Ctrl-L", "tui.key.redraw"}}
	var rows []panes.HelpRow
	for _, row := range slices.Concat(own, orders, around) {
		rows = append(rows, panes.HelpRow{Keys: row[0], Does: i18n.M(row[1])})
	}
	return rows
}

// onLookClick is a click of somebody who looks on: it moves the focus.
func (m *Model) onLookClick(pane string, msg tea.MouseClickMsg) tea.Cmd {
	if m.page == classPage && m.over == "" {
		return m.toPane("class", msg)
	}
	if m.over == "" {
		m.setFocus(pane)
	}
	return nil
}

// actLooking does what a pane asks for on an onlooker's screen: nothing that would
// change what is looked at.
func (m *Model) actLooking(action panes.Action) tea.Cmd {
	m.canvas.touch()
	switch a := action.(type) {
	case panes.Select:
		m.scene.Selected = a.Selection
	case panes.LookOver:
		return m.lookOver(a.Name)
	case panes.GiveHint:
		return m.giveHint(a)
	case panes.Tell:
		m.tell(a.Message)
	}
	return nil
}

// giveHint sends a learner a sentence.
func (m *Model) giveHint(a panes.GiveHint) tea.Cmd {
	if m.opts.GiveHint == nil {
		return nil
	}
	return m.jobs.cmd(func(context.Context) tea.Msg {
		if err := m.opts.GiveHint(a.Name, a.Sentence); err != nil {
			return tellMsg{i18n.Explain(err)}
		}
		return tellMsg{i18n.M("class.hinted", "Name", a.Name)}
	})
}

// watchOnly is a cluster for somebody who looks on: it can't be closed by them.
func watchOnly(c cluster.Cluster) *cluster.Cluster {
	c.ReadOnly, c.Done = true, nil
	c.Close = func(context.Context) error { return nil }
	return &c
}

// Onlook returns what [Options.Open] is for those who look on at an open cluster.
func Onlook(c *cluster.Cluster) func(context.Context, func(cluster.Stage)) (*cluster.Cluster, error) {
	return func(context.Context, func(cluster.Stage)) (*cluster.Cluster, error) { return watchOnly(*c), nil }
}

// cleaned is a line of somebody else's that can be drawn.
func cleaned(line string) string { return panes.Clean(ansi.Strip(line)) }
