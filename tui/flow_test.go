package tui

import (
	"context"
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
)

func TestTheListOfLessonsIsThereBeforeTheCluster(t *testing.T) {
	m := newTest(t)
	shows(t, m, "Mini", "start here", "sim is coming up")
	drive(m, stageMsg{1, cluster.Stage{Message: i18n.Text("Starting etcd"), Elapsed: 1500 * time.Millisecond}})
	shows(t, m, "Starting etcd", "1.5 s")
	if m.View().ProgressBar == nil {
		t.Error("no progress bar while the cluster comes up")
	}
	drive(m, opened(), snapshot(1))
	shows(t, m, "ready, 4 nodes", "export KUBECONFIG=/home/you/.local/state/podium/sim/kubeconfig")
	if m.View().ProgressBar != nil {
		t.Error("a progress bar after the cluster is up")
	}
}

func TestALessonCanBeReadWhileTheClusterComesUp(t *testing.T) {
	m := keys(newTest(t), "1")
	shows(t, m, "First read", "The prompt opens as soon as the cluster is up.")
	keys(m, "x", "enter")
	shows(t, m, "▸ The prompt opens as soon as the cluster is up.", "$ x")
	drive(m, opened(), snapshot(1))
	shows(t, m, "Putting the cluster into the state")
	drive(m, readyMsg{attempt: m.course.attempt, begin: true})
	shows(t, m, "First read", "$ x")
	keys(m, "y")
	hides(t, m, "The prompt opens")
}

func TestWhatWasReadAheadIsKeptWhenTheClusterIsThere(t *testing.T) {
	m := keys(newTest(t), "1", "f5", "2", "enter")
	drive(m, opened(), snapshot(1), readyMsg{attempt: m.course.attempt, begin: true})
	shows(t, m, "step 2 of 4", "You said: 2.")
	if done := m.scene.Progress.Lessons["mini"].Done; len(done) != 1 {
		t.Errorf("steps done: %v", done)
	}
}

func TestALessonFromStartToEnd(t *testing.T) {
	m := begun(t)
	keys(m, "f5")
	shows(t, m, "step 2 of 4", "How many pods will there be?")
	if m.focus != "lesson" {
		t.Errorf("a question is asked but keys go to %s", m.focus)
	}
	keys(m, "1", "enter")
	shows(t, m, "You said: 1. The cluster will answer.")
	keys(m, "f5")
	shows(t, m, "Two pods carry app=web", "hint (1 of 2)")
	if m.focus != "prompt" {
		t.Errorf("there is something to do but keys go to %s", m.focus)
	}
	drive(m, snapshot(2, "web-1"))
	shows(t, m, "1 of 2")
	drive(m, snapshot(3, "web-1", "web-2"))
	m.act(ranAction("kubectl get pods", "get", "pods"))
	drive(m, snapshot(4, "web-1", "web-2"))
	shows(t, m, "✓ Two pods", "✓ You looked", "Two are better than one.", "You said: 1. The cluster did: 2.", "F5 next")
	keys(m, "f5")
	shows(t, m, "What is scheduled?")
	keys(m, "2", "1")
	hides(t, m, "Not quite.")
	shows(t, m, "▸ 1", "1-2 Enter answer")
	keys(m, "enter")
	shows(t, m, "Not quite.")
	keys(m, "2", "enter")
	shows(t, m, "Right.")
	keys(m, "enter")
	shows(t, m, "What is scheduled?", "Right.")
	keys(m, "f5")
	shows(t, m, "You finished Mini.", "0 / 1")
	p := m.scene.Progress.Lessons["mini"]
	if len(p.Done) != 4 || p.Finished.IsZero() {
		t.Errorf("progress is %+v", p)
	}
	keys(m, "f9")
	shows(t, m, "Explore the cluster")
}

func TestHintsAndSolution(t *testing.T) {
	m := atMake(t)
	keys(m, "f2")
	shows(t, m, "Hint 1", "There are 0.", "hint (2 of 2)")
	keys(m, "f2", "f2")
	shows(t, m, "There is no further hint.")
	keys(m, "f3")
	shows(t, m, "Solution", "F3 once more types")
	keys(m, "f3")
	shows(t, m, "$ kubectl apply -f web.yaml")
	if !m.prompt.Running() {
		t.Error("the second F3 runs nothing")
	}
}

func TestASkipAsksOnceAndThenPlaysTheSolution(t *testing.T) {
	m := keys(atMake(t), "f5")
	shows(t, m, "F5 once more plays its solution for you to read.")
	keys(m, "f5")
	shows(t, m, "Playing the solution for you")
	drive(m, snapshot(3, "web-1", "web-2"))
	played := playedMsg{attempt: m.course.attempt, skip: true, commands: []lessons.Command{{Line: "kubectl get pods", Calls: [][]string{{"get", "pods"}}}}}
	drive(m, played)
	shows(t, m, "The solution was played", "✓ Two pods")
	keys(m, "f5")
	shows(t, m, "What is scheduled?")
}

