package lessons

import (
	"maps"
	"slices"

	"podium/i18n"
)

// A Need is something that a step asks of the cluster and that not every cluster
// has.
type Need string

// NeedNodes: nodes can be added while the cluster runs, with `podium node add`.
const NeedNodes Need = "nodes"

// allNeeds are those that lesson.yaml may name, with what is said where a
// cluster doesn't have it.
var allNeeds = map[Need]i18n.Message{NeedNodes: i18n.M("step.needs-nodes")}

// On returns the lesson as a cluster with these features can follow it: a step
// that needs another keeps its place and its title, and one sentence says why
// there is nothing to do.
func (l Lesson) On(has ...Need) Lesson {
	lacks := func(s Step) bool { return s.Needs != "" && !slices.Contains(has, s.Needs) }
	if !slices.ContainsFunc(l.Steps, lacks) {
		return l
	}
	l.Steps, l.Words = slices.Clone(l.Steps), maps.Clone(l.Words)
	for language, words := range l.Words {
		words.Steps = maps.Clone(words.Steps)
		for _, s := range l.Steps {
			if lacks(s) {
				why := language.Say(allNeeds[s.Needs])
				words.Steps[s.ID] = StepWords{Title: words.Steps[s.ID].Title, Text: why}
			}
		}
		l.Words[language] = words
	}
	for i, s := range l.Steps {
		if lacks(s) {
			l.Steps[i] = Step{ID: s.ID, Kind: Read}
		}
	}
	return l
}
