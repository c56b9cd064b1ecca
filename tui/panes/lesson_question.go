package panes

import (
	"strconv"

	"github.com/charmbracelet/x/ansi"

	"podium/lessons"
)

func stripped(s string) string { return ansi.Strip(s) }

// question adds the step's question, the answers there are, and what there is
// to say about the one given.
func (l *Lesson) question() {
	p := &l.page
	step := p.s.Session.Step()
	if step.Ask == nil {
		return
	}
	words := p.s.Session.Words(p.s.Lang)
	p.gap()
	p.markdown(words.Ask)
	p.gap()
	if step.Ask.Form == lessons.Choice {
		l.choices(words)
	} else if l.Asking(p.s) {
		p.add(l.answer.field(p.s))
	}
	if l.Asking(p.s) && !p.s.Focused && !p.s.Onlooker {
		p.gap()
		p.paragraph(p.s.Theme.Accent.Render("Tab "), p.s.Theme.Faint, p.say("tui.lesson.answer-here"))
	}
	// What was noted of a prediction is told with what the cluster did.
	if reply := p.s.Session.Reply(); !reply.IsZero() && step.Kind != lessons.Predict {
		p.gap()
		mark, style := p.s.Theme.Good.Render(p.s.Theme.Met)+" ", p.s.Theme.Text
		if !p.s.Session.Met() {
			mark, style = p.s.Theme.Bad.Render(p.s.Theme.Broken)+" ", p.s.Theme.Bad
		}
		p.paragraph(mark, style, p.s.Lang.Say(reply))
	}
}

// choices adds the answers to choose from, each with the key that gives it.
func (l *Lesson) choices(words lessons.StepWords) {
	p := &l.page
	th, ask := p.s.Theme, p.s.Session.Step().Ask
	for i, sentence := range words.Choices {
		if i >= len(ask.Choices) {
			break
		}
		pointer, style := "  ", th.Text
		switch {
		case l.Asking(p.s) && i == l.answer.chosen && p.s.Focused:
			pointer = th.Accent.Render(th.Here) + " "
		case p.s.Session.Answered() == ask.Choices[i]:
			pointer, style = th.Accent.Render(th.Here)+" ", th.Strong
		}
		p.paragraph(pointer+th.Accent.Render(strconv.Itoa(i+1))+"  ", style, sentence)
	}
}
