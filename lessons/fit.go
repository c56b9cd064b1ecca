package lessons

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"podium/i18n"
)

// minHints is how many hints a do step has: a nudge, and almost the answer.
const minHints = 2

// fitWords holds each language's words against the lesson's logic, and the
// languages against each other, and puts them into the lesson.
func fitWords(l *Lesson, read map[i18n.Language]document, m *mistakes, compile compiler) {
	first := i18n.Languages[0]
	if _, ok := read[first]; !ok && len(read) > 0 {
		first = slices.Sorted(maps.Keys(read))[0]
	}
	for _, language := range i18n.Languages {
		doc, ok := read[language]
		if !ok {
			continue // said already
		}
		words := Words{Title: doc.title, Summary: doc.summary, Rows: doc.rows, Steps: map[string]StepWords{}}
		for _, row := range l.Rows {
			if words.Rows[row] == "" {
				m.at(place{doc.file, 1, 1}, i18n.M("words.norow", "Row", row))
			}
		}
		seen := map[string]bool{}
		for i := range doc.sections {
			sec := &doc.sections[i]
			at := slices.IndexFunc(l.Steps, func(s Step) bool { return s.ID == sec.id })
			switch {
			case at < 0:
				m.at(place{doc.file, sec.line, 1}, i18n.M("words.nostep", "ID", cut(Plain(sec.id), 60)))
				continue
			case seen[sec.id]:
				m.at(place{doc.file, sec.line, 1}, i18n.M("words.sectiontwice", "ID", sec.id))
				continue
			}
			seen[sec.id] = true
			step := &l.Steps[at]
			f := &fitter{file: doc.file, step: step, m: m, compile: compile, fault: l.Fault != nil}
			w := f.words(sec)
			if language == first {
				step.Hints = len(w.Hints)
			} else if len(w.Hints) != step.Hints && read[first].file != "" {
				m.at(place{doc.file, sec.line, 1}, i18n.M("words.hints", "ID", sec.id, "Have", len(w.Hints), "Want", step.Hints, "Other", read[first].file))
			} else if other := l.Words[first].Steps[sec.id]; (other.Debrief == "") != (w.Debrief == "") {
				m.at(place{doc.file, sec.line, 1}, i18n.M("words.debrief", "ID", sec.id))
			}
			words.Steps[sec.id] = w
		}
		for _, step := range l.Steps {
			if !seen[step.ID] {
				m.in(doc.file, i18n.M("words.nosection", "ID", step.ID))
			}
		}
		l.Words[language] = words
	}
	for _, language := range i18n.Languages {
		if _, ok := read[language]; !ok {
			l.Words[language] = l.Words[first]
		}
	}
}

// A fitter turns a section into a step's words.
type fitter struct {
	file    string
	step    *Step
	m       *mistakes
	compile compiler
	fault   bool
}

func (f *fitter) at(line int, what i18n.Message) { f.m.at(place{f.file, line, 1}, what) }

func (f *fitter) words(sec *section) StepWords {
	w := StepWords{Title: sec.title, Text: sec.text}
	for _, b := range sec.blocks {
		switch b.name {
		case goalsBlock:
			w.Goals = f.sentences(b, goalIDs(f.step), w.Goals != nil)
		case choicesBlock:
			f.choices(&w, b)
		case hintBlock:
			f.hint(&w, b)
		case debriefBlock:
			f.once(&w.Debrief, b)
		case askBlock:
			f.once(&w.Ask, b)
		}
	}
	f.complete(&w, sec)
	return w
}

// complete checks that nothing the step needs is missing.
func (f *fitter) complete(w *StepWords, sec *section) {
	asks := f.step.Ask != nil
	switch {
	case len(f.step.Goals) > 0 && w.Goals == nil:
		f.at(sec.line, i18n.M("words.noblock", "ID", sec.id, "Block", goalsBlock))
	case asks && w.Ask == "":
		f.at(sec.line, i18n.M("words.noblock", "ID", sec.id, "Block", askBlock))
	case asks && f.step.Ask.Form == Choice && w.Choices == nil:
		f.at(sec.line, i18n.M("words.noblock", "ID", sec.id, "Block", choicesBlock))
	case f.step.Kind == Do && len(w.Hints) < minHints:
		f.at(sec.line, i18n.M("words.fewhints", "ID", sec.id, "Least", minHints))
	case !asks && w.Ask != "":
		f.at(sec.line, i18n.M("words.noquestion", "ID", sec.id, "Block", askBlock))
	case !asks && w.Choices != nil:
		f.at(sec.line, i18n.M("words.noquestion", "ID", sec.id, "Block", choicesBlock))
	case w.Text == "" && !asks && !(f.fault && sec.id == SymptomStep): // told where it is mended
		f.at(sec.line, i18n.M("words.notext", "ID", sec.id))
	}
}

func (f *fitter) once(place *string, b block) {
	if *place != "" {
		f.at(b.line-1, i18n.M("words.blocktwice", "Block", b.name))
	}
	*place = b.text
}

func (f *fitter) hint(w *StepWords, b block) {
	if len(w.Hints) == maxHints {
		f.at(b.line-1, i18n.M("lesson.toolong", "Most", maxHints))
		return
	}
	t, err := parseTemplate(b.text, f.compile)
	if err != nil {
		at := place{f.file, b.line, 1}
		var mistake *compileError
		if errors.As(err, &mistake) {
			at.line, at.column = b.line+mistake.line-1, mistake.column
		}
		f.m.at(at, i18n.M("lesson.cel", "Reason", Plain(err.Error())))
	}
	w.Hints = append(w.Hints, t)
}

func (f *fitter) choices(w *StepWords, b block) {
	if f.step.Ask == nil {
		w.Choices = []string{}
		return
	}
	sentences := f.sentences(b, f.step.Ask.Choices, w.Choices != nil)
	w.Choices = []string{}
	for _, key := range f.step.Ask.Choices {
		w.Choices = append(w.Choices, sentences[key])
	}
}

func goalIDs(s *Step) []string {
	ids := make([]string, len(s.Goals))
	for i, g := range s.Goals {
		ids[i] = g.ID
	}
	return ids
}

// sentences reads a block of `key: sentence` lines, one for each key. A line
// that is indented goes on with the sentence before.
func (f *fitter) sentences(b block, keys []string, twice bool) map[string]string {
	if twice {
		f.at(b.line-1, i18n.M("words.blocktwice", "Block", b.name))
	}
	found := map[string]string{}
	last := ""
	for i, line := range strings.Split(b.text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if strings.HasPrefix(line, " ") && last != "" {
			found[last] += " " + strings.TrimSpace(line)
			continue
		}
		key, sentence, ok := strings.Cut(line, ":")
		key, sentence = strings.TrimSpace(key), strings.TrimSpace(sentence)
		switch {
		case !ok || sentence == "":
			f.at(b.line+i, i18n.M("words.sentence", "Block", b.name))
		case !slices.Contains(keys, key):
			f.at(b.line+i, i18n.M("words.nokey", "Key", cut(Plain(key), 60), "Block", b.name, "ID", f.step.ID))
		case found[key] != "":
			f.at(b.line+i, i18n.M("lesson.twice", "Field", key))
		default:
			found[key], last = sentence, key
		}
	}
	for _, key := range keys {
		if found[key] == "" {
			f.at(b.line-1, i18n.M("words.missingkey", "Key", key, "Block", b.name))
		}
	}
	return found
}
