package panes

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/lessons"
	"podium/prompt"
)

// Prompt is where the learner types. What runs has a terminal of its own, whose
// rows stand above the line.
type Prompt struct {
	ctx     context.Context
	options prompt.Options
	term    *prompt.Terminal
	dirty   chan struct{}

	input   *prompt.Input
	history *prompt.History // on disk; the input has its own, in memory
	unsaved []string        // statements for the disk, while one is being written
	saving  bool

	width, height int
	back          int // rows the output is scrolled back
	picture       prompt.Picture

	running  *prompt.Script
	stop     context.CancelFunc
	failed   int       // the exit code of the last line
	ahead    []tea.Msg // keys and pastes for the line after the one that runs
	queue    []string  // lines to run after the one that runs
	complete completion
}

// NewPrompt returns a prompt. Cancelling ctx ends what it runs; Close waits for
// that.
func NewPrompt(ctx context.Context, options prompt.Options) *Prompt {
	p := &Prompt{ctx: ctx, options: options, dirty: make(chan struct{}, 1), width: 80, height: 5}
	p.term = prompt.NewTerminal(func() {
		select {
		case p.dirty <- struct{}{}:
		default:
		}
	})
	memory, _ := prompt.OpenHistory("") // nothing can fail without a file
	p.input = prompt.NewInput(memory)
	return p
}

// A PromptMsg is a message for the prompt alone.
type PromptMsg interface{ forPrompt() }

type (
	outputMsg  struct{}
	startedMsg struct {
		ended <-chan struct{}
		err   error
	}
	endedMsg   struct{}
	historyMsg struct {
		history *prompt.History
		err     error
	}
	rememberedMsg struct{ err error }
)

func (outputMsg) forPrompt()     {}
func (startedMsg) forPrompt()    {}
func (endedMsg) forPrompt()      {}
func (historyMsg) forPrompt()    {}
func (rememberedMsg) forPrompt() {}

// Init reads the history and begins to wait for output.
func (p *Prompt) Init() tea.Cmd {
	path := p.options.History
	return tea.Batch(p.nextOutput, func() tea.Msg {
		history, err := prompt.OpenHistory(path)
		return historyMsg{history, err}
	})
}

// Close ends what runs and waits until nothing of it is left.
func (p *Prompt) Close() { p.term.Close() }

// Use sets as whom and where lines run from now on.
func (p *Prompt) Use(options prompt.Options) { p.options = options }

// pace is how long output is gathered before it is drawn: a program that writes
// in a flood is drawn no more often than people can see.
const pace = 16 * time.Millisecond

func (p *Prompt) nextOutput() tea.Msg {
	select {
	case <-p.dirty:
	case <-p.ctx.Done():
		return nil
	}
	timer := time.NewTimer(pace)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.ctx.Done():
	}
	return outputMsg{}
}

// Name implements [Pane].
func (p *Prompt) Name() string { return "prompt" }

// Title implements [Pane].
func (p *Prompt) Title(s Scene) string {
	title := s.Lang.Say(i18n.M("pane.prompt"))
	switch {
	case p.back > 0:
		title += " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.prompt.back", "Count", p.picture.Below))
	case p.running != nil:
		title += " " + s.Theme.Here + " " + Clean(p.running.Line())
	}
	return title
}

// Running reports whether a line runs.
func (p *Prompt) Running() bool { return p.running != nil }

// Full reports whether a full-screen program runs.
func (p *Prompt) Full() bool { return p.running != nil && p.picture.Full }

// Tall reports whether what runs goes on writing, so that it deserves room.
func (p *Prompt) Tall() bool { return p.running != nil && lasting(*p.running) }

// TakesTab reports whether Tab has a meaning at the prompt: for the line being
// typed or for the program that runs.
func (p *Prompt) TakesTab() bool {
	if p.running != nil {
		return interactive(*p.running) || len(p.ahead) > 0
	}
	return p.input.Value() != ""
}

