package tui

import (
	"slices"

	"podium/cluster/record"
	"podium/i18n"
	"podium/lessons"
)

// proof returns how to find the moment that answers the prediction that the
// step on the screen reveals; nil when it reveals none.
func (m *Model) proof() func(*record.Recording) (record.Moment, i18n.Message, error) {
	session := m.scene.Session
	var revealed *lessons.Prediction
	for _, p := range session.Revealed() {
		if p.Known && p.Said != "" && p.Reveal == session.Step().ID {
			revealed = &p
		}
	}
	if revealed == nil {
		return nil
	}
	say := i18n.M("tui.past.proof", "Answer", m.answerText(*revealed))
	return func(film *record.Recording) (record.Moment, i18n.Message, error) {
		at, err := session.Proof(*revealed, film.Between(revealed.Asked, revealed.Answered))
		if err != nil {
			return record.Moment{}, i18n.Message{}, err
		}
		moment, err := film.Seek(at)
		return moment, say, err
	}
}

// answerText is what the cluster answered: a number, or a choice's sentence.
func (m *Model) answerText(p lessons.Prediction) string {
	lesson := m.scene.Session.Lesson()
	for _, step := range lesson.Steps {
		if step.ID != p.StepID || step.Ask == nil {
			continue
		}
		sentences := lesson.Words[m.scene.Lang].Steps[step.ID].Choices
		for i, choice := range step.Ask.Choices {
			if choice == p.Answer && i < len(sentences) {
				return sentences[i]
			}
		}
	}
	return p.Answer
}

// openBefore reports whether a prediction that was made before podium was closed
// waits for its answer: it is answered by what happens from now on.
func (m *Model) openBefore() bool {
	kept := m.scene.Progress.Lessons[m.scene.Session.Lesson().ID].Predictions
	return slices.ContainsFunc(m.scene.Session.Predictions(), func(p lessons.Prediction) bool {
		before, ok := kept[p.StepID]
		return ok && before.Answer == "" && !p.Known && p.StepID != m.scene.Session.Step().ID
	})
}
