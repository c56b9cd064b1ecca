package panes

import (
	"slices"
	"strconv"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/lessons"
)

// Home is the list of lessons, with what there is to know of the cluster below.
type Home struct {
	chosen int // after the lessons: the rest of what one can do, as [Home.others]
	moved  bool
	rows   map[int]int // which choice a row shows, for clicks
}

// NewHome returns the list of lessons.
func NewHome() *Home { return &Home{rows: map[int]int{}} }

// Name implements [Pane].
func (h *Home) Name() string { return "home" }

// Title implements [Pane].
func (h *Home) Title(s Scene) string { return s.Lang.Say(i18n.M("pane.home")) }

// Update implements [Pane].
func (h *Home) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return h.onKey(s, msg), nil
	case tea.MouseClickMsg:
		if choice, ok := h.rows[msg.Y]; ok {
			h.chosen, h.moved = choice, true
			return h.open(s), nil
		}
	}
	return nil, nil
}

func (h *Home) onKey(s Scene, press tea.KeyPressMsg) Action {
	last := len(s.Lessons) + len(others) - 1
	chosen := h.at(s)
	switch name := press.Keystroke(); name {
	case "up", "k":
		h.chosen, h.moved = max(0, chosen-1), true
	case "down", "j":
		h.chosen, h.moved = min(last, chosen+1), true
	case "enter", "right":
		return h.open(s)
	case "t", "ㅅ":
		return Practise{Timed: true}
	default:
		for _, o := range others {
			if slices.Contains(o.keys, name) {
				return o.does
			}
		}
		if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(s.Lessons) {
			h.chosen, h.moved = n-1, true
			return h.open(s)
		}
	}
	return nil
}

// at is the chosen row: where the learner should go on, until a key moves it.
func (h *Home) at(s Scene) int {
	if h.moved {
		return min(h.chosen, len(s.Lessons)+len(others)-1)
	}
	return next(s)
}

// An other is what one can do without a lesson.
type other struct {
	keys []string // the second is the same key on a Korean layout
	say  string
	does Action
	more string // what stands behind it
}

var others = []other{
	{[]string{"p", "ㅔ"}, "tui.home.practice", Practise{}, "tui.home.practice-timed"},
	{[]string{"r", "ㄱ"}, "tui.home.review", OpenReview{}, ""},
	{[]string{"e", "ㄷ"}, "tui.home.explore", Explore{}, ""},
	{[]string{"m", "ㅡ"}, "tui.home.map", ShowMap{}, ""},
}

// next is the first lesson that isn't finished; practice when all are.
func next(s Scene) int {
	for i, l := range s.Lessons {
		if s.Progress.Lessons[l.ID].Finished.IsZero() {
			return i
		}
	}
	return len(s.Lessons)
}

func (h *Home) open(s Scene) Action {
	at := h.at(s)
	if at < len(s.Lessons) {
		return OpenLesson{s.Lessons[at].ID}
	}
	return others[at-len(s.Lessons)].does
}

// View implements [Pane].
func (h *Home) View(s Scene, width, height int) string {
	clear(h.rows)
	var rows []string
	add := func(row string) { rows = append(rows, Fit(row, width, s.Theme.Ellipsis)) }
	// What stands around the lessons takes 14 rows; how to reach the cluster from
	// another terminal, the last of them, must not be pushed out.
	told, spaced := height >= 2*len(s.Lessons)+14, height >= 3*len(s.Lessons)+13
	if told {
		add("")
	}
	for _, row := range wrap(s.Lang.Say(i18n.M("tui.home.welcome")), width-2) {
		add(" " + s.Theme.Strong.Render(row))
	}
	if height > len(s.Lessons)+11 {
		add("")
	}
	for i, l := range s.Lessons {
		h.rows[len(rows)] = i
		add(h.lesson(s, i, l, width))
		if told {
			h.rows[len(rows)] = i
			add(s.Theme.Faint.Render("      " + Clean(l.Words[s.Lang].Summary)))
		}
		if spaced {
			add("")
		}
	}
	if !spaced {
		add("")
	}
	for i, o := range others {
		mark := ""
		if o.more != "" {
			mark = s.Theme.Faint.Render(s.Lang.Say(i18n.M(o.more)))
		}
		if due := s.Recall.Due(s.Now); o.does == (OpenReview{}) && due > 0 {
			mark = s.Theme.Accent.Render(s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.home.review-due", "Count", due)))
		}
		h.rows[len(rows)] = len(s.Lessons) + i
		add(h.choice(s, len(s.Lessons)+i, o.keys[0], s.Lang.Say(i18n.M(o.say)), mark, width))
	}
	add("")
	for _, row := range labRows(s, width, height-len(rows)) {
		add(row)
	}
	return stack(rows, 0, width, height)
}

// lesson draws one lesson's row: its number, title and how far the learner got.
func (h *Home) lesson(s Scene, i int, l lessons.Lesson, width int) string {
	reached, began := s.Progress.Lessons[l.ID]
	mark := ""
	switch {
	case !reached.Finished.IsZero() && reached.Step != "":
		mark = s.Theme.Good.Render(s.Theme.Met + " " + s.Lang.Say(stepIn("tui.home.again", l, reached.Step)))
	case !reached.Finished.IsZero():
		mark = s.Theme.Good.Render(s.Theme.Met)
	case began && reached.Step != "" && i == next(s):
		mark = s.Theme.Accent.Render(s.Theme.Here + " " + s.Lang.Say(stepIn("tui.home.step", l, reached.Step)))
	case began && reached.Step != "":
		mark = s.Theme.Waiting.Render(s.Theme.Unmet + " " + s.Lang.Say(stepIn("tui.home.step", l, reached.Step)))
	case i == next(s):
		mark = s.Theme.Accent.Render(s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.home.start")))
	}
	return h.choice(s, i, strconv.Itoa(i+1), Clean(l.Words[s.Lang].Title), mark, width)
}

// stepIn says which of a lesson's steps one is.
func stepIn(id string, l lessons.Lesson, step string) i18n.Message {
	at := slices.IndexFunc(l.Steps, func(s lessons.Step) bool { return s.ID == step })
	return i18n.M(id, "Step", max(0, at)+1, "Steps", len(l.Steps))
}

// choice draws a row that can be chosen, its mark in a column of its own.
func (h *Home) choice(s Scene, i int, name, title, mark string, width int) string {
	pointer, style := "  ", s.Theme.Text
	if i == h.at(s) {
		pointer, style = s.Theme.Accent.Render(s.Theme.Here)+" ", s.Theme.Strong
	}
	room := max(10, min(44, width-30))
	if mark == "" {
		room = max(10, width-8)
	}
	return " " + pointer + s.Theme.Accent.Render(name) + "  " + style.Render(Fit(title, room, s.Theme.Ellipsis)) + "  " + mark
}

// Keys implements [Pane].
func (h *Home) Keys(s Scene) []key.Binding {
	say := func(name, id string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, s.Lang.Say(i18n.M(id))))
	}
	return []key.Binding{
		say("1-9 Enter", "tui.home.key.open", "enter", "right"), say("p", "tui.home.key.practice", "p", "ㅔ"), say("r", "tui.home.key.review", "r", "ㄱ"), say("e", "tui.home.key.explore", "e", "ㄷ"), say("m", "tui.home.key.map", "m", "ㅡ"),
	}
}
