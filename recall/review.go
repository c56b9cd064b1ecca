package recall

import (
	"slices"
	"time"
)

// Limit is how long a review takes at most: what is left is due tomorrow too.
const Limit = 5 * time.Minute

// A Review asks the cards that are due, one by one. It is a value: its methods
// return another one.
type Review struct {
	deck   Deck
	queue  []Card
	began  time.Time
	said   string // what was said to the card in front
	open   bool   // its answer is shown
	right  bool
	missed []string // IDs that were wrong once: they come again, and count no more

	Right, Wrong int // cards, by the first answer
}

// Begin begins a review of those of the cards that are due at a time.
func (d Deck) Begin(cards []Card, now time.Time) Review {
	return Review{deck: d, queue: d.Due(cards, now), began: now}
}

// IsZero reports whether no review was begun.
func (r Review) IsZero() bool { return r.began.IsZero() }

// Deck returns the deck with everything that was graded so far.
func (r Review) Deck() Deck { return r.deck }

// Card is the card in front; false at the end.
func (r Review) Card() (Card, bool) {
	if len(r.queue) == 0 {
		return Card{}, false
	}
	return r.queue[0], true
}

// Left counts the cards to come, the one in front included.
func (r Review) Left() int { return len(r.queue) }

// Shown reports whether the answer of the card in front is to be seen.
func (r Review) Shown() bool { return r.open }

// Said is what was answered to the card in front, and whether it was right; ""
// before it is answered, and for a card by heart.
func (r Review) Said() (said string, right bool) { return r.said, r.right }

// Answer answers the card in front, and grades it: right is Good, wrong is Again.
// What can't be an answer is an error with a sentence.
func (r Review) Answer(said string, now time.Time) (Review, error) {
	card, ok := r.Card()
	if !ok || r.open || card.ByHeart() {
		return r, nil
	}
	said, err := card.ask.Parse(said)
	if err != nil {
		return r, err
	}
	r.said, r.right, r.open = said, said == card.answer, true
	if r.right {
		return r.graded(card, Good, now), nil
	}
	return r.graded(card, Again, now), nil
}

// Show shows the answer of a card by heart, for the learner to judge.
func (r Review) Show() Review {
	if card, ok := r.Card(); ok && card.ByHeart() {
		r.open = true
	}
	return r
}

// Days says after how many days the card in front would come back, by its grade;
// nil for one that was graded before in this review.
func (r Review) Days(now time.Time) map[Grade]int {
	card, ok := r.Card()
	if !ok || slices.Contains(r.missed, card.ID) {
		return nil
	}
	return r.deck.Days(card.ID, now)
}

// Judge grades a card by heart whose answer was shown, and goes on.
func (r Review) Judge(g Grade, now time.Time) Review {
	card, ok := r.Card()
	if !ok || !r.open || !card.ByHeart() {
		return r
	}
	r.right = g != Again
	return r.graded(card, g, now).Next(now)
}

// graded counts and grades a card, if this is the first time in the review.
func (r Review) graded(card Card, g Grade, now time.Time) Review {
	if slices.Contains(r.missed, card.ID) {
		return r
	}
	r.deck = r.deck.Graded(card.ID, g, now)
	if g == Again {
		r.Wrong++
		r.missed = append(slices.Clip(r.missed), card.ID)
	} else {
		r.Right++
	}
	return r
}

// Next goes on to the next card. One that was wrong comes once more at the end;
// after [Limit] none does.
func (r Review) Next(now time.Time) Review {
	card, ok := r.Card()
	if !ok || !r.open {
		return r
	}
	r.queue = r.queue[1:]
	if !r.right {
		r.queue = append(slices.Clip(r.queue), card)
	}
	r.said, r.open, r.right = "", false, false
	if now.Sub(r.began) >= Limit {
		r.queue = nil
	}
	return r
}

// Tired reports whether the time was up before the cards were.
func (r Review) Tired(now time.Time) bool {
	return len(r.queue) == 0 && !r.IsZero() && now.Sub(r.began) >= Limit
}
