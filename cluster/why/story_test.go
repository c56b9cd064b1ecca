package why

import (
	"path/filepath"
	"testing"
	"time"

	"podium/i18n"
)

// What a lesson removed to make a step's state is not told; a screen that shows
// the moment before still tells what had happened by then.
func TestAStoryBeginsAnewWhereALessonMadeAStepsState(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tales: %v", err)
	}
	_, past, _ := read(t, files[0])
	before := past.Story("lab", 100)
	if len(before) == 0 {
		t.Fatal("the tale has no story")
	}
	at := before[len(before)-1].Time.Add(time.Second)
	past = past.Anew(at)
	story := past.Story("lab", 100)
	if len(story) != 1 || story[0].What != Anew || i18n.English.Say(story[0].Who) != "the lesson" {
		t.Errorf("the story is %+v", story)
	}
	if told := past.Until(at.Add(-time.Nanosecond)).Story("lab", 100); len(told) != len(before) {
		t.Errorf("%d lines before it, want %d", len(told), len(before))
	}
	after := past.Ran(Command{Line: "kubectl scale deploy/web --replicas=2", Calls: [][]string{{"scale", "deploy/web", "--replicas=2"}}, Started: at.Add(time.Second), Ended: at.Add(time.Second)})
	if told := after.Story("lab", 100); len(told) != 2 {
		t.Errorf("after a command the story is %+v", told)
	}
	if (Past{}).Anew(at).Size() != (Past{}).Size() {
		t.Error("a past that knows nothing begins with a note")
	}
}