func TestAFinishedLessonThatIsBegunAgainStaysFinished(t *testing.T) {
	m := newTest(t)
	other := m.scene.Lessons[0]
	other.ID = "other"
	m.scene.Lessons = append(m.scene.Lessons[:1:1], other)
	m.scene.Progress = m.scene.Progress.With("mini", lessons.LessonProgress{Started: noon, Finished: noon})
	drive(m, opened(), snapshot(1))
	shows(t, m, "Mini                                          ✓", "▸ start here")
	keys(m, "1")
	drive(m, readyMsg{attempt: m.course.attempt, begin: true})
	keys(m, "f5", "f9")
	shows(t, m, "✓ again: step 2 of 4", "▸ start here")
	if m.scene.Progress.Lessons["mini"].Finished.IsZero() {
		t.Error("the lesson is no longer finished")
	}
	keys(m, "2")
	drive(m, readyMsg{attempt: m.course.attempt, begin: true})
	keys(m, "f5", "f9")
	shows(t, m, "▸ step 2 of 4")
	hides(t, m, "start here")
}

func TestALessonAsksBeforeItRemovesWhatTheLearnerMade(t *testing.T) {
	const question = "F5 goes on and removes what is in namespace lab (pod/echo); F9 goes back."
	for _, key := range []string{"enter", "f5"} {
		m := keys(drive(newTest(t), opened(), snapshot(1, "echo")), "enter")
		shows(t, m, "First read", question)
		keys(m, "x")
		drive(m, snapshot(2, "echo"))
		shows(t, m, question) // where the prompt is shut
		keys(m, "enter")
		shows(t, m, question) // that Enter was for the line
		drive(m, press("ctrl+u"))
		keys(m, key)
		shows(t, m, "Putting the cluster into the state")
		if m.course.pending != "" {
			t.Errorf("%s does not begin the lesson", key)
		}
	}
	m := keys(drive(newTest(t), opened(), snapshot(1, "echo")), "enter", "f9")
	hides(t, m, question)
	if m.page != homePage || m.course.busy.ID != "" {
		t.Error("F9 does not go back")
	}
	drive(keys(m, "enter"), snapshot(2))
	shows(t, m, "Putting the cluster into the state") // nothing is left to remove
}

func TestTheLessonThatWasLastOpenDoesNotAsk(t *testing.T) {
	m := drive(newTest(t), opened(), snapshot(1, "echo"))
	if err := lab.NoteLesson(m.note(), m.folderOf("mini")); err != nil {
		t.Fatal(err)
	}
	keys(m, "enter")
	hides(t, m, "removes")
	shows(t, m, "Putting the cluster into the state")
}

func TestAResetBeginsTheStepAnew(t *testing.T) {
	m := keys(atMake(t), "f4")
	shows(t, m, "Putting the step back to its start…")
	old := m.course.attempt - 1
	drive(m, readyMsg{attempt: old})
	shows(t, m, "Putting the step back to its start…")
	drive(m, readyMsg{attempt: m.course.attempt})
	hides(t, m, "Putting the step back")
	shows(t, m, "Two pods carry app=web")
}

func TestAFailedOpenSaysWhyAndCanBeTriedAgain(t *testing.T) {
	m := drive(newTest(t), openedMsg{link: 1, err: i18n.Errorf(errors.New("exit 3"), i18n.Text("The disk is full: free some space."))})
	shows(t, m, "The cluster could not be opened.", "The disk is full: free some space.", "F4 try again")
	hides(t, m, "exit 3")
	keys(m, "f4")
	shows(t, m, "sim is coming up")
}

func TestAClusterThatAnotherPodiumDrivesCanBeWatched(t *testing.T) {
	m := newTest(t)
	m.opts.LookOn = func(context.Context, func(cluster.Stage)) (*cluster.Cluster, error) {
		return nil, i18n.Errorf(nil, i18n.Text("Nobody is there any more."))
	}
	keys(drive(m, openedMsg{link: 1, err: i18n.Errorf(errors.New("disk full"), i18n.Text("No."))}), "f5")
	hides(t, m, "look on")
	if m.lookOn || m.link.number != 1 {
		t.Error("F5 looks on although nobody drives the cluster")
	}
	keys(drive(m, openedMsg{link: 1, err: i18n.Errorf(cluster.ErrOwned, i18n.Text("Another podium is there."))}), "f5")
	if !m.lookOn || m.link.number != 2 {
		t.Fatal("F5 does not look on")
	}
	drive(m, openedMsg{link: 2, err: i18n.Errorf(nil, i18n.Text("Nobody is there any more."))})
	shows(t, m, "Nobody is there any more.", "F4 try again")
	hides(t, m, "look on")
	if m.lookOn {
		t.Error("another try would look on again")
	}
}

