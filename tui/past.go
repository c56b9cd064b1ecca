package tui

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/cluster/record"
	"podium/cluster/why"
	"podium/i18n"
	"podium/lessons"
	"podium/tui/panes"
)

// A past is the moment of a recording that is on the screen instead of now. The
// lab goes on meanwhile, and is recorded; only what is drawn is another scene.
//
//	F7 ─▶ rewind ─▶ filmMsg ─▶ arrive ─┐
//	keys ─▶ panes.StepChange, Seek ─▶ travel ─▶ momentMsg ─▶ arrive ─▶ scene
//	playMsg ─▶ travel                  └─ one journey at a time: the file is read in the background
type past struct {
	on     bool
	replay bool // of a file: there is no now
	still  bool // only to be looked at
	number int  // counts rewinds: journeys of another one are dropped
	film   *record.Recording
	at     record.Moment
	scene  panes.Scene // what of a scene is as it was then
	causes why.Past    // of what happened in a file that is replayed

	focus, tabs string // to come back to

	away    bool // a journey is under way
	next    []journey
	playing bool
	speed   int // of speeds
	ticked  time.Time
}

// A journey leads from one moment to another; it says whether there is one.
type journey func(film *record.Recording, from record.Moment) (record.Moment, bool, error)

// speeds are how fast the past plays.
var speeds = []float64{0.1, 0.25, 0.5, 1, 2, 5, 10}

const (
	usualSpeed = 3 // 1×

	// playEvery is how often the moment moves on while it plays.
	playEvery = time.Second / 20

	// mostAhead bounds the keys that wait for a slow disk.
	mostAhead = 16
)

type (
	// filmMsg brings the recording to be looked at, and its first moment.
	filmMsg struct {
		number int
		film   *record.Recording
		at     record.Moment
		say    i18n.Message
		causes why.Past
		err    error
	}

	// momentMsg tells where a journey led.
	momentMsg struct {
		number int
		at     record.Moment
		moved  bool
		err    error
	}

	// playMsg moves the moment on while the past plays.
	playMsg struct{ number int }
)

// rewind shows the past, from its newest moment or from the one that proves a
// prediction, or comes back to now.
func (m *Model) rewind() tea.Cmd {
	if m.past.on {
		return m.backToNow()
	}
	proof := m.proof()
	return m.enterPast(func(film *record.Recording, msg *filmMsg) {
		if proof != nil {
			msg.at, msg.say, msg.err = proof(film)
		} else {
			msg.at, msg.err = film.Seek(film.To())
		}
	})
}

// enterPast takes what is recorded so far and finds the moment to show first.
func (m *Model) enterPast(find func(*record.Recording, *filmMsg)) tea.Cmd {
	recorder := m.recorder.Load()
	m.past.number++
	number := m.past.number
	return m.jobs.cmd(func(ctx context.Context) tea.Msg {
		film, err := recorder.Recording(ctx)
		msg := filmMsg{number: number, film: film, err: err}
		if err == nil && film != nil {
			find(film, &msg)
		}
		return msg
	})
}

// onPast takes what the past's own commands bring.
func (m *Model) onPast(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case filmMsg:
		return m.onFilm(msg)
	case momentMsg:
		return m.onMoment(msg)
	case playMsg:
		return m.onPlay(msg)
	}
	return nil
}

func (m *Model) onFilm(msg filmMsg) tea.Cmd {
	switch {
	case msg.number != m.past.number:
		return nil
	case msg.err != nil:
		m.tell(i18n.Explain(msg.err))
		return nil
	case msg.film == nil:
		m.tell(i18n.M("tui.past.none"))
		return nil
	}
	if !m.past.on {
		m.past.on, m.past.playing, m.past.speed, m.past.next = true, false, usualSpeed, nil
		m.past.focus, m.past.tabs = m.focus, m.tabs
		m.over, m.zoom = "", false
		m.setFocus("timeline")
	}
	m.past.film, m.past.causes = msg.film, msg.causes
	m.tell(msg.say)
	return m.arrive(msg.at)
}

// backToNow shows the present again.
func (m *Model) backToNow() tea.Cmd {
	if m.past.replay {
		m.tell(i18n.M("tui.past.replay"))
		return nil
	}
	m.setFocus(m.past.focus)
	m.tabs = m.past.tabs
	m.leavePast()
	return m.tellLiving()
}

func (m *Model) leavePast() {
	m.past = past{number: m.past.number + 1}
	m.canvas.touch()
}

// travel sets out on a journey, after those that are under way.
func (m *Model) travel(j journey) tea.Cmd {
	if len(m.past.next) < mostAhead {
		m.past.next = append(m.past.next, j)
	}
	return m.depart()
}

func (m *Model) depart() tea.Cmd {
	if m.past.away || len(m.past.next) == 0 {
		return nil
	}
	m.past.away = true
	j := m.past.next[0]
	m.past.next = slices.Clone(m.past.next[1:])
	number, film, from := m.past.number, m.past.film, m.past.at
	return m.jobs.cmd(func(context.Context) tea.Msg {
		at, moved, err := j(film, from)
		return momentMsg{number, at, moved, err}
	})
}

