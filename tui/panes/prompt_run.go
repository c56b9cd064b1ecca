package panes

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/lessons"
	"podium/prompt"
)

// start runs a statement, or does what only the screen can do.
func (p *Prompt) start(s Scene, statement string) tea.Cmd {
	p.print(s, statement)
	script, err := prompt.Parse(statement)
	if err != nil {
		p.failed = 2
		p.say(s, s.Theme.Bad.Render(s.Lang.Say(i18n.Explain(err))))
		return p.next(s)
	}
	if script.Empty() {
		return p.next(s)
	}
	if word := script.Alone(); word != "" {
		p.failed = 0
		p.alone(s, word)
		return p.next(s)
	}
	p.options.Language = s.Lang
	ctx, cancel := context.WithCancel(p.ctx)
	p.running, p.stop, p.back = &script, cancel, 0
	options, width, height := p.options, p.width, p.height
	return func() tea.Msg {
		ended, err := p.term.Start(ctx, prompt.Child(ctx, options, script.Line()), width, height)
		return startedMsg{ended, err}
	}
}

// print shows the statement as it was typed.
func (p *Prompt) print(s Scene, statement string) {
	for i, line := range strings.Split(statement, "\n") {
		mark := "$ "
		if i > 0 {
			mark = "> "
		}
		p.term.Print(s.Theme.Accent.Render(mark) + s.Theme.Strong.Render(Clean(line)))
	}
}

// say prints a sentence of podium's own, broken between words.
func (p *Prompt) say(s Scene, sentence string) {
	for _, row := range breakRows(strings.Trim(sentence, "\n"), p.width) {
		p.term.Print(row)
	}
}

// Show prints a line that was run for the learner, and what it wrote.
func (p *Prompt) Show(s Scene, c lessons.Command) {
	p.print(s, c.Line)
	if output := strings.TrimRight(c.Output, "\n"); output != "" {
		p.term.Print(output)
	}
	p.refresh()
}

// Hear prints a sentence that somebody else says to the learner.
func (p *Prompt) Hear(s Scene, sentence i18n.Message) {
	p.say(s, s.Theme.Accent.Render(s.Theme.Here+" ")+s.Theme.Strong.Render(s.Lang.Say(sentence)))
	p.refresh()
}

// Forget removes every row that was printed.
func (p *Prompt) Forget() {
	p.term.Clear()
	p.refresh()
}

// historyShown is how many statements the word history shows.
const historyShown = 30

// alone does a word that is the screen's own.
func (p *Prompt) alone(s Scene, word string) {
	switch word {
	case "clear":
		p.term.Clear()
	case "exit":
		p.say(s, s.Lang.Say(i18n.M("tui.prompt.exit")))
	case "help":
		p.say(s, s.Lang.Say(i18n.M("tui.prompt.help")))
	case "history":
		entries := []string{}
		if p.history != nil {
			entries = p.history.Entries()
		}
		for _, entry := range entries[max(0, len(entries)-historyShown):] {
			p.term.Print(strings.ReplaceAll(entry, "\n", "\n> "))
		}
	}
}

func (p *Prompt) onStarted(s Scene, msg startedMsg) (Action, tea.Cmd) {
	if msg.err != nil {
		p.running, p.failed = nil, 1
		p.stop()
		p.say(s, s.Theme.Bad.Render(s.Lang.Say(i18n.Explain(msg.err))))
		return nil, p.next(s)
	}
	return nil, func() tea.Msg {
		<-msg.ended
		return endedMsg{}
	}
}

// onEnded tells the lesson what ran and goes on with what waits.
func (p *Prompt) onEnded(s Scene) (Action, tea.Cmd) {
	if p.running == nil {
		return nil, nil
	}
	script, outcome := *p.running, p.term.Last()
	p.stop()
	p.running, p.failed = nil, outcome.Exit
	return Ran{command(script, outcome)}, tea.Batch(p.next(s), p.catchUp(s))
}

// next runs what waits: lines of a paste first, then lines the screen was asked
// to run. Lines stop where one was interrupted.
func (p *Prompt) next(s Scene) tea.Cmd {
	const interrupted = 130
	if p.failed == interrupted {
		p.queue, p.ahead = nil, nil
		p.input.Cancel()
		p.failed = 0
		return nil
	}
	if p.input.Next() {
		return p.enter(s)
	}
	if len(p.queue) == 0 {
		return nil
	}
	line := p.queue[0]
	p.queue = p.queue[1:]
	return tea.Batch(p.start(s, line), p.save(line))
}

func (p *Prompt) onPaste(s Scene, msg tea.PasteMsg) tea.Cmd {
	switch {
	case p.running != nil && reads(*p.running):
		p.term.Paste(msg.Content)
	case p.running != nil:
		p.later(msg)
	case !s.Held.IsZero():
		return nil
	case p.input.Paste(msg.Content):
		return p.enter(s)
	}
	return nil
}
