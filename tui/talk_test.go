package tui

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/talk"
	"podium/tui/panes"
)

// A paced cluster's nodes remember how fast they were told to work.
type paced struct {
	cluster.NodeSwitch
	told []float64
}

func (p *paced) SetSpeed(_ context.Context, speed float64) error {
	p.told = append(p.told, speed)
	return nil
}

// presenting is a talk at the first step of the test's lesson.
func presenting(t *testing.T, nodes cluster.NodeSwitch) *Model {
	t.Helper()
	m := newTest(t)
	dir := t.TempDir()
	m.opts.Talk = &Talk{Live: filepath.Join(dir, "live.json"), Place: filepath.Join(dir, "mini.json"), Pace: -1}
	m.beginTalk()
	up := opened()
	up.cluster.Nodes = nodes
	drive(m, up, snapshot(1))
	keys(m, "enter")
	return drive(m, readyMsg{attempt: m.course.attempt, begin: true})
}

// atLine is a talk whose first line waits to be typed.
func atLine(t *testing.T) *Model { return keys(presenting(t, nil), "pgdown", "2", "pgdown", "pgdown") }

func TestOneKeyCarriesATalk(t *testing.T) {
	m := presenting(t, nil)
	shows(t, m, "First read", "A pod runs containers.", "PgDn next")
	hides(t, m, "Always use") // the speaker says it
	keys(m, "pgdown")
	shows(t, m, "How many pods will there be?", "0-9 answer")
	drive(keys(m, "1", "2"), tea.KeyPressMsg{Code: tea.KeyBackspace})
	shows(t, m, "▸ 1_", "PgDn give this answer")
	keys(m, "pgdown")
	shows(t, m, "You said: 1.")
	keys(m, "space")
	shows(t, m, "Make two", "Two pods carry app=web", "0 of 2")
	drive(m, snapshot(3, "web-1", "web-2"))
	m.act(ranAction("kubectl get pods", "get", "pods"))
	drive(m, snapshot(4, "web-1", "web-2"))
	shows(t, m, "Two are better than one.", "You said: 1. The cluster did: 2.")
	keys(m, "right")
	shows(t, m, "What is scheduled?", "1-2 answer")
	keys(m, "2", "enter")
	shows(t, m, "That was Mini.", "F10 ends the talk")
	keys(m, "pgdown")
	shows(t, m, "The talk is over.")
	keys(m, "f5")
	shows(t, m, "The talk is over.")
	keys(m, "pgup", "pgup", "pgup", "pgup")
	if s := m.scene.Session; s.Index() != 0 || s.Reached() != 4 {
		t.Errorf("back leads to %d of %d", s.Index(), s.Reached())
	}
}

func TestLinesAreTypedAsByHand(t *testing.T) {
	m := atLine(t)
	keys(m, "right")
	for range 4 {
		drive(m, typedMsg{m.talk.hand.number})
	}
	shows(t, m, "$ kubec ")
	keys(m, "pgdown") // all of it
	shows(t, m, "$ kubectl apply -f web.yaml")
	if m.prompt.Running() {
		t.Error("the line ran before the room could read it")
	}
	drive(m, typedMsg{m.talk.hand.number - 1}) // of the character before: nothing
	if m.prompt.Running() {
		t.Error("a tick that was overtaken ran the line")
	}
	drive(m, typedMsg{m.talk.hand.number})
	if !m.prompt.Running() || m.live().Typed != 1 {
		t.Errorf("after the line: running is %v, %d lines typed", m.prompt.Running(), m.live().Typed)
	}
	keys(m, "pgdown")
	shows(t, m, "A command is running.")
}

func TestThePaceCanBeChangedAndIsKept(t *testing.T) {
	m := presenting(t, nil)
	for _, c := range []struct {
		key, said string
		pace      int
	}{{"+", "28 characters", 28}, {"+", "at once", 0}, {"+", "at once", 0}, {"-", "28 characters", 28}, {"-", "14 characters", 14}, {"-", "8 characters", 8}, {"-", "8 characters", 8}} {
		keys(m, c.key)
		shows(t, m, c.said)
		if m.talk.place.Pace != c.pace {
			t.Errorf("%s makes it %d", c.key, m.talk.place.Pace)
		}
	}
	m.talk.place.Pace = 20 // from the command line
	if keys(m, "+"); m.talk.place.Pace != 28 {
		t.Errorf("faster than 20 is %d", m.talk.place.Pace)
	}
	if m.talk.place.Pace = 20; keys(m, "-").talk.place.Pace != 14 {
		t.Errorf("slower than 20 is %d", m.talk.place.Pace)
	}
	if err := talk.Write(m.opts.Talk.Place, talk.Place{Marks: []string{"make"}, Pace: 0}); err != nil {
		t.Fatal(err)
	}
	if m.beginTalk(); m.talk.place.Pace != 0 || len(m.talk.place.Marks) != 1 {
		t.Errorf("remembered %+v", m.talk.place)
	}
	keys(m, "pgdown", "2", "pgdown", "pgdown", "pgdown")
	shows(t, m, "$ kubectl apply -f web.yaml")
}

