package linemode

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"podium/cluster"
	"podium/i18n"
	"podium/lessons"
	"podium/recall"
)

// inRound is a guide in the middle of a round, and what it says.
func inRound(t *testing.T, r lessons.Round) (*guide, *bytes.Buffer) {
	t.Helper()
	said := &bytes.Buffer{}
	g := &guide{options: newTalk(t).options, cluster: &cluster.Cluster{Provider: "sim", Namespace: "lab"}}
	g.options.Out = said
	g.session = lessons.Practise(gone(t)[0], "lab", shows(1))
	g.round = round{Round: r}
	g.roundBegan()
	return g, said
}

func tells(t *testing.T, said *bytes.Buffer, want ...string) {
	t.Helper()
	text := said.String()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not said:\n%s", w, text)
		}
	}
	said.Reset()
}

func TestARoundBeginsWithWhatShows(t *testing.T) {
	g, said := inRound(t, lessons.Round{Seed: 4711, Timed: true})
	g.tellStep(true)
	tells(t, said, "You have 5 minutes.", "Practice, round 4711: The shop is closed", "Bring web back.", "What shows: Nobody serves.", "Goal 1, not met yet: A pod serves.")
	if _, err := g.take(t.Context(), "back"); err != nil {
		t.Error(err)
	}
	tells(t, said, "The shop is closed")
	if strings.HasSuffix(g.bench(), "gone") || g.session.Rereading() {
		t.Error("the learner sees what made the fault")
	}
}

func TestTheClockIsToldOnce(t *testing.T) {
	g, said := inRound(t, lessons.Round{Seed: 1, Timed: true})
	said.Reset()
	g.clock()
	if said.Len() > 0 {
		t.Errorf("at once: %s", said)
	}
	g.round.began = g.round.began.Add(-lessons.RoundTime)
	g.clock()
	tells(t, said, "The time is over.")
	g.clock()
	if said.Len() > 0 {
		t.Errorf("again: %s", said)
	}
}

func TestARoundIsToldOnceMore(t *testing.T) {
	g, said := inRound(t, lessons.Round{Seed: 7})
	g.session = g.session.Hint()
	g.ran(false, lessons.Command{Line: "kubectl get deployments", Verb: "get", Output: "No resources found", Started: time.Now(), Ended: time.Now()})
	g.ran(false, lessons.Command{Line: "kubectl run web", Verb: "run", Started: time.Now(), Ended: time.Now()})
	g.told = g.stands()
	said.Reset()
	g.observe(shows(2, "web-1"))
	if !g.news(t.Context()) {
		t.Fatal("nothing is new")
	}
	tells(t, said, "Goal 1, met: A pod serves.", "The clue was on your screen: kubectl get deployments", "You changed this: kubectl run web", "Mended in 0:00", "Hints: 1, solutions: 0. The same round again: podium practice --seed 7")
	deck, err := recall.Load(g.options.CardsPath)
	if err != nil || deck.Cards[recall.FaultID("gone")].Days != 2 { // with a hint
		t.Errorf("%+v, %v", deck, err)
	}
	g.save()
	if p, err := lessons.LoadProgress(g.options.ProgressPath); err != nil || len(p.Lessons) != 0 {
		t.Errorf("a fault is no lesson: %+v, %v", p, err)
	}
}

func TestNobodyPractisesOnAClusterOfAnothersPodium(t *testing.T) {
	s := newTalk(t)
	s.cluster.ReadOnly = true
	s.options.LoadFaults = func(uint64) ([]lessons.Lesson, error) { return gone(t), nil }
	s.options.StartRound = &lessons.Round{}
	s.begin().hear("here you watch", "The lessons:", "practice: find and mend a fault.").say("quit").hear("Goodbye.")
	if err := s.end(); err != nil {
		t.Error(err)
	}
}

func TestARoundThatIsNotThereIsTold(t *testing.T) {
	s := newTalk(t)
	s.options.LoadFaults = func(uint64) ([]lessons.Lesson, error) { return gone(t), nil }
	deck := recall.Deck{}.Graded(recall.FaultID("of an older version"), recall.Good, time.Now().AddDate(0, 0, -9))
	if err := deck.Save(s.options.CardsPath); err != nil {
		t.Fatal(err)
	}
	s.begin().hear("1 is due.").say("review").hear("A fault that you mended before is due", "Type 1").say("1").hear(i18n.English.Say(i18n.M("fault.none", "Fault", "of an older version")), "The lessons:")
	if err := s.say("quit").end(); err != nil {
		t.Error(err)
	}
}
