package main

import (
	"errors"
	"os"

	"podium/confine"
	"podium/i18n"
)

// confinedWord is the first argument of the process that confines itself and
// then becomes podium: a learner's, where podium serves.
const confinedWord = "confined"

// becomeConfined takes the host from this process, within the bounds that its
// environment tells, and goes on as podium with args.
func becomeConfined(args []string) int {
	bounds, told, err := confine.Told()
	if err == nil && !told {
		err = errors.New("it wasn't told what it may reach") // never without bounds
	}
	if err == nil {
		err = confine.Become(bounds, args)
	}
	return report(os.Stderr, i18n.Errorf(err, i18n.M("cli.serve-lab-failed", "Problem", err.Error())), wishedLanguage(nil))
}

// narrowed is a child that does what a learner typed. A confined learner's has the
// terminal it was given and can open no other: through those it could read what
// others type.
func narrowed(child func() int) func() int {
	return func() int {
		bounds, told, err := confine.Told()
		if told && err == nil {
			bounds.Terminals = false
			err = confine.Enter(bounds)
		}
		if err != nil {
			return report(os.Stderr, i18n.Errorf(err, i18n.M("cli.serve-lab-failed", "Problem", err.Error())), wishedLanguage(nil))
		}
		return child()
	}
}
