package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/i18n"
	"podium/lessons"
	"podium/talk"
	"podium/tui/panes"
	"podium/tui/theme"
)

// Notes is what the speaker's second terminal needs.
type Notes struct {
	Talk <-chan talk.Live // where the talk is; see [talk.Follow]
	Load func(course string) []lessons.Lesson
	Lang i18n.Language
	Look Look
	Log  string           // file that a crash is written to
	Now  func() time.Time // nil is the machine's clock
}

// RunNotes shows the speaker's notes until the speaker leaves them.
func RunNotes(ctx context.Context, n Notes) error {
	if n.Now == nil {
		n.Now = time.Now
	}
	return show(ctx, &guard{model: newNotes(n)}, n.Log, func(*tea.Program) {})
}

// notes is the model of the second terminal: it has nothing but the talk's file
// and the clock.
type notes struct {
	Notes
	live          talk.Live
	course        *string // that the lessons are of; nil before any was read
	lessons       []lessons.Lesson
	width, height int
	dark          bool
	scroll, rows  int
}

// wideNotes is the width from where what to say and what comes stand side by side.
const wideNotes = 110

type (
	wakeMsg struct{}

	// courseReadMsg brings a course's lessons.
	courseReadMsg struct {
		course  string
		lessons []lessons.Lesson
	}
)

func newNotes(n Notes) *notes {
	return &notes{Notes: n, dark: n.Look.Background != Light}
}

func (n *notes) next() tea.Msg {
	live, ok := <-n.Talk
	if !ok {
		return tea.Quit()
	}
	return live
}

func wake() tea.Cmd { return tea.Tick(time.Second, func(time.Time) tea.Msg { return wakeMsg{} }) }

// Init implements [tea.Model].
func (n *notes) Init() tea.Cmd { return tea.Batch(n.next, wake(), tea.RequestBackgroundColor) }

// Update implements [tea.Model].
func (n *notes) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case talk.Live:
		if msg.Step != n.live.Step || msg.Lesson != n.live.Lesson {
			n.scroll = 0
		}
		n.live = msg
		return n, tea.Batch(n.next, n.read(msg.Course))
	case courseReadMsg:
		n.course, n.lessons = &msg.course, msg.lessons
	case wakeMsg:
		return n, wake()
	case tea.WindowSizeMsg:
		n.width, n.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		if n.Look.Background == "" {
			n.dark = msg.IsDark()
		}
	case tea.KeyPressMsg:
		return n, n.onKey(msg)
	}
	return n, nil
}

// read reads the talk's course, unless it is the one that was read.
func (n *notes) read(course string) tea.Cmd {
	if n.course != nil && *n.course == course {
		return nil
	}
	return func() tea.Msg { return courseReadMsg{course, n.Load(course)} }
}

func (n *notes) onKey(press tea.KeyPressMsg) tea.Cmd {
	switch press.Keystroke() {
	case "q", "ㅂ", "esc", "f10", "ctrl+c":
		return tea.Quit
	case "f8":
		n.Lang = n.Lang.Next()
	case "up":
		n.scroll--
	case "down":
		n.scroll++
	case "pgup":
		n.scroll -= n.height / 2
	case "pgdown", "space":
		n.scroll += n.height / 2
	}
	return nil
}

// View implements [tea.Model]: the clock stays, what is below it scrolls.
func (n *notes) View() tea.View {
	th := theme.New(n.dark, !n.Look.Plain, n.Look.ASCII)
	head, body := n.clock(th), n.body(th)
	room := max(0, n.height-len(head)-1)
	n.scroll = max(0, min(n.scroll, len(body)-room))
	foot := n.say("notes.keys")
	if below := len(body) - room - n.scroll; below > 0 {
		foot = n.say("tui.lesson.more", "Count", below) + "   " + foot
		body = body[:n.scroll+room]
	}
	body = body[n.scroll:]
	rows := slices.Concat(head, body, make([]string, room-len(body)), []string{" " + th.Faint.Render(foot)})
	for i, row := range rows {
		rows[i] = ansi.Truncate(row, n.width, th.Ellipsis)
	}
	v := tea.NewView(strings.Join(rows[:min(len(rows), n.height)], "\n"))
	v.AltScreen, v.WindowTitle = true, "podium notes"
	return v
}