func (m *Model) onMoment(msg momentMsg) tea.Cmd {
	if msg.number != m.past.number || !m.past.on {
		return nil
	}
	m.past.away = false
	if msg.err != nil {
		m.past.playing, m.past.next = false, nil
		m.tell(i18n.Explain(msg.err))
		return nil
	}
	if !msg.moved {
		m.tell(m.edge())
		return m.depart()
	}
	return tea.Batch(m.arrive(msg.at), m.depart())
}

// edge says why there is nothing farther that way.
func (m *Model) edge() i18n.Message {
	switch {
	case !m.past.at.Time.After(m.past.film.From()):
		return i18n.M("tui.past.begin")
	case m.past.film.Torn():
		return i18n.M("tui.past.torn")
	}
	return i18n.M("tui.past.end")
}

// arrive shows a moment.
func (m *Model) arrive(at record.Moment) tea.Cmd {
	m.past.at = at
	m.past.scene = panes.Scene{
		Now: at.Time, Snapshot: at.Snapshot, Recent: panes.Glowing(at.Snapshot.Changes),
		Session: m.sessionAt(at), Load: loadAt(m.past.film, at.Time),
	}
	m.canvas.touch()
	return m.tellLiving()
}

// sessionAt is the lesson as it stood at a moment.
func (m *Model) sessionAt(at record.Moment) lessons.Session {
	place, ok := m.past.film.PlaceAt(at.Time)
	if !ok || place.Lesson == "" {
		return lessons.Session{}
	}
	i := slices.IndexFunc(m.scene.Lessons, func(l lessons.Lesson) bool { return l.ID == place.Lesson })
	var recap lessons.Recap
	if i < 0 || json.Unmarshal(place.Detail, &recap) != nil {
		return lessons.Session{}
	}
	return lessons.Recall(m.scene.Lessons[i], recap, m.past.film.Head().Namespace, at.Snapshot)
}

// shown is the scene that is drawn: now, or the moment that is looked at.
func (m *Model) shown() panes.Scene {
	s := m.scene
	if !m.past.on {
		return s
	}
	then := m.past.scene
	if s.Past = m.scene.Past; m.past.replay {
		s.Past = m.past.causes
	}
	s.Past = s.Past.Until(then.Now)
	s.Now, s.Snapshot, s.Recent, s.Session, s.Load = then.Now, then.Snapshot, then.Recent, then.Session, then.Load
	s.Then = &panes.Then{
		Film: m.past.film, At: m.past.at, Now: m.scene.Now,
		Playing: m.past.playing, Speed: speeds[m.past.speed], Replay: m.past.replay,
	}
	return s
}

// roam does what a pane asks of the past.
func (m *Model) roam(action panes.Action) tea.Cmd {
	m.canvas.touch()
	switch a := action.(type) {
	case panes.StepChange:
		m.past.playing = false
		return m.travel(step(a.By, m.past.film.Head().Namespace))
	case panes.Seek:
		m.past.playing = false
		m.past.next = nil // wherever they led
		return m.travel(seek(a.Time))
	case panes.Faster:
		m.past.speed = max(0, min(m.past.speed+a.By, len(speeds)-1))
	case panes.Play:
		return m.playPast()
	}
	return nil
}

func step(by int, namespace string) journey {
	matters := func(c cluster.Change) bool { return panes.Matters(c, namespace) }
	return func(film *record.Recording, from record.Moment) (record.Moment, bool, error) {
		if by < 0 {
			return film.Before(from, matters)
		}
		return film.Next(from, matters)
	}
}

func seek(t time.Time) journey {
	return func(film *record.Recording, _ record.Moment) (record.Moment, bool, error) {
		at, err := film.Seek(t)
		return at, true, err
	}
}

// playPast plays or pauses; at the end it begins anew.
func (m *Model) playPast() tea.Cmd {
	m.past.playing = !m.past.playing
	if !m.past.playing {
		return nil
	}
	m.past.ticked = m.opts.Now()
	tick := m.playTick()
	if !m.past.at.Time.Before(m.past.film.To()) {
		return tea.Batch(m.travel(seek(m.past.film.From())), tick)
	}
	return tick
}

func (m *Model) playTick() tea.Cmd {
	number := m.past.number
	return tea.Tick(playEvery, func(time.Time) tea.Msg { return playMsg{number} })
}

// onPlay moves the moment on by the time that has passed.
func (m *Model) onPlay(msg playMsg) tea.Cmd {
	if msg.number != m.past.number || !m.past.playing {
		return nil
	}
	now := m.opts.Now()
	passed := now.Sub(m.past.ticked)
	m.past.ticked = now
	if m.past.away { // reading takes longer than playing: what is missed is missed
		return m.playTick()
	}
	to := m.past.at.Time.Add(time.Duration(float64(passed) * speeds[m.past.speed]))
	if !to.Before(m.past.film.To()) {
		m.past.playing = false
		return m.travel(seek(m.past.film.To()))
	}
	return tea.Batch(m.travel(seek(to)), m.playTick())
}
