// Package i18n holds every sentence podium puts before a learner, once per
// language, and turns a [Message] into text.
//
// Packages below the screen never build sentences: they return a Message, and
// whoever draws it says it in the learner's language at that moment, so that
// the language can be switched while a lesson runs.
package i18n

import (
	"fmt"
	"maps"
	"strings"

	"golang.org/x/text/language"
)

// A Language is one of the languages podium speaks, by its BCP 47 tag.
type Language string

// The languages, each complete.
const (
	English Language = "en"
	Korean  Language = "ko"
)

// Languages lists what podium speaks; the first is what it falls back to.
var Languages = []Language{English, Korean}

// Next returns the language after l, for a key that walks through them.
func (l Language) Next() Language {
	for i, other := range Languages {
		if other == l {
			return Languages[(i+1)%len(Languages)]
		}
	}
	return Languages[0]
}

// Name is the language's own name for itself.
func (l Language) Name() string {
	if l == Korean {
		return "한국어"
	}
	return "English"
}

// Match returns the language that best suits the wishes, strongest first. A
// wish is a BCP 47 tag or a POSIX locale such as ko_KR.UTF-8; empty and unknown
// ones are passed over.
func Match(wishes ...string) Language {
	tags := make([]language.Tag, len(Languages))
	for i, l := range Languages {
		tags[i] = language.Make(string(l))
	}
	matcher := language.NewMatcher(tags)
	for _, wish := range wishes {
		wish, _, _ = strings.Cut(wish, ".")
		wish, _, _ = strings.Cut(wish, "@")
		tag, err := language.Parse(strings.ReplaceAll(wish, "_", "-"))
		if err != nil || tag == language.Und {
			continue
		}
		if _, i, confidence := matcher.Match(tag); confidence > language.No {
			return Languages[i]
		}
	}
	return English
}

// Args are a message's values, by the names its sentence uses. A value that is
// itself a Message is said in the same language first. The name Count chooses
// between singular and plural.
type Args map[string]any

// A Message is a sentence that can be said in every language.
type Message struct {
	ID   string
	Args Args
}

// M makes a message from its name in the catalogue and pairs of argument name
// and value: M("goal.ready", "Count", 2, "Want", 4).
func M(id string, pairs ...any) Message {
	m := Message{ID: id}
	if len(pairs) > 0 {
		m.Args = make(Args, len(pairs)/2)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}

// Text is a message that reads the same in every language, such as a name the
// cluster gave or an error in the API server's own words.
func Text(s string) Message { return Message{Args: Args{"Text": s}} }

// IsZero reports whether there is nothing to say.
func (m Message) IsZero() bool { return m.ID == "" && m.Args == nil }

// Say returns m in language l. A message that l lacks is said in English, and
// one nobody has by its name, so that a mistake here never costs the learner
// more than a clumsy line; the catalogue's test keeps both from happening.
func (l Language) Say(m Message) string {
	if m.ID == "" {
		text, _ := m.Args["Text"].(string)
		return text
	}
	if len(m.Args) == 0 {
		return words.plain(l, m.ID)
	}
	args := maps.Clone(m.Args)
	for name, value := range args {
		switch value := value.(type) {
		case Message:
			args[name] = l.Say(value)
		case *Error:
			args[name] = l.Say(value.Message)
		}
	}
	return words.say(l, m.ID, args)
}

// An Error is a failure that has a sentence for the learner.
type Error struct {
	Message Message
	Cause   error // for the log; may be nil
}

// Errorf returns an error whose sentence is m, caused by cause (or nil).
func Errorf(cause error, m Message) error { return &Error{Message: m, Cause: cause} }

// Error implements error, in English, for logs and tests.
func (e *Error) Error() string {
	text := English.Say(e.Message)
	if e.Cause != nil {
		text += " (" + e.Cause.Error() + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }
