package panes

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/classroom"
	"podium/i18n"
	"podium/lessons"
	"podium/prompt"
)

// Class is an instructor's overview: a row for every learner.
type Class struct {
	chosen string // a learner's name
	offset int
	height int          // rows of learners as last drawn
	width  int          // of the line that is typed
	hint   *prompt.Line // being typed for the chosen learner; nil while none is
}

// NewClass returns the overview.
func NewClass() *Class { return &Class{} }

// Name implements [Pane].
func (c *Class) Name() string { return "class" }

// Title implements [Pane].
func (c *Class) Title(s Scene) string {
	here, stuck := 0, 0
	for _, l := range s.Class {
		if l.Present {
			here++
		}
		if l.Stuck(s.Now) {
			stuck++
		}
	}
	return s.Lang.Say(i18n.M("class.title", "Count", len(s.Class), "Here", here, "Stuck", stuck))
}

// Typing implements [Typist].
func (c *Class) Typing() bool { return c.hint != nil }

// Timely implements [Timely]: how long a learner has been in a step goes on.
func (c *Class) Timely(s Scene) bool { return len(s.Class) > 0 }

// longestHint bounds what is typed: a sentence or two.
const longestHint = 300

// Update implements [Pane].
func (c *Class) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if c.hint != nil {
			return c.onHintKey(s, msg), nil
		}
		return c.onKey(s, msg), nil
	case tea.PasteMsg:
		if c.hint != nil && len(c.hint.Value())+len(msg.Content) <= longestHint {
			c.hint.Insert(strings.ReplaceAll(msg.Content, "\n", " "))
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			c.choose(s, -1)
		case tea.MouseWheelDown:
			c.choose(s, 1)
		}
	case tea.MouseClickMsg:
		if row := msg.Y - classHead + c.offset; msg.Y >= classHead && row < len(s.Class) && c.hint == nil {
			c.chosen = s.Class[row].Name
		}
	}
	return nil, nil
}

func (c *Class) onKey(s Scene, press tea.KeyPressMsg) Action {
	switch press.Keystroke() {
	case "up", "k":
		c.choose(s, -1)
	case "down", "j":
		c.choose(s, 1)
	case "pgup":
		c.choose(s, -max(1, c.height))
	case "pgdown":
		c.choose(s, max(1, c.height))
	case "enter", "right":
		if at := c.at(s); at < len(s.Class) {
			return LookOver{s.Class[at].Name}
		}
	case "h", "ㅗ": // the same key on a Korean layout
		if at := c.at(s); at < len(s.Class) {
			c.chosen = s.Class[at].Name // whoever comes meanwhile
			c.hint = &prompt.Line{}
		}
	}
	return nil
}

func (c *Class) onHintKey(s Scene, press tea.KeyPressMsg) Action {
	switch press.Keystroke() {
	case "enter":
		sentence := strings.TrimSpace(c.hint.Value())
		c.hint = nil
		if sentence != "" {
			return GiveHint{c.chosen, sentence}
		}
	case "esc":
		c.hint = nil
	case "left":
		c.hint.Left()
	case "right":
		c.hint.Right()
	case "home", "ctrl+a":
		c.hint.Home()
	case "end", "ctrl+e":
		c.hint.End()
	case "backspace":
		c.hint.Backspace()
	case "delete":
		c.hint.Delete()
	case "ctrl+u":
		c.hint.KillBefore()
	case "ctrl+w":
		c.hint.DeleteWord()
	default:
		if len(c.hint.Value())+len(press.Text) <= longestHint {
			c.hint.Insert(press.Text)
		}
	}
	return nil
}

// at is the chosen learner's place in the class.
func (c *Class) at(s Scene) int {
	return max(0, slices.IndexFunc(s.Class, func(l classroom.Learner) bool { return l.Name == c.chosen }))
}

func (c *Class) choose(s Scene, by int) {
	if len(s.Class) > 0 {
		c.chosen = s.Class[max(0, min(c.at(s)+by, len(s.Class)-1))].Name
	}
}

// classHead is how many rows stand above the learners.
const classHead = 1

// What the columns take; the last command has the rest.
const (
	nameCells = 18
	timeCells = 8
	stepCells = 7
)

