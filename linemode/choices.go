package linemode

import (
	"context"
	"strconv"
	"strings"

	"podium/i18n"
	"podium/lessons"
)

// A choice is something the learner can ask podium for, by its number or by its
// word in either language. Numbers never change: they can be learned by heart.
type choice string

// The choices, in the order of their numbers.
const (
	onward   choice = "next"
	hint     choice = "hint"
	solution choice = "solution"
	goals    choice = "goals"
	await    choice = "wait"
	pods     choice = "pods"
	happened choice = "happened"
	again    choice = "again"
	back     choice = "back"
	list     choice = "lessons"
	quit     choice = "quit"
	choices  choice = "choices"

	// Those of the list of lessons.
	practice choice = "practice"
	review   choice = "review"
)

var numbered = []choice{onward, hint, solution, goals, await, pods, happened, again, back, list, quit, choices}

// word is how a choice is said in a language.
func (c choice) word(l i18n.Language) string { return l.Say(i18n.M("plain.word." + string(c))) }

func (g *guide) isWord(said string, c choice) bool {
	for _, l := range i18n.Languages {
		if strings.EqualFold(said, c.word(l)) {
			return true
		}
	}
	return c == quit && said == "exit" || c == choices && (said == "" || said == "help" || said == "?")
}

// chosen finds what was asked for. Where a question waits, numbers are answers.
func (g *guide) chosen(said string) (choice, bool) {
	if n, err := strconv.Atoi(said); err == nil && !g.asking() && n >= 1 && n <= len(numbered) {
		return numbered[n-1], true
	}
	for _, c := range numbered {
		if g.isWord(said, c) {
			return c, true
		}
	}
	return "", false
}

func (g *guide) asking() bool {
	return g.session.Step().Ask != nil && !g.session.Met() && !g.session.Rereading()
}

// listChoices says what can be asked for.
func (g *guide) listChoices() {
	g.say("plain.choices")
	for i, c := range numbered {
		g.line(strconv.Itoa(i+1) + ". " + c.word(g.options.Lang) + ": " + g.text("plain.does."+string(c)))
	}
	g.say("plain.commands")
}

// take does what was said. It is true when the lesson is left.
func (g *guide) take(ctx context.Context, said string) (bool, error) {
	c, ok := g.chosen(said)
	if !ok || c != onward {
		g.going = false
	}
	if !ok {
		if g.asking() && g.answer(said) {
			return false, nil
		}
		return false, g.run(ctx, said)
	}
	switch c {
	case onward:
		return false, g.onward(ctx)
	case hint:
		g.hint()
	case solution:
		g.solution()
	case goals:
		g.tellStep(false)
	case await:
		return false, g.await(ctx)
	case pods:
		g.tellPods()
	case happened:
		g.tellHappened()
	case again:
		return false, g.again(ctx)
	case back:
		if !g.practising() {
			g.session = g.session.Back()
		}
		g.tellStep(true)
	case list:
		return true, nil
	case quit:
		return true, errLeave
	case choices:
		g.listChoices()
	}
	return false, nil
}

// answer answers the question that waits, if what was said is an answer. A choice
// is given by its number.
func (g *guide) answer(said string) bool {
	ask := g.session.Step().Ask
	n, err := strconv.Atoi(said)
	if ask.Form == lessons.Choice && err == nil && n >= 1 && n <= len(ask.Choices) {
		said = ask.Choices[n-1]
	} else if _, failed := strconv.ParseFloat(said, 64); failed != nil {
		return false
	}
	session, err := g.session.Answer(said)
	if err != nil {
		g.tell(i18n.Explain(err))
		return true
	}
	g.session = session
	g.tell(session.Reply())
	g.place()
	return true
}

func (g *guide) hint() {
	if g.session.HintsLeft() == 0 {
		g.say("tui.no-hint")
		return
	}
	g.session = g.session.Hint()
	all := g.session.Hints(g.options.Lang)
	g.say("tui.lesson.hint", "Number", len(all))
	g.markdown(all[len(all)-1])
}

func (g *guide) solution() {
	if g.session.Rereading() || len(g.session.Step().Solution) == 0 {
		g.say("tui.no-solution")
		return
	}
	g.session = g.session.ShowSolution()
	g.say("plain.solution")
	for _, line := range g.session.Step().Solution {
		g.line("  " + line)
	}
}

// again begins the step anew.
func (g *guide) again(ctx context.Context) error {
	if g.session.Rereading() {
		g.say("tui.no-again")
		return nil
	}
	if err := g.reset(ctx); err != nil {
		return g.refused(ctx, err)
	}
	g.session = g.session.Restarted(g.newest)
	return g.entered(ctx)
}

// refused tells an error that the learner can live with.
func (g *guide) refused(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	g.tell(i18n.Explain(err))
	return nil
}
