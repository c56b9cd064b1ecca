package lessons

import (
	"maps"
	"slices"

	"podium/i18n"
)

// A Need is something that a step asks of the cluster and that not every cluster
// has.
type Need string

const (
	// NeedNodes: nodes can be added while the cluster runs, with `podium node add`.
	NeedNodes Need = "nodes"

	// NeedCluster: the cluster is the learner's, whole. What is outside the
	// namespace can be seen and changed, and there is a control plane's node.
	NeedCluster Need = "cluster"

	// NeedView: nodes and namespaces can be listed. The step changes nothing.
	NeedView Need = "view"

	// NeedNetwork: the prompt's curl and wget reach Services and pods. The step
	// changes nothing.
	NeedNetwork Need = "network"
)

// allNeeds are those that lesson.yaml may name, with what is said where a
// cluster doesn't have it.
var allNeeds = map[Need]i18n.Message{
	NeedNodes:   i18n.M("step.needs-nodes"),
	NeedCluster: i18n.M("step.needs-cluster"),
	NeedView:    i18n.M("step.needs-view"),
	NeedNetwork: i18n.M("step.needs-network"),
}

// On returns the lesson as a cluster with these features can follow it: a step
// that needs another keeps its place and its title, and one sentence says why
// there is nothing to do. So does a question that such a step would have answered.
func (l Lesson) On(has ...Need) Lesson {
	if !slices.Contains(has, NeedCluster) {
		l.Clear, l.Namespaces = nil, nil
	}
	lacking := l.lacking(has)
	if len(lacking) == 0 {
		return l
	}
	l.Steps, l.Words = slices.Clone(l.Steps), maps.Clone(l.Words)
	for language, words := range l.Words {
		words.Steps = maps.Clone(words.Steps)
		for id, need := range lacking {
			words.Steps[id] = StepWords{Title: words.Steps[id].Title, Text: language.Say(allNeeds[need])}
		}
		l.Words[language] = words
	}
	whole := true
	for i, s := range l.Steps {
		if !whole {
			l.Steps[i].Start = nil // it makes what the steps that are left out would have left
		}
		if need := lacking[s.ID]; need != "" {
			whole = whole && (len(s.Goals) == 0 || need == NeedView || need == NeedNetwork)
			l.Steps[i] = Step{ID: s.ID, Kind: Read}
		}
	}
	return l
}

// lacking returns the steps that a cluster with these features can't follow, by
// ID, and what they lack.
func (l Lesson) lacking(has []Need) map[string]Need {
	lacking := map[string]Need{}
	for _, s := range l.Steps {
		if s.Needs != "" && !slices.Contains(has, s.Needs) {
			lacking[s.ID] = s.Needs
		}
	}
	for _, s := range l.Steps {
		if s.Kind == Predict && lacking[s.Ask.Reveal] != "" {
			lacking[s.ID] = lacking[s.Ask.Reveal]
		}
	}
	return lacking
}
