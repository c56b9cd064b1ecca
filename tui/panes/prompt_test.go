package panes

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"podium/i18n"
	"podium/prompt"
)

// typed is a prompt of a size at which a line was typed and entered.
func typed(t *testing.T, s Scene, width, height int, line string) *Prompt {
	t.Helper()
	p := NewPrompt(t.Context(), prompt.Options{})
	t.Cleanup(p.Close)
	p.Update(s, Sized{Width: width, Height: height})
	p.Type(line)
	p.Update(s, tea.KeyPressMsg{Code: tea.KeyEnter})
	return p
}

func TestARefusalIsBrokenBetweenWords(t *testing.T) {
	for _, lang := range i18n.Languages {
		for _, width := range []int{24, 46, 78} {
			t.Run(fmt.Sprint(lang, width), func(t *testing.T) {
				s := rollout().scene()
				s.Lang = lang
				_, err := prompt.Parse("docker ps")
				want := strings.Fields(lang.Say(i18n.Explain(err)))
				p := typed(t, s, width, 20, "docker ps")
				drawn := strings.Fields(ansi.Strip(p.View(s, width, 20)))
				got := drawn[len(strings.Fields("$ docker ps")):]
				if len(got) < len(want) || strings.Join(got[:len(want)], " ") != strings.Join(want, " ") {
					t.Errorf("drawn as %q, want the words %q", got, want)
				}
			})
		}
	}
}

func TestWhatWaitsStopsWithAnInterruptedLine(t *testing.T) {
	for exit, want := range map[int]int{130: 0, 1: 1} {
		s := rollout().scene()
		p := NewPrompt(t.Context(), prompt.Options{})
		p.failed, p.queue = exit, []string{"docker ps", "docker ps"}
		p.next(s)
		if got := strings.Count(ansi.Strip(strings.Join(p.term.Picture(80, 20, 0).Rows, "\n")), "$ docker"); (got > 0) != (want > 0) || len(p.queue) > 0 {
			t.Errorf("after exit %d, %d lines ran and %d wait", exit, got, len(p.queue))
		}
		p.Close()
	}
}

func TestAListWithoutRoomSaysHowManyMoreThereAre(t *testing.T) {
	candidates := make([]prompt.Candidate, 12)
	for i := range candidates {
		candidates[i] = prompt.Candidate{Text: fmt.Sprintf("pod/web-%02d", i), Help: "a help text that is longer than the row has room for"}
	}
	for _, lang := range i18n.Languages {
		for height, hidden := range map[int]int{4: 11, 8: 7, 14: 1, 15: 0} {
			s := rollout().scene()
			s.Lang = lang
			p := NewPrompt(t.Context(), prompt.Options{})
			p.Update(s, Sized{Width: 46, Height: height})
			p.Update(s, completedMsg{candidates: candidates})
			p.complete = completion{open: true, candidates: candidates, chosen: -1}
			drawn := ansi.Strip(p.View(s, 46, height))
			note := lang.Say(i18n.M("prompt.more", "Count", hidden))
			if got := strings.Contains(drawn, note); got != (hidden > 0) || !strings.Contains(drawn, "web-00") {
				t.Errorf("in %d rows, with %d hidden:\n%s", height, hidden, drawn)
			}
			for row := range strings.SplitSeq(drawn, "\n") {
				if n := ansi.StringWidth(row); n != 46 {
					t.Errorf("%q takes %d cells", row, n)
				}
			}
			p.Close()
		}
	}
}
