package lessons

import (
	"strings"
	"testing"

	"podium/i18n"
)

func TestAStepThatTheClusterCantFollowSaysSo(t *testing.T) {
	step := Step{ID: "grow", Kind: Do, Needs: NeedNodes, Goals: []Goal{{ID: "there"}}, Solution: []string{"podium node add"}, Hints: 2}
	start := []string{"kubectl apply -f agent.yaml"}
	l := Lesson{
		Clear: []string{"kubectl delete nodes -l podium.dev/added"},
		Steps: []Step{
			{ID: "what", Kind: Read, Start: start}, step,
			{ID: "how-many", Kind: Predict, Ask: &Question{Reveal: "grow"}},
			{ID: "after", Kind: Do, Start: start, Goals: []Goal{{ID: "there"}}},
		},
		Words: map[i18n.Language]Words{},
	}
	for _, language := range i18n.Languages {
		l.Words[language] = Words{Title: "T", Summary: "S", Steps: map[string]StepWords{
			"what": {Title: "W", Text: "t"}, "grow": {Title: "G", Text: "Add a node."},
		}}
	}
	with := l.On(NeedNodes)
	if with.Steps[1].Kind != Do || with.Words[i18n.English].Steps["grow"].Text != "Add a node." {
		t.Errorf("on a cluster that has it: %+v", with.Steps[1])
	}
	without := l.On()
	if s := without.Steps[1]; s.Kind != Read || s.ID != "grow" || len(s.Goals)+len(s.Solution)+s.Hints > 0 {
		t.Errorf("the step is %+v", s)
	}
	for _, language := range i18n.Languages {
		w := without.Words[language]
		if missing := without.lacks(w, &without.Steps[1]); missing != "" || !strings.Contains(w.Steps["grow"].Text, "podium") {
			t.Errorf("%s lacks %q: %q", language, missing, w.Steps["grow"].Text)
		}
	}
	if len(without.Clear) > 0 || len(l.On(NeedCluster).Clear) == 0 {
		t.Error("what lies outside the namespace is cleared where it is others', or isn't where it is the learner's")
	}
	if len(without.Steps[0].Start) == 0 || len(without.Steps[1].Start)+len(without.Steps[3].Start) > 0 || len(with.Steps[3].Start) == 0 {
		t.Errorf("a reset would make what a step that is left out leaves behind: %+v", without.Steps)
	}
	if without.Steps[2].Kind != Read || with.Steps[2].Kind != Predict {
		t.Errorf("the question that the step would have answered is %+v", without.Steps[2])
	}
	if l.Steps[1].Kind != Do || l.Words[i18n.English].Steps["grow"].Text != "Add a node." {
		t.Error("the lesson itself was changed")
	}
}
