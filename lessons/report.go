package lessons

import (
	"time"

	"podium/i18n"
)

// Check names one thing that verify proves of a step.
type Check string

// The checks, in the order in which a step goes through them.
const (
	CheckWords    Check = "words"    // every word is there in every language
	CheckHints    Check = "hints"    // hints mention only what is there when the step begins
	CheckState    Check = "state"    // the state the step starts from can be made
	CheckHealthy  Check = "healthy"  // all is well before a fault
	CheckUnmet    Check = "unmet"    // it is not met before anything is done
	CheckClue     Check = "clue"     // a fault can be seen where it says
	CheckMet      Check = "met"      // the solution, or the right answer, meets it
	CheckRevealed Check = "revealed" // the cluster answers the predictions it reveals
	CheckTyped    Check = "typed"    // what else the text shows for typing works
	CheckReset    Check = "reset"    // a reset brings its first state back
	CheckWrong    Check = "wrong"    // a wrong way does not meet it
	CheckAlso     Check = "also"     // another way meets it too
)

// Message is the check in words, for a table's row.
func (c Check) Message() i18n.Message {
	switch c {
	case CheckWords:
		return i18n.M("check.words")
	case CheckHints:
		return i18n.M("check.hints")
	case CheckState:
		return i18n.M("check.state")
	case CheckHealthy:
		return i18n.M("check.healthy")
	case CheckClue:
		return i18n.M("check.clue")
	case CheckAlso:
		return i18n.M("check.also")
	case CheckUnmet:
		return i18n.M("check.unmet")
	case CheckMet:
		return i18n.M("check.met")
	case CheckRevealed:
		return i18n.M("check.revealed")
	case CheckTyped:
		return i18n.M("check.typed")
	case CheckReset:
		return i18n.M("check.reset")
	case CheckWrong:
		return i18n.M("check.wrong")
	}
	return i18n.Text(string(c))
}

// A Row is the outcome of one check.
type Row struct {
	Lesson, Step string
	Check        Check
	OK           bool
	Took         time.Duration
	Why          i18n.Message // what is wrong; zero if OK

	// Evidence is what was to be seen then, a line each: goals, commands, pods,
	// events. None if OK.
	Evidence []i18n.Message
}

// A Report is what verify found out about a lesson.
type Report struct {
	Lesson string
	Rows   []Row
}

// OK reports whether every check passed.
func (r Report) OK() bool { return len(r.Rows) > 0 && len(r.Failed()) == 0 }

// Failed returns the checks that did not pass.
func (r Report) Failed() []Row {
	var failed []Row
	for _, row := range r.Rows {
		if !row.OK {
			failed = append(failed, row)
		}
	}
	return failed
}
