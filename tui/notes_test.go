package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/i18n"
	"podium/lessons"
	"podium/talk"
)

// followingNotes is the notes of a talk at the test lesson's third step, a minute and a
// half after noon.
func followingNotes(t *testing.T, lang i18n.Language) (*notes, talk.Live) {
	t.Helper()
	m := keys(presenting(t, nil), "pgdown", "2", "pgdown", "pgdown", "m")
	live := m.live()
	live.Planned = 10 * time.Minute
	n := newNotes(Notes{
		Load: func(string) []lessons.Lesson { return testLessons(t) }, Lang: lang, Look: Look{Plain: true},
		Now: func() time.Time { return noon.Add(90 * time.Second) },
	})
	n.Update(tea.WindowSizeMsg{Width: 80, Height: 40})
	n.Update(courseReadMsg{"", testLessons(t)})
	n.Update(live)
	return n, live
}

func noted(n *notes) string { return ansi.Strip(n.View().Content) }

func TestNotesFollowATalk(t *testing.T) {
	for _, lang := range i18n.Languages {
		n, live := followingNotes(t, lang)
		for _, want := range []string{"1:30", "8:30", "3/4", "$ kubectl apply -f web.yaml", "$ kubectl get pods", lang.Say(i18n.M("notes.wrong")), "kubectl get nodes", testLessons(t)[0].Words[lang].Steps["recall"].Title} {
			if text := noted(n); !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", lang, want, text)
			}
		}
		live.Planned, live.Doing, live.Typed = time.Minute, talk.Past, 1
		n.Update(live)
		for _, want := range []string{lang.Say(i18n.M("notes.over", "Time", "0:30")), lang.Say(i18n.M("notes.doing.past"))} {
			if text := noted(n); !strings.Contains(text, want) || strings.Contains(text, "$ kubectl apply") {
				t.Errorf("%s: no %q, or a line that was typed, in\n%s", lang, want, text)
			}
		}
		live.Ended = true
		n.Update(live)
		if text := noted(n); !strings.Contains(text, lang.Say(i18n.M("notes.ended"))) {
			t.Errorf("%s: after the end\n%s", lang, text)
		}
	}
}

func TestNotesScrollAndReadACourseOnce(t *testing.T) {
	n, live := followingNotes(t, i18n.English)
	n.Update(tea.WindowSizeMsg{Width: 80, Height: 12})
	if text := noted(n); !strings.Contains(text, "more") || strings.Contains(text, "get nodes") {
		t.Errorf("the top:\n%s", text)
	}
	for range 30 {
		n.Update(press("down"))
	}
	if text := noted(n); !strings.Contains(text, "1:30") || !strings.Contains(text, "Recall") || strings.Contains(text, "Make two") {
		t.Errorf("the end:\n%s", text)
	}
	if n.read("") != nil || n.read("/elsewhere") == nil {
		t.Error("a course is read again, or another one never")
	}
	live.Step, live.Typed, live.Doing, live.Goals = -3, -1, "\x1b[31m", make([]lessons.Verdict, 9) // a damaged file
	n.Update(live)
	if text := n.View().Content; strings.Contains(text, "\x1b[31m") {
		t.Error("a file commands the terminal")
	}
	if _, cmd := n.Update(press("q")); cmd == nil {
		t.Error("q does not leave")
	}
}

func TestNotesLookAsTheyDid(t *testing.T) {
	for _, lang := range i18n.Languages {
		for _, width := range []int{80, 120} {
			name := fmt.Sprintf("notes-%s-%d", lang, width)
			t.Run(name, func(t *testing.T) {
				n, _ := followingNotes(t, lang)
				n.Update(tea.WindowSizeMsg{Width: width, Height: 30})
				got := noted(n) + "\n"
				path := filepath.Join("testdata", "golden", name+".txt")
				if os.Getenv("UPDATE") != "" {
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("differs from %s:\n%s", path, got)
				}
			})
		}
	}
}
