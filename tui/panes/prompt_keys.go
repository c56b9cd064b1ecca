package panes

import (
	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"podium/i18n"
)

// onKey gives a key to the program that runs, or edits the line with it.
func (p *Prompt) onKey(s Scene, press tea.KeyPressMsg) (Action, tea.Cmd) {
	name := Keystroke(press)
	if !p.Full() && p.scroll(name) {
		return nil, nil
	}
	if p.running != nil {
		p.back = 0
		p.toProgram(press)
		return nil, nil
	}
	if !s.Held.IsZero() && !p.mayType(s, name) {
		return Tell{s.Held}, nil
	}
	if name != "tab" && name != "shift+tab" {
		p.complete = completion{}
	}
	if p.onSearch(name, press.Text) {
		return nil, nil
	}
	p.back = 0
	switch name {
	case "enter":
		return nil, p.enter(s)
	case "tab":
		return nil, p.onTab()
	case "ctrl+c":
		p.print(s, p.input.Value()+"^C")
		p.input.Cancel()
	case "ctrl+d":
		if p.input.Value() == "" {
			return Tell{i18n.M("tui.prompt.exit")}, nil
		}
		p.input.Delete()
	case "ctrl+r":
		p.input.Search()
	default:
		if edit, ok := edits[name]; ok {
			edit(p)
		} else if press.Text != "" {
			p.input.Insert(press.Text)
		}
	}
	return nil, nil
}

// mostAhead bounds what is kept while a line runs: far more than anyone types.
const mostAhead = 4096

// toProgram gives a key to what runs. Keys that it doesn't read wait for the
// line after it, as they do in a shell.
func (p *Prompt) toProgram(press tea.KeyPressMsg) {
	if !press.Mod.Contains(tea.ModCtrl) && (!reads(*p.running) || !p.term.Running()) {
		p.later(press)
		return
	}
	p.term.Key(uv.KeyPressEvent(press))
}

func (p *Prompt) later(msg tea.Msg) {
	if len(p.ahead) < mostAhead {
		p.ahead = append(p.ahead, msg)
	}
}

// catchUp does what was typed while the line before ran, as far as that starts
// no other.
func (p *Prompt) catchUp(s Scene) tea.Cmd {
	var cmds []tea.Cmd
	for p.running == nil && len(p.ahead) > 0 {
		msg := p.ahead[0]
		p.ahead = p.ahead[1:]
		switch msg := msg.(type) {
		case tea.KeyPressMsg:
			_, cmd := p.onKey(s, msg)
			cmds = append(cmds, cmd)
		case tea.PasteMsg:
			cmds = append(cmds, p.onPaste(s, msg))
		}
	}
	return tea.Batch(cmds...)
}

// mayType reports whether a key edits the line, which a learner may do while
// the prompt is shut for a moment; a cluster that is only watched never opens it.
func (p *Prompt) mayType(s Scene, name string) bool {
	return !s.Lab.ReadOnly && name != "enter" && name != "tab"
}

// edits are the keys of line editing, those of readline.
var edits = map[string]func(*Prompt){
	"left": func(p *Prompt) { p.input.Left() }, "ctrl+b": func(p *Prompt) { p.input.Left() },
	"right": func(p *Prompt) { p.input.Right() }, "ctrl+f": func(p *Prompt) { p.input.Right() },
	"home": func(p *Prompt) { p.input.Home() }, "ctrl+a": func(p *Prompt) { p.input.Home() },
	"end": func(p *Prompt) { p.input.End() }, "ctrl+e": func(p *Prompt) { p.input.End() },
	"ctrl+left": func(p *Prompt) { p.input.WordLeft() }, "alt+b": func(p *Prompt) { p.input.WordLeft() },
	"alt+left": func(p *Prompt) { p.input.WordLeft() }, "alt+right": func(p *Prompt) { p.input.WordRight() },
	"ctrl+right": func(p *Prompt) { p.input.WordRight() }, "alt+f": func(p *Prompt) { p.input.WordRight() },
	"backspace": func(p *Prompt) { p.input.Backspace() }, "ctrl+h": func(p *Prompt) { p.input.Backspace() },
	"delete": func(p *Prompt) { p.input.Delete() },
	"ctrl+w": func(p *Prompt) { p.input.DeleteWord() }, "alt+backspace": func(p *Prompt) { p.input.DeleteWord() },
	"ctrl+u": func(p *Prompt) { p.input.KillBefore() }, "ctrl+k": func(p *Prompt) { p.input.KillAfter() },
	"up": func(p *Prompt) { p.input.Up() }, "ctrl+p": func(p *Prompt) { p.input.Up() },
	"down": func(p *Prompt) { p.input.Down() }, "ctrl+n": func(p *Prompt) { p.input.Down() },
	"space": func(p *Prompt) { p.input.Insert(" ") }, "shift+space": func(p *Prompt) { p.input.Insert(" ") },
}

// onSearch handles keys while the history is searched. A key that edits ends
// the search and is handled as usual.
func (p *Prompt) onSearch(name, text string) bool {
	if _, on, _ := p.input.Searching(); !on {
		return false
	}
	switch {
	case name == "ctrl+r":
		p.input.Search()
	case name == "backspace":
		p.input.Refine("")
	case name == "esc", name == "ctrl+c":
		p.input.AbandonSearch()
	case name == "tab":
		p.input.Accept()
	case text != "":
		p.input.Refine(text)
	default:
		p.input.Accept()
		return false
	}
	return true
}

// scroll moves through the output and reports whether the key does that.
func (p *Prompt) scroll(name string) bool {
	page := max(1, p.height-1)
	switch name {
	case "pgup", "shift+pgup":
		p.back = min(p.back+page, p.back+p.picture.Above)
	case "pgdown", "shift+pgdown":
		p.back = max(0, p.back-page)
	default:
		return false
	}
	return true
}

func (p *Prompt) onWheel(msg tea.MouseWheelMsg) {
	const step = 3
	switch msg.Button {
	case tea.MouseWheelUp:
		p.back = min(p.back+step, p.back+p.picture.Above)
	case tea.MouseWheelDown:
		p.back = max(0, p.back-step)
	}
}

// Keystroke names a key by its place on the keyboard where a Latin letter is
// meant: with Ctrl or Alt a Korean layout's letters stand for those on the same
// keys, where the terminal tells.
func Keystroke(press tea.KeyPressMsg) string {
	if press.Code >= 0x80 && press.BaseCode != 0 && press.Text == "" {
		press.Code = press.BaseCode
	}
	return press.Keystroke()
}
