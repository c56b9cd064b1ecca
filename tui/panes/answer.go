package panes

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// longestAnswer is how many digits a number in an answer can have.
const longestAnswer = 9

// An answer is what is being said to a question and not given yet.
type answer struct {
	chosen int    // the choice that Enter would give
	typed  string // digits
}

// press edits the answer to a question that has these choices, or none where a
// number is asked for. Enter gives it: then said is the answer. Keys that are
// about something else are not taken.
func (a *answer) press(choices []string, press tea.KeyPressMsg) (said string, given, taken bool) {
	name := press.Keystroke()
	if name == "enter" {
		said = a.typed
		if len(choices) > 0 {
			said = choices[a.chosen]
		}
		return said, true, true
	}
	if len(choices) > 0 {
		return "", false, a.choose(len(choices), name)
	}
	return "", false, a.edit(name, press.Text)
}

// choose moves between choices, or to one by its number.
func (a *answer) choose(choices int, name string) bool {
	switch n, err := strconv.Atoi(name); {
	case err == nil && n >= 1 && n <= choices:
		a.chosen = n - 1
	case name == "up":
		a.chosen = max(0, a.chosen-1)
	case name == "down":
		a.chosen = min(choices-1, a.chosen+1)
	default:
		return false
	}
	return true
}

// edit adds a digit, or takes the last one back.
func (a *answer) edit(name, text string) bool {
	switch {
	case text != "" && strings.Trim(text, "0123456789.-") == "" && len(a.typed) < longestAnswer:
		a.typed += text
	case name == "backspace" && a.typed != "":
		a.typed = a.typed[:len(a.typed)-1]
	default:
		return false
	}
	return true
}

// field draws the number as far as it is typed.
func (a *answer) field(s Scene) string {
	return "  " + s.Theme.Accent.Render(s.Theme.Here) + " " + s.Theme.Strong.Render(a.typed) + s.Theme.Accent.Render("_")
}
