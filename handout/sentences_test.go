package handout

import (
	"slices"
	"testing"
)

func TestSentencesHaveNoMarks(t *testing.T) {
	got := Sentences("A **pod** runs\n`containers`, see [docs](https://k8s.io).\n\n- one\n- two\n  more\n\n1. a\n2. b\n\n```sh\nkubectl get pods\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n> quoted <b>")
	want := []string{
		"A pod runs containers, see docs (https://k8s.io).", "- one", "- two more", "1. a", "2. b", "  kubectl get pods", "a; b", "1; 2", "quoted <b>",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
