// Package tui is podium's screen.
//
//	cluster ─▶ Open, Watch ─▶ snapshotMsg ─┐                      ┌─▶ panes ─▶ View
//	keys, mouse, paste ────────────────────┼─▶ Update ─▶ Scene ──┤
//	clock, terminal's answers ─────────────┘      │               └─▶ Session ─▶ progress file
//	                                              └─ Action, order ─▶ Cmd ─▶ prompt ─▶ kubectl ─▶ cluster
//	Update does no I/O and never waits; a Cmd never touches the model. What a
//	command changes in the cluster comes back as a snapshot like any other change.
//
// Model is the only tea.Model. It owns the scene, the focus and the session;
// panes know nothing of each other.
package tui

import (
	"context"
	"image"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/classroom"
	"podium/cluster"
	"podium/cluster/record"
	"podium/i18n"
	"podium/lab"
	"podium/prompt"
	"podium/tui/panes"
)

// A page is what the whole screen is about.
type page string

// The pages. Help, map, details, failed and review are also the names of the panes that fill them.
const (
	homePage    page = "home"
	lessonPage  page = "lesson"
	explorePage page = "explore"
	helpPage    page = "help"
	mapPage     page = "map"
	detailsPage page = "details"
	failedPage  page = "failed"
	reviewPage  page = "review"
	classPage   page = "class"
	talkPage    page = "talk"
)

// Model is the whole screen.
type Model struct {
	opts   Options
	jobs   *jobs
	opened atomic.Pointer[cluster.Cluster] // what Run has to close
	link   link
	failed i18n.Message // why the cluster could not be opened
	lookOn bool         // the learner chose to watch another podium's

	scene    panes.Scene
	panes    map[string]panes.Pane
	prompt   *panes.Prompt
	lesson   *panes.Lesson
	stage    *panes.Stage
	overview *panes.Class
	course   course
	past     past
	shelf    shelf
	talk     talking
	options  prompt.Options // of the prompt, as the lesson and the cluster have them

	recorder   atomic.Pointer[record.Recorder] // nil: nothing is recorded
	placed     standing                        // as last recorded
	anew       bool                            // a step's state was made since then
	sampled    time.Time                       // when the requests' figures last were
	deaf       bool                            // that recording has stopped was told
	stripped   string                          // the strip of the last minutes as last drawn
	stripFrom  panes.Stripped                  // what that was drawn from
	strippedAt time.Time
	standing   classroom.Standing // as last told
	onlook     onlooker

	page     page
	over     page // help, map, details or review, while it lies over the page
	focus    string
	asker    string // the pane that Why was asked from
	tabs     string // the pane that came to the front last where panes take turns
	layout   layout
	zoom     bool
	size     image.Point
	canvas   *canvas
	prefixed bool  // the prefix key was pressed
	armed    order // what the same key again will do

	status     i18n.Message
	statusTime time.Time

	background Background
	plain      bool // the terminal has no colours
	narrowed   bool // the terminal draws box lines two cells wide
	probed     bool
}

// New returns the screen. Cancelling ctx ends everything it has under way.
func New(ctx context.Context, opts Options) *Model {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	m := &Model{opts: opts, jobs: newJobs(ctx), page: homePage, focus: "home", canvas: newCanvas(), background: opts.Look.Background}
	if m.background == "" {
		m.background = Dark // until the terminal says otherwise
	}
	m.scene = panes.Scene{Now: opts.Now(), Lang: opts.Lang, Lessons: opts.Lessons, Lab: panes.Lab{Provider: opts.Provider}}
	m.layout.Layout = opts.Layout
	m.dress()
	m.options = opts.Prompt
	m.course.hub = lab.NewHub()
	m.past.replay = opts.Replay != nil
	helped := helpRows()
	switch {
	case opts.Talk != nil:
		helped = TalkKeys()
		m.beginTalk()
	case m.looksOn():
		helped = lookHelp(opts.Class != nil)
	}
	m.prompt = panes.NewPrompt(m.jobs.ctx, opts.Prompt)
	m.lesson, m.stage, m.overview = panes.NewLesson(), panes.NewStage(), panes.NewClass()
	m.panes = map[string]panes.Pane{}
	for _, p := range []panes.Pane{
		panes.NewHome(), m.lesson, panes.NewBoard(), panes.NewLanes(), panes.NewTree(), panes.NewEvents(), panes.NewWhy(),
		panes.NewTraffic(), m.prompt, panes.NewTimeline(), panes.NewHelp(helped), panes.NewMap(), panes.NewDetails(), panes.NewFailed(), panes.NewReview(), m.overview,
		m.stage, panes.NewBefore(),
	} {
		m.panes[p.Name()] = p
	}
	m.layOut()
	m.dressOnlooker()
	return m
}

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	if m.looksOn() {
		return m.initOnlooker()
	}
	if m.past.replay {
		return tea.Batch(m.loadProgress(), m.replay(), m.tick(), tea.RequestBackgroundColor, m.probeLater())
	}
	return tea.Batch(m.open(), m.loadProgress(), m.prompt.Init(), m.nextHint(), m.tick(), tea.RequestBackgroundColor, m.probeLater())
}

