package tui

import (
	"path/filepath"
	"testing"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/lessons"
	"podium/recall"
	"podium/tui/panes"
)

// earned is the progress of somebody who has finished the test lesson.
func earned() lessons.Progress {
	return lessons.Progress{Version: 1, Lessons: map[string]lessons.LessonProgress{"mini": {
		Done: []string{"read", "guess", "make", "recall"}, Started: noon, Finished: noon,
		Predictions: map[string]lessons.PredictionRecord{"guess": {Said: "1", Answer: "2"}},
	}}}
}

// reviewing is a screen on which what is due has just been opened.
func reviewing(t testing.TB, p lessons.Progress, d recall.Deck) *Model {
	t.Helper()
	m := drive(newTest(t), progressMsg{progress: p}, opened(), snapshot(1))
	m.opts.CardsPath = filepath.Join(t.TempDir(), "cards.json")
	keys(m, "r")
	return drive(m, deckMsg{deck: d, cards: recall.Cards(m.scene.Lessons, p), begin: true})
}

func TestTheListOfLessonsSaysHowMuchIsDue(t *testing.T) {
	m := drive(newTest(t), opened(), snapshot(1))
	shows(t, m, "r  Review")
	hides(t, m, "due")
	drive(m, progressMsg{progress: earned(), cards: recall.Cards(m.scene.Lessons, earned())})
	shows(t, m, "3 due")
	drive(m, deckMsg{deck: recall.Deck{}.Graded("mini/guess", recall.Good, noon).Graded(recall.FaultID("selector"), recall.Good, noon.AddDate(0, 0, -9))})
	shows(t, m, "3 due")
}

func TestAReviewFromStartToEnd(t *testing.T) {
	m := reviewing(t, earned(), recall.Deck{})
	shows(t, m, "Review ▸ 3 to go", "Mini", "How many pods will there be?", "0-9 Enter answer")
	keys(m, "enter")
	shows(t, m, "Type a number.")
	keys(m, "2", "enter")
	shows(t, m, "Right. It comes back in 3 days.", "Two are better than one.")
	if !m.shelf.saving {
		t.Error("what was graded is not saved")
	}
	keys(m, "enter")
	shows(t, m, "What is scheduled?", "▸ 1  A node", "1-2 Enter answer")
	keys(m, "enter")
	shows(t, m, "No. The answer is: A pod", "once more in this review", "tomorrow")
	keys(m, "enter")
	shows(t, m, "Which kind of object is meant?", "see the answer")
	hides(t, m, "It is: Pod")
	keys(m, "enter")
	shows(t, m, "It is: Pod", "kubectl get pods", "4  at once", "again in 8 days")
	keys(m, "4")
	shows(t, m, "1 to go", "What is scheduled?")
	keys(m, "down", "enter", "enter")
	shows(t, m, "That was all for today.", "2 right at once, 1 not.", "comes back tomorrow")
	if kept := m.scene.Recall.Deck.Cards; len(kept) != 3 || kept["kind/pod"].Days != 8 {
		t.Errorf("%+v", kept)
	}
	keys(m, "esc")
	shows(t, m, "r  Review")
	hides(t, m, "due")
}

func TestSavesOfTheDeckFollowEachOther(t *testing.T) {
	m := reviewing(t, earned(), recall.Deck{})
	keys(m, "2", "enter", "enter", "enter")
	if !m.shelf.saving || !m.shelf.unsaved {
		t.Errorf("a save is under way and more was graded: %+v", m.shelf)
	}
	cmd := m.onShelved(shelvedMsg{})
	if cmd == nil || m.shelf.unsaved {
		t.Error("the second is not saved")
	}
	drive(m, shelvedMsg{err: i18n.Errorf(nil, i18n.M("review.unsaved", "Path", "cards.json"))})
	shows(t, m, "could not be saved to cards.json")
}

func TestAReviewOffersAFaultThatIsDue(t *testing.T) {
	deck := recall.Deck{}.Graded(recall.FaultID("selector"), recall.Good, noon.AddDate(0, 0, -9))
	m := reviewing(t, lessons.Progress{Version: 1}, deck)
	shows(t, m, "A fault that you mended before is due", "p look for the fault")
	hides(t, m, "selector")
	action, _ := m.panes["review"].Update(m.sceneFor("review"), press("p"))
	if action != (panes.Practise{Fault: "selector"}) {
		t.Errorf("p does %+v", action)
	}
	if keys(m, "enter"); m.over != reviewPage {
		t.Error("an Enter too much begins a round")
	}
}

func TestAReviewNeedsNoCluster(t *testing.T) {
	m := drive(newTest(t), progressMsg{progress: earned()}, openedMsg{link: 1, err: i18n.Errorf(nil, i18n.M("tui.lost"))})
	m.review()
	drive(m, deckMsg{cards: recall.Cards(m.scene.Lessons, earned()), begin: true})
	keys(m, "2", "enter")
	shows(t, m, "Right.")
	keys(m, "esc")
	shows(t, m, "The cluster could not be opened.")
}

func TestTypingNeverLeavesTheReview(t *testing.T) {
	m := keys(reviewing(t, earned(), recall.Deck{}), "x", "ㅁ", "5")
	shows(t, m, "How many pods will there be?", "▸ 5_")
	keys(m, "f1", "f1", "r")
	drive(m, deckMsg{begin: true})
	shows(t, m, "3 to go")
}

func TestAnAnswerIsScrolledTo(t *testing.T) {
	m := drive(reviewing(t, earned(), recall.Deck{}), tea.WindowSizeMsg{Width: 60, Height: 13})
	keys(m, "2", "enter")
	shows(t, m, "Right.", "Two are better than one.")
	keys(m, "pgup")
	shows(t, m, "Before you act:")
}

// What a learner sees of the review, in both languages and at two sizes.
func TestReviewsLookAsTheyDid(t *testing.T) {
	for name, show := range map[string]func(t *testing.T) *Model{
		"review-empty": func(t *testing.T) *Model { return reviewing(t, lessons.Progress{Version: 1}, recall.Deck{}) },
		"review-wrong": func(t *testing.T) *Model {
			return keys(reviewing(t, earned(), recall.Deck{}), "2", "enter", "enter", "enter")
		},
		"review-heart": func(t *testing.T) *Model {
			return keys(reviewing(t, earned(), recall.Deck{}), "2", "enter", "enter", "2", "enter", "enter", "enter")
		},
		"review-over": func(t *testing.T) *Model {
			deck := recall.Deck{}.Graded(recall.FaultID("selector"), recall.Good, noon.AddDate(0, 0, -9))
			return keys(reviewing(t, earned(), deck), "2", "enter", "enter", "2", "enter", "enter", "enter", "3")
		},
	} {
		goldens(t, name, show)
	}
}

func TestADeckThatIsBeingSavedIsNotOverwritten(t *testing.T) {
	m := keys(reviewing(t, earned(), recall.Deck{}), "2", "enter", "esc", "f9")
	drive(m, deckMsg{})
	if len(m.scene.Recall.Deck.Cards) != 1 {
		t.Error("what was read while it was being saved took its place")
	}
	drive(m, shelvedMsg{}, deckMsg{deck: recall.Deck{}.Graded("mini/recall", recall.Good, noon).Graded("mini/guess", recall.Good, noon)})
	shows(t, m, "1 due")
	fresh, ok := m.remind(true)().(deckMsg)
	if !ok || !fresh.begin || len(fresh.cards) != 3 || fresh.err != nil {
		t.Errorf("%+v", fresh)
	}
}