func (n *notes) say(id string, pairs ...any) string { return n.Lang.Say(i18n.M(id, pairs...)) }

// clock is the time of day, how long the talk and the step last, and what is left;
// below it what the presenter's podium is at.
func (n *notes) clock(th *theme.Theme) []string {
	now := n.Now()
	rows := []string{"", " " + th.Strong.Render(now.Format(time.TimeOnly)), ""}
	if n.live.Lesson == "" || n.live.Ended {
		return rows
	}
	rows[1] += "   " + n.say("notes.clock", "Talk", lasting(now.Sub(n.live.Began)), "Step", lasting(now.Sub(n.live.StepAt)))
	if n.live.Planned > 0 {
		left, style, id := n.live.Planned-now.Sub(n.live.Began), th.Accent, "notes.left"
		if left < 0 {
			left, style, id = -left, th.Bad, "notes.over"
		}
		rows[1] += "   " + style.Render(n.say(id, "Time", lasting(left)))
	}
	var state []string
	if doing := n.doing(); doing != "" {
		state = append(state, th.Waiting.Render(doing))
	}
	if n.live.Speed != 1 {
		state = append(state, th.Waiting.Render(n.say("talk.slow", "Speed", n.live.Speed)))
	}
	if marks := n.marks(); marks != "" {
		state = append(state, th.Faint.Render(n.say("notes.marks", "Marks", marks)))
	}
	return append(rows[:2], " "+strings.Join(state, "   "), "")
}

func (n *notes) doing() string {
	switch n.live.Doing {
	case talk.Typing:
		return n.say("notes.doing.typing")
	case talk.Preparing:
		return n.say("notes.doing.preparing")
	case talk.Past:
		return n.say("notes.doing.past")
	case talk.Blank:
		return n.say("notes.doing.blank")
	}
	return ""
}

// marks are the numbers of the steps that are marked.
func (n *notes) marks() string {
	lesson, _ := n.lesson()
	var numbers []string
	for i, step := range lesson.Steps {
		if slices.Contains(n.live.Marks, step.ID) {
			numbers = append(numbers, strconv.Itoa(i+1))
		}
	}
	return strings.Join(numbers, ", ")
}

// lesson is the one that is presented.
func (n *notes) lesson() (lessons.Lesson, bool) {
	i := slices.IndexFunc(n.lessons, func(l lessons.Lesson) bool { return l.ID == n.live.Lesson })
	if i < 0 {
		return lessons.Lesson{}, false
	}
	return n.lessons[i], true
}

// body is what to say, and what comes; beside each other where there is room.
func (n *notes) body(th *theme.Theme) []string {
	whole := sheet{th: th, width: n.width}
	lesson, ok := n.lesson()
	switch {
	case n.live.Ended:
		whole.add(th.Strong, 0, n.say("notes.ended"))
	case !ok:
	case n.live.Step < 0 || n.live.Step >= len(lesson.Steps):
		whole.add(th.Strong, 0, n.say("talk.end", "Title", lesson.Words[n.Lang].Title))
	case n.width < wideNotes:
		n.speech(&whole, lesson)
		whole.rows = append(whole.rows, "")
		n.prospect(&whole, lesson)
	default:
		left, right := sheet{th: th, width: n.width * 11 / 20}, sheet{th: th, width: n.width * 9 / 20}
		n.speech(&left, lesson)
		n.prospect(&right, lesson)
		for i := range max(len(left.rows), len(right.rows)) {
			whole.rows = append(whole.rows, panes.Fit(left.at(i), left.width, th.Ellipsis)+right.at(i))
		}
	}
	return whole.rows
}