// Update implements [tea.Model].
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	m.recordPlace()
	return m, tea.Batch(cmd, m.settle(), m.keepLayout(msg), m.followTalk())
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case snapshotMsg:
		return m.onSnapshot(msg)
	case tickMsg:
		return m.onTick(msg)
	case tea.KeyPressMsg:
		return m.onKey(msg)
	case tea.PasteMsg:
		return m.toPrompt(msg)
	case tea.MouseClickMsg:
		return m.onClick(msg)
	case tea.MouseWheelMsg:
		return m.onWheel(msg)
	case tea.MouseMotionMsg:
		return m.onDrag(msg)
	case filmMsg, momentMsg, playMsg:
		return m.onPast(msg)
	case panes.PromptMsg:
		return m.toPane("prompt", msg)
	case typedMsg, pacedMsg, liveMsg:
		return m.onTalk(msg)
	}
	m.canvas.touch()
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.size = image.Pt(msg.Width, msg.Height)
		m.lookForMoving()
		if m.status.ID == "language.switched" { // the screen drawn anew says so itself
			m.tell(i18n.Message{})
		}
	case tea.BackgroundColorMsg, tea.ColorProfileMsg, tea.CursorPositionMsg, probeMsg:
		return m.onTerminal(msg)
	case stageMsg:
		return m.onStage(msg)
	case openedMsg:
		return m.onOpened(msg)
	case panes.Fetched:
		return m.toPane("details", msg)
	case standingMsg:
		m.onStanding(msg.standing)
		return m.nextStanding()
	case classMsg:
		return m.onClass(msg)
	case hintMsg:
		return m.onHint(msg)
	case lostMsg:
		return m.onLost(msg)
	case courseMsg:
		return m.onCourse(msg)
	case keptMsg:
		return m.onKept(msg)
	case tellMsg:
		m.tell(msg.message)
	default:
		return m.toAll(msg)
	}
	return nil
}

// settle lets panes know where they are now, after anything may have moved.
func (m *Model) settle() tea.Cmd {
	w := m.wish()
	if w.page == talkPage {
		w.stage = m.stage.Rows(m.sceneFor("stage"), m.size.X-4)
	}
	next := arrange(m.size, w)
	var cmds []tea.Cmd
	for _, t := range next.tiles {
		size := t.content().Size()
		if before, ok := m.canvas.plan.at(t.pane); !ok || before.content().Size() != size {
			_, cmd := m.panes[t.pane].Update(m.sceneFor(t.pane), panes.Sized{Width: size.X, Height: size.Y})
			cmds = append(cmds, cmd)
			m.canvas.touch(t.pane)
		}
	}
	m.canvas.plan = next
	return tea.Batch(cmds...)
}

// wish is what arrange is asked for.
func (m *Model) wish() wish {
	w := wish{page: m.page, focus: m.focus, tabs: m.tabs, zoom: m.zoom, load: m.loaded() || m.page == explorePage && m.serves(), watch: m.watches(), past: m.past.on}
	w.front, w.hidden, w.grown = m.arranged().Front, m.arranged().Hidden, m.arranged().Grown
	if m.past.on {
		w.page, w.load = explorePage, m.past.scene.Load.Total > 0
		if !m.past.scene.Session.IsZero() {
			w.page = lessonPage
		}
	}
	w.still = m.past.still
	if m.presents() && w.page == lessonPage {
		w.page, w.before = talkPage, m.talk.beside && !m.past.on
	}
	switch {
	case m.over != "":
		w.page = m.over
	case !m.failed.IsZero():
		w.page = failedPage
	}
	if m.past.on {
		return w
	}
	if m.prompt.Full() {
		w.room, w.focus = fullRoom, "prompt"
	} else if m.prompt.Tall() {
		w.room = tallRoom
	}
	return w
}

// toPane gives a pane a message and does what it asks.
func (m *Model) toPane(name string, msg tea.Msg) tea.Cmd {
	m.canvas.touch(name)
	action, cmd := m.panes[name].Update(m.sceneFor(name), msg)
	return tea.Batch(cmd, m.act(action))
}

func (m *Model) toAll(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, name := range everyPane {
		cmds = append(cmds, m.toPane(name, msg))
	}
	return tea.Batch(cmds...)
}

// everyPane lists the panes in the order they are told things.
var everyPane = []string{"home", "lesson", "board", "lanes", "tree", "events", "why", "traffic", "prompt", "timeline", "help", "map", "details", "failed", "review", "class", "stage", "before"}

func (m *Model) toPrompt(msg tea.Msg) tea.Cmd {
	if m.looksOn() && m.page == classPage {
		return m.toPane("class", msg)
	}
	if m.page == homePage || m.over != "" || m.past.on || m.looksOn() {
		return nil
	}
	m.setFocus("prompt")
	return m.toPane("prompt", msg)
}

func (m *Model) sceneFor(name string) panes.Scene {
	s := m.shown()
	if m.presents() {
		s.Talk = panes.Talk{Marked: m.marked(), Speed: slowness[m.talk.slow]}
	}
	if name == "before" {
		s.Now, s.Snapshot, s.Recent = m.talk.stepAt, m.talk.before, nil
	}
	s.Focused = name == m.focus
	s.Held = m.held()
	s.Checking = m.prompt.Running()
	return s
}

// tell puts a sentence into the status line until the next key.
func (m *Model) tell(message i18n.Message) {
	m.status, m.statusTime = message, m.scene.Now
}

func (m *Model) setFocus(name string) {
	if m.focus == name {
		return
	}
	m.canvas.touch(m.focus, name)
	m.focus = name
	if name != "prompt" && name != "timeline" {
		m.tabs = name
	}
}
