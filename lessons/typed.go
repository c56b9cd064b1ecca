package lessons

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"podium/i18n"
)

// Commands lists the commands that a step's text shows for typing: the lines of
// its sh blocks, without comments. A line that ends in a backslash goes on in the
// next.
func Commands(text string) []string {
	var commands []string
	inside, joined := false, ""
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			inside = !inside && (trimmed == "```sh" || trimmed == "```bash" || trimmed == "```shell")
		case !inside || trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case strings.HasSuffix(trimmed, `\`):
			joined += strings.TrimSuffix(trimmed, `\`)
		default:
			commands = append(commands, joined+trimmed)
			joined = ""
		}
	}
	return commands
}

// spoken are the commands that hints name in their sentences.
var spoken = regexp.MustCompile("`((?:kubectl|curl|podium) [^`]+)`")

// Named lists the commands that a sentence names, as hints do: `kubectl get pods`.
func Named(sentence string) []string {
	var commands []string
	for _, found := range spoken.FindAllStringSubmatch(sentence, -1) {
		commands = append(commands, found[1])
	}
	return commands
}

var (
	// A word such as NAME or PORT, or one in Korean, stands for what the learner chooses.
	blank   = regexp.MustCompile(`\b[A-Z]{2,}\b|\p{Hangul}`)
	editors = []string{"edit", "vi", "vim", "nano"}
)

// untried lists the commands of a text that a solution doesn't run. Those with a
// blank to fill in are left out, and all that follow an edited file: nobody edits
// it here.
func untried(text string, solution []string) []string {
	var lines []string
	for _, line := range Commands(text) {
		word, _, _ := strings.Cut(line, " ")
		if slices.Contains(editors, word) {
			break
		}
		tried := slices.ContainsFunc(solution, func(s string) bool {
			return s == line || strings.HasPrefix(s, line+" --timeout=") // as far as the learner's patience
		})
		if !tried && !blank.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// typed types what the text shows beside the solution, when the step is met. A
// command that is meant to fail belongs in the solution.
func (v *verifier) typed(ctx context.Context, step *Step) error {
	lines := untried(v.session.Words(i18n.English).Text, step.Solution)
	if step.Kind != Do || len(lines) == 0 {
		return nil
	}
	v.began = time.Now()
	why := i18n.Message{}
	for _, line := range lines {
		c, err := v.driver.Run(ctx, line)
		if err != nil {
			return err
		}
		v.session = v.session.Ran(c)
		v.changed = time.Now()
		if c.Exit != 0 && why.IsZero() {
			why = i18n.M("verify.typed", "Line", Plain(line), "Exit", c.Exit)
			v.cause = errors.New(c.Output)
		}
	}
	v.note(step.ID, CheckTyped, why)
	return nil
}
