package recall

import (
	"testing"

	"podium/lessons"
)

// BenchmarkCards finds the cards of somebody who has finished the whole course.
func BenchmarkCards(b *testing.B) {
	all := course(b)
	p := lessons.Progress{Lessons: map[string]lessons.LessonProgress{}}
	for _, l := range all {
		reached := lessons.LessonProgress{Finished: noon}
		for _, s := range l.Steps {
			reached.Done = append(reached.Done, s.ID)
		}
		p.Lessons[l.ID] = reached
	}
	for b.Loop() {
		Cards(all, p)
	}
}
