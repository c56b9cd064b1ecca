package panes

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unsafe"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

func (w *world) find(name string) *corev1.Pod {
	for _, p := range w.Pods {
		if p.Name == name {
			return p
		}
	}
	panic("no pod " + name)
}

func TestBoardGoldens(t *testing.T) {
	looks := map[string]*theme.Theme{
		"dark": theme.New(true, true, false), "light": theme.New(false, true, false),
		"nocolor": theme.New(true, false, false), "ascii": theme.New(true, false, true),
	}
	for name, w := range map[string]*world{"rollout": rollout(), "stalled": stalled(), "crowd": crowd(11, 1000)} {
		for look, th := range looks {
			for _, width := range []int{46, 71} {
				for _, lang := range i18n.Languages {
					s := w.scene()
					s.Theme, s.Lang = th, lang
					s.Selected = Selection{Kind: "Deployment", UID: w.Deployments[0].UID}
					keepsGolden(t, fmt.Sprintf("board-%s-%d-%s-%s", name, width, lang, look), NewBoard().View(s, width, 16))
				}
			}
		}
	}
}

func TestNodesStandInOrderControlPlaneFirst(t *testing.T) {
	w := &world{}
	for _, name := range []string{"worker-10", "worker-2", "a-worker"} {
		w.node(name, false)
	}
	w.node("z-plane", true)
	var got []string
	for _, n := range inNodeOrder(w.Nodes) {
		got = append(got, n.Name)
	}
	if want := []string{"z-plane", "a-worker", "worker-2", "worker-10"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestStateIsToldByWordsAndMarks(t *testing.T) {
	plain := ansi.Strip(NewBoard().View(stalled().scene(), 100, 20))
	for _, want := range []string{"(tainted)", "NotReady", "SchedulingDisabled", "4✕", "ImagePullBackOff", "1◌", "Insufficient cpu", "system 7", "3✓"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the board lacks %q:\n%s", want, plain)
		}
	}
}

func TestTilesWearTheirRevisionsAge(t *testing.T) {
	w := rollout()
	out := NewBoard().View(w.scene(), 100, 20)
	inks := w.scene().Theme.Inks
	for want, ink := range map[string]theme.Ink{" 3✓ ": inks.Tiles[0], " 3◔ ": inks.Fading[0], " 2✓ ": inks.Tiles[1], " 2░ ": inks.Fading[1], " a✓ ": inks.Loose} {
		if !strings.Contains(out, string(ink)+want) {
			t.Errorf("no tile %q in %q", want, ink)
		}
	}
}

func TestAChangedPodGlowsForASecond(t *testing.T) {
	w := rollout()
	s := w.scene()
	rest := NewBoard().View(s, 100, 20)
	s.Recent = []cluster.Change{{Time: noon, Verb: cluster.Added, Object: w.find("web-7c9ab2-p0w1d")}}
	b := NewBoard()
	if glow := b.View(s, 100, 20); !strings.Contains(glow, string(s.Theme.Inks.Bright[0])+" 3◔ ") {
		t.Error("the pod does not glow")
	}
	s.Now = noon.Add(GlowTime)
	if b.View(s, 100, 20) != rest {
		t.Error("the board does not come to rest")
	}
}

func TestAChangeThatIsNotDrawnDoesNotGlow(t *testing.T) {
	w := rollout()
	p := w.find("web-7c9ab2-x2xmn")
	kinds := []cluster.Change{
		{Time: noon, Verb: cluster.Modified, Before: p, Object: p.DeepCopy()},
		{Time: noon, Verb: cluster.Deleted, Before: p, Object: p},
		{Time: noon, Verb: cluster.Added, Object: w.scene().Snapshot.Nodes[0]},
	}
	if got := Glowing(kinds); got != nil {
		t.Errorf("%v glow", got)
	}
}

func TestACleanBoardReturnsTheSameString(t *testing.T) {
	s := crowd(10, 1000).scene()
	b := NewBoard()
	first := b.View(s, 100, 30)
	s.Now = s.Now.Add(time.Hour)
	if again := b.View(s, 100, 30); unsafe.StringData(first) != unsafe.StringData(again) {
		t.Error("the board was drawn again though nothing changed")
	}
}

// change returns the snapshot after one pod became something else.
func change(s cluster.Snapshot, i int, state cluster.State) cluster.Snapshot {
	s.Seq++
	s.Pods = slices.Clone(s.Pods)
	p := s.Pods[i].DeepCopy()
	p.Status = corev1.PodStatus{}
	dress(p, state, "CrashLoopBackOff")
	s.Pods[i] = p
	return s
}

func TestOneChangedPodRedrawsItsNodeOnly(t *testing.T) {
	s := crowd(10, 90).scene()
	b := NewBoard()
	b.View(s, 160, 40)
	before := map[string]*string{}
	for _, c := range b.columns {
		before[c.name] = &c.rows[0]
	}
	node := s.Snapshot.Pods[0].Spec.NodeName
	s.Snapshot = change(s.Snapshot, 0, cluster.Starting)
	b.View(s, 160, 40)
	for _, c := range b.columns {
		if redrawn := &c.rows[0] != before[c.name]; redrawn != (c.name == node) {
			t.Errorf("%s redrawn: %v", c.name, redrawn)
		}
	}
}

func TestTheBoardGoesFartherOutAsPodsGrowMany(t *testing.T) {
	last := named
	for _, size := range []struct{ nodes, pods int }{{4, 3}, {4, 60}, {11, 200}, {11, 1000}, {50, 5000}} {
		b := NewBoard()
		b.View(crowd(size.nodes, size.pods).scene(), 118, 36)
		if b.grid.rows > b.grid.height {
			t.Errorf("%d pods on %d nodes do not fit: %d rows", size.pods, size.nodes, b.grid.rows)
		}
		if b.grid.zoom < last {
			t.Errorf("%d pods on %d nodes are drawn nearer than fewer", size.pods, size.nodes)
		}
		last = b.grid.zoom
	}
	if last != heat {
		t.Errorf("5,000 pods are drawn at zoom %d", last)
	}
}

func TestOnePodMoreOrLessDoesNotMakeTheBoardJump(t *testing.T) {
	b := NewBoard()
	zooms := map[zoom]bool{}
	for pods := 25; pods < 40; pods++ { // the edge between two zooms is within
		b.View(crowd(4, pods).scene(), 71, 14)
	}
	edge := b.grid.zoom
	n := 40
	for b.grid.zoom == edge {
		n--
		b.View(crowd(4, n).scene(), 71, 14)
	}
	near := b.grid.zoom
	b.View(crowd(4, n+1).scene(), 71, 14)
	for i := range 6 {
		b.View(crowd(4, n-i%2).scene(), 71, 14)
		zooms[b.grid.zoom] = true
	}
	if len(zooms) != 1 {
		t.Errorf("zooms %v around %d pods, near %d", zooms, n, near)
	}
}

func press(code rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: code} }