func TestALostClusterIsToldAndReopened(t *testing.T) {
	m := drive(begun(t), lostMsg{1})
	shows(t, m, "the cluster is gone", "F4 starts it again")
	keys(m, "f4")
	if m.link.number != 2 || !m.scene.Lab.Lost.IsZero() {
		t.Error("F4 does not reopen the cluster")
	}
}

func TestOtherPodiumsClusterIsOnlyWatched(t *testing.T) {
	msg := opened()
	msg.cluster.ReadOnly = true
	m := drive(newTest(t), msg, snapshot(1))
	keys(m, "1", "x")
	shows(t, m, "Another podium owns this cluster")
	if m.prompt.TakesTab() {
		t.Error("the shut prompt took a character")
	}
}

func TestTheLanguageIsSwitchedLive(t *testing.T) {
	m := keys(begun(t), "f8")
	shows(t, m, "작은 레슨", "먼저 읽기", "프롬프트")
	keys(m, "f8")
	shows(t, m, "First read")
}

func TestGlobalKeysHaveTwoKeyForms(t *testing.T) {
	for _, form := range [][]string{{"f1"}, {"ctrl+g", "1"}, {"alt+1"}} {
		m := keys(begun(t), form...)
		shows(t, m, "this page", "No function keys?")
		keys(m, "esc")
		hides(t, m, "No function keys?")
	}
}

// The map lies over any page, from keys that print nothing, and goes away again.
func TestTheMapOpensFromEverywhere(t *testing.T) {
	for _, form := range [][]string{{"f12"}, {"ctrl+g", "m"}, {"ctrl+g", "ㅡ"}} {
		m := keys(begun(t), form...)
		shows(t, m, "Map of resources", "StorageClass", "Deployment ")
		keys(m, "down", "esc")
		hides(t, m, "StorageClass")
		shows(t, m, "$ ")
	}
	m := keys(drive(newTest(t), opened(), snapshot(1, "web-1")), "m")
	shows(t, m, "Map of resources", "StorageClass")
	keys(m, "f12")
	shows(t, m, "Explore the cluster")
	keys(m, "f12", "f1")
	shows(t, m, "No function keys?")
}

func TestNoGlobalKeyPrintsACharacter(t *testing.T) {
	for i := range functionKeys {
		m := keys(begun(t), "f"+digits[i])
		if m.prompt.TakesTab() {
			t.Errorf("F%d typed something", i+1)
		}
	}
}

func TestTypingAnywhereGoesToThePrompt(t *testing.T) {
	m := begun(t)
	keys(m, "tab", "tab")
	if m.focus == "prompt" {
		t.Fatal("Tab does not leave the prompt")
	}
	keys(m, "k", "한")
	shows(t, m, "$ k한")
	if c := m.View().Cursor; c == nil || c.X != 2+2+3 {
		t.Errorf("the cursor is at %+v, want cell 7: behind a wide character", c)
	}
}

func TestTabWalksThroughThePanesOnASmallScreen(t *testing.T) {
	m := drive(begun(t), tea.WindowSizeMsg{Width: 80, Height: 24})
	shows(t, m, "First read")
	seen := map[string]bool{}
	for range cycle(m.wish()) {
		keys(m, "tab")
		seen[m.focus] = true
		if _, ok := m.canvas.plan.at(m.focus); !ok {
			t.Errorf("%s has the focus and no place", m.focus)
		}
	}
	if len(seen) != len(cycle(m.wish())) {
		t.Errorf("Tab reaches %v", seen)
	}
}

func TestZoomAndBack(t *testing.T) {
	m := keys(begun(t), "f6")
	if len(m.canvas.plan.tiles) != 1 {
		t.Error("F6 does not enlarge the pane")
	}
	keys(m, "esc")
	if len(m.canvas.plan.tiles) == 1 {
		t.Error("Esc does not go back")
	}
}

func TestWideBoxLinesMakeTheScreenASCII(t *testing.T) {
	m := drive(begun(t), tea.CursorPositionMsg{X: 2, Y: 1})
	if !m.scene.Theme.ASCII {
		t.Error("the theme is not ASCII")
	}
	m = drive(begun(t), tea.CursorPositionMsg{X: 1, Y: 1}, tea.CursorPositionMsg{X: 9, Y: 1})
	if m.scene.Theme.ASCII {
		t.Error("a terminal with narrow box lines got ASCII")
	}
}

func TestTheSummaryRowAndClicks(t *testing.T) {
	m := begun(t)
	board, _ := m.canvas.plan.at("board")
	drive(m, tea.MouseClickMsg{X: board.content().Min.X, Y: board.content().Min.Y, Button: tea.MouseLeft})
	if m.focus != "board" {
		t.Errorf("a click on the board focuses %s", m.focus)
	}
}

func TestACleanScreenIsTheIdenticalString(t *testing.T) {
	m := begun(t)
	first := m.View().Content
	drive(m, panesOutput{})
	if second := m.View().Content; first != second {
		t.Error("nothing changed but the screen did")
	}
}

// panesOutput is a message nobody knows.
type panesOutput struct{}
