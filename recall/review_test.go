package recall

import (
	"slices"
	"testing"
	"time"
)

// begun is a review of a choice, a number and a kind by heart.
func begun(t *testing.T) Review {
	t.Helper()
	all := Cards(course(t), learned(true, "quiz-unit", "addresses"))
	return Deck{}.Begin(all[:3], noon)
}

func front(t *testing.T, r Review, id string) Card {
	t.Helper()
	c, ok := r.Card()
	if !ok || c.ID != id {
		t.Fatalf("%s is in front, want %s", c.ID, id)
	}
	return c
}

func answered(t *testing.T, r Review, said string) Review {
	t.Helper()
	r, err := r.Answer(said, noon)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAReviewAsksUntilAllIsKnown(t *testing.T) {
	r := begun(t)
	front(t, r, "pod/addresses")
	if _, err := r.Answer("two", noon); err == nil {
		t.Error("a word was taken for a number")
	}
	if r.Next(noon).Left() != 3 || r.Show().Shown() {
		t.Error("a question can be passed over")
	}
	r = answered(t, r, "1.0")
	if said, right := r.Said(); said != "1" || !right || r.Deck().Cards["pod/addresses"].Asked != 1 {
		t.Errorf("%q is right: %t, %+v", said, right, r.Deck())
	}
	if again := answered(t, r, "2"); again.Right != 1 {
		t.Error("an answer was taken back")
	}
	r = r.Next(noon)
	front(t, r, "pod/quiz-unit")
	r = answered(t, r, "node").Next(noon)
	if r.Left() != 2 || r.Right != 1 || r.Wrong != 1 {
		t.Errorf("%d right, %d wrong, %d left", r.Right, r.Wrong, r.Left())
	}
	c := front(t, r, "kind/node")
	if !c.ByHeart() || r.Judge(Good, noon).Left() != 2 || answered(t, r, "Node").Shown() {
		t.Error("a card by heart is judged only once its answer was seen")
	}
	if days := r.Days(noon); len(days) != 4 {
		t.Errorf("it would come back after %v", days)
	}
	r = r.Show().Judge(Again, noon)
	before := r.Deck().Cards["kind/node"]
	front(t, r, "pod/quiz-unit")
	r = answered(t, r, "pod").Next(noon)
	front(t, r, "kind/node")
	if r.Days(noon) != nil {
		t.Error("what was wrong would be graded twice")
	}
	r = r.Show().Judge(Easy, noon)
	if _, left := r.Card(); left || r.Right != 1 || r.Wrong != 2 || r.Tired(noon) || r.Deck().Cards["kind/node"] != before {
		t.Errorf("at the end: %+v", r)
	}
	if next := r.Show().Judge(Good, noon).Next(noon); next.Left() != 0 || next.Days(noon) != nil {
		t.Error("there is something after the end")
	}
}

func TestAReviewEndsAfterItsMinutes(t *testing.T) {
	r := begun(t)
	if r.IsZero() || !(Review{}).IsZero() {
		t.Error("a review that was begun is none")
	}
	r = answered(t, r, "1").Next(noon.Add(Limit - time.Second))
	if r.Left() != 2 {
		t.Errorf("%d left", r.Left())
	}
	r = answered(t, r, "node").Next(noon.Add(Limit))
	if r.Left() != 0 || !r.Tired(noon.Add(Limit)) {
		t.Errorf("%d left", r.Left())
	}
	again := r.Deck().Begin(Cards(course(t), learned(true, "quiz-unit", "addresses"))[:3], day(1))
	if got := ids(again.queue); !slices.Equal(got, []string{"pod/quiz-unit", "kind/node"}) {
		t.Errorf("the day after: %v", got)
	}
}
