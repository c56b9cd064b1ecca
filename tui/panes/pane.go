// Package panes holds podium's panes, one in each file. A pane draws one
// rectangle of the screen from a [Scene] and keeps nothing but its own view
// state, such as a scroll offset or lines drawn before.
package panes

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"k8s.io/apimachinery/pkg/types"

	"podium/classroom"
	"podium/cluster"
	"podium/cluster/record"
	"podium/cluster/traffic"
	"podium/cluster/why"
	"podium/i18n"
	"podium/lessons"
	"podium/recall"
	"podium/tui/theme"
)

// A Scene is all that a pane may draw from. It is a value; a pane can't change
// it.
type Scene struct {
	Now   time.Time // panes never read the clock
	Lang  i18n.Language
	Theme *theme.Theme

	Lab      Lab
	Snapshot cluster.Snapshot
	Recent   []cluster.Change // those of the last [GlowTime] that glow, oldest first
	Past     why.Past         // what happened up to Now, and by whom

	Round    Round           // of practice; the zero Round in a lesson
	Talk     Talk            // the zero Talk in a learner's lesson
	Class    classroom.Class // of an instructor's overview
	Session  lessons.Session // the zero Session while no lesson is open
	Progress lessons.Progress
	Recall   Recall
	Lessons  []lessons.Lesson
	Load     traffic.Stats // the zero Stats while no requests are sent

	Selected  Selection    // what lanes and details are about
	Event     types.UID    // of the event that it was chosen by, "" for none
	Focused   bool         // whether keys go to this pane
	Onlooker  bool         // the lab is somebody else's: its keys do nothing here
	Held      i18n.Message // why the prompt is shut; zero while it is open
	Checking  bool         // something runs whose outcome the step waits for
	Watchable bool         // another podium drives the cluster that could not be opened
	Failed    i18n.Message // why the cluster could not be opened

	Then *Then // nil: the scene is now
}

// lessonWords are the words of the lesson with an ID: the open one's, which may be
// a fault, or one of the course's. They are empty for a lesson that is gone.
func lessonWords(s Scene, id string) lessons.Words {
	if open := s.Session.Lesson(); open.ID == id {
		return open.Words[s.Lang]
	}
	if i := slices.IndexFunc(s.Lessons, func(l lessons.Lesson) bool { return l.ID == id }); i >= 0 {
		return s.Lessons[i].Words[s.Lang]
	}
	return lessons.Words{}
}

// A Round is a round of practice.
type Round struct {
	On       bool
	Seed     uint64
	Timed    bool
	Prepared time.Time // when it was begun to be made
	Began    time.Time // when the fault was in; zero before
	Ended    time.Time // when all was well; zero before
	Debrief  *lessons.Debrief
}

// A Talk is what a room should know of how a lesson is presented to it.
type Talk struct {
	Marked bool    // the step being read is marked
	Speed  float64 // of the nodes; 1 is their usual one
}

// A Then says that a scene is a moment of a recording. Everything else in the
// scene is as it was then.
type Then struct {
	Film    *record.Recording
	At      record.Moment
	Now     time.Time // by the clock, while Scene.Now is the moment's
	Playing bool
	Speed   float64 // how fast it plays
	Replay  bool    // of a file: there is no now to go back to
}

// Lab says which cluster is on the screen.
type Lab struct {
	Provider   string
	Name       string
	Namespace  string
	Kubeconfig string          // for the learner's own tools; "" where they can have none
	Stage      cluster.Stage   // while it comes up
	Stages     []cluster.Stage // all of them so far, oldest first
	Ready      bool            // it is up
	ReadOnly   bool            // another podium owns it
	Lost       i18n.Message    // why it is gone; zero while it is there
}

// A Selection is an object by what identifies it for good.
type Selection struct {
	Kind string // Deployment, DaemonSet, Pod …
	UID  types.UID
}

