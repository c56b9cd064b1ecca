package panes

import (
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/lessons"
)

// Lesson is the text of a step, its goals, and what the learner asked to see.
type Lesson struct {
	set     typesetter
	page    leaf
	offset  int // rows scrolled
	rows    int // of the page as last drawn
	height  int
	answer  answer
	step    string // lesson and step the above are about
	copied  int    // how many of the text's commands were put into the prompt
	seen    attention
	clicked map[int]string // commands by the row they stand on
}

// attention is what of a step the learner has been shown, so that anything new
// is scrolled into sight once.
type attention struct {
	met      bool
	hints    int
	solution bool
}

// NewLesson returns the lesson pane.
func NewLesson() *Lesson { return &Lesson{height: 10} }

// Name implements [Pane].
func (l *Lesson) Name() string { return "lesson" }

// Title implements [Pane].
func (l *Lesson) Title(s Scene) string {
	title := s.Lang.Say(i18n.M("pane.lesson"))
	if s.Session.Lesson().IsFault() {
		title = s.Lang.Say(i18n.M("pane.practice"))
	}
	if s.Session.Rereading() {
		title += " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.lesson.rereading"))
	}
	if below := l.rows - l.offset - l.height; below > 0 {
		title += " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.lesson.more", "Count", below))
	}
	return title
}

// Place says where in which lesson the learner is: "Pod ▸ step 4 of 9".
func (l *Lesson) Place(s Scene) string {
	lesson := s.Session.Lesson()
	if lesson.IsFault() { // its title would give it away
		return s.Lang.Say(i18n.M("tui.practice.place", "Seed", s.Round.Seed))
	}
	title := Clean(lesson.Words[s.Lang].Title)
	if s.Session.Index() >= len(lesson.Steps) {
		return title + " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.lesson.finished"))
	}
	return title + " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.lesson.step", "Step", s.Session.Index()+1, "Steps", len(lesson.Steps)))
}

// NextCommand returns the next command of the text and of the hints that are
// shown: each call the one after, from the first again after the last. It is ""
// where there are none.
func (l *Lesson) NextCommand(s Scene) string {
	l.follow(s)
	commands := offered(s)
	if len(commands) == 0 {
		return ""
	}
	l.copied++
	return Clean(commands[(l.copied-1)%len(commands)])
}

// HasCommands reports whether the text holds commands to put into the prompt.
func (l *Lesson) HasCommands(s Scene) bool {
	return len(offered(s)) > 0
}

// offered lists the commands of the text and of the hints that are shown.
func offered(s Scene) []string {
	commands := lessons.Commands(textOf(s))
	for _, hint := range s.Session.Hints(s.Lang) {
		commands = append(commands, lessons.Named(hint)...)
	}
	return commands
}

// Asking reports whether the step waits for an answer.
func (l *Lesson) Asking(s Scene) bool {
	return asking(s)
}

// follow forgets what was about another step.
func (l *Lesson) follow(s Scene) {
	step := s.Session.Lesson().ID + "/" + strconv.Itoa(s.Session.Index())
	if l.step != step {
		l.step, l.offset, l.copied, l.answer, l.seen = step, 0, 0, answer{}, attention{met: s.Session.Met()}
	}
}

// Update implements [Pane].
func (l *Lesson) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	l.follow(s)
	switch msg := msg.(type) {
	case Sized:
		l.height = msg.Height
	case tea.KeyPressMsg:
		return l.onKey(s, msg), nil
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			l.Scroll(-3)
		case tea.MouseWheelDown:
			l.Scroll(3)
		}
	case tea.MouseClickMsg:
		if line, ok := l.clicked[msg.Y+l.offset]; ok {
			return TypeLine{line}, nil
		}
	}
	return nil, nil
}

// Scroll moves the text by rows.
func (l *Lesson) Scroll(by int) {
	l.offset = max(0, min(l.offset+by, l.rows-l.height))
}

func (l *Lesson) onKey(s Scene, press tea.KeyPressMsg) Action {
	name := press.Keystroke()
	if l.Asking(s) {
		said, given, taken := l.answer.press(s.Session.Step().Ask.Choices, press)
		if given {
			l.answer.typed = ""
			return AnswerQuestion{said}
		}
		if taken {
			return nil
		}
	}
	switch name {
	case "up":
		l.Scroll(-1)
	case "down":
		l.Scroll(1)
	case "pgup":
		l.Scroll(1 - l.height)
	case "pgdown":
		l.Scroll(l.height - 1)
	case "home":
		l.Scroll(-l.rows)
	case "end":
		l.Scroll(l.rows)
	case "left":
		if !s.Session.Lesson().IsFault() {
			return BackStep{}
		}
	case "enter":
		// The Enter that gives an answer is easily pressed once too often: it
		// must not carry the learner past the reply.
		if s.Session.Rereading() || s.Session.Step().Ask == nil {
			return onward(s)
		}
	case "right":
		return onward(s)
	}
	return nil
}

// onward goes on from a step that is met.
func onward(s Scene) Action {
	if s.Session.Met() || s.Session.Done() {
		return NextStep{}
	}
	return nil
}

// View implements [Pane].
func (l *Lesson) View(s Scene, width, height int) string {
	l.follow(s)
	l.height = height
	l.page = newLeaf(s, &l.set, width)
	l.compose(s)
	rows := l.page.rows
	l.rows, l.clicked = len(rows), l.page.commands
	l.attend(s)
	l.Scroll(0)
	return stack(rows, l.offset, width, height)
}

// attend scrolls to what has just appeared.
func (l *Lesson) attend(s Scene) {
	now := attention{met: s.Session.Met(), hints: len(s.Session.Hints(s.Lang)), solution: s.Session.SolutionShown()}
	switch before := l.seen; {
	case now.met && !before.met:
		l.offset = max(l.offset, min(l.page.goals, l.rows-l.height))
	case now.hints > before.hints || now.solution && !before.solution:
		l.offset = l.rows - l.height
	}
	l.seen = now
}

// Keys implements [Pane].
func (l *Lesson) Keys(s Scene) []key.Binding {
	say := func(name, id string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, s.Lang.Say(i18n.M(id))))
	}
	bindings := []key.Binding{}
	if l.Asking(s) {
		keys := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "-", "enter", "backspace"}
		name := "0-9 Enter"
		if ask := s.Session.Step().Ask; ask.Form == lessons.Choice {
			keys = slices.Concat(keys[1:1+len(ask.Choices)], []string{"up", "down", "enter"})
			name = "1-" + strconv.Itoa(len(ask.Choices)) + " Enter"
		}
		bindings = append(bindings, say(name, "tui.lesson.key.answer", keys...))
	}
	if l.rows > l.height {
		bindings = append(bindings, say("PgDn", "tui.lesson.key.scroll", "up", "down", "pgup", "pgdown", "home", "end"))
	}
	if s.Session.Index() > 0 && !s.Session.Lesson().IsFault() {
		bindings = append(bindings, say("Left", "tui.lesson.key.back", "left"))
	}
	return bindings
}

// Summary implements [Summarizer].
func (l *Lesson) Summary(s Scene, width int) string {
	met := 0
	verdicts := s.Session.Verdicts()
	for _, v := range verdicts {
		if v.Met {
			met++
		}
	}
	if len(verdicts) == 0 {
		return ""
	}
	text := s.Lang.Say(i18n.M("tui.lesson.goals", "Met", met, "Goals", len(verdicts)))
	return s.Theme.Calm.Render(strings.TrimRight(Fit(text, min(width, cells(text)), s.Theme.Ellipsis), " "))
}
