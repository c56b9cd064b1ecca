package panes

import (
	"time"

	"podium/i18n"
)

// Before is a board of another moment, beside the present one.
type Before struct{ *Board }

// NewBefore returns that board.
func NewBefore() Before { return Before{NewBoard()} }

// Name implements [Pane].
func (Before) Name() string { return "before" }

// Title implements [Pane].
func (Before) Title(s Scene) string {
	return s.Lang.Say(i18n.M("talk.before", "Time", s.Now.Format(time.TimeOnly)))
}
