package linemode

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"podium/cluster"
	"podium/i18n"
	"podium/lessons"
	"podium/prompt"
	"podium/recall"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == prompt.Word { // the prompt's child is this very executable
		os.Exit(prompt.Main(os.Args[2:]))
	}
	os.Exit(m.Run())
}

func TestALessonIsLedInSentences(t *testing.T) {
	s := newTalk(t)
	s.options.StartLesson = "mini"
	s.begin().hear("1. next: go on", "12. choices:", "Step 1 of 4: First read", "A pod runs containers.", "Type 1 to go on.", "> ")
	s.say("1").hear("Step 2 of 4", "How many pods will there be?", "The other choices now go by their word.")
	s.say("back").hear("Step 1 of 4").say("next").hear("Step 2 of 4")
	s.say("2").hear("> ").say("next").hear("Step 3 of 4", "Goal 1, not met yet: Two pods carry app=web. Seen instead: 0 of 2.")
	s.say("hint").hear("Hint 1", "There are 0.").say("2").hear("Hint 2", "Apply web.yaml.").say("hint").hear("> ")
	s.say("solution").hear("This does it:", "  kubectl apply -f web.yaml", "  cat web.yaml")
	s.say("cat web.yaml").hear("# two pods", "Goal 2, met: You looked.")
	s.say("cat nothing.yaml").hear("The command failed with status 1.")
	s.changes <- shows(3, "web-1", "web-2") // what happens is told without being asked for
	s.hear("Goal 1, met: Two pods carry app=web.", "This step is done.", "Two are better than one.", "> ")
	s.say("pods").hear("1 node.", "Pod web-1 on worker-1: Running, 1 of 1 containers ready.")
	s.say("1").hear("Step 4 of 4", "1. A node", "2. A pod")
	s.say("1").hear("> ").say("2").hear("This step is done.").say("next").hear("You have finished the lesson Mini.", "The lessons:", "1. Mini: A lesson for tests. Finished.")
	if err := s.say("quit").hear("Goodbye.").end(); err != nil {
		t.Error(err)
	}
	p, err := lessons.LoadProgress(s.options.ProgressPath)
	if got := p.Lessons["mini"]; err != nil || len(got.Done) != 4 || got.Hints != 2 || got.Solutions != 1 || got.Predictions["guess"].Said != "2" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAStepIsLeftOutOnlyWhenAskedTwice(t *testing.T) {
	s := newTalk(t)
	s.options.StartLesson = "mini"
	s.begin().hear("Step 1").say("1").hear("Step 2").say("next").hear("Type next once more")
	s.say("goals").hear("> ").say("next").hear("no answer yet").say("next").hear("Step 3 of 4")
	s.say("1").hear("Type 1 once more, and podium does it for you.").say("pods", "lessons").hear("The lessons:", "Begun, 1 of 4 steps done.")
	if err := s.say("quit").end(); err != nil {
		t.Error(err)
	}
}

func TestChoicesHaveNumbersAndWordsOfTheirOwn(t *testing.T) {
	g := &guide{options: Options{Lang: i18n.Korean}, session: lessons.Session{}}
	words := map[string]choice{}
	for _, l := range i18n.Languages {
		for i, c := range append(append([]choice(nil), numbered...), practice, review) {
			word := c.word(l)
			if other, taken := words[word]; taken && other != c || word == "" || strings.Contains(word, "plain.") {
				t.Errorf("%s and %s are both %q", c, other, word)
			}
			words[word] = c
			if i >= len(numbered) {
				continue
			}
			for _, said := range []string{strconv.Itoa(i + 1), word, strings.ToUpper(word)} {
				if got, ok := g.chosen(said); !ok || got != c {
					t.Errorf("%q is %q, want %q", said, got, c)
				}
			}
		}
	}
	for _, said := range []string{"0", "13", "kubectl get pods", "get"} {
		if got, ok := g.chosen(said); ok {
			t.Errorf("%q is the choice %s", said, got)
		}
	}
}

func TestWhatIsThereIsNotRemovedWithoutConsent(t *testing.T) {
	s := newTalk(t)
	s.last("another")
	<-s.changes
	s.changes <- shows(1, "precious")
	s.begin().hear("The lessons:").say("mini").hear("there is something that is not of this lesson", "precious", "Type 1 to remove it")
	s.say("2").hear("The lessons:").say("practice").hear("There is nothing to practise here.").say("9").hear("There is no such lesson.")
	if err := s.say("quit").hear("Goodbye.").end(); err != nil {
		t.Error(err)
	}
}

func TestWithoutAnythingTypedNoClusterIsOpened(t *testing.T) {
	s := newTalk(t)
	s.options.In, s.options.StartLesson = strings.NewReader(""), "mini"
	s.options.Open = func(ctx context.Context, _ func(cluster.Stage)) (*cluster.Cluster, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if err := s.begin().end(); err == nil || i18n.Explain(err).ID != "cli.no-terminal" {
		t.Errorf("it ends with %v", err)
	}
}

func TestTheEndOfWhatIsTypedEndsPodium(t *testing.T) {
	s := newTalk(t)
	s.options.StartLesson = "mini"
	s.begin().hear("Step 1").say("goals").hear("Type 1 to go on.").keys.Close()
	if err := s.end(); err != nil {
		t.Error(err)
	}
}

func TestAClusterThatIsGoneIsTold(t *testing.T) {
	s := newTalk(t)
	s.options.StartLesson = "mini"
	s.begin().hear("Step 1")
	close(s.changes)
	if err := s.end(); err == nil || i18n.Explain(err).ID != "tui.lost" {
		t.Errorf("it ends with %v", err)
	}
	s = newTalk(t)
	failed := errors.New("no cluster")
	s.options.StartLesson = "mini"
	s.options.Open = func(context.Context, func(cluster.Stage)) (*cluster.Cluster, error) { return nil, failed }
	s.begin().say("1")
	if err := s.end(); !errors.Is(err, failed) {
		t.Errorf("it ends with %v", err)
	}
}

func TestNothingThatIsSaidCommandsTheTerminal(t *testing.T) {
	s := newTalk(t)
	s.options.StartLesson = "mini"
	<-s.changes
	s.changes <- shows(1, "evil\x1b]0;title\a\x1b[2J\u202e")
	s.begin().hear("Step 1").say("pods").hear("Pod evil")
	if err := s.say("quit").hear("Goodbye.").end(); err != nil {
		t.Error(err)
	}
	if said := s.said.String(); strings.ContainsAny(said, "\x1b\a\u202e") {
		t.Errorf("%q", said)
	}
}

func TestAReviewNeedsNoCluster(t *testing.T) {
	s := newTalk(t)
	s.options.StartReview = true
	s.options.Open = func(context.Context, func(cluster.Stage)) (*cluster.Cluster, error) {
		t.Error("a cluster was opened")
		return nil, errors.New("none")
	}
	p := lessons.Progress{}.With("mini", lessons.LessonProgress{Done: []string{"recall"}, Finished: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)})
	if err := p.Save(s.options.ProgressPath); err != nil {
		t.Fatal(err)
	}
	s.begin().hear("2 to go. Mini.", "What is scheduled?", "1. A node", "2. A pod").say("both").hear("Choose one").say("1")
	s.hear("No. The answer is: A pod", "comes back tomorrow", "2 to go. Map of resources.", "press Enter").say("").hear("It is: Pod", "4. at once").say("5").hear("from 1 to 4").say("4")
	s.hear("1 to go. Mini.").say("2").hear("Right.", "1 right at once, 1 not.", "Goodbye.")
	if err := s.end(); err != nil {
		t.Error(err)
	}
	deck, err := recall.Load(s.options.CardsPath)
	if err != nil || deck.Cards["mini/recall"].Days != 1 || deck.Cards["kind/pod"].Days < 5 {
		t.Errorf("%+v, %v", deck, err)
	}
}
