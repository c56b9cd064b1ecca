package recall

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"podium/i18n"
	"podium/lessons"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func day(n int) time.Time { return noon.AddDate(0, 0, n) }

// course is podium's own.
func course(t testing.TB) []lessons.Lesson {
	t.Helper()
	all, err := lessons.Load(lessons.BuiltIn(), lessons.Options{Manifests: os.DirFS("../manifests"), Proven: true})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// learned is the progress of somebody who has done these steps of the lesson pod.
func learned(finished bool, steps ...string) lessons.Progress {
	reached := lessons.LessonProgress{Done: steps, Started: noon, Predictions: map[string]lessons.PredictionRecord{
		"addresses": {Said: "2", Answer: "1"}, "come-back": {Said: "0"}, "gap": {Said: "none", Answer: "longer"},
		"ready-two": {Said: "two-of-two", Answer: "a choice of an older version"},
	}}
	if finished {
		reached.Finished = noon
	}
	return lessons.Progress{Version: 1, Lessons: map[string]lessons.LessonProgress{"pod": reached}}
}

func ids(cards []Card) []string {
	var all []string
	for _, c := range cards {
		all = append(all, c.ID)
	}
	return all
}

func TestCardsAreWhatTheLearnerHasMet(t *testing.T) {
	all := course(t)
	if got := Cards(all, lessons.Progress{}); len(got) != 0 {
		t.Errorf("at first there are %v", ids(got))
	}
	// No answer yet, one that no longer fits, and one that requests gave are no cards.
	got := ids(Cards(all, learned(false, "ready-two", "addresses", "come-back", "gap", "quiz-unit")))
	if diff := cmp.Diff([]string{"pod/addresses", "pod/quiz-unit"}, got); diff != "" {
		t.Error(diff)
	}
	got = ids(Cards(all, learned(true, "quiz-unit")))
	if diff := cmp.Diff([]string{"pod/quiz-unit", "kind/node", "kind/pod"}, got[:3]); diff != "" || slices.Contains(got, "kind/cronjob") {
		t.Error(diff, got)
	}
}

func TestEveryQuizHasAnAnswerThatCanBeAsked(t *testing.T) {
	asked := 0
	for _, l := range course(t) {
		for _, s := range l.Steps {
			if s.Kind != lessons.Quiz {
				continue
			}
			asked++
			p := lessons.Progress{Lessons: map[string]lessons.LessonProgress{l.ID: {Done: []string{s.ID}}}}
			cards := Cards([]lessons.Lesson{l}, p)
			if len(cards) != 1 {
				t.Errorf("%s/%s makes %d cards", l.ID, s.ID, len(cards))
				continue
			}
			for _, lang := range i18n.Languages {
				f := cards[0].Face(lang, "sim")
				if f.From == "" || f.Ask == "" || f.Answer == "" || f.Why == "" || s.Ask.Form == lessons.Choice && !slices.Contains(f.Choices, f.Answer) {
					t.Errorf("%s in %s: %+v", cards[0].ID, lang, f)
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d quizzes were looked at", asked)
	}
}

func TestWhatIsKnownComesBackLaterAndLater(t *testing.T) {
	d, at := Deck{}, noon
	var days []uint64
	for range 6 {
		d = d.Graded("pod/quiz-unit", Good, at)
		days = append(days, d.Cards["pod/quiz-unit"].Days)
		at = d.Cards["pod/quiz-unit"].Due
	}
	if !slices.IsSorted(days) || days[0] < 2 || days[5] <= 4*days[1] || days[5] > longest+3 {
		t.Errorf("it comes back after %v days", days)
	}
	before := d.Cards["pod/quiz-unit"]
	d = d.Graded("pod/quiz-unit", Again, at)
	after := d.Cards["pod/quiz-unit"]
	if after.Days >= before.Days || after.Forgotten != 1 || after.Difficulty <= before.Difficulty || after.Asked != 7 {
		t.Errorf("forgotten: %+v", after)
	}
	shown := Deck{}.Days("new", noon)
	if len(shown) != 4 || shown[Again] != 1 || shown[Hard] <= shown[Again] || shown[Good] <= shown[Hard] || shown[Easy] <= shown[Good] {
		t.Errorf("a new card: %v", shown)
	}
	if put := d.Graded("pod/quiz-unit", Good, at.AddDate(0, 0, -3)); put.Cards["pod/quiz-unit"].Asked != 8 {
		t.Error("a clock that was put back stops the review")
	}
}

func TestTheLongestDueComesFirstAndNewOnesAreFew(t *testing.T) {
	var cards []Card
	for _, id := range strings.Fields("a b c d e f g h i j k l m n") {
		cards = append(cards, Card{ID: id})
	}
	d := Deck{Cards: map[string]Memory{"b": {Due: day(-1)}, "c": {Due: day(-5)}, "d": {Due: day(3)}, "gone": {Due: day(1)}, FaultID("x"): {Due: day(2)}, FaultID("y"): {Due: day(-2)}}}
	want := strings.Fields("c b a e f g h i j k l m")
	if diff := cmp.Diff(want, ids(d.Due(cards, noon))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"y"}, d.DueFaults(noon)); diff != "" {
		t.Error(diff)
	}
	if at, ok := d.NextDue(cards, noon); !ok || !at.Equal(day(2)) {
		t.Errorf("the next comes at %v", at)
	}
	if _, ok := (Deck{}).NextDue(cards, noon); ok {
		t.Error("nothing was asked, and something comes back")
	}
}

func TestTheDayIsSaidByTheCalendar(t *testing.T) {
	late := time.Date(2026, 3, 1, 23, 50, 0, 0, time.Local)
	for after, want := range map[time.Duration]string{
		5 * time.Minute: "today, at 23:55", 15 * time.Minute: "tomorrow", 40 * time.Hour: "in 2 days",
	} {
		if got := i18n.English.Say(ComesBack(late.Add(after), late)); !strings.Contains(got, want) {
			t.Errorf("%s later: %s", after, got)
		}
	}
}

func TestARoundIsGradedByWhatItTook(t *testing.T) {
	for _, test := range []struct {
		hints, solutions int
		took             time.Duration
		want             Grade
	}{{0, 1, time.Second, Again}, {2, 0, time.Second, Hard}, {0, 0, 59 * time.Second, Easy}, {0, 0, 4 * time.Minute, Good}} {
		if got := GradeRound(test.hints, test.solutions, test.took); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestADeckIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "learner", "cards.json")
	d, err := Load(file)
	if err != nil || len(d.Cards) != 0 {
		t.Fatal(d, err)
	}
	d = d.Graded("pod/quiz-unit", Good, noon)
	if err := d.Save(file); err != nil {
		t.Fatal(err)
	}
	back, err := Load(file)
	if diff := cmp.Diff(d, back); err != nil || diff != "" {
		t.Error(diff, err)
	}
}

func TestALessonsCardsAreForgottenAlone(t *testing.T) {
	d := Deck{}.Graded("pod/quiz-unit", Good, noon).Graded("podium/quiz", Good, noon).Graded(FaultID("pod"), Good, noon)
	if left := d.Without("pod"); len(left.Cards) != 2 || len(d.Cards) != 3 {
		t.Errorf("%v", left.Cards)
	}
}

func TestABrokenDeckIsKeptAside(t *testing.T) {
	for name, text := range map[string]string{"torn": `{"version":1,"ca`, "newer": `{"version":2}`} {
		file := filepath.Join(t.TempDir(), "cards.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := Load(file)
		if err == nil || !strings.Contains(i18n.English.Say(i18n.Explain(err)), "cards.json.broken-1") || len(d.Graded("a", Good, noon).Cards) != 1 {
			t.Errorf("%s: %v", name, err)
		}
		if kept, err := os.ReadFile(file + ".broken-1"); err != nil || string(kept) != text {
			t.Errorf("%s: %q, %v", name, kept, err)
		}
	}
	file := filepath.Join(t.TempDir(), "cards.json")
	text := `{"version":1,"cards":{"a":{"due":"2026-03-01T12:00:00Z","last":"2026-02-01T12:00:00Z","stability":-1,"difficulty":5}}}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := Load(file); err != nil || len(d.Cards) != 0 {
		t.Errorf("a card that can't be was kept: %+v, %v", d, err)
	}
}
