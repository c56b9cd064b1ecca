package lessons

import (
	"maps"
	"slices"
	"time"

	"podium/i18n"
)

// ExportVersion is the version of [Export]. Fields may be added without a new one;
// none changes its name or its meaning.
const ExportVersion = 1

// An Export is what `podium progress --json` prints; docs/progress.md describes it.
type Export struct {
	Version int              `json:"version"`
	Learner string           `json:"learner"`
	Course  string           `json:"course"` // the course's folder; "" for podium's own lessons
	Lessons []LessonExported `json:"lessons"`
}

// LessonExported is one lesson of an [Export].
type LessonExported struct {
	ID          string               `json:"id"`
	Title       string               `json:"title"`
	State       State                `json:"state"`
	Step        string               `json:"step"` // where the learner goes on; "" before the beginning and after the end
	StepsDone   int                  `json:"stepsDone"`
	StepsTotal  int                  `json:"stepsTotal"`
	Done        []string             `json:"done"` // IDs of the steps that were met
	Seconds     float64              `json:"seconds"`
	Hints       int                  `json:"hints"`
	Solutions   int                  `json:"solutions"`
	Started     *time.Time           `json:"started"`  // null: not yet
	Finished    *time.Time           `json:"finished"` // null: not yet
	Predictions []PredictionExported `json:"predictions"`
}

// PredictionExported is what the learner predicted in a step and what happened.
type PredictionExported struct {
	Step   string `json:"step"`
	Said   string `json:"said"`
	Answer string `json:"answer"` // "" until the cluster has answered
	Right  bool   `json:"right"`
}

// State says how far a learner is in a lesson.
type State string

// The states.
const (
	Untouched State = "new"
	Begun     State = "begun"
	Finished  State = "finished"
)

// Export says how far a learner is in every lesson of a course, in its order.
// What was reached in a lesson that the course no longer has is left out.
func (p Progress) Export(learner, course string, all []Lesson, in i18n.Language) Export {
	export := Export{Version: ExportVersion, Learner: learner, Course: course, Lessons: []LessonExported{}}
	for _, l := range all {
		reached, began := p.Lessons[l.ID]
		one := LessonExported{
			ID: l.ID, Title: l.Words[in].Title, State: Untouched, Step: reached.Step, StepsTotal: len(l.Steps), Done: []string{},
			Seconds: reached.Seconds, Hints: reached.Hints, Solutions: reached.Solutions,
			Started: instant(reached.Started), Finished: instant(reached.Finished), Predictions: []PredictionExported{},
		}
		for _, s := range l.Steps {
			if slices.Contains(reached.Done, s.ID) {
				one.Done = append(one.Done, s.ID)
			}
		}
		one.StepsDone = len(one.Done)
		switch {
		case !reached.Finished.IsZero():
			one.State = Finished
		case began:
			one.State = Begun
		}
		for _, step := range slices.Sorted(maps.Keys(reached.Predictions)) {
			said := reached.Predictions[step]
			one.Predictions = append(one.Predictions, PredictionExported{step, said.Said, said.Answer, said.Right})
		}
		export.Lessons = append(export.Lessons, one)
	}
	return export
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
