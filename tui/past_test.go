package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/cluster/record"
	"podium/i18n"
	"podium/tui/panes"
)

// run gives the model what its commands answer until there is nothing more,
// clocks aside.
func run(t *testing.T, m *Model, cmd tea.Cmd) {
	t.Helper()
	pending := []tea.Cmd{cmd}
	for len(pending) > 0 {
		next := pending[0]
		pending = pending[1:]
		if next == nil {
			continue
		}
		switch msg := next().(type) {
		case tea.BatchMsg:
			pending = append(pending, msg...)
		case filmMsg, momentMsg:
			_, more := m.Update(msg)
			pending = append(pending, more)
		}
	}
}

// now sets the screen's clock.
func now(m *Model, at time.Time) { m.opts.Now = func() time.Time { return at } }

// recordedLab is a lesson with two pods that came one after the other, three and
// four seconds after noon, with a recorder that saw it all. It is 12:00:09.
func recordedLab(t *testing.T) *Model {
	t.Helper()
	m := newTest(t)
	m.opts.Record = func(c *cluster.Cluster) (*record.Recorder, error) {
		return record.Start(t.TempDir(), record.Head{Began: noon, Provider: c.Provider, Cluster: c.Name, Namespace: c.Namespace})
	}
	if say := m.startRecording(opened().cluster); !say.IsZero() {
		t.Fatal(i18n.English.Say(say))
	}
	drive(m, opened(), snapshot(1))
	keys(m, "enter")
	drive(m, readyMsg{attempt: m.course.attempt, begin: true})
	keys(m, "f5", "2", "enter", "f5")
	now(m, noon.Add(3*time.Second))
	drive(m, snapshot(3, "web-1"))
	now(m, noon.Add(4*time.Second))
	second := snapshot(4, "web-1", "web-2")
	second.snapshot.Changes = second.snapshot.Changes[1:]
	drive(m, second)
	command := ranAction("kubectl get pods", "get", "pods").(panes.Ran)
	command.Command.Started, command.Command.Ended = noon.Add(4500*time.Millisecond), noon.Add(5*time.Second)
	m.act(command)
	now(m, noon.Add(9*time.Second))
	return drive(m, tickMsg{})
}

// rewound is the same, looked at from its last moment on.
func rewound(t *testing.T) *Model {
	t.Helper()
	return then(t, recordedLab(t), "f7", "end")
}

func TestAPredictionLeadsToTheMomentThatAnswersIt(t *testing.T) {
	m := recordedLab(t)
	shows(t, m, "F7 show the moment")
	then(t, m, "f7")
	shows(t, m, "12:00:04 ∙ 5 s ago", "This is the moment that answers: 2.", "web-2  appeared")
	then(t, m, "esc", "f5", "f7")
	shows(t, m, "12:00:09 ∙ 0 s ago")
}

// then presses keys and follows where they lead.
func then(t *testing.T, m *Model, names ...string) *Model {
	t.Helper()
	for _, name := range names {
		_, cmd := m.Update(press(name))
		run(t, m, cmd)
	}
	return m
}

func TestRewindShowsWhatWasAndEscComesBack(t *testing.T) {
	m := rewound(t)
	shows(t, m, "12:00:09 ∙ 0 s ago", "Esc: back to now", "Timeline ▸", "web-1", "web-2", "$ kubectl get pods")
	then(t, m, "left")
	shows(t, m, "12:00:04 ∙ 5 s ago", "web-2  appeared", "2 ready")
	then(t, m, "left")
	shows(t, m, "12:00:03 ∙ 6 s ago", "web-1  appeared", "1 ready", "1 of 2")
	then(t, m, "left", "left")
	shows(t, m, "The recording begins here.")
	then(t, m, "right")
	shows(t, m, "12:00:03")
	drive(m, snapshot(5, "web-1", "web-2", "web-3"))
	shows(t, m, "12:00:03")
	hides(t, m, "3 pods")
	then(t, m, "esc")
	hides(t, m, "12:00:03 ∙")
	hides(t, m, "Timeline ▸")
	if len(m.shown().Snapshot.Pods) != 3 || m.focus != "prompt" {
		t.Errorf("now has %d pods and the focus on %s", len(m.shown().Snapshot.Pods), m.focus)
	}
}