// Type puts a line into the prompt in place of what stands there.
func (p *Prompt) Type(line string) {
	p.input.Cancel()
	p.input.Set(line)
	p.back = 0
	p.complete = completion{}
	p.refresh()
}

// Run runs lines one after the other, as if they were typed now.
func (p *Prompt) Run(s Scene, lines ...string) tea.Cmd {
	defer p.refresh()
	p.queue = append(p.queue, lines...)
	if p.running != nil {
		return nil
	}
	return p.next(s)
}

// Update implements [Pane].
func (p *Prompt) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	defer p.refresh()
	switch msg := msg.(type) {
	case Sized:
		p.width, p.height = msg.Width, msg.Height
		return nil, p.resize()
	case tea.KeyPressMsg:
		return p.onKey(s, msg)
	case tea.PasteMsg:
		return nil, p.onPaste(s, msg)
	case tea.MouseWheelMsg:
		p.onWheel(msg)
	case outputMsg:
		return nil, p.nextOutput
	case startedMsg:
		return p.onStarted(s, msg)
	case endedMsg:
		return p.onEnded(s)
	case completedMsg:
		p.onCompleted(msg)
	case historyMsg:
		p.onHistory(msg)
		if msg.err != nil {
			return Tell{i18n.Explain(msg.err)}, nil
		}
	case rememberedMsg:
		p.saving = false
		if msg.err != nil {
			return Tell{i18n.Explain(msg.err)}, p.remember()
		}
		return nil, p.remember()
	}
	return nil, nil
}

func (p *Prompt) resize() tea.Cmd {
	width, height := p.width, p.height
	return func() tea.Msg {
		p.term.Resize(width, height)
		return nil
	}
}

// onHistory takes over what was typed in earlier sessions, before what was
// typed since this one began.
func (p *Prompt) onHistory(msg historyMsg) {
	p.history = msg.history
	memory, _ := prompt.OpenHistory("")
	for _, statement := range msg.history.Entries() {
		_ = memory.Add(statement)
	}
	line, caret := p.input.Value(), p.input.Caret()
	p.input = prompt.NewInput(memory)
	p.input.Set(line)
	for p.input.Caret() > caret {
		p.input.Left()
	}
}

// enter takes the line and, when it completes a statement, runs it.
func (p *Prompt) enter(s Scene) tea.Cmd {
	p.back = 0
	statement, complete, _ := p.input.Enter()
	if !complete {
		return nil
	}
	return tea.Batch(p.start(s, statement), p.save(statement))
}

// save has a statement written to the history's file, one at a time.
func (p *Prompt) save(statement string) tea.Cmd {
	p.unsaved = append(p.unsaved, statement)
	return p.remember()
}

func (p *Prompt) remember() tea.Cmd {
	if p.saving || p.history == nil || len(p.unsaved) == 0 {
		return nil
	}
	p.saving = true
	statements, history := p.unsaved, p.history
	p.unsaved = nil
	return func() tea.Msg {
		for _, statement := range statements {
			if err := history.Add(statement); err != nil {
				return rememberedMsg{err}
			}
		}
		return rememberedMsg{}
	}
}

// Keys implements [Pane].
func (p *Prompt) Keys(s Scene) []key.Binding {
	say := func(keys, id string) key.Binding {
		return key.NewBinding(key.WithHelp(keys, s.Lang.Say(i18n.M(id))))
	}
	switch {
	case p.running != nil:
		return []key.Binding{say("Ctrl-C", "tui.prompt.key.interrupt")}
	case p.input.Value() != "":
		return []key.Binding{say("Tab", "tui.prompt.key.complete")}
	case len(p.picture.Rows) > 0 && p.picture.Above > 0:
		return []key.Binding{say("PgUp", "tui.prompt.key.scroll")}
	}
	return nil
}

// command is a line that ended, as the lesson engine judges it.
func command(script prompt.Script, o prompt.Outcome) lessons.Command {
	record := prompt.Record(script, o)
	return lessons.Command{
		Line: record.Line, Calls: record.Argv, Exit: record.Exit, Output: record.Output,
		Started: record.Started, Ended: record.Ended,
	}
}