// spotOf returns the middle of what stands for an object.
func spotOf(t *testing.T, b *Board, uid types.UID) (x, y int) {
	t.Helper()
	for _, sp := range b.spots() {
		if sp.selection.UID == uid {
			return sp.x + sp.width/2, sp.y
		}
	}
	t.Fatalf("%s is not on the board", uid)
	return 0, 0
}

func TestAClickChoosesWhatIsDrawnThere(t *testing.T) {
	w := rollout()
	b := NewBoard()
	rows := strings.Split(ansi.Strip(b.View(w.scene(), 100, 20)), "\n")
	pod := w.find("web-7c9ab2-x2xmn")
	for want, text := range map[Selection]string{
		{Kind: "Pod", UID: pod.UID}:                     "3✓",
		{Kind: "Deployment", UID: w.Deployments[0].UID}: "web",
		{Kind: "DaemonSet", UID: w.DaemonSets[0].UID}:   "agent",
		{Kind: "Node", UID: w.Nodes[1].UID}:             "worker-1",
	} {
		x, y := spotOf(t, b, want.UID)
		if !strings.Contains(rows[y], text) {
			t.Errorf("%q is not on row %d: %q", text, y, rows[y])
		}
		action, _ := b.Update(w.scene(), tea.MouseClickMsg{X: x, Y: y})
		if action != (Select{Selection: want}) {
			t.Errorf("a click at %d,%d gives %v, want %v", x, y, action, want)
		}
	}
	if action, _ := b.Update(w.scene(), tea.MouseClickMsg{X: 99, Y: 19}); action != nil {
		t.Errorf("a click beside everything gives %v", action)
	}
}

