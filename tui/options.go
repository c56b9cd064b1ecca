package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/classroom"
	"podium/cluster"
	"podium/cluster/record"
	"podium/i18n"
	"podium/lessons"
	"podium/prompt"
)

// Options is what the screen needs from the rest of the program.
type Options struct {
	// Open opens the cluster, telling report about each stage; it is called
	// again when the learner asks for another try. Run closes the cluster.
	Open func(ctx context.Context, report func(cluster.Stage)) (*cluster.Cluster, error)

	// LookOn opens, read-only, a cluster that another podium drives: Open has
	// failed with [cluster.ErrOwned]. It may be nil.
	LookOn func(ctx context.Context, report func(cluster.Stage)) (*cluster.Cluster, error)

	// Watch returns the cluster's snapshots, newest wins. The channel is closed
	// after ctx has ended.
	Watch func(ctx context.Context, c *cluster.Cluster) (<-chan cluster.Snapshot, error)

	// Record begins to record what happens on a cluster; Run closes it. Nil
	// records nothing.
	Record func(c *cluster.Cluster) (*record.Recorder, error)

	// Replay is shown instead of a cluster: nothing is opened.
	Replay *record.Recording

	Provider string // the provider's name, shown while the cluster opens
	Lessons  []lessons.Lesson

	// LoadLessons, when given, reads the lessons in place of Lessons after the
	// first frame is out: compiling their expressions takes tens of milliseconds.
	LoadLessons func() ([]lessons.Lesson, error)

	// LoadFaults returns the practice ground's faults with what a seed makes of
	// them; nil where there is none.
	LoadFaults func(seed uint64) ([]lessons.Lesson, error)
	StartRound *lessons.Round // a round of practice to begin with; nil for none

	StartReview bool   // begin with what is due
	CardsPath   string // where it is kept how well the learner remembers; "": nowhere

	ProgressPath string // where the learner's progress is kept
	Note         string // file that keeps which lesson was the last on the cluster; "": in Prompt.Folder
	StartLesson  string // ID of the lesson to open at once; "" begins at home

	// Drawn is called when the first frame is on the terminal, before Bubble Tea
	// begins; if it fails, so does Run. It may be nil.
	Drawn func() error

	Talk *Talk // the lesson is presented to a room; nil: it is a learner's

	Lang       i18n.Language
	Look       Look
	Prompt     prompt.Options   // Folder holds a folder for each lesson
	Log        string           // file that a crash is written to
	Now        func() time.Time // nil is the machine's clock
	Layout     Layout           // as [LoadLayout] found it
	LayoutPath string           // where it is kept; "": nowhere

	Program []tea.ProgramOption // for tests
	Remote  *Remote             // nil is this process's own terminal

	// Tell is told where the learner is, whenever that changes. It must not wait.
	Tell  func(classroom.Standing)
	Hints <-chan string // what an instructor says to the learner

	// Mirror, if given, makes this the screen of somebody who watches: it shows
	// where that learner is and can change nothing.
	Mirror <-chan classroom.Standing

	// Class, if given, makes this an instructor's overview. GiveHint sends a
	// learner a sentence.
	Class    <-chan classroom.Class
	GiveHint func(learner, sentence string) error
}

// Look is what the learner asked of the screen's look.
type Look struct {
	ASCII      bool       // no glyph beyond ASCII, whatever the terminal can draw
	Plain      bool       // no colours
	Background Background // "" asks the terminal
}

// Background says what the terminal's background is like.
type Background string

// The backgrounds.
const (
	Dark  Background = "dark"
	Light Background = "light"
)
