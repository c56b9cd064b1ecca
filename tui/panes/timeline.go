package panes

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/cluster/record"
	"podium/i18n"
)

// Timeline shows a stretch of a recording, where in it the screen is, and lets
// the learner move through it.
type Timeline struct {
	span  time.Duration // how much of the recording is shown; 0 chooses
	view  stretch       // as last drawn
	begin time.Time     // of the stretch, so that it stays while the cursor moves in it
}

// A stretch is the part of a recording that is shown, one column for each piece.
type stretch struct {
	from    time.Time
	span    time.Duration
	left    int // the column of its beginning
	columns int
}

// column is where a time is; it may be outside.
func (s stretch) column(t time.Time) int {
	if s.span <= 0 {
		return 0
	}
	return int(int64(t.Sub(s.from)) * int64(s.columns-1) / int64(s.span))
}

// time is when a column begins.
func (s stretch) time(column int) time.Time {
	return s.from.Add(time.Duration(int64(s.span) * int64(column) / int64(max(1, s.columns-1))))
}

// The stretches there are to choose from: what is shown unless the learner
// zooms, and the closest.
const (
	usualSpan    = 3 * time.Minute
	shortestSpan = 2 * time.Second
)

// NewTimeline returns the pane.
func NewTimeline() *Timeline { return &Timeline{} }

// Name implements [Pane].
func (*Timeline) Name() string { return "timeline" }

// Title implements [Pane]: "Timeline ▸ 12:01:08 ∙ 9 s ago ∙ paused".
func (*Timeline) Title(s Scene) string {
	title := s.Lang.Say(i18n.M("pane.timeline"))
	if s.Then == nil {
		return title
	}
	how := s.Lang.Say(i18n.M("timeline.paused"))
	if s.Then.Playing {
		how = s.Lang.Say(i18n.M("timeline.plays", "Speed", s.Then.Speed))
	}
	return title + " " + s.Theme.Here + " " + Moment(s) + " " + s.Theme.Dot + " " + how
}

// Moment says which moment of the past a scene is.
func Moment(s Scene) string {
	at := s.Then.At.Time.In(s.Then.Now.Location())
	if s.Then.Replay {
		return at.Format(time.DateTime) + " " + s.Theme.Dot + " " +
			s.Lang.Say(i18n.M("timeline.of", "At", clockOf(at.Sub(s.Then.Film.From())), "All", clockOf(s.Then.Film.To().Sub(s.Then.Film.From()))))
	}
	return at.Format(time.TimeOnly) + " " + s.Theme.Dot + " " + ago(s, s.Then.Now.Sub(at))
}

// ago says how long ago something was, in one unit or two.
func ago(s Scene, d time.Duration) string {
	if d < time.Minute {
		return s.Lang.Say(i18n.M("timeline.ago", "Time", s.Lang.Say(i18n.M("timeline.seconds", "Count", int(max(0, d).Seconds())))))
	}
	return s.Lang.Say(i18n.M("timeline.ago", "Time", clockOf(d)))
}

// clockOf writes a length of time as a clock that runs: 0:42, 1:03:20.
func clockOf(d time.Duration) string {
	at := time.Time{}.Add(max(0, d))
	if d < time.Hour {
		return at.Format("4:05")
	}
	return at.Format("15:04:05")
}

// Update implements [Pane].
func (t *Timeline) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	if s.Then == nil {
		return nil, nil
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return t.onKey(s, Keystroke(msg)), nil
	case tea.MouseClickMsg:
		return t.seek(msg.X), nil
	case tea.MouseMotionMsg:
		if msg.Button == tea.MouseLeft {
			return t.seek(msg.X), nil
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			return StepChange{-1}, nil
		case tea.MouseWheelDown:
			return StepChange{1}, nil
		}
	}
	return nil, nil
}

func (t *Timeline) onKey(s Scene, name string) Action {
	film := s.Then.Film
	switch name {
	case "left":
		return StepChange{-1}
	case "right":
		return StepChange{1}
	case "pgup", "ctrl+left", "alt+left":
		return toMark(s, -1)
	case "pgdown", "ctrl+right", "alt+right":
		return toMark(s, 1)
	case "home":
		return Seek{film.From()}
	case "end":
		return Seek{film.To()}
	case "space", "enter":
		return Play{}
	case "up":
		return Faster{1}
	case "down":
		return Faster{-1}
	case "+", "=":
		t.span = max(shortestSpan, t.spanOf(film)/2)
	case "-":
		t.span = t.spanOf(film) * 2
	}
	return nil
}

// toMark goes to the next mark, or the one before.
func toMark(s Scene, by int) Action {
	at, marks := s.Then.At.Time, s.Then.Film.Marks()
	if by > 0 {
		for _, m := range marks {
			if m.Time.After(at) {
				return Seek{m.Time}
			}
		}
		return Seek{s.Then.Film.To()}
	}
	for i := len(marks) - 1; i >= 0; i-- {
		if marks[i].Time.Before(at) {
			return Seek{marks[i].Time}
		}
	}
	return Seek{s.Then.Film.From()}
}

// seek goes to what a column shows.
func (t *Timeline) seek(x int) Action {
	if t.view.columns == 0 {
		return nil
	}
	return Seek{t.view.time(max(0, min(x-t.view.left, t.view.columns-1)))}
}

// spanOf is how much of a recording is shown.
func (t *Timeline) spanOf(film *record.Recording) time.Duration {
	all := max(film.To().Sub(film.From()), time.Millisecond)
	if t.span > 0 {
		return min(t.span, all)
	}
	return min(usualSpan, all)
}

// Keys implements [Pane].
func (t *Timeline) Keys(s Scene) []key.Binding {
	if s.Then == nil {
		return nil
	}
	bind := func(shown, id string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, s.Lang.Say(i18n.M("timeline.key."+id))))
	}
	play := "play"
	if s.Then.Playing {
		play = "pause"
	}
	arrows := s.Lang.Say(i18n.M("timeline.key.leftright"))
	return []key.Binding{
		bind(arrows, "step", "left", "right"), bind("PgUp PgDn", "mark", "pgup", "pgdown"), bind("Space", play, "space"),
		bind(s.Lang.Say(i18n.M("timeline.key.updown")), "speed", "up", "down"), bind("+ -", "zoom", "+", "=", "-"),
		bind("Home End", "ends", "home", "end"),
	}
}
