package lessons

import (
	"strings"
	"testing"

	"podium/i18n"
)

func TestAStepThatTheClusterCantFollowSaysSo(t *testing.T) {
	step := Step{ID: "grow", Kind: Do, Needs: NeedNodes, Goals: []Goal{{ID: "there"}}, Solution: []string{"podium node add"}, Hints: 2}
	l := Lesson{
		Steps: []Step{{ID: "what", Kind: Read}, step},
		Words: map[i18n.Language]Words{},
	}
	for _, language := range i18n.Languages {
		l.Words[language] = Words{Title: "T", Summary: "S", Steps: map[string]StepWords{
			"what": {Title: "W", Text: "t"}, "grow": {Title: "G", Text: "Add a node."},
		}}
	}
	if same := l.On(NeedNodes); same.Steps[1].Kind != Do || same.Words[i18n.English].Steps["grow"].Text != "Add a node." {
		t.Errorf("on a cluster that has it: %+v", same.Steps[1])
	}
	without := l.On()
	if s := without.Steps[1]; s.Kind != Read || s.ID != "grow" || len(s.Goals)+len(s.Solution)+s.Hints > 0 {
		t.Errorf("the step is %+v", s)
	}
	for _, language := range i18n.Languages {
		w := without.Words[language]
		if missing := lacks(w, &without.Steps[1]); missing != "" || !strings.Contains(w.Steps["grow"].Text, "podium") {
			t.Errorf("%s lacks %q: %q", language, missing, w.Steps["grow"].Text)
		}
	}
	if l.Steps[1].Kind != Do || l.Words[i18n.English].Steps["grow"].Text != "Add a node." {
		t.Error("the lesson itself was changed")
	}
}
