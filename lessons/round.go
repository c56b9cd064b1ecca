package lessons

import (
	"slices"
	"time"

	"podium/i18n"
)

// A Round says what to practise.
type Round struct {
	Fault string // its ID; "" is the one that the seed means
	Seed  uint64 // which values it has; 0 is another one each time
	Timed bool   // against the clock
}

// MostSeed keeps a round's number short enough to be said aloud.
const MostSeed = 9999

// RoundTime is how long a round against the clock may take.
const RoundTime = 5 * time.Minute

// Sown returns the round with a seed of its own, if it has none.
func (r Round) Sown(now time.Time) Round {
	if r.Seed == 0 {
		r.Seed = 1 + uint64(now.UnixNano())%MostSeed
	}
	return r
}

// Deal returns the fault that the round means, with what its seed makes of it, of
// those that load reads and a cluster with these features can have. That there is
// none is an error with a sentence.
func (r Round) Deal(load func(seed uint64) ([]Lesson, error), has []Need) (Lesson, error) {
	all, err := load(r.Seed)
	if err != nil && len(all) == 0 {
		return Lesson{}, err
	}
	all = slices.DeleteFunc(all, func(l Lesson) bool {
		if r.Fault != "" {
			return l.ID != r.Fault
		}
		return !l.PlayableWith(has)
	})
	if len(all) == 0 {
		return Lesson{}, i18n.Errorf(nil, i18n.M("fault.none", "Fault", r.Fault))
	}
	return Choose(all, r.Seed), nil
}
