package recall

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"podium/cluster"
	"podium/i18n"
	"podium/lessons"
)

// A Card is something to be remembered: a question that a lesson asked, or a kind
// of object that a finished lesson was about.
type Card struct {
	ID string

	ask    *lessons.Question // nil: known by heart or not
	answer string            // a number, a choice's key or a kind's name
	lesson lessons.Lesson
	step   lessons.Step
	kind   cluster.Kind
}

// A Face is what a card says in a language. Text, Ask and Why are Markdown.
type Face struct {
	From    string   // where it comes from, in a few words
	Text    string   // what one has to know to answer
	Ask     string   // the question
	Choices []string // what to choose from; nil: a number, or by heart
	Answer  string
	Why     string
}

// ByHeart reports whether the learner judges how well the answer was known.
func (c Card) ByHeart() bool { return c.ask == nil }

// Choices are the keys of what to choose from; nil where nothing is.
func (c Card) Choices() []string {
	if c.ask == nil {
		return nil
	}
	return c.ask.Choices
}

// Face returns what the card says, as it reads on a provider's cluster.
func (c Card) Face(l i18n.Language, provider string) Face {
	if c.ask == nil {
		return Face{
			From:   l.Say(i18n.M("review.from-map")),
			Ask:    l.Say(i18n.M("review.which-kind", "What", l.Say(i18n.M("kind."+strings.ToLower(c.kind.Kind))))),
			Answer: c.kind.Kind,
			Why:    "`kubectl get " + strings.ToLower(c.kind.Resource) + "`",
		}
	}
	words := c.lesson.Words[l]
	step := words.Steps[c.step.ID]
	face := Face{
		From: words.Title, Text: lessons.On(step.Text, provider), Ask: step.Ask, Choices: step.Choices,
		Answer: c.answer, Why: step.Debrief,
	}
	if at := slices.Index(c.ask.Choices, c.answer); at >= 0 && at < len(step.Choices) {
		face.Answer = step.Choices[at]
	}
	if face.Why == "" {
		face.Why = words.Steps[c.ask.Reveal].Debrief
	}
	face.Why = lessons.On(face.Why, provider)
	return face
}

// Cards returns every card that the learner has earned, in the order of the
// lessons, whether it is due or not: quizzes, predictions with what the learner's own cluster answered, and
// the kinds that finished lessons were about.
func Cards(all []lessons.Lesson, p lessons.Progress) []Card {
	var cards []Card
	known := map[string]bool{}
	for _, l := range all {
		reached := p.Lessons[l.ID]
		for _, s := range l.Steps {
			if answer, ok := answerTo(s, reached); ok {
				id := l.ID + "/" + s.ID
				cards = append(cards, Card{ID: id, ask: s.Ask, answer: answer, lesson: l, step: s})
			}
		}
		if reached.Finished.IsZero() {
			continue
		}
		for _, k := range kindsIn(l) {
			if id := "kind/" + strings.ToLower(k.Kind); !known[id] {
				known[id] = true
				cards = append(cards, Card{ID: id, answer: k.Kind, kind: k})
			}
		}
	}
	return cards
}

// answerTo is the right answer to a step's question that the learner has met.
// What requests would answer differently another time is left out.
func answerTo(s lessons.Step, reached lessons.LessonProgress) (answer string, ok bool) {
	if s.Ask == nil || !slices.Contains(reached.Done, s.ID) {
		return "", false
	}
	if s.Kind == lessons.Quiz {
		return s.Ask.Constant()
	}
	answer, err := s.Ask.Parse(reached.Predictions[s.ID].Answer)
	return answer, err == nil && !s.Ask.Measured()
}

// kindsIn are the kinds that a lesson's texts name.
func kindsIn(l lessons.Lesson) []cluster.Kind {
	named := map[string]bool{}
	for _, words := range l.Words {
		for _, step := range words.Steps {
			for _, word := range strings.FieldsFunc(step.Text+" "+step.Debrief, func(r rune) bool { return !unicode.IsLetter(r) }) {
				named[strings.ToLower(word)] = true
			}
		}
	}
	return slices.DeleteFunc(cluster.Kinds(), func(k cluster.Kind) bool {
		return !named[strings.ToLower(k.Kind)] && !named[k.Resource]
	})
}

// mostNew is how many cards one review adds to those that come back: with what
// they bring in the days after, more would not fit into five minutes.
const mostNew = 10

// Due returns those of the cards that are to be asked at a time: first what comes
// back, the longest due first, and then new ones.
func (d Deck) Due(cards []Card, now time.Time) []Card {
	var back, fresh []Card
	for _, c := range cards {
		if m, asked := d.Cards[c.ID]; !asked {
			fresh = append(fresh, c)
		} else if !m.Due.After(now) {
			back = append(back, c)
		}
	}
	slices.SortStableFunc(back, func(a, b Card) int { return d.Cards[a.ID].Due.Compare(d.Cards[b.ID].Due) })
	return append(back, fresh[:min(len(fresh), mostNew)]...)
}

const faultPrefix = "fault/"

// FaultID is the ID of a fault's card.
func FaultID(fault string) string { return faultPrefix + fault }

// DueFaults returns the IDs of the faults that were practised once and come back
// at a time, the longest due first.
func (d Deck) DueFaults(now time.Time) []string {
	var due []string
	for id, m := range d.Cards {
		if fault, ok := strings.CutPrefix(id, faultPrefix); ok && !m.Due.After(now) {
			due = append(due, fault)
		}
	}
	slices.SortFunc(due, func(a, b string) int {
		if c := d.Cards[FaultID(a)].Due.Compare(d.Cards[FaultID(b)].Due); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	return due
}

// NextDue is when something comes back after a time; false if nothing will.
func (d Deck) NextDue(cards []Card, now time.Time) (time.Time, bool) {
	var first time.Time
	there := map[string]bool{}
	for _, c := range cards {
		there[c.ID] = true
	}
	for id, m := range d.Cards {
		if !m.Due.After(now) || !there[id] && !strings.HasPrefix(id, faultPrefix) {
			continue
		}
		if first.IsZero() || m.Due.Before(first) {
			first = m.Due
		}
	}
	return first, !first.IsZero()
}

// quick is how long a fault takes to find that one knows by heart.
const quick = time.Minute

// ComesBack says when the next question comes, by the calendar.
func ComesBack(at, now time.Time) i18n.Message {
	at, now = at.Local(), now.Local()
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC) }
	days := int(day(at).Sub(day(now)) / (24 * time.Hour))
	if days == 0 {
		return i18n.M("review.next-today", "Time", at.Format("15:04"))
	}
	return i18n.M("review.next", "Count", days)
}

// GradeRound grades a round of practice by what it took.
func GradeRound(hints, solutions int, took time.Duration) Grade {
	switch {
	case solutions > 0:
		return Again
	case hints > 0:
		return Hard
	case took < quick:
		return Easy
	}
	return Good
}
