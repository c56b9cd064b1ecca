package linemode

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"podium/handout"
	"podium/i18n"
	"podium/lessons"
	"podium/recall"
)

// offerMore says what else there is beside lessons.
func (g *guide) offerMore() {
	if g.options.LoadFaults != nil {
		g.say("plain.more-practice", "Word", practice.word(g.options.Lang))
	}
	deck, err := recall.Load(g.options.CardsPath)
	if err != nil {
		g.tell(i18n.Explain(err))
	}
	now := time.Now()
	due := len(deck.Due(g.cards(), now)) + len(deck.DueFaults(now))
	g.say("plain.more-review", "Word", review.word(g.options.Lang), "Count", due)
}

// cards are all that the learner has earned.
func (g *guide) cards() []recall.Card { return recall.Cards(g.options.Lessons, g.progress) }

// review asks what is due. It needs no cluster.
func (g *guide) review(ctx context.Context) error {
	deck, err := recall.Load(g.options.CardsPath)
	if err != nil {
		g.tell(i18n.Explain(err))
	}
	r := deck.Begin(g.cards(), time.Now())
	for {
		card, ok := r.Card()
		if !ok {
			break
		}
		g.line("")
		before := r
		if r, err = g.askCard(ctx, r, card); err != nil {
			return err
		}
		if r.Right+r.Wrong != before.Right+before.Wrong {
			if err := r.Deck().Save(g.options.CardsPath); err != nil {
				g.tell(i18n.Explain(err))
			}
		}
	}
	return g.reviewed(ctx, r)
}

// askCard asks one card and says how it was.
func (g *guide) askCard(ctx context.Context, r recall.Review, card recall.Card) (recall.Review, error) {
	face := card.Face(g.options.Lang, g.provider())
	g.line(g.text("review.count", "Left", r.Left()) + ". " + face.From + ".")
	g.sentences(face.Text)
	g.sentences(face.Ask)
	for i, c := range face.Choices {
		g.line(fmt.Sprintf("%d. %s", i+1, c))
	}
	if card.ByHeart() {
		return g.askByHeart(ctx, r, face)
	}
	g.say("plain.review-answer")
	for !r.Shown() {
		said, err := g.askUntilQuit(ctx)
		if err != nil {
			return r, err
		}
		if n, err := strconv.Atoi(said); err == nil && n >= 1 && n <= len(card.Choices()) {
			said = card.Choices()[n-1]
		}
		next, err := r.Answer(said, time.Now())
		if err != nil {
			g.tell(i18n.Explain(err))
		}
		r = next
	}
	if _, right := r.Said(); right {
		g.say("review.right")
	} else {
		g.say("review.wrong", "Answer", face.Answer)
		g.say("review.once-more")
	}
	g.say("review.back-in", "Count", int(r.Deck().Cards[card.ID].Days))
	g.sentences(face.Why)
	return r.Next(time.Now()), nil
}

// askByHeart lets the learner think, see and judge.
func (g *guide) askByHeart(ctx context.Context, r recall.Review, face recall.Face) (recall.Review, error) {
	g.say("plain.think")
	if _, err := g.askUntilQuit(ctx); err != nil {
		return r, err
	}
	r = r.Show()
	g.say("review.answer", "Answer", face.Answer)
	g.sentences(face.Why)
	g.say("review.how-well")
	days := r.Days(time.Now())
	for _, grade := range recall.Grades {
		n := strconv.Itoa(int(grade))
		row := n + ". " + g.text("review.grade."+n)
		if days != nil {
			row += ", " + g.text("review.in", "Count", days[grade])
		}
		g.line(row)
	}
	for {
		said, err := g.askUntilQuit(ctx)
		if err != nil {
			return r, err
		}
		if n, err := strconv.Atoi(said); err == nil && n >= 1 && n <= len(recall.Grades) {
			return r.Judge(recall.Grades[n-1], time.Now()), nil
		}
		g.say("plain.judge", "Most", len(recall.Grades))
	}
}

// askUntilQuit asks for a line; quit leaves.
func (g *guide) askUntilQuit(ctx context.Context) (string, error) {
	said, err := g.ask(ctx, "")
	if err == nil && g.isWord(said, quit) {
		err = errLeave
	}
	return said, err
}

// reviewed says what was done and what comes, and offers a fault that is due.
func (g *guide) reviewed(ctx context.Context, r recall.Review) error {
	now, cards, deck := time.Now(), g.cards(), r.Deck()
	faults := deck.DueFaults(now)
	g.line("")
	switch {
	case r.Right+r.Wrong > 0 && r.Tired(now):
		g.say("review.tired")
		g.say("review.score", "Right", r.Right, "Wrong", r.Wrong)
	case r.Right+r.Wrong > 0:
		g.say("review.over")
		g.say("review.score", "Right", r.Right, "Wrong", r.Wrong)
	case len(cards) == 0 && len(deck.Cards) == 0:
		g.say("review.empty")
		g.say("review.how-to-begin")
	case len(faults) == 0:
		g.say("review.none")
	}
	if at, ok := deck.NextDue(cards, now); ok {
		g.tell(recall.ComesBack(at, now))
	}
	if len(faults) == 0 || g.options.LoadFaults == nil {
		return nil
	}
	g.say("review.fault", "Count", len(faults))
	said, err := g.ask(ctx, "plain.fault-now")
	if err != nil || said != "1" {
		return err
	}
	return g.practise(ctx, lessons.Round{Fault: faults[0]})
}

// provider is that of the cluster that is open, if one is.
func (g *guide) provider() string {
	if g.cluster == nil {
		return ""
	}
	return g.cluster.Provider
}

// sentences writes Markdown as lines.
func (g *guide) sentences(text string) {
	for _, line := range handout.Sentences(text) {
		g.line(line)
	}
}