func TestArrowKeysReachEveryPod(t *testing.T) {
	w := rollout()
	b, s := NewBoard(), w.scene()
	seen := map[types.UID]bool{}
	var walk func()
	walk = func() {
		from := s.Selected
		for _, code := range []rune{tea.KeyDown, tea.KeyUp, tea.KeyRight, tea.KeyLeft} {
			s.Selected = from
			b.View(s, 100, 20)
			action, _ := b.Update(s, press(code))
			if chosen, ok := action.(Select); ok && !seen[chosen.Selection.UID] {
				seen[chosen.Selection.UID] = true
				s.Selected = chosen.Selection
				walk()
			}
		}
	}
	walk()
	for _, p := range w.Pods {
		if p.Namespace == cluster.Namespace && !seen[p.UID] {
			t.Errorf("no arrow leads to %s", p.Name)
		}
	}
}

func TestTheSelectedTileIsMarkedByItsShape(t *testing.T) {
	w := rollout()
	s := w.scene()
	s.Selected = Selection{Kind: "Pod", UID: w.find("web-7c9ab2-x2xmn").UID}
	if plain := ansi.Strip(NewBoard().View(s, 100, 20)); strings.Count(plain, "[3✓]") != 1 {
		t.Errorf("the selected pod is not marked:\n%s", plain)
	}
}

func TestSpaceShowsTheClustersOwnPods(t *testing.T) {
	b, s := NewBoard(), rollout().scene()
	if plain := ansi.Strip(b.View(s, 118, 36)); strings.Contains(plain, "etcd") {
		t.Error("system pods are shown without being asked for")
	}
	b.Update(s, press(tea.KeySpace))
	plain := ansi.Strip(b.View(s, 118, 36))
	for _, want := range []string{"kube-system", "etcd", "coredns-1"} {
		if !strings.Contains(plain, want) {
			t.Errorf("%q is not shown", want)
		}
	}
}

func TestPlusAndMinusZoom(t *testing.T) {
	b, s := NewBoard(), crowd(4, 60).scene()
	b.View(s, 71, 14)
	auto := b.grid.zoom
	b.Update(s, press('-'))
	b.View(s, 71, 14)
	if b.grid.zoom != auto+1 {
		t.Errorf("minus gives zoom %d after %d", b.grid.zoom, auto)
	}
	b.Update(s, press('+'))
	b.Update(s, press('+'))
	b.View(s, 71, 14)
	if b.grid.zoom != auto-1 {
		t.Errorf("plus gives zoom %d after %d", b.grid.zoom, auto)
	}
}

func TestRowsWithTilesHoldNoKorean(t *testing.T) {
	for name, w := range map[string]*world{"rollout": rollout(), "stalled": stalled(), "crowd": crowd(5, 80)} {
		s := w.scene()
		s.Lang = i18n.Korean
		for _, row := range strings.Split(ansi.Strip(NewBoard().View(s, 71, 20)), "\n") {
			hangul := strings.ContainsFunc(row, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
			if hangul && strings.ContainsAny(row, "✓◔◌✕░") {
				t.Errorf("%s: %q", name, row)
			}
		}
	}
}

func TestPodsOfANodeThatIsGoneAreShown(t *testing.T) {
	w := rollout()
	w.Nodes = w.Nodes[:3]
	plain := ansi.Strip(NewBoard().View(w.scene(), 100, 20))
	if !strings.Contains(plain, "worker-3") || !strings.Contains(plain, "deleted") {
		t.Errorf("the pods of worker-3 have vanished:\n%s", plain)
	}
}

func TestLongWordsFoldBeforeCapitals(t *testing.T) {
	for _, test := range []struct {
		word  string
		width int
		want  []string
	}{
		{"ImagePullBackOff", 20, []string{"ImagePullBackOff"}},
		{"ImagePullBackOff", 14, []string{"ImagePullBack", "Off"}},
		{"SchedulingDisabled", 13, []string{"Scheduling", "Disabled"}},
		{"nocapitals", 4, []string{"nocapitals"}},
		{"", 0, []string{""}},
	} {
		if got := fold(test.word, test.width); !slices.Equal(got, test.want) {
			t.Errorf("fold(%q, %d) = %q, want %q", test.word, test.width, got, test.want)
		}
	}
}
