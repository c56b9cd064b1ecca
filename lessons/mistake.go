package lessons

import (
	"errors"

	"podium/i18n"
)

// mistakes gathers what is wrong with a lesson, so that its author sees all of
// it at once.
type mistakes struct {
	found []error
}

// maxMistakes is as many as an author can make use of at once.
const maxMistakes = 50

// at notes a mistake in a line (from 1) of a file.
func (m *mistakes) at(file string, line int, what i18n.Message) {
	if len(m.found) < maxMistakes {
		m.found = append(m.found, i18n.Errorf(nil, i18n.M("lesson.mistake", "File", file, "Line", line, "What", what)))
	}
}

// in notes a mistake in a file as a whole.
func (m *mistakes) in(file string, what i18n.Message) {
	if len(m.found) < maxMistakes {
		m.found = append(m.found, i18n.Errorf(nil, i18n.M("lesson.mistakein", "File", file, "What", what)))
	}
}

func (m *mistakes) err() error { return errors.Join(m.found...) }

// Mistakes returns one sentence for each mistake in an error of [Load].
func Mistakes(err error) []i18n.Message {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []i18n.Message
		for _, e := range joined.Unwrap() {
			all = append(all, Mistakes(e)...)
		}
		return all
	}
	return []i18n.Message{i18n.Explain(err)}
}