func TestATalkCanBeBlankedMarkedAndEndedOnlyOnPurpose(t *testing.T) {
	m := presenting(t, nil)
	keys(m, "b")
	if got := strings.TrimSpace(text(m)); got != "" || m.View().Cursor != nil {
		t.Errorf("a blank screen shows:\n%s", got)
	}
	keys(m, "pgdown") // any key: it only brings the picture back
	shows(t, m, "First read")
	drive(m, tea.KeyPressMsg{Code: 'ㅡ', Text: "ㅡ"}) // m on a Korean keyboard
	shows(t, m, "Step 1 is marked", "marked ─")
	keys(m, "pgdown", "2", "pgdown", "g")
	if m.scene.Session.Index() != 0 || m.course.busy.IsZero() {
		t.Errorf("g leads to step %d, preparing %v", m.scene.Session.Index()+1, m.course.busy)
	}
	if _, cmd := m.Update(press("f10")); cmd != nil && m.armed != quitOrder {
		t.Error("one F10 ends a talk")
	}
	shows(t, m, "as it was found")
	keys(m, "z")
	shows(t, m, "as it was found") // a key that means nothing does nothing
	if keys(m, "m"); m.armed == quitOrder {
		t.Error("F10 still waits for its second time")
	}
	for _, key := range []string{"f2", "f3", "f9"} {
		keys(m, key)
		shows(t, m, "for learners")
	}
	keys(m, "s")
	shows(t, m, "Only simulated nodes")
}

func TestTheSpeakerMayTypeToo(t *testing.T) {
	m := atLine(t)
	keys(m, "tab", "b", "s", "space", "p")
	shows(t, m, "$ bs p")
	keys(m, "pgup")
	if m.focus != "stage" || m.scene.Session.Index() != 1 {
		t.Errorf("the pointer's key leads to %s at %d", m.focus, m.scene.Session.Index())
	}
	keys(m, "pgdown", "c")
	shows(t, m, "Before, at ")
	keys(m, "c")
	hides(t, m, "Before, at ")
}

func TestNodesWorkAtTheTalksSpeedAndWithoutDelaysWhileAStepIsPrepared(t *testing.T) {
	nodes := &paced{}
	m := presenting(t, nodes)
	said := func(names ...string) { // the screen's own commands run, one at a time
		for _, name := range names {
			cmd := m.onKey(press(name))
			for speed := m.keepSpeed(); speed != nil; speed = m.keepSpeed() {
				m.onTalk(speed())
			}
			_ = cmd
		}
	}
	m.talk.pacing, m.talk.speed = false, 1
	said("s", "s")
	shows(t, m, "slow motion 0.25x")
	said("r")
	drive(m, readyMsg{attempt: m.course.attempt})
	m.talk.pacing, m.talk.speed = false, 0
	said("s", "s")
	if want := []float64{0.5, 0.25, 0, 0.1, 1}; !slices.Equal(nodes.told, want) {
		t.Errorf("the nodes were told %v, want %v", nodes.told, want)
	}
}

func TestATalkAsksBeforeItRemovesAnythingAndLeavesItOtherwise(t *testing.T) {
	m := newTest(t)
	dir := t.TempDir()
	m.opts.Talk = &Talk{Live: filepath.Join(dir, "live.json"), Place: filepath.Join(dir, "mini.json"), Pace: -1, Empties: true}
	m.beginTalk()
	up := opened()
	up.cluster.Close = func(context.Context) error { return nil }
	m.keep(up.cluster)
	drive(m, up, snapshot(1, "mine"))
	keys(m, "enter")
	shows(t, m, "F5 begins the talk and removes what is in namespace lab (pod/mine)")
	keys(m, "pgdown", "space", "r", "g")
	if m.course.pending == "" {
		t.Error("the talk began unasked")
	}
	if err := m.endTalk(); err != nil { // emptying would fail: there is no cluster
		t.Error(err)
	}
	var live talk.Live
	if talk.Read(m.opts.Talk.Live, &live); !live.Ended {
		t.Error("the notes go on")
	}
	if keys(m, "f5"); m.course.pending != "" {
		t.Error("F5 does not begin the talk")
	}
}

// What a room sees. UPDATE=1 writes the files anew.
func TestStagesLookAsTheyDid(t *testing.T) {
	for name, show := range map[string]func(t *testing.T) *Model{
		"talk": func(t *testing.T) *Model {
			return drive(keys(atLine(t), "pgdown", "pgdown"), snapshot(3, "web-1"))
		},
		"talk-question": func(t *testing.T) *Model { return keys(presenting(t, nil), "pgdown", "4") },
		"talk-help": func(t *testing.T) *Model {
			m := presenting(t, nil)
			m.panes["help"] = panes.NewHelp(TalkKeys())
			return keys(m, "f1")
		},
		"talk-compare": func(t *testing.T) *Model { return keys(drive(atLine(t), snapshot(3, "web-1", "web-2")), "c") },
	} {
		goldens(t, name, show)
	}
}

func TestEverySizeOfAStageIsFilledExactly(t *testing.T) {
	m := keys(drive(atLine(t), snapshot(3, "web-1")), "c")
	for x := 1; x <= 220; x += 13 {
		for y := 1; y <= 70; y += 5 {
			drive(m, tea.WindowSizeMsg{Width: x, Height: y})
			checkCells(t, m)
		}
	}
}