// A Pane is one rectangle of the screen.
type Pane interface {
	// Name identifies the pane in layouts and, with "pane." before it, in the
	// language catalogue.
	Name() string

	// Title is what stands in the pane's upper edge: short, without styling.
	Title(Scene) string

	// Update takes a message: keys and mouse clicks only while they are the
	// pane's, everything else always. What the pane wants done outside its
	// rectangle it returns as an action, which the screen carries out at once.
	Update(Scene, tea.Msg) (Action, tea.Cmd)

	// View draws the pane into exactly width × height cells.
	View(s Scene, width, height int) string

	// Keys lists the keys that work now, for the footer and the help.
	Keys(Scene) []key.Binding
}

// Sized is the message that tells a pane the size it is drawn in from now on.
type Sized struct{ Width, Height int }

// A Summarizer is a pane that can say in a few cells what it shows, for the
// line that stands for it while it has no room.
type Summarizer interface {
	Summary(s Scene, width int) string
}

// An Action is what a pane asks of the screen; nil asks nothing.
type Action interface{ isAction() }

type (
	// RunLine runs a line at the prompt as if the learner had typed it.
	RunLine struct{ Line string }

	// Select makes an object the one that lanes and details are about. Event is
	// the event that it was chosen by, if it was.
	Select struct {
		Selection Selection
		Event     types.UID
	}

	// Ran tells that a line has ended at the prompt.
	Ran struct{ Command lessons.Command }

	// OpenLesson opens a lesson at the step where the learner left it.
	OpenLesson struct{ ID string }

	// Explore opens the cluster without a lesson.
	Explore struct{}

	// Practise begins a round of practice, of a fault that the seed chooses or of
	// the one with this ID.
	Practise struct {
		Fault string
		Timed bool
	}

	// OpenReview begins to ask what is due.
	OpenReview struct{}

	// Reviewed goes on in the review.
	Reviewed struct{ Review recall.Review }

	// ShowMap shows the map of resources over the page.
	ShowMap struct{}

	// GoHome leaves the lesson for the list of lessons; its progress is kept.
	GoHome struct{}

	// AnswerQuestion answers the step's question with a number or a choice's key.
	AnswerQuestion struct{ Answer string }

	// NextStep goes on from a step that is met.
	NextStep struct{}

	// BackStep shows the step before, to be read again.
	BackStep struct{}

	// TypeLine puts a line into the prompt for the learner to run or change.
	TypeLine struct{ Line string }

	// ShowHint reveals the step's next hint.
	ShowHint struct{}

	// StepChange goes to the next change, or the one before.
	StepChange struct{ By int }

	// Seek goes to a moment.
	Seek struct{ Time time.Time }

	// Play plays the past, or pauses it.
	Play struct{}

	// Faster plays faster by so many steps, or slower.
	Faster struct{ By int }

	// Send sends requests to a Service, or ends those that are being sent.
	Send struct {
		Service    string
		Port, Rate int
	}

	// LookOver shows a learner's lab to their instructor.
	LookOver struct{ Name string }

	// GiveHint sends a learner a sentence.
	GiveHint struct{ Name, Sentence string }

	// Tell puts a sentence into the status line.
	Tell struct{ Message i18n.Message }
)

func (RunLine) isAction()        {}
func (Ran) isAction()            {}
func (Select) isAction()         {}
func (Explore) isAction()        {}
func (Practise) isAction()       {}
func (OpenReview) isAction()     {}
func (Reviewed) isAction()       {}
func (ShowMap) isAction()        {}
func (BackStep) isAction()       {}
func (TypeLine) isAction()       {}
func (OpenLesson) isAction()     {}
func (GoHome) isAction()         {}
func (AnswerQuestion) isAction() {}
func (NextStep) isAction()       {}
func (ShowHint) isAction()       {}
func (Send) isAction()           {}
func (Tell) isAction()           {}
func (LookOver) isAction()       {}
func (GiveHint) isAction()       {}
func (StepChange) isAction()     {}
func (Seek) isAction()           {}
func (Play) isAction()           {}
func (Faster) isAction()         {}

// A Timely pane may look different at another time although nothing happened.
type Timely interface {
	// Timely reports whether it does now.
	Timely(Scene) bool
}