// View implements [Pane].
func (c *Class) View(s Scene, width, height int) string {
	if len(s.Class) == 0 {
		return empty(s, i18n.M("class.empty"), width, height)
	}
	below := 0
	if c.hint != nil {
		below = 2
	}
	c.height = max(0, height-classHead-below)
	at := c.at(s)
	c.offset = max(0, min(c.offset, at, len(s.Class)-c.height), at-c.height+1)
	lessonCells := max(8, min(28, (width-nameCells-timeCells-stepCells-8)/2))
	say := func(id string) string { return s.Lang.Say(i18n.M(id)) }
	head := "    " + Fit(say("class.name"), nameCells, "") + " " + Fit(say("class.lesson"), lessonCells, "") + " " +
		Fit(say("class.step"), stepCells, "") + " " + Fit(say("class.since"), timeCells, "") + " " + say("class.last")
	rows := []string{s.Theme.Faint.Render(Fit(head, width, s.Theme.Ellipsis))}
	for i := c.offset; i < len(s.Class) && i < c.offset+c.height; i++ {
		rows = append(rows, Fit(c.row(s, s.Class[i], i == at, lessonCells), width, s.Theme.Ellipsis))
	}
	for rows = rows[:min(len(rows), max(0, height-below))]; len(rows) < height-below; {
		rows = append(rows, Fit("", width, ""))
	}
	if c.hint != nil {
		c.width = max(2, width-2)
		text, _ := c.hint.View(c.width)
		asked := s.Lang.Say(i18n.M("class.hint-for", "Name", c.chosen))
		rows = append(rows, Fit(s.Theme.Accent.Render(asked), width, s.Theme.Ellipsis), Fit(s.Theme.Accent.Render("> ")+text, width, ""))
	}
	return stack(rows, max(0, len(rows)-height), width, height)
}

// row is one learner's: how they are told by a letter as well as by colour.
func (c *Class) row(s Scene, l classroom.Learner, chosen bool, lessonCells int) string {
	pointer, name := "  ", s.Theme.Text
	if chosen {
		pointer, name = s.Theme.Accent.Render(s.Theme.Here)+" ", s.Theme.Chosen
	}
	mark, rest := s.Theme.Waiting.Render(s.Theme.Unmet), s.Theme.Text
	switch {
	case !l.Present:
		mark, rest = s.Theme.Faint.Render("-"), s.Theme.Faint
	case l.Stuck(s.Now):
		mark = s.Theme.Bad.Render("!")
	case l.Place.Met:
		mark = s.Theme.Good.Render(s.Theme.Met)
	}
	where, step, since := s.Lang.Say(i18n.M("class.at-home")), "", ""
	if l.Place.Lesson != "" {
		where, step = lessonTitle(s, l.Place.Lesson), strconv.Itoa(min(l.Number, l.Steps))+"/"+strconv.Itoa(l.Steps)
		since = clockOf(min(s.Now.Sub(l.Since), 99*time.Hour))
	}
	if !l.Present {
		where = s.Lang.Say(i18n.M("class.away", "Where", where))
	}
	last := ""
	if n := len(l.Commands); n > 0 {
		last = Clean(l.Commands[n-1].Line)
		if code := l.Commands[n-1].Exit; code != 0 {
			last = s.Theme.Bad.Render(s.Theme.Broken+strconv.Itoa(code)) + " " + last
		}
	}
	return pointer + mark + " " + name.Render(Fit(Clean(l.Name), nameCells, s.Theme.Ellipsis)) + " " +
		rest.Render(Fit(where, lessonCells, s.Theme.Ellipsis)+" "+Fit(step, stepCells, "")+" "+Fit(since, timeCells, "")) + " " + last
}

func lessonTitle(s Scene, id string) string {
	if i := slices.IndexFunc(s.Lessons, func(l lessons.Lesson) bool { return l.ID == id }); i >= 0 {
		return Clean(s.Lessons[i].Words[s.Lang].Title)
	}
	return Clean(id)
}

// Cursor says where a hint is being typed.
func (c *Class) Cursor(Scene) (x, y int, visible bool) {
	if c.hint == nil {
		return 0, 0, false
	}
	_, caret := c.hint.View(c.width)
	return 2 + caret, classHead + c.height + 1, true
}

// Keys implements [Pane].
func (c *Class) Keys(s Scene) []key.Binding {
	say := func(name, id string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, s.Lang.Say(i18n.M(id))))
	}
	if c.hint != nil {
		return []key.Binding{say("Enter", "class.key.send"), say("Esc", "class.key.cancel")}
	}
	return []key.Binding{say("Enter", "class.key.look", "enter"), say("h", "class.key.hint", "h", "ㅗ")}
}
