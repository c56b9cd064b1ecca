package panes

import (
	"fmt"
	"testing"
	"time"

	"podium/cluster"
	"podium/i18n"
	"podium/lessons"
)

// The comparison with rows that were run, one that was run half, one of another
// lesson and one that nothing measures.
func TestComparisonGoldens(t *testing.T) {
	measured := func(id, row string, back bool) lessons.Step {
		return lessons.Step{ID: id, Kind: lessons.Do, Measure: &lessons.Measure{Row: row, Back: back}}
	}
	words := map[i18n.Language]lessons.Words{
		i18n.English: {Title: "Strategies", Rows: map[string]string{
			"by-hand": "By hand", "recreate": "Recreate", "rolling": "Rolling", "canary": "Canary \x1b[2J", "blue-green": "A name that is far too long for a table"}},
		i18n.Korean: {Title: "배포 전략", Rows: map[string]string{
			"by-hand": "직접 교체", "recreate": "리크리에이트", "rolling": "롤링", "canary": "카나리", "blue-green": "표에 넣기에는 너무나 긴 이름"}},
	}
	this := lessons.Lesson{
		ID: "strategies", Words: words, Rows: []string{"by-hand", "recreate", "rolling", "blue-green", "canary"},
		Steps: []lessons.Step{
			{ID: "what", Kind: lessons.Read, Table: true},
			measured("recreate", "recreate", false), measured("recreate-back", "recreate", true), measured("rolling", "rolling", false), measured("rolling-back", "rolling", true),
			measured("blue", "blue-green", false), measured("green", "blue-green", false),
		},
	}
	pod := lessons.Lesson{ID: "pod", Steps: []lessons.Step{measured("replace", "by-hand", false)},
		Words: map[i18n.Language]lessons.Words{i18n.English: {Title: "Pod"}, i18n.Korean: {Title: "파드"}}}
	at := time.Date(2026, 5, 1, 12, 4, 0, 0, time.Local)
	progress := lessons.Progress{}.With("strategies", lessons.LessonProgress{Runs: map[string]lessons.Run{
		"recreate":      {At: at, Seconds: 4.42, Downtime: 3.13, Failed: 1155, Total: 2000, MostPods: 3},
		"recreate-back": {At: at, Seconds: 123.4},
		"rolling":       {At: at.Add(4 * time.Minute), Seconds: 9.96, Total: 300, MostPods: 5},
		"blue":          {At: at, Seconds: 3, MostPods: 8},
		"rolling-back":  {At: at, Seconds: 0.04},
	}})
	s := (&world{}).scene()
	s.Lessons, s.Progress = []lessons.Lesson{pod, this}, progress
	s.Session = lessons.Begin(this, "lab", cluster.Snapshot{Time: at})
	for _, lang := range i18n.Languages {
		for _, width := range []int{40, 50, 76} {
			s.Lang = lang
			drawn := NewLesson().View(s, width, 14)
			checkBlock(t, "comparison", drawn, width, 14)
			keepsGolden(t, fmt.Sprintf("comparison-%d-%s", width, lang), drawn)
		}
	}
}
