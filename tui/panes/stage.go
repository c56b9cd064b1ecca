package panes

import (
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"podium/i18n"
	"podium/lessons"
)

// Stage is what the room reads during a talk: the step's title, one sentence,
// and how its goals stand. All else is said by the speaker.
type Stage struct {
	set   typesetter
	typed string // digits of the room's answer that isn't given yet
	step  string // lesson and step they are about
}

// NewStage returns the stage.
func NewStage() *Stage { return &Stage{} }

// Name implements [Pane].
func (*Stage) Name() string { return "stage" }

// Title implements [Pane]: the screen's header has the lesson and the step.
func (*Stage) Title(s Scene) string {
	var parts []string
	if s.Talk.Marked {
		parts = append(parts, s.Lang.Say(i18n.M("talk.marked-here")))
	}
	if s.Talk.Speed != 1 {
		parts = append(parts, s.Lang.Say(i18n.M("talk.slow", "Speed", s.Talk.Speed)))
	}
	return strings.Join(parts, " "+s.Theme.Here+" ")
}

// asking reports whether the step waits for the room's answer.
func asking(s Scene) bool {
	return s.Session.Step().Ask != nil && !s.Session.Met() && !s.Session.Rereading()
}

// follow forgets digits that were about another step.
func (t *Stage) follow(s Scene) {
	if step := s.Session.Lesson().ID + "/" + strconv.Itoa(s.Session.Index()); t.step != step {
		t.step, t.typed = step, ""
	}
}

// Update implements [Pane]. The number of a choice is an answer at once; digits
// of any other become one with what carries the talk on.
func (t *Stage) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	t.follow(s)
	press, ok := msg.(tea.KeyPressMsg)
	if !ok || !key.Matches(press, t.Keys(s)...) {
		return nil, nil
	}
	ask := s.Session.Step().Ask
	switch n, err := strconv.Atoi(press.Text); {
	case ask.Form == lessons.Choice && err == nil:
		return AnswerQuestion{ask.Choices[n-1]}, nil
	case press.Text != "" && press.Text != " ":
		t.typed += press.Text
	case Keystroke(press) == "backspace":
		t.typed = t.typed[:len(t.typed)-1]
	default:
		said := t.typed
		t.typed = ""
		return AnswerQuestion{said}, nil
	}
	return nil, nil
}

// Keys implements [Pane]: the others are the screen's.
func (t *Stage) Keys(s Scene) []key.Binding {
	if !asking(s) {
		return nil
	}
	say := func(name, id string, keys ...string) key.Binding {
		return key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, s.Lang.Say(i18n.M(id))))
	}
	if ask := s.Session.Step().Ask; ask.Form == lessons.Choice {
		n := min(len(ask.Choices), 9)
		return []key.Binding{say("1-"+strconv.Itoa(n), "talk.key.answer", strings.Split("123456789"[:n], "")...)}
	}
	var keys []key.Binding
	if len(t.typed) < longestAnswer {
		keys = append(keys, say("0-9", "talk.key.answer", strings.Split("0123456789.-", "")...))
	}
	if t.typed != "" {
		keys = append(keys, say("PgDn", "talk.key.give", "pgdown", "right", "enter", "space", "backspace"))
	}
	return keys
}

// The stage's text is set no wider than can be read from the last row, and stands
// off the edges.
const (
	stageWidth  = 100
	stageMargin = 3
)

// Rows is how many rows the stage has use for.
func (t *Stage) Rows(s Scene, width int) int { return len(t.compose(s, width, 99)) + 1 }

// View implements [Pane].
func (t *Stage) View(s Scene, width, height int) string {
	composed := t.compose(s, width, height)
	rows := make([]string, 0, height)
	if len(composed) < height {
		rows = append(rows, Fit("", width, ""))
	}
	for _, row := range composed {
		rows = append(rows, Fit(strings.Repeat(" ", stageMargin)+row, width, s.Theme.Ellipsis))
	}
	return stack(rows, 0, width, height)
}

