// Package lessons holds podium's lessons and the engine that follows a learner
// through one.
//
// A lesson is a folder: lesson.yaml with its logic, en.md and ko.md with its
// words, and the manifests that only it needs. The engine is pure: it looks at
// snapshots, at what happened and at the learner's commands, and says which
// goals are met. It runs no command and reads no clock; a lesson is data and
// can run nothing on the host.
package lessons

import (
	"io/fs"

	"podium/i18n"
)

// A Lesson teaches one idea in a few steps.
type Lesson struct {
	ID    string            // the folder's name without its number: "pod"
	Order int               // the folder's number: 20 in 020-pod
	Files map[string]string // what the learner finds in the lesson's folder, by file name
	Clear []string          // commands that put right what the lesson changes outside its namespace; each reset runs them

	// Namespaces are those that the learner makes besides the lesson's own; each
	// reset removes them.
	Namespaces []string

	Setup []string // commands that make the state the first step starts from
	Steps []Step
	Rows  []string // of the comparison that steps with Table show, filled by steps that measure
	Words map[i18n.Language]Words
	Dir   fs.FS  // the lesson's folder
	Fault *Fault // nil: a lesson; else a round on the practice ground
}

// Words is what a lesson says in one language.
type Words struct {
	Title   string
	Summary string               // one line, for the list of lessons
	Rows    map[string]string    // what the comparison's rows are called
	Steps   map[string]StepWords // by step ID
}

// StepWords is what a step says in one language. Text and Debrief are Markdown.
type StepWords struct {
	Title   string
	Text    string
	Ask     string            // the question of a predict or quiz step
	Choices []string          // the answers to choose from, in the order of Ask.Choices
	Goals   map[string]string // each goal in one plain sentence, by goal ID
	Hints   []Template        // from a nudge to almost the answer
	Debrief string            // shown after success: why, and the common mistakes
}

// Kind says what a step asks of the learner.
type Kind string

// The kinds of steps.
const (
	Read    Kind = "read"    // a short text; done when the learner goes on
	Predict Kind = "predict" // a question before acting, answered by the cluster later
	Do      Kind = "do"      // goals checked on the cluster
	Watch   Kind = "watch"   // something unfolds that the lesson itself set off
	Quiz    Kind = "quiz"    // recall; done when the right answer is given
)

// A Step asks for one thing.
type Step struct {
	ID   string
	Kind Kind

	Needs Need // of the cluster; see [Lesson.On]

	// Start, when given, makes the state this step starts from out of an empty
	// namespace: a shortcut for a reset, which else plays the steps before. It
	// must make what the step before leaves behind; verify compares the two.
	Start []string

	// Run is what a watch step sets off when it begins.
	Run []string

	Goals    []Goal
	Solution []string   // commands that meet the goals; verify runs them
	Also     [][]string // other ways that meet them; verify tries each
	Wrong    [][]string // ways that must not meet them; verify tries each

	Ask     *Question // predict and quiz
	Traffic *Traffic  // requests sent while the step lasts
	Measure *Measure  // what the step's run is kept for
	Table   bool      // the lesson's comparison is shown once the step is met
	Hints   int       // how many hints its words hold, the same in every language
}

// A Question is asked before something happens (predict) or at the end (quiz).
type Question struct {
	Form    Form     // number or choice
	Choices []string // keys of the choices, in order; the words have a sentence for each
	Reveal  string   // predict: the step after which the cluster has given the answer

	// Answer is a number, or a choice's key. For predict it is evaluated over
	// what happened from the question to the end of the Reveal step.
	Answer Expression
}

// Form is how a question is answered.
type Form string

// The forms of answers.
const (
	Number Form = "number"
	Choice Form = "choice"
)

// Traffic asks for live requests through a Service while a step lasts.
type Traffic struct {
	Service string
	Port    int
	Path    string
	Rate    int // requests per second
}
