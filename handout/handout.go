// Package handout writes a lesson as a document to be read away from the lab: a
// page of Markdown for a wiki, or a self-contained page of HTML for a phone,
// with pictures of what the learner's cluster did.
//
// Lessons and recordings may come from anywhere, so nothing of theirs reaches a
// document as HTML: see [harmless] and [page].
package handout

import (
	"maps"
	"slices"
	"strings"

	"podium/i18n"
	"podium/lessons"
)

// A Handout is a lesson and what goes with it.
type Handout struct {
	Lesson   lessons.Lesson
	Lang     i18n.Language
	Provider string             // the texts are as they read on its clusters
	Pictures map[string]Picture // by the ID of the step that was met then
}

// A section is a part of the document. Its title and its text are harmless
// Markdown.
type section struct {
	ID, Title, Text string
	Number          int      // of the step; 0: none
	Fold            bool     // what a reader may not want to see at once
	Picture         *Picture // below the text; nil: none
}

func (h Handout) say(id string, pairs ...any) string { return h.Lang.Say(i18n.M(id, pairs...)) }

func (h Handout) title() string { return h.Lesson.Words[h.Lang].Title }

// sections are the steps in their order, and after them the lesson's files.
func (h Handout) sections() []section {
	var all []section
	for i, step := range h.Lesson.Steps {
		words := h.Lesson.Words[h.Lang].Steps[step.ID]
		s := section{ID: step.ID, Number: i + 1, Title: harmless(words.Title), Text: harmless(h.text(step, words))}
		if picture, ok := h.Pictures[step.ID]; ok {
			s.Picture = &picture
		}
		all = append(all, s)
		if help := h.help(step, words); help != "" {
			all = append(all, section{ID: step.ID, Title: h.say("handout.help"), Text: harmless(help), Fold: true})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(h.Lesson.Files)) {
		all = append(all, section{ID: "file-" + name, Title: code(name), Text: fenced("yaml", h.Lesson.Files[name])})
	}
	return all
}

// text is what a step says and asks for.
func (h Handout) text(step lessons.Step, words lessons.StepWords) string {
	parts := []string{lessons.On(words.Text, h.Provider), words.Ask}
	var choices, goals []string
	for _, choice := range words.Choices {
		choices = append(choices, "- "+choice)
	}
	for _, goal := range step.Goals {
		goals = append(goals, "- "+words.Goals[goal.ID])
	}
	parts = append(parts, strings.Join(choices, "\n"))
	if len(goals) > 0 {
		parts = append(parts, "**"+h.say("handout.goals")+"**", strings.Join(goals, "\n"))
	}
	return paragraphs(parts...)
}

// help is what a learner gets to see when stuck, and after success.
func (h Handout) help(step lessons.Step, words lessons.StepWords) string {
	var parts []string
	for i, hint := range words.Hints {
		parts = append(parts, "**"+h.say("handout.hint", "Number", i+1)+"**", lessons.On(unfilled(hint.Source), h.Provider))
	}
	if len(step.Solution) > 0 {
		parts = append(parts, "**"+h.say("handout.solution")+"**", fenced("sh", strings.Join(step.Solution, "\n")))
	}
	if words.Debrief != "" {
		parts = append(parts, "**"+h.say("handout.debrief")+"**", lessons.On(words.Debrief, h.Provider))
	}
	return paragraphs(parts...)
}

func paragraphs(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" })
	return strings.Join(parts, "\n\n")
}

// unfilled is a hint without what only a cluster could tell.
func unfilled(source string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(source, "{{")
		b.WriteString(before)
		_, rest, closed := strings.Cut(after, "}}")
		if !found || !closed {
			return b.String()
		}
		b.WriteString("…")
		source = rest
	}
}

// fenced is text as a code block, whose fence is longer than any in the text.
func fenced(language, text string) string {
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	return fence + language + "\n" + strings.TrimRight(text, "\n") + "\n" + fence
}

// code is text as a code span.
func code(text string) string {
	mark := strings.Repeat("`", longestRun(text)+1)
	return mark + text + mark
}

// longestRun is how many backticks stand in a row in a text, at most.
func longestRun(text string) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
