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
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
	"podium/lessons"
	"podium/prompt"
	"podium/tui/panes"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == prompt.Word { // the prompt's child is this very executable
		os.Exit(prompt.Main(os.Args[2:]))
	}
	os.Exit(m.Run())
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func testLessons(t testing.TB) []lessons.Lesson {
	t.Helper()
	all, err := lessons.Load(os.DirFS("testdata/lessons"), lessons.Options{Manifests: os.DirFS("../manifests")})
	for _, mistake := range lessons.Mistakes(err) {
		t.Error(i18n.English.Say(mistake))
	}
	if len(all) != 1 {
		t.Fatalf("%d lessons", len(all))
	}
	return all
}

// newTest returns a screen of 120x40 without a cluster, whose commands nobody
// runs.
func newTest(t testing.TB) *Model {
	t.Helper()
	m := New(t.Context(), Options{
		Provider: "sim", Lessons: testLessons(t), Lang: i18n.English,
		ProgressPath: filepath.Join(t.TempDir(), "progress.json"),
		Prompt:       prompt.Options{Folder: t.TempDir()},
		Now:          func() time.Time { return noon },
	})
	t.Cleanup(m.end)
	m.link = link{number: 1, cancel: func() {}}
	return drive(m, tea.WindowSizeMsg{Width: 120, Height: 40}, progressMsg{progress: lessons.Progress{Version: 1}})
}

// drive feeds messages to the model as Bubble Tea would, without running the
// commands it answers with.
func drive(m *Model, msgs ...tea.Msg) *Model {
	for _, msg := range msgs {
		m.Update(msg)
	}
	return m
}

// press makes the message of a key from its name.
func press(name string) tea.KeyPressMsg {
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	if rest, ok := strings.CutPrefix(name, "alt+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModAlt}
	}
	codes := map[string]rune{
		"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown,
		"left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
		"home": tea.KeyHome, "end": tea.KeyEnd, "space": tea.KeySpace,
	}
	for i := range 12 {
		codes[fmt.Sprintf("f%d", i+1)] = tea.KeyF1 + rune(i)
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "shift+tab" {
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	}
	r := []rune(name)
	return tea.KeyPressMsg{Code: r[0], Text: name}
}

func keys(m *Model, names ...string) *Model {
	for _, name := range names {
		drive(m, press(name))
	}
	return m
}

// opened is the message of a cluster that is up.
func opened() openedMsg {
	return openedMsg{link: 1, snapshots: make(chan cluster.Snapshot), cluster: &cluster.Cluster{
		Name: "podium", Provider: "sim", Namespace: "lab", Kubeconfig: "/home/you/.local/state/podium/sim/kubeconfig",
	}}
}

// snapshot is a cluster of four nodes with these pods, all on worker-1.
func snapshot(seq uint64, pods ...string) snapshotMsg {
	s := cluster.Snapshot{Seq: seq, Time: noon.Add(time.Duration(seq) * time.Second), Objects: map[schema.GroupKind][]cluster.Object{}}
	for _, name := range []string{"control-plane", "worker-1", "worker-2", "worker-3"} {
		n := &corev1.Node{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"}, ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name), Labels: map[string]string{}}}
		if name == "control-plane" {
			n.Labels["node-role.kubernetes.io/control-plane"] = ""
		}
		n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
		s.Nodes = append(s.Nodes, n)
		s.Objects[schema.GroupKind{Kind: "Node"}] = append(s.Objects[schema.GroupKind{Kind: "Node"}], n)
	}
	for _, name := range pods {
		p := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: metav1.ObjectMeta{
			Namespace: "lab", Name: name, UID: types.UID(name), Labels: map[string]string{"app": "web"},
			CreationTimestamp: metav1.NewTime(noon.Add(-time.Minute)),
		}}
		p.Spec.NodeName = "worker-1"
		p.Spec.Containers = []corev1.Container{{Name: "web", Image: "nginx:1.27"}}
		p.Status.Phase = corev1.PodRunning
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "web", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}}
		p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
		s.Pods = append(s.Pods, p)
		kind := schema.GroupKind{Kind: "Pod"}
		s.Objects[kind] = append(s.Objects[kind], p)
		s.Changes = append(s.Changes, cluster.Change{Time: s.Time, Verb: cluster.Added, Kind: kind, Object: p})
	}
	return snapshotMsg{1, s}
}

// begun is a screen with the test lesson open on a cluster that is up.
func begun(t testing.TB) *Model {
	m := drive(newTest(t), opened(), snapshot(1))
	keys(m, "enter")
	return drive(m, readyMsg{attempt: m.course.attempt, begin: true})
}

// text is what the screen shows, without styles.
func text(m *Model) string { return ansi.Strip(m.View().Content) }

func shows(t *testing.T, m *Model, want ...string) {
	t.Helper()
	screen := text(m)
	for _, w := range want {
		if !strings.Contains(screen, w) {
			t.Fatalf("the screen lacks %q:\n%s", w, screen)
		}
	}
}

func hides(t *testing.T, m *Model, unwanted string) {
	t.Helper()
	if screen := text(m); strings.Contains(screen, unwanted) {
		t.Fatalf("the screen shows %q:\n%s", unwanted, screen)
	}
}

// golden compares the screen with a file, or writes the file when UPDATE is set.
// goldens compares what show makes, in both languages and at two sizes.
func goldens(t *testing.T, name string, show func(t *testing.T) *Model) {
	for _, language := range i18n.Languages {
		for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 120, Height: 40}} {
			file := fmt.Sprintf("%s-%s-%dx%d", name, language, size.Width, size.Height)
			t.Run(file, func(t *testing.T) {
				m := show(t)
				m.scene.Lang = language
				golden(t, drive(m, size), file)
			})
		}
	}
}

func golden(t *testing.T, m *Model, name string) {
	t.Helper()
	screen := text(m)
	for i, line := range strings.Split(screen, "\n") {
		if n := ansi.StringWidth(line); n != m.size.X {
			t.Errorf("%s: row %d is %d cells wide, want %d: %q", name, i, n, m.size.X, line)
		}
	}
	if n := strings.Count(screen, "\n") + 1; n != m.size.Y {
		t.Errorf("%s: %d rows, want %d", name, n, m.size.Y)
	}
	path := filepath.Join("testdata", "golden", name+".txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(screen+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if screen+"\n" != string(want) {
		t.Errorf("%s differs from %s:\n%s", name, path, screen)
	}
}

// atMake is the test lesson at its third step.
func atMake(t testing.TB) *Model { return keys(begun(t), "f5", "2", "enter", "f5") }

func ranAction(line string, argv ...string) panes.Action {
	return panes.Ran{Command: lessons.Command{Line: line, Calls: [][]string{argv}}}
}

func checkCells(t *testing.T, m *Model) {
	t.Helper()
	lines := strings.Split(text(m), "\n")
	if len(lines) != m.size.Y {
		t.Errorf("%v: %d rows", m.size, len(lines))
	}
	for i, line := range lines {
		if n := ansi.StringWidth(line); n != m.size.X {
			t.Errorf("%v: row %d is %d cells wide: %q", m.size, i, n, line)
		}
	}
}
