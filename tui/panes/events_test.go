package panes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podium/i18n"
)

func TestEventsGoldens(t *testing.T) {
	for _, width := range []int{46, 90} {
		for _, lang := range i18n.Languages {
			s := busy().scene()
			s.Lang = lang
			keepsGolden(t, fmt.Sprintf("events-%d-%s", width, lang), ansi.Strip(NewEvents().View(s, width, 10)))
		}
	}
}

func TestEventsOfOtherNamespacesAreLeftOutButNodesAreNot(t *testing.T) {
	w := busy()
	w.told(1, "kubelet", "worker-1", "Pod", "elsewhere", "Started", "Started container x", 1)
	w.Events[len(w.Events)-1].Namespace = "kube-system"
	w.told(1, "node-controller", "", "Node", "worker-3", "NodeNotReady", "Node worker-3 status is now: NodeNotReady", 1)
	last := w.Events[len(w.Events)-1]
	last.Namespace, last.InvolvedObject.Namespace = "default", ""
	plain := ansi.Strip(NewEvents().View(w.scene(), 100, 12))
	if strings.Contains(plain, "elsewhere") || !strings.Contains(plain, "NodeNotReady") {
		t.Errorf("drawn:\n%s", plain)
	}
}

func TestAPodIsNamedUnlessTheMessageSurelyNamesIt(t *testing.T) {
	for _, test := range []struct{ kind, name, message, about string }{
		{"Pod", "echo", "Stopping container echo", "echo"},
		{"Pod", "nginx", `Pulling image "nginx"`, "nginx"},
		{"Pod", "my-shell", "Started container my-shell", "my-shell"},
		{"Pod", "echo", "Successfully assigned lab/echo to worker-1", ""},
		{"Pod", "echo", "Successfully assigned lab/echo-2 to worker-1", "echo"},
		{"Pod", "echo", "Back-off restarting failed container c in pod echo_lab(1)", ""},
		{"Pod", "web-7c9b2-x2xmn", "Preempted by pod web-7c9b2-x2xmn", ""},
		{"ReplicaSet", "web-7c9b2", "Created pod: web-7c9b2-x2xmn", ""},
	} {
		e := &corev1.Event{Message: test.message}
		e.InvolvedObject = corev1.ObjectReference{Kind: test.kind, Name: test.name, Namespace: "lab"}
		if o := fromEvent(e); o.about != test.about {
			t.Errorf("%s %s, %q: %q in front, want %q", test.kind, test.name, test.message, o.about, test.about)
		}
	}
}

func TestThatNodesRegisterIsLeftOut(t *testing.T) {
	w := busy()
	w.told(1, "node-controller", "", "Node", "worker-3", "RegisteredNode", "Node worker-3 event: Registered Node worker-3 in Controller", 1)
	if plain := ansi.Strip(NewEvents().View(w.scene(), 100, 12)); strings.Contains(plain, "Registered") {
		t.Errorf("drawn:\n%s", plain)
	}
}

func TestEventTimesAndCountsOfBothAPIVersions(t *testing.T) {
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	series := &corev1.Event{EventTime: metav1.NewMicroTime(at(1)), Series: &corev1.EventSeries{Count: 5, LastObservedTime: metav1.NewMicroTime(at(9))}}
	single := &corev1.Event{EventTime: metav1.NewMicroTime(at(1))}
	classic := &corev1.Event{LastTimestamp: metav1.NewTime(at(4)), Count: 2}
	bare := &corev1.Event{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(at(3))}}
	for _, test := range []struct {
		event *corev1.Event
		time  time.Time
		count int
	}{{series, at(9), 5}, {single, at(1), 0}, {classic, at(4), 2}, {bare, at(3), 0}} {
		if o := fromEvent(test.event); !o.time.Equal(test.time) || o.count != test.count {
			t.Errorf("%v counted %d, want %v and %d", o.time, o.count, test.time, test.count)
		}
	}
}

func TestSpaceLeavesWarningsOnly(t *testing.T) {
	e, s := NewEvents(), busy().scene()
	e.View(s, 90, 10)
	e.Update(s, tea.KeyPressMsg{Code: tea.KeySpace})
	plain := strings.TrimRight(ansi.Strip(e.View(s, 90, 10)), " \n")
	if strings.Contains(plain, "Started container") || strings.Count(plain, "\n") != 1 {
		t.Errorf("drawn:\n%s", plain)
	}
}

func TestEventsScrollBackAndReturnToTheNewest(t *testing.T) {
	e, s := NewEvents(), busy().scene()
	newest := e.View(s, 90, 4)
	e.Update(s, tea.KeyPressMsg{Code: tea.KeyPgUp})
	if e.View(s, 90, 4) == newest {
		t.Error("PgUp does nothing")
	}
	e.Update(s, tea.KeyPressMsg{Code: tea.KeyEnd})
	if e.View(s, 90, 4) != newest {
		t.Error("End does not return")
	}
}
