package tui

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/classroom"
	"podium/cluster"
	"podium/cluster/record"
	"podium/i18n"
	"podium/lessons"
	"podium/tui/panes"
)

// A presenter's screen that keeps what it tells.
func telling(t *testing.T, told *[]classroom.Standing) *Model {
	t.Helper()
	m := newTest(t)
	m.opts.Tell = func(s classroom.Standing) { *told = append(*told, s) }
	return m
}

// looking is the screen of somebody who watches, or of an instructor.
func looking(t *testing.T, change func(*Options)) *Model {
	t.Helper()
	o := Options{
		Provider: "sim", Lessons: testLessons(t), Lang: i18n.English, Now: func() time.Time { return noon },
		Open:  Onlook(opened().cluster),
		Watch: func(context.Context, *cluster.Cluster) (<-chan cluster.Snapshot, error) { return nil, nil },
	}
	change(&o)
	m := New(t.Context(), o)
	t.Cleanup(m.end)
	m.Init()
	m.link = link{number: 1, cancel: func() {}}
	up := opened()
	up.cluster = watchOnly(*up.cluster)
	return drive(m, tea.WindowSizeMsg{Width: 120, Height: 40}, up, snapshot(1, "web-1"))
}

func watcher(t *testing.T) *Model {
	return looking(t, func(o *Options) { o.Mirror = make(chan classroom.Standing) })
}

func TestAWatcherSeesWhereThePresenterIs(t *testing.T) {
	var told []classroom.Standing
	presenter := drive(telling(t, &told), opened(), snapshot(1))
	m := watcher(t)
	last := func() standingMsg { return standingMsg{told[len(told)-1]} }
	drive(m, last())
	hides(t, m, "Mini")

	keys(drive(presenter, snapshot(2)), "1")
	drive(presenter, readyMsg{attempt: presenter.course.attempt, begin: true})
	drive(m, last())
	shows(t, m, "First read", "step 1 of 4", "You are looking on")
	keys(presenter, "f5", "1", "enter", "f5")
	presenter.act(ranAction("kubectl get pods", "get", "pods"))
	drive(m, last(), snapshot(3, "web-1", "web-2"))
	shows(t, m, "Two pods carry app=web", "$ kubectl get pods")
	m.scene.Lang = i18n.Korean
	m.canvas.touch()
	shows(t, m, "지켜보는 중이에요")
	if told[0].Namespace != "lab" || !told[0].Open || told[len(told)-1].Number != 3 || told[len(told)-1].Steps != 4 {
		t.Errorf("%+v", told[len(told)-1])
	}
	gone := told[len(told)-1]
	gone.Open = false
	drive(m, standingMsg{gone})
	hides(t, m, "Two pods carry")
	shows(t, m, "$ kubectl get pods")
	drive(m, standingMsg{classroom.Standing{Open: true, Namespace: "lab"}})
	hides(t, m, "$ kubectl get pods")
	late := watcher(t)
	hides(t, drive(late, standingMsg{gone}), "$ kubectl get pods")
}

func TestWhoLooksOnTellsNothing(t *testing.T) {
	var told []classroom.Standing
	m := telling(t, &told)
	up := opened()
	up.cluster.ReadOnly = true
	keys(drive(m, up, snapshot(1)), "1")
	m.act(ranAction("kubectl get pods", "get", "pods"))
	if len(told) > 0 {
		t.Errorf("%+v", told)
	}
}

// Whatever a watcher presses, nothing runs, nothing is opened and nothing of the
// lesson changes.
func TestAWatcherCanChangeNothing(t *testing.T) {
	m := watcher(t)
	detail, err := json.Marshal(lessons.Recap{Step: m.scene.Lessons[0].Steps[1].ID})
	if err != nil {
		t.Fatal(err)
	}
	drive(m, standingMsg{classroom.Standing{Open: true, Namespace: "lab", Place: record.Place{Lesson: "mini", Step: "guess", Detail: detail}}})
	before := m.scene.Session.Recap()
	for i := 1; i <= 12; i++ {
		if name := fmt.Sprintf("f%d", i); name != "f10" && name != "f1" && name != "f12" {
			keys(m, name)
		}
	}
	keys(m, "enter", "1", "enter", "x", "space", "left", "right", "up", "down", "tab", "enter", "tab", "enter", "ctrl+y", "ctrl+r", "/", "a", "enter")
	drive(m, tea.PasteMsg{Content: "kubectl delete pods --all\n"})
	for y := range 40 {
		for x := 0; x < 120; x += 7 {
			drive(m, tea.MouseClickMsg{X: x, Y: y})
		}
	}
	for _, action := range []panes.Action{
		panes.RunLine{Line: "kubectl get pods"}, panes.TypeLine{Line: "x"}, panes.OpenLesson{ID: "mini"}, panes.NextStep{}, panes.ShowHint{},
		panes.Fetch{Line: "kubectl get pods"}, panes.Inspect{}, panes.AnswerQuestion{Answer: "1"}, panes.GoHome{}, panes.Send{Service: "web", Port: 80, Rate: 10},
	} {
		if cmd := m.act(action); cmd != nil {
			t.Errorf("%T does something", action)
		}
	}
	if m.prompt.Running() || m.loaded() || m.past.on || fmt.Sprint(m.scene.Session.Recap()) != fmt.Sprint(before) || m.page != lessonPage {
		t.Errorf("running %v, loaded %v, past %v, page %s", m.prompt.Running(), m.loaded(), m.past.on, m.page)
	}
	if m.prompt.TakesTab() {
		t.Error("a line has been typed")
	}
}

