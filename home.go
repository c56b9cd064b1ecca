package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"

	"podium/i18n"
)

// A home is the one folder that podium writes to: PODIUM_HOME, else podium in
// the user's state folder (XDG_STATE_HOME, or what the system uses for it).
type home string

func findHome() (home, error) {
	dir := os.Getenv("PODIUM_HOME")
	if dir == "" {
		dir = filepath.Join(xdg.StateHome, "podium")
	}
	dir, err := filepath.Abs(dir)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return "", i18n.Errorf(err, i18n.M("cli.home", "Dir", dir, "Problem", plain(err)))
	}
	return home(dir), nil
}

func (h home) log() string   { return filepath.Join(string(h), "podium.log") }
func (h home) crash() string { return filepath.Join(string(h), "crash.log") }

// recordings is what happened in the lab, one file for each time it was open.
func (h home) recordings() string { return filepath.Join(string(h), "recordings") }

// standing tells others where the learner is: those who watch.
func (h home) standing() string { return filepath.Join(string(h), "standing.json") }

// hint is a sentence from an instructor, until it has been shown.
func (h home) hint() string { return filepath.Join(string(h), "hint") }

// history is what a learner typed at the prompt, in whatever course.
func (h home) history(learner string) string { return filepath.Join(h.learner(learner), "history") }

// layout is how a learner arranged the screen.
func (h home) layout(learner string) string { return filepath.Join(h.learner(learner), "screen.json") }

// lastLesson is the note of which lesson was the last on a provider's cluster.
func (h home) lastLesson(provider string) string {
	return filepath.Join(h.provider(provider), "lesson")
}

// plain is a system error without the call and the path that Go puts before it.
func plain(err error) string {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// wishedLanguage returns the language from --lang in args, else from
// PODIUM_LANG, else from the locale. It is needed before flags are parsed, for
// the sentences of the flags themselves.
func wishedLanguage(args []string) i18n.Language {
	wishes := []string{}
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			wishes = append(wishes, value)
		} else if arg == "--lang" && i+1 < len(args) {
			wishes = append(wishes, args[i+1])
		}
	}
	for _, name := range []string{"PODIUM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		wishes = append(wishes, os.Getenv(name))
	}
	return i18n.Match(wishes...)
}

// chosen is the language of the screen: what was asked for this time, else what
// F8 last chose there.
func (o *options) chosen(kept i18n.Language) i18n.Language {
	if o.langGiven || os.Getenv("PODIUM_LANG") != "" || kept == "" {
		return o.lang
	}
	return kept
}