// speech is what the room is told in this step, and how its goals stand.
func (n *notes) speech(s *sheet, lesson lessons.Lesson) {
	step := lesson.Steps[n.live.Step]
	words := lesson.Words[n.Lang].Steps[step.ID]
	s.add(s.th.Accent.Bold(true), 0, fmt.Sprintf("%d/%d  %s", n.live.Step+1, len(lesson.Steps), words.Title))
	s.markdown(0, lessons.On(words.Text, n.live.Provider))
	s.markdown(0, words.Ask)
	for i, choice := range words.Choices {
		s.add(s.th.Text, 2, strconv.Itoa(i+1)+"  "+choice)
	}
	if len(step.Goals) > 0 {
		s.gap()
	}
	for i, goal := range step.Goals {
		mark, style, seen := s.th.Unmet, s.th.Text, ""
		if i < len(n.live.Goals) {
			v := n.live.Goals[i]
			if seen = n.Lang.Say(v.Seen); v.Met {
				mark, style, seen = s.th.Met, s.th.Good, ""
			}
		}
		s.add(style, 0, strings.TrimSpace(mark+" "+words.Goals[goal.ID]+"  "+seen))
	}
	if words.Debrief != "" {
		s.heading(n.say("notes.met"))
		s.markdown(0, lessons.On(words.Debrief, n.live.Provider))
	}
}

// prospect is what the next key does, what could go wrong, and the step after.
func (n *notes) prospect(s *sheet, lesson lessons.Lesson) {
	step := lesson.Steps[n.live.Step]
	s.heading(n.say("notes.types"))
	rest := step.Solution[min(max(0, n.live.Typed), len(step.Solution)):]
	if len(rest) == 0 || n.live.Met {
		s.add(s.th.Faint, 2, n.say("notes.nothing-typed"))
	} else {
		for _, line := range rest {
			s.add(s.th.Code, 2, "$ "+line)
		}
	}
	if len(step.Goals) > 0 {
		s.heading(n.say("notes.wrong"))
		for _, lines := range step.Wrong {
			s.add(s.th.Text, 2, n.say("notes.wrong-line", "Line", strings.Join(lines, "; ")))
		}
		s.add(s.th.Text, 2, n.say("notes.retry"))
	}
	s.heading(n.say("notes.next"))
	if n.live.Step+1 < len(lesson.Steps) {
		after := lesson.Steps[n.live.Step+1]
		s.add(s.th.Text, 2, lesson.Words[n.Lang].Steps[after.ID].Title)
	} else {
		s.add(s.th.Text, 2, n.say("notes.last"))
	}
}

// A sheet collects rows of the notes.
type sheet struct {
	th    *theme.Theme
	width int
	rows  []string
	led   bool // the last row is a heading
}

func (s *sheet) at(i int) string {
	if i < len(s.rows) {
		return s.rows[i]
	}
	return ""
}

func (s *sheet) gap() {
	if n := len(s.rows); n > 0 && s.rows[n-1] != "" {
		s.rows = append(s.rows, "")
	}
}

func (s *sheet) heading(text string) {
	s.gap()
	s.add(s.th.Calm.Bold(true), 0, text)
	s.led = true
}

// add adds text behind one cell of margin and an indent.
func (s *sheet) add(style lipgloss.Style, indent int, text string) {
	s.led = false
	for row := range strings.SplitSeq(ansi.Wrap(panes.Clean(text), max(8, s.width-indent-2), ""), "\n") {
		s.rows = append(s.rows, strings.Repeat(" ", indent+1)+style.Render(row))
	}
}

func (s *sheet) markdown(indent int, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if !s.led {
		s.gap()
	}
	s.led = false
	for _, row := range panes.Markdown(s.th, text, max(8, s.width-indent-2)) {
		s.rows = append(s.rows, strings.Repeat(" ", indent+1)+row)
	}
}

// lasting says a duration as a clock does.
func lasting(d time.Duration) string {
	d = max(0, d.Round(time.Second))
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}
