package panes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/classroom"
	"podium/i18n"
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
	for _, l := range s.Class.Learners {
		if l.Present {
			here++
		}
		if l.Stuck(s.Now) {
			stuck++
		}
	}
	return s.Lang.Say(i18n.M("class.title", "Count", len(s.Class.Learners), "Here", here, "Stuck", stuck))
}

// Typing implements [Typist].
func (c *Class) Typing() bool { return c.hint != nil }

// Timely implements [Timely]: how long a learner has been in a step goes on.
func (c *Class) Timely(s Scene) bool { return len(s.Class.Learners) > 0 }

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
		if row := msg.Y - classHead + c.offset; msg.Y >= classHead && row < len(s.Class.Learners) && c.hint == nil {
			c.chosen = s.Class.Learners[row].Name
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
		if at := c.at(s); at < len(s.Class.Learners) {
			return LookOver{s.Class.Learners[at].Name}
		}
	case "h", "ㅗ": // the same key on a Korean layout
		if at := c.at(s); at < len(s.Class.Learners) {
			c.Hint(s.Class.Learners[at].Name)
		}
	}
	return nil
}

// Hint begins a sentence for a learner.
func (c *Class) Hint(learner string) { c.chosen, c.hint = learner, &prompt.Line{} }

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
	return max(0, slices.IndexFunc(s.Class.Learners, func(l classroom.Learner) bool { return l.Name == c.chosen }))
}

func (c *Class) choose(s Scene, by int) {
	if len(s.Class.Learners) > 0 {
		c.chosen = s.Class.Learners[max(0, min(c.at(s)+by, len(s.Class.Learners)-1))].Name
	}
}

// What stands above and below the learners.
const (
	classHead = 1
	classFoot = 2
)

// columns are how wide a row's parts are; the last command has the rest.
type columns struct{ name, lesson, step, time int }

const (
	mostName   = 18
	mostLesson = 28
)

func (c *Class) columns(s Scene, width int) columns {
	say := func(id string) int { return cells(s.Lang.Say(i18n.M(id))) }
	w := columns{say("class.name"), say("class.lesson"), max(5, say("class.step")), max(6, say("class.since"))}
	for _, l := range s.Class.Learners {
		w.name = max(w.name, min(mostName, cells(l.Name)))
		w.lesson = max(w.lesson, cells(whereabouts(s, l)))
	}
	w.lesson = min(w.lesson, mostLesson, max(8, (width-w.name-w.step-w.time-8)/2))
	return w
}

// View implements [Pane].
func (c *Class) View(s Scene, width, height int) string {
	c.height = max(0, height-classHead-classFoot)
	if len(s.Class.Learners) == 0 {
		rows := strings.Split(empty(s, i18n.M("class.empty"), width, max(0, height-classFoot)), "\n")
		return stack(append(rows, c.foot(s, width)...), 0, width, height)
	}
	at := c.at(s)
	c.offset = max(0, min(c.offset, at, len(s.Class.Learners)-c.height), at-c.height+1)
	w := c.columns(s, width)
	say := func(id string) string { return s.Lang.Say(i18n.M(id)) }
	head := "    " + Fit(say("class.name"), w.name, "") + " " + Fit(say("class.lesson"), w.lesson, "") + " " +
		Fit(say("class.step"), w.step, "") + " " + Fit(say("class.since"), w.time, "") + " " + say("class.last")
	rows := []string{s.Theme.Faint.Render(Fit(head, width, s.Theme.Ellipsis))}
	for i := c.offset; i < len(s.Class.Learners) && i < c.offset+c.height; i++ {
		rows = append(rows, Fit(c.row(s, s.Class.Learners[i], i == at, w), width, s.Theme.Ellipsis))
	}
	for len(rows) < classHead+c.height {
		rows = append(rows, Fit("", width, ""))
	}
	rows = append(rows, c.foot(s, width)...)
	return stack(rows, max(0, len(rows)-height), width, height)
}

// foot is the line that is typed, else how people come in.
func (c *Class) foot(s Scene, width int) []string {
	if c.hint != nil {
		c.width = max(2, width-2)
		text, _ := c.hint.View(c.width)
		asked := s.Lang.Say(i18n.M("class.hint-for", "Name", c.chosen))
		return []string{Fit(s.Theme.Accent.Render(asked), width, s.Theme.Ellipsis), Fit(s.Theme.Accent.Render("> ")+text, width, "")}
	}
	if s.Class.Port == "" { // not told yet
		return []string{Fit("", width, ""), Fit("", width, "")}
	}
	door := s.Theme.Code.Render("ssh -p "+s.Class.Port+" watch@HOST") + s.Theme.Faint.Render(" "+s.Lang.Say(i18n.M("class.door-watch", "Count", s.Class.Watching)))
	if s.Class.Labs > 0 {
		door += "   " + s.Theme.Code.Render("ssh -p "+s.Class.Port+" lab@HOST") + s.Theme.Faint.Render(" "+s.Lang.Say(i18n.M("class.door-lab", "Most", s.Class.Labs)))
	}
	key := s.Theme.Faint.Render(s.Lang.Say(i18n.M("class.door-key")) + " " + Clean(s.Class.Key))
	return []string{Fit(" "+door, width, s.Theme.Ellipsis), Fit(" "+key, width, s.Theme.Ellipsis)}
}

// row is one learner's: how they are told by a letter as well as by colour.
func (c *Class) row(s Scene, l classroom.Learner, chosen bool, w columns) string {
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
	case l.Place.Met || l.Place.Lesson != "" && l.Number > l.Steps: // the step, or the lesson
		mark = s.Theme.Good.Render(s.Theme.Met)
	}
	step, since := "", ""
	if l.Place.Lesson != "" {
		step = strconv.Itoa(min(l.Number, l.Steps)) + "/" + strconv.Itoa(l.Steps)
		if since = clockOf(s.Now.Sub(l.Since)); s.Now.Sub(l.Since) >= time.Hour {
			spent := min(s.Now.Sub(l.Since), 99*time.Hour)
			since = fmt.Sprintf("%dh%02d", int(spent.Hours()), int(spent.Minutes())%60)
		}
	}
	last := ""
	if n := len(l.Commands); n > 0 {
		last = Clean(l.Commands[n-1].Line)
		if code := l.Commands[n-1].Exit; code != 0 {
			last = s.Theme.Bad.Render(s.Theme.Broken+strconv.Itoa(code)) + " " + last
		}
	}
	return pointer + mark + " " + name.Render(Fit(Clean(l.Name), w.name, s.Theme.Ellipsis)) + " " +
		rest.Render(Fit(whereabouts(s, l), w.lesson, s.Theme.Ellipsis)+" "+Fit(step, w.step, "")+" "+Fit(since, w.time, "")) + " " + last
}

// whereabouts are the lesson a learner is in, or was when they left.
func whereabouts(s Scene, l classroom.Learner) string {
	where := s.Lang.Say(i18n.M("class.at-home"))
	if l.Place.Lesson != "" {
		where = lessonTitle(s, l.Place.Lesson)
	}
	if !l.Present {
		where = s.Lang.Say(i18n.M("class.away", "Where", where))
	}
	return where
}

func lessonTitle(s Scene, id string) string {
	if words := lessonWords(s, id); words.Title != "" {
		return Clean(words.Title)
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
	if len(s.Class.Learners) == 0 {
		return nil
	}
	return []key.Binding{say("Enter", "class.key.look", "enter"), say("h", "class.key.hint", "h", "ㅗ")}
}
