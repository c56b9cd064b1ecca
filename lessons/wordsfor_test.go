package lessons

import (
	"testing"

	"podium/i18n"
)

// wordsFor makes up the words of a lesson whose words don't matter, with one of
// the two hints as given.
func wordsFor(t testing.TB, l *Lesson, hint string) map[i18n.Language]Words {
	t.Helper()
	all := map[i18n.Language]Words{}
	for _, language := range i18n.Languages {
		w := Words{Title: "Title", Summary: "Summary", Steps: map[string]StepWords{}}
		for i := range l.Steps {
			s := &l.Steps[i]
			words := StepWords{Title: s.ID, Text: "Text", Goals: map[string]string{}}
			for _, g := range s.Goals {
				words.Goals[g.ID] = g.ID
			}
			if s.Ask != nil {
				words.Ask = "Ask"
				words.Choices = s.Ask.Choices
			}
			if s.Kind == Do {
				for _, source := range []string{"First", hint} {
					template, err := parseTemplate(source, compile)
					if err != nil {
						t.Fatal(err)
					}
					words.Hints = append(words.Hints, template)
				}
			}
			s.Hints = len(words.Hints)
			w.Steps[s.ID] = words
		}
		all[language] = w
	}
	return all
}
