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

// A place is where in a file something stands: line and column from 1, the
// column in characters, as editors count and open them.
type place struct {
	file         string
	line, column int
}

// at notes a mistake at a place.
func (m *mistakes) at(p place, what i18n.Message) {
	if len(m.found) < maxMistakes {
		m.found = append(m.found, i18n.Errorf(nil, i18n.M("lesson.mistake", "File", p.file, "Line", p.line, "Column", max(1, p.column), "What", what)))
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
