// Package recall brings back what was learnt when it is about to be forgotten:
// the lessons' questions, the kinds of the resource map, and faults to be found
// once more.
//
//	lessons, progress ─▶ Cards ─▶ Due ─▶ Review ─▶ Deck ─▶ cards file
//	a round of practice ────────────────────────────┘
//
// When something comes back, FSRS says. But for the file all is pure: time comes
// from the caller.
package recall

import (
	"maps"
	"math"
	"strings"
	"time"

	"github.com/open-spaced-repetition/go-fsrs/v4"

	"podium/i18n"
	"podium/ownfile"
)

// deckVersion is written into the file; a file of a later version is kept and
// not read.
const deckVersion = 1

// A Deck is how well a learner remembers each card, by its ID.
type Deck struct {
	Version int               `json:"version"`
	Cards   map[string]Memory `json:"cards"`
}

// A Memory is how well a card is remembered, by FSRS's measures.
type Memory struct {
	Due        time.Time `json:"due"`        // when it comes back
	Stability  float64   `json:"stability"`  // days after which the chance to know it is 90 %
	Difficulty float64   `json:"difficulty"` // 1 to 10
	Days       uint64    `json:"days"`       // from Last to Due
	Asked      uint64    `json:"asked"`      // how often
	Forgotten  uint64    `json:"forgotten"`  // how often it was known before and then not
	Last       time.Time `json:"last"`       // when it was asked
}

// leastStability is FSRS's, in days.
const leastStability = 0.001

// whole reports whether a memory can be scheduled on.
func (m Memory) whole() bool {
	return m.Stability >= leastStability && !math.IsInf(m.Stability, 0) && m.Difficulty >= 1 && m.Difficulty <= 10 && !m.Due.IsZero() && !m.Last.IsZero()
}

// A Grade says how well something was remembered.
type Grade = fsrs.Rating

// The grades.
const (
	Again = fsrs.Again // not at all
	Hard  = fsrs.Hard  // with help
	Good  = fsrs.Good
	Easy  = fsrs.Easy // at once
)

// Grades lists them, from the worst.
var Grades = []Grade{Again, Hard, Good, Easy}

// longest is how many days a card is left alone at most: a version of Kubernetes
// is supported for about as long.
const longest = 365

// scheduler is FSRS with its own weights, for one review a day: what was wrong
// comes once more in the same review, and not after minutes.
var scheduler = func() *fsrs.FSRS {
	p := fsrs.DefaultParam()
	p.EnableShortTerm, p.MaximumInterval = false, longest
	return fsrs.NewFSRS(p)
}()

// card is a card as FSRS knows it, no later than now: a clock may be put back.
func (d Deck) card(id string, now time.Time) fsrs.Card {
	m, ok := d.Cards[id]
	if !ok {
		return fsrs.NewCard(now)
	}
	last := m.Last
	if last.After(now) {
		last = now
	}
	return fsrs.Card{
		Due: m.Due, Stability: m.Stability, Difficulty: m.Difficulty, ScheduledDays: m.Days, Reps: m.Asked,
		Lapses: m.Forgotten, State: fsrs.Review, LastReview: last,
	}
}

// Graded returns the deck with a card graded at a time. A deck that FSRS can't
// work on stays as it is.
func (d Deck) Graded(id string, g Grade, now time.Time) Deck {
	next, err := scheduler.Next(d.card(id, now), now, g)
	if err != nil {
		return d
	}
	c := next.Card
	cards := maps.Clone(d.Cards)
	if cards == nil {
		cards = map[string]Memory{}
	}
	cards[id] = Memory{
		Due: c.Due, Stability: c.Stability, Difficulty: c.Difficulty, Days: c.ScheduledDays, Asked: c.Reps, Forgotten: c.Lapses, Last: now,
	}
	return Deck{Version: deckVersion, Cards: cards}
}

// Without returns the deck without a lesson's questions.
func (d Deck) Without(lesson string) Deck {
	cards := maps.Clone(d.Cards)
	maps.DeleteFunc(cards, func(id string, _ Memory) bool { return strings.HasPrefix(id, lesson+"/") })
	return Deck{Version: deckVersion, Cards: cards}
}

// Days returns after how many days a card would come back, by its grade.
func (d Deck) Days(id string, now time.Time) map[Grade]int {
	days := map[Grade]int{}
	next, err := scheduler.Repeat(d.card(id, now), now)
	if err != nil {
		return days
	}
	for _, g := range Grades {
		days[g] = int(min(next[g].Card.ScheduledDays, longest))
	}
	return days
}

// Load reads the deck kept at path; in a file that isn't there nothing is kept
// yet. A file that can't be understood is moved aside, never written over: the
// error says where it went, and the deck returned is empty and usable.
func Load(path string) (Deck, error) {
	d := Deck{Version: deckVersion, Cards: map[string]Memory{}}
	var kept Deck
	aside, err := ownfile.Load(path, deckVersion, &kept)
	switch {
	case aside != "":
		return d, i18n.Errorf(err, i18n.M("review.aside", "Aside", aside))
	case err != nil:
		return d, i18n.Errorf(err, i18n.M("review.unreadable", "Path", path))
	}
	maps.DeleteFunc(kept.Cards, func(_ string, m Memory) bool { return !m.whole() })
	if kept.Cards != nil {
		d.Cards = kept.Cards
	}
	return d, nil
}

// Save writes the deck to path, all of it or nothing.
func (d Deck) Save(path string) error {
	d.Version = deckVersion
	if err := ownfile.Save(path, d); err != nil {
		return i18n.Errorf(err, i18n.M("review.unsaved", "Path", path))
	}
	return nil
}
