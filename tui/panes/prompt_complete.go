package panes

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/prompt"
)

// A completion is how the word before the cursor may go on.
type completion struct {
	asked      bool // an answer is awaited
	open       bool // the candidates are listed below the line
	from       int  // where the word begins
	candidates []prompt.Candidate
	chosen     int // the candidate put into the line; -1 before the first
}

// completedMsg brings the candidates for a line. They count only if the line is
// still the same.
type completedMsg struct {
	line       string
	caret      int
	candidates []prompt.Candidate
}

func (completedMsg) forPrompt() {}

// onTab asks how the word may go on; with the candidates listed it walks
// through them.
func (p *Prompt) onTab() tea.Cmd {
	c := &p.complete
	if c.open {
		c.chosen = (c.chosen + 1) % len(c.candidates)
		p.input.Replace(c.from, c.candidates[c.chosen].Text)
		return nil
	}
	line, caret := p.input.Value(), p.input.Caret()
	if c.asked || line == "" {
		return nil
	}
	p.complete = completion{asked: true}
	ctx, options := p.ctx, p.options
	whole := strings.Join(append(append([]string(nil), p.input.Pending()...), line), "\n")
	offset := len(whole) - len(line)
	return func() tea.Msg {
		// A list cut short by the clock is worth as much as none.
		candidates, _ := prompt.Complete(ctx, options, whole, offset+caret)
		return completedMsg{line, caret, candidates}
	}
}

func (p *Prompt) onCompleted(msg completedMsg) {
	p.complete.asked = false
	if p.input.Value() != msg.line || p.input.Caret() != msg.caret || len(msg.candidates) == 0 {
		return
	}
	from := prompt.Place(msg.line, msg.caret)
	common := prompt.Common(msg.candidates)
	switch {
	case len(msg.candidates) == 1:
		text := msg.candidates[0].Text
		if !strings.HasSuffix(text, "=") && !strings.HasSuffix(text, "/") && msg.caret == len(msg.line) {
			text += " "
		}
		p.input.Replace(from, text)
	case len(common) > msg.caret-from:
		p.input.Replace(from, common)
	default:
		p.complete = completion{open: true, from: from, candidates: msg.candidates, chosen: -1}
	}
}

// list draws the candidates around the chosen one, a row each. Where not all
// have room, the last row says how many more there are.
func (p *Prompt) list(s Scene, width int) []string {
	n := p.listed()
	if n == 0 {
		return nil
	}
	widest := 0
	for _, c := range p.complete.candidates {
		widest = max(widest, cells(Clean(c.Text)))
	}
	widest = min(widest, width/2)
	first := min(max(0, p.complete.chosen-n+1), len(p.complete.candidates)-n)
	note := ""
	if hidden := len(p.complete.candidates) - n; hidden > 0 {
		note = " " + s.Lang.Say(i18n.M("prompt.more", "Count", hidden))
	}
	var rows []string
	for i, c := range p.complete.candidates[first : first+n] {
		end := ""
		if i == n-1 {
			end = Fit(note, min(cells(note), width/2), s.Theme.Ellipsis)
		}
		row := newLine(width-cells(end), s.Theme.Ellipsis)
		ink := s.Theme.Inks.Text
		if first+i == p.complete.chosen {
			ink = s.Theme.Inks.Chosen
		}
		row.space(2)
		row.put(ink, Fit(Clean(c.Text), widest, s.Theme.Ellipsis))
		row.space(2)
		row.put(s.Theme.Inks.Faint, Clean(c.Help))
		rows = append(rows, row.end()+s.Theme.Faint.Render(end))
	}
	return rows
}
