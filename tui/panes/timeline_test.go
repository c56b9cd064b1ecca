package panes

import (
	"testing"

	"podium/cluster/record"
	"podium/i18n"
	"podium/lessons"
)

func TestAMarkCallsAStepAsItsOwnLessonDoes(t *testing.T) {
	named := func(id, title string) lessons.Lesson {
		return lessons.Lesson{ID: id, Words: map[i18n.Language]lessons.Words{
			i18n.English: {Steps: map[string]lessons.StepWords{"delete": {Title: title}}},
		}}
	}
	s := Scene{Lang: i18n.English, Lessons: []lessons.Lesson{named("tour", "Close the room"), named("replicaset", "Delete a pod")}}
	for want, mark := range map[string]record.Mark{
		"step met: Close the room": {Kind: record.Met, Name: "delete", Lesson: "tour"},
		"step met: Delete a pod":   {Kind: record.Met, Name: "delete", Lesson: "replicaset"},
		"step met: delete":         {Kind: record.Met, Name: "delete", Lesson: "a lesson that is gone"},
	} {
		if got := MarkText(s, mark); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