func TestMarksAreJumpedTo(t *testing.T) {
	m := then(t, rewound(t), "home")
	var seen []string
	for range 3 {
		then(t, m, "pgdown")
		seen = append(seen, fmt.Sprint(m.past.at.Time.Sub(noon).Seconds()))
	}
	if got := strings.Join(seen, " "); got != "4.5 9 9" {
		t.Errorf("marks at %s", got)
	}
	then(t, m, "pgup")
	if m.past.at.Time.Sub(noon) != 4500*time.Millisecond {
		t.Errorf("back at %v, want the command's beginning", m.past.at.Time.Sub(noon))
	}
}

func TestThePastPlaysAtItsSpeed(t *testing.T) {
	m := then(t, rewound(t), "home")
	m.Update(press("space"))
	shows(t, m, "plays at 1x")
	m.Update(press("up"))
	shows(t, m, "plays at 2x")
	begin := m.past.at.Time
	now(m, noon.Add(10*time.Second))
	_, cmd := m.Update(playMsg{m.past.number})
	run(t, m, onlyMoves(cmd))
	if passed := m.past.at.Time.Sub(begin); passed != 2*time.Second {
		t.Errorf("in a second %v of the past went by", passed)
	}
	now(m, noon.Add(60*time.Second))
	_, cmd = m.Update(playMsg{m.past.number})
	run(t, m, onlyMoves(cmd))
	if m.past.playing || !m.past.at.Time.Equal(m.past.film.To()) {
		t.Errorf("playing goes on at %v", m.past.at.Time)
	}
}

// onlyMoves runs a batch's journeys and leaves its clock alone.
func onlyMoves(cmd tea.Cmd) tea.Cmd {
	return func() tea.Msg {
		msg := cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			return batch[0]()
		}
		return msg
	}
}

func TestNothingInThePastChangesThePresent(t *testing.T) {
	m := rewound(t)
	for _, key := range []string{"f2", "f3", "f4", "f5", "ctrl+y"} {
		keys(m, key)
		shows(t, m, "This is the past.")
	}
	keys(m, "k", "enter")
	if m.prompt.Running() || m.prompt.TakesTab() {
		t.Error("something was typed at the prompt")
	}
	m.act(panes.RunLine{Line: "kubectl delete pod --all"})
	if m.prompt.Running() {
		t.Error("a pane ran a line")
	}
}

func TestThereMustBeSomethingToRewind(t *testing.T) {
	m := keys(begun(t), "f7")
	shows(t, m, "Nothing is being recorded")
	m = keys(newTest(t), "f7")
	shows(t, m, "Nothing is recorded yet.")
}

func TestARecordingIsReplayedWithoutACluster(t *testing.T) {
	lab := recordedLab(t)
	film, err := lab.recorder.Load().Recording(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	m := New(t.Context(), Options{Provider: "sim", Lessons: testLessons(t), Lang: i18n.English, Replay: film, Now: func() time.Time { return noon.Add(time.Hour) }})
	t.Cleanup(m.end)
	drive(m, tea.WindowSizeMsg{Width: 120, Height: 40}, progressMsg{lessons: testLessons(t)})
	run(t, m, m.replay())
	shows(t, m, "2026-03-01 12:00:01 ∙ 0:00 of 0:08", "This is a recording")
	then(t, m, "end")
	shows(t, m, "web-2", "✓ Two pods")
	keys(m, "esc", "f9", "f7")
	if !m.past.on {
		t.Error("a replay came back to a present there isn't")
	}
}