// compose sets the step into so many rows: what has no room is left to the
// speaker.
func (t *Stage) compose(s Scene, width, height int) []string {
	t.follow(s)
	width = min(width-2*stageMargin, stageWidth)
	if width < 8 || s.Session.IsZero() {
		return nil
	}
	page, said, below := newLeaf(s, &t.set, width), newLeaf(s, &t.set, width), newLeaf(s, &t.set, width)
	lesson := s.Session.Lesson()
	if s.Session.Index() >= len(lesson.Steps) {
		page.banner(page.say("talk.end", "Title", lesson.Words[s.Lang].Title))
		page.gap()
		page.paragraph("", s.Theme.Text, page.say("talk.thanks"))
		return page.rows
	}
	words := s.Session.Words(s.Lang)
	page.banner(words.Title)
	said.markdown(t.sentence(s, words))
	if words.Ask != "" {
		t.question(&below, words)
	}
	if s.Held.IsZero() || s.Then != nil {
		below.verdicts()
		below.predictions()
	} else { // goals say nothing while their state is being made
		below.paragraph("", s.Theme.Waiting, s.Lang.Say(s.Held))
	}
	if room := height - len(page.rows) - len(below.rows) - 2; room > 0 && len(said.rows) > 0 {
		page.gap()
		page.rows = append(page.rows, said.rows[:min(room, len(said.rows))]...)
	}
	if len(below.rows) > 0 {
		page.gap()
		page.rows = append(page.rows, below.rows...)
	}
	return page.rows
}

// banner sets a title to be read from the last row: a terminal has one size of
// letters, so it stands on the colour of what is new.
func (l *leaf) banner(title string) {
	style := l.s.Theme.Tiles[0]
	for _, row := range wrap(Clean(title), l.width-4) {
		l.add(style.Render("  " + Fit(row, l.width-2, "")))
	}
}

// sentence is the step's one idea: what to do, and once that is done what it
// meant.
func (t *Stage) sentence(s Scene, words lessons.StepWords) string {
	if s.Session.Met() && strings.TrimSpace(words.Debrief) != "" {
		return gist(lessons.On(words.Debrief, s.Lab.Provider))
	}
	return gist(textOf(s))
}

// question sets what the room is asked, and the answers there are.
func (t *Stage) question(set *leaf, words lessons.StepWords) {
	s, th := set.s, set.s.Theme
	ask := s.Session.Step().Ask
	set.markdown(words.Ask)
	set.gap()
	for i, sentence := range words.Choices[:min(len(words.Choices), len(ask.Choices))] {
		pointer, style := "  ", th.Text
		if s.Session.Answered() == ask.Choices[i] {
			pointer, style = th.Accent.Render(th.Here)+" ", th.Strong
		}
		set.paragraph(pointer+th.Accent.Render(strconv.Itoa(i+1))+"  ", style, sentence)
	}
	if ask.Form != lessons.Choice {
		number := s.Session.Answered() + t.typed
		if asking(s) {
			number = t.typed + "_"
		}
		set.add("  " + th.Accent.Render(th.Here) + " " + th.Strong.Render(number))
	}
	if reply := s.Session.Reply(); !reply.IsZero() && s.Session.Step().Kind != lessons.Predict {
		set.paragraph("  ", th.Calm, s.Lang.Say(reply))
	}
}

// gist is a text's first sentence. One that leads to a list has it with it; one
// that leads to commands hasn't, for they are typed, nor has a text that begins
// with them any.
func gist(source string) string {
	n := goldmark.DefaultParser().Parse(text.NewReader([]byte(source))).FirstChild()
	if n == nil || n.Kind() != ast.KindParagraph {
		return ""
	}
	first := sentence(strings.Join(strings.Fields(string(n.Lines().Value([]byte(source)))), " "))
	led, colon := strings.CutSuffix(first, ":")
	switch next := n.NextSibling(); {
	case !colon:
		return first
	case next == nil || next.Kind() != ast.KindList:
		return led + "."
	default:
		return first + "\n\n" + source[end(n):end(next)]
	}
}

// end is where the text of a block ends.
func end(n ast.Node) int {
	for n.LastChild() != nil && n.LastChild().Type() == ast.TypeBlock {
		n = n.LastChild()
	}
	lines := n.Lines()
	return lines.At(lines.Len() - 1).Stop
}

// sentence is the first sentence of a paragraph. What stands in code ends none.
func sentence(text string) string {
	code := false
	for i, r := range text {
		switch {
		case r == '`':
			code = !code
		case !code && strings.ContainsRune(".!?", r) && strings.HasPrefix(text[i+1:], " "):
			return text[:i+1]
		}
	}
	return text
}
