package lessons

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"podium/i18n"
)

func TestProgressIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "home", "progress.json")
	p, err := LoadProgress(path)
	if err != nil || len(p.Lessons) != 0 {
		t.Fatalf("nothing kept yet: %v %v", p, err)
	}
	reached := LessonProgress{
		Step: "make", Done: []string{"intro", "guess"}, Started: noon, Seconds: 61.5, Hints: 2, Solutions: 1,
		Predictions: map[string]PredictionRecord{"guess": {Said: "3", Answer: "4"}},
	}
	for _, next := range []Progress{p.With("pod", reached), p.With("pod", reached).With("deployment", LessonProgress{Finished: noon})} {
		if err := next.Save(path); err != nil {
			t.Fatal(err)
		}
		got, err := LoadProgress(path)
		if diff := cmp.Diff(next, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	}
	p, _ = LoadProgress(path)
	if p = p.Reset("pod"); len(p.Lessons) != 1 || len(p.Lessons["deployment"].Done) != 0 {
		t.Errorf("after the reset: %v", p)
	}
	if files, _ := filepath.Glob(filepath.Dir(path) + "/*"); len(files) != 1 {
		t.Errorf("there are %v", files)
	}
}

func TestABrokenProgressFileIsMovedAsideAndNeverLost(t *testing.T) {
	whole := `{"version": 1, "lessons": {"pod": {"step": "make"}}}`
	for name, text := range map[string]string{
		"torn":          whole[:30],
		"empty":         "",
		"later version": strings.Replace(whole, "1", "9", 1),
		"no version":    `{"lessons": {}}`,
		"something":     "[1, 2]",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "progress.json")
			for n := range 2 { // twice: one kept aside isn't written over either
				text := text + strings.Repeat(" ", n)
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				p, err := LoadProgress(path)
				var known *i18n.Error
				if !errors.As(err, &known) {
					t.Fatalf("%v", err)
				}
				aside := known.Message.Args["Aside"].(string)
				if want := path + ".broken-" + strconv.Itoa(n+1); aside != want {
					t.Errorf("it went to %s, want %s", aside, want)
				}
				kept, err := os.ReadFile(aside)
				if string(kept) != text || err != nil {
					t.Errorf("kept %q, %v", kept, err)
				}
				if err := p.With("pod", LessonProgress{}).Save(path); err != nil {
					t.Errorf("a new one can't be begun: %v", err)
				}
			}
		})
	}
}

func TestProgressThatCantBeWrittenIsOneSentence(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := Progress{}.Save(filepath.Join(file, "progress.json"))
	var known *i18n.Error
	if !errors.As(err, &known) || !strings.Contains(i18n.English.Say(known.Message), "could not be saved") {
		t.Errorf("%v", err)
	}
	if _, err := LoadProgress(folder); !errors.As(err, &known) {
		t.Errorf("a folder was read: %v", err)
	}
}
