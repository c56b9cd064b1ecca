package lessons

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"podium/i18n"
)

// A document is a file of words, cut into its parts but not yet held against
// the lesson's logic.
type document struct {
	file           string
	lines          []string
	title, summary string
	rows           map[string]string // of the comparison, by row
	sections       []section
}

// A section holds a step's words.
type section struct {
	id, title string
	line      int
	text      string
	blocks    []block
}

// A block is a fenced block that isn't part of the text: goals, hints, the
// debrief, a question and its choices.
type block struct {
	name string
	line int // of its first line inside
	text string
}

// Names of the blocks that are taken out of a section's text.
const (
	goalsBlock   = "goals"
	hintBlock    = "hint"
	debriefBlock = "debrief"
	askBlock     = "ask"
	choicesBlock = "choices"
)

// parseWords cuts a file of words into front matter, sections and blocks. A
// block is a fenced code block as Markdown has them, so that a hint with code in
// it takes a longer fence.
func parseWords(file, text string, m *mistakes) document {
	p := &wordsParser{m: m, lines: strings.Split(text, "\n")}
	p.doc = document{file: file, lines: p.lines}
	p.frontMatter()
	for p.next < len(p.lines) {
		p.line()
	}
	p.endSection()
	return p.doc
}

type wordsParser struct {
	m     *mistakes
	doc   document
	lines []string
	next  int // index of the line to read

	section *section
	text    []string
}

func (p *wordsParser) at(line int, what i18n.Message) { p.m.at(place{p.doc.file, line, 1}, what) }

func (p *wordsParser) frontMatter() {
	end := -1
	for i := 1; i < len(p.lines) && p.lines[0] == "---"; i++ {
		if p.lines[i] == "---" {
			end = i
			break
		}
	}
	if end < 0 {
		p.at(1, i18n.M("words.front"))
		return
	}
	p.next = end + 1
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(strings.Join(p.lines[:end], "\n")), &root); err != nil || len(root.Content) == 0 {
		p.at(1, i18n.M("words.front"))
		return
	}
	r := &reader{file: p.doc.file, m: p.m}
	r.fields(root.Content[0], fieldTable{
		"title":   func(n *yaml.Node) { p.doc.title = strings.TrimSpace(r.text(n)) },
		"summary": func(n *yaml.Node) { p.doc.summary = strings.TrimSpace(r.text(n)) },
		"rows": func(n *yaml.Node) {
			if err := n.Decode(&p.doc.rows); err != nil {
				r.at(n, i18n.M("lesson.wantmapping"))
			}
		},
	})
	if p.doc.title == "" || p.doc.summary == "" {
		p.at(1, i18n.M("words.front"))
	}
}

// line reads one line outside a fence, and all of a fenced block.
func (p *wordsParser) line() {
	line := p.lines[p.next]
	if heading, ok := strings.CutPrefix(line, "## "); ok {
		p.heading(heading)
		p.next++
		return
	}
	fence, name := openingFence(line)
	if fence == "" {
		p.add(line)
		p.next++
		return
	}
	p.fenced(fence, name)
}

func (p *wordsParser) heading(text string) {
	p.endSection()
	id, title, ok := strings.Cut(text, ":")
	id, title = strings.TrimSpace(id), strings.TrimSpace(title)
	if !ok || !idName.MatchString(id) || title == "" {
		p.at(p.next+1, i18n.M("words.heading"))
	}
	p.section = &section{id: id, title: title, line: p.next + 1}
}

func (p *wordsParser) add(line string) {
	if p.section != nil {
		p.text = append(p.text, line)
	} else if strings.TrimSpace(line) != "" {
		p.at(p.next+1, i18n.M("words.outside"))
	}
}

// fenced reads a fenced block up to its end.
func (p *wordsParser) fenced(fence, name string) {
	start := p.next
	end := start + 1
	for end < len(p.lines) && !closesFence(p.lines[end], fence) {
		end++
	}
	if end == len(p.lines) {
		p.at(start+1, i18n.M("words.unclosed"))
	}
	p.next = min(end+1, len(p.lines))
	switch name {
	case goalsBlock, hintBlock, debriefBlock, askBlock, choicesBlock:
		if p.section == nil {
			p.at(start+1, i18n.M("words.outside"))
			return
		}
		text := strings.TrimSpace(strings.Join(p.lines[start+1:end], "\n"))
		if text == "" {
			p.at(start+1, i18n.M("words.emptyblock", "Block", name))
		}
		p.section.blocks = append(p.section.blocks, block{name, start + 2, text})
	default:
		for _, line := range p.lines[start:p.next] {
			p.add(line)
		}
	}
}

func (p *wordsParser) endSection() {
	if p.section == nil {
		return
	}
	p.section.text = strings.TrimSpace(strings.Join(p.text, "\n"))
	p.doc.sections = append(p.doc.sections, *p.section)
	p.section, p.text = nil, nil
}

// openingFence returns the fence a line opens and the word after it, by
// CommonMark's rules: three or more backticks or tildes, indented by at most
// three spaces.
func openingFence(line string) (fence, name string) {
	trimmed := strings.TrimLeft(line, " ")
	if len(line)-len(trimmed) > 3 || trimmed == "" || (trimmed[0] != '`' && trimmed[0] != '~') {
		return "", ""
	}
	n := len(trimmed) - len(strings.TrimLeft(trimmed, trimmed[:1]))
	if n < 3 || (trimmed[0] == '`' && strings.Contains(trimmed[n:], "`")) {
		return "", ""
	}
	name, _, _ = strings.Cut(strings.TrimSpace(trimmed[n:]), " ")
	return trimmed[:n], name
}

func closesFence(line, fence string) bool {
	trimmed := strings.TrimSpace(line)
	return len(trimmed) >= len(fence) && strings.Trim(trimmed, fence[:1]) == "" && len(line)-len(strings.TrimLeft(line, " ")) <= 3
}
