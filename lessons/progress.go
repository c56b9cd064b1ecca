package lessons

import (
	"maps"
	"slices"
	"time"

	"podium/i18n"
	"podium/ownfile"
)

// progressVersion is written into the file; a file of a later version is kept
// and not read.
const progressVersion = 1

// Progress is what a learner has reached, lesson by lesson.
type Progress struct {
	Version int                       `json:"version"`
	Lessons map[string]LessonProgress `json:"lessons"`
}

// LessonProgress is what a learner has reached in one lesson.
type LessonProgress struct {
	Step        string                      `json:"step,omitempty"` // where the learner is; "" when finished
	Done        []string                    `json:"done,omitempty"` // the steps that were met, in that order
	Started     time.Time                   `json:"started,omitzero"`
	Finished    time.Time                   `json:"finished,omitzero"`
	Seconds     float64                     `json:"seconds,omitempty"` // spent in the lesson
	Hints       int                         `json:"hints,omitempty"`
	Solutions   int                         `json:"solutions,omitempty"`
	Predictions map[string]PredictionRecord `json:"predictions,omitempty"` // by step ID
	Runs        map[string]Run              `json:"runs,omitempty"`        // by the step that measured, its newest
}

// PredictionRecord is what a learner predicted and what then happened.
type PredictionRecord struct {
	Said   string `json:"said"`
	Answer string `json:"answer,omitempty"`
	Right  bool   `json:"right,omitempty"`
}

func (p LessonProgress) clone() LessonProgress {
	p.Done = slices.Clone(p.Done)
	p.Predictions = maps.Clone(p.Predictions)
	p.Runs = maps.Clone(p.Runs)
	return p
}

// After returns the progress of a lesson that may have been begun again: that
// it was finished before stays so, and so do runs that weren't run anew.
func (p LessonProgress) After(before LessonProgress) LessonProgress {
	p = p.clone()
	if p.Finished.IsZero() {
		p.Finished = before.Finished
	}
	runs := maps.Clone(before.Runs)
	if runs == nil {
		return p
	}
	maps.Copy(runs, p.Runs)
	p.Runs = runs
	return p
}

func (p LessonProgress) markDone(step string) []string {
	if slices.Contains(p.Done, step) {
		return p.Done
	}
	return append(slices.Clip(p.Done), step)
}

// With returns the progress with a lesson's put in.
func (p Progress) With(lesson string, reached LessonProgress) Progress {
	lessons := maps.Clone(p.Lessons)
	if lessons == nil {
		lessons = map[string]LessonProgress{}
	}
	lessons[lesson] = reached.clone()
	return Progress{Version: progressVersion, Lessons: lessons}
}

// Reset returns the progress without a lesson's.
func (p Progress) Reset(lesson string) Progress {
	lessons := maps.Clone(p.Lessons)
	delete(lessons, lesson)
	return Progress{Version: progressVersion, Lessons: lessons}
}

// LoadProgress reads the progress kept at path; none is kept yet in a file that
// isn't there. A file that can't be understood is moved aside, never written
// over: the error says where it went, and the progress returned is empty and
// usable.
func LoadProgress(path string) (Progress, error) {
	empty := Progress{Version: progressVersion, Lessons: map[string]LessonProgress{}}
	var p Progress
	aside, err := ownfile.Load(path, progressVersion, &p)
	switch {
	case aside != "":
		return empty, i18n.Errorf(err, i18n.M("progress.aside", "Path", path, "Aside", aside))
	case err != nil:
		return empty, i18n.Errorf(err, i18n.M("progress.unreadable", "Path", path))
	}
	if p.Lessons == nil {
		return empty, nil
	}
	return p, nil
}

// Save writes the progress to path, all of it or nothing.
func (p Progress) Save(path string) error {
	p.Version = progressVersion
	if err := ownfile.Save(path, p); err != nil {
		return i18n.Errorf(err, i18n.M("progress.unsaved", "Path", path))
	}
	return nil
}