func aClass(t *testing.T) classroom.Class {
	t.Helper()
	detail, err := json.Marshal(lessons.Recap{Step: "make"})
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string, present bool, minutes, step int, met bool, line string, exit int) classroom.Learner {
		s := classroom.Standing{Open: present, Namespace: "podium-" + name, Number: step, Steps: 4, Since: noon.Add(-time.Duration(minutes) * time.Minute)}
		s.Place = record.Place{Lesson: "mini", Step: "make", Met: met, Detail: detail}
		if line != "" {
			s = s.With(record.Command{Line: line, Exit: exit, Output: "what " + name + " saw\x1b[2J\n", Ended: noon})
		}
		return classroom.Learner{Name: name, Present: present, Standing: s}
	}
	home := classroom.Learner{Name: "sol", Present: true, Standing: classroom.Standing{Open: true}}
	return classroom.Class{Port: "2323", Key: "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8", Watching: 2, Labs: 20, Learners: []classroom.Learner{
		at("jun", true, 2, 3, true, "kubectl get pods -o wide", 0),
		at("min", true, 9, 3, false, "kubectl aply -f web.yaml", 1),
		at("seo-yeon", false, 145, 2, false, "kubectl scale deployment web --replicas=2", 0),
		home,
	}}
}

func instructor(t *testing.T, hints *[]string) *Model {
	return looking(t, func(o *Options) {
		o.Class = make(chan classroom.Class)
		o.GiveHint = func(learner, sentence string) error {
			*hints = append(*hints, learner+": "+sentence)
			return nil
		}
	})
}

func TestAnInstructorSeesTheClass(t *testing.T) {
	for _, language := range i18n.Languages {
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
			m := drive(instructor(t, nil), classMsg{aClass(t)})
			m.scene.Lang = language
			golden(t, drive(m, size), fmt.Sprintf("class-%s-%dx%d", language, size.Width, size.Height))
			checkCells(t, m)
			keys(m, "down", "h", "t", "r", "y")
			golden(t, drive(m, size), fmt.Sprintf("class-hint-%s-%dx%d", language, size.Width, size.Height))
			checkCells(t, m)
		}
	}
}

func TestAnInstructorLooksOverAShoulderAndGivesAHint(t *testing.T) {
	var hints []string
	m := instructor(t, &hints)
	shows(t, m, "Nobody has a lab yet")
	keys(m, "f1")
	shows(t, m, "send them a sentence", "seems stuck")
	hides(t, m, "show the solution")
	keys(m, "f1")
	drive(m, classMsg{aClass(t)})
	shows(t, m, "3 here of 4, 1 stuck", "! min", "9:00", "away")
	keys(m, "down", "enter")
	shows(t, m, "Two pods carry app=web", "$ kubectl aply -f web.yaml", "what min saw", "podium-min")
	if m.page != lessonPage {
		t.Errorf("page %s", m.page)
	}
	class := aClass(t)
	class.Learners[1].Standing = class.Learners[1].With(record.Command{Line: "kubectl apply -f web.yaml"})
	drive(m, classMsg{class})
	shows(t, m, "$ kubectl apply -f web.yaml")
	keys(m, "esc", "up", "enter")
	shows(t, m, "what jun saw")
	hides(t, m, "what min saw")
	keys(m, "h")
	shows(t, m, "A sentence for jun:", "ns lab")
	keys(m, "esc", "f10")
	shows(t, m, "5 people are connected")
	keys(m, "enter", "f9", "down")
	shows(t, m, "1 stuck")
	keys(m, "h", "t", "r", "y", "space", "f5", "esc", "h", "a", "b")
	_, cmd := m.Update(press("enter"))
	run(t, m, cmd)
	if !slices.Equal(hints, []string{"min: ab"}) {
		t.Error(hints)
	}
}

func TestAHintStaysOnTheLearnersScreen(t *testing.T) {
	m := begun(t)
	drive(m, hintMsg{"look at the\x1b[2J image's name"})
	shows(t, m, "Your instructor says: look at the image's name")
	keys(m, "x", "esc")
	shows(t, m, "Your instructor says: look at the image's name")
}
