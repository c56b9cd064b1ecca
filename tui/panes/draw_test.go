package panes

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/cluster/traffic"
	"podium/i18n"
	"podium/tui/theme"
)

// nasty is text a cluster might hold to spoil a screen.
var nasty = []string{
	"\x1b[2J\x1b[31mred", "line\nbreak\r\ttab", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\link", "\u009b31mc1",
	"파드이름이아주깁니다파드이름이아주깁니다", "日本語", "שלום\u202eעולם", "a\u0300\u0301\u0302\u0303\u0304b", "👩‍👩‍👧‍👦👍🏽🇰🇷",
	"☁\ufe0f", "\xff\xfe", strings.Repeat("long-", 2000), "", " ", "\u200b\u200d\u2060", "\x7f\x00", "\ue000\U000f0000", "नमस्ते", "ㅎㅏㄴ", "e\u20dd",
}

var drawnOnly = regexp.MustCompile(`^(\x1b\[[0-9;]*m|[^\x00-\x1f\x7f\x{80}-\x{9f}])*$`)

// checkBlock fails unless drawn is exactly width × height cells without any
// escape sequence but those of styles.
func checkBlock(t *testing.T, what, drawn string, width, height int) {
	t.Helper()
	rows := strings.Split(drawn, "\n")
	if len(rows) != height {
		t.Fatalf("%s: %d rows, want %d", what, len(rows), height)
	}
	for y, row := range rows {
		if got := ansi.StringWidth(row); got != width {
			t.Fatalf("%s: row %d is %d cells wide, want %d: %q", what, y, got, width, row)
		}
		if got := ansi.StringWidthWc(row); got != width {
			t.Fatalf("%s: row %d is %d cells wide to a terminal that doesn't join graphemes, want %d: %q", what, y, got, width, row)
		}
		if !drawnOnly.MatchString(row) {
			t.Fatalf("%s: row %d holds control characters: %q", what, y, row)
		}
	}
}

// hostile is a world in which every text is nasty.
func hostile() *world {
	w := stalled()
	r := rand.New(rand.NewPCG(1, 2))
	pick := func() string { return nasty[r.IntN(len(nasty))] }
	for _, n := range w.Nodes {
		n.Name = pick()
	}
	for _, p := range w.Pods {
		if p.Spec.NodeName != "" {
			p.Spec.NodeName = w.Nodes[r.IntN(len(w.Nodes))].Name
		}
		p.Name, p.Status.PodIP = pick(), pick()
		for i := range p.Status.ContainerStatuses {
			if waiting := p.Status.ContainerStatuses[i].State.Waiting; waiting != nil {
				waiting.Reason = pick()
			}
		}
		for i := range p.Status.Conditions {
			p.Status.Conditions[i].Message = pick()
		}
	}
	for i, text := range nasty {
		w.told(i, text, text, "Pod", text, text, text, i)
		svc := &corev1.Service{ObjectMeta: w.meta("service", text, nil)}
		svc.Spec.ClusterIP = text
		w.Services = append(w.Services, svc)
	}
	for _, d := range w.Deployments {
		d.Name = pick()
		for i := range d.Status.Conditions {
			d.Status.Conditions[i].Message, d.Status.Conditions[i].Reason = pick(), pick()
		}
	}
	for _, rs := range w.ReplicaSets {
		rs.Name = pick()
		rs.Spec.Template.Spec.Containers[0].Image = pick()
		rs.Annotations[cluster.RevisionAnnotation] = "99999999999"
	}
	return w
}

func hostileLoad() traffic.Stats {
	s := load(3)
	s.Via = i18n.Text(nasty[0])
	s.Failures[0].Say = i18n.Text(nasty[2])
	for i, text := range nasty {
		s.ByVersion[text] = i
		s.Buckets[i].ByVersion[text] = 40 + i
	}
	return s
}

func allPanes() []Pane {
	return []Pane{NewBoard(), NewLanes(), NewTree(), NewEvents(), NewTraffic(), NewMap(), NewWhy()}
}

func TestEveryPaneFillsItsRectangleExactly(t *testing.T) {
	widths := []int{28, 33, 40, 60, 71, 80, 118, 220}
	for w := 1; w <= 24; w++ {
		widths = append(widths, w)
	}
	heights := []int{1, 2, 3, 4, 6, 9, 12, 24, 70}
	scenes := map[string]Scene{"nothing": (&world{}).scene(), "busy": busy().lived(), "hostile": hostile().lived(), "crowd": crowd(12, 200).lived()}
	for name, s := range scenes {
		if name != "nothing" {
			s.Load = hostileLoad()
		}
		for i, p := range allPanes() {
			for _, width := range widths {
				for _, height := range heights {
					s.Lang = i18n.Languages[(width+height)%2]
					s.Theme = theme.New(width%2 == 0, height%2 == 0, (width+i)%5 == 0)
					checkBlock(t, fmt.Sprintf("%s of %s at %dx%d", p.Name(), name, width, height), p.View(s, width, height), width, height)
				}
			}
		}
	}
}

func TestEverySelectionAndKeyLeavesTheRectangleExact(t *testing.T) {
	keys := []rune{tea.KeyUp, tea.KeyDown, tea.KeyLeft, tea.KeyRight, tea.KeyPgDown, tea.KeyPgUp, tea.KeySpace, tea.KeyEnd, tea.KeyHome, '+', '-', 'ㅂ'}
	for name, w := range map[string]*world{"nothing": {}, "busy": busy(), "hostile": hostile(), "crowd": crowd(12, 300)} {
		for _, p := range allPanes() {
			r := rand.New(rand.NewPCG(3, 4))
			s := w.lived()
			for range 200 {
				width, height := 20+r.IntN(80), 3+r.IntN(20)
				checkBlock(t, p.Name()+" of "+name, p.View(s, width, height), width, height)
				var msg tea.Msg = tea.KeyPressMsg{Code: keys[r.IntN(len(keys))]}
				switch r.IntN(6) {
				case 0:
					msg = tea.MouseClickMsg{X: r.IntN(width), Y: r.IntN(height)}
				case 1:
					msg = tea.MouseWheelMsg{Button: tea.MouseWheelDown}
				}
				action, _ := p.Update(s, msg)
				if chosen, ok := action.(Select); ok {
					s.Selected = chosen.Selection
				}
				title := p.Title(s)
				if !drawnOnly.MatchString(title) {
					t.Fatalf("%s: title %q", p.Name(), title)
				}
			}
		}
	}
}

func TestSummariesAreCleanAndKeepTheirWidth(t *testing.T) {
	for name, w := range map[string]*world{"nothing": {}, "busy": busy(), "hostile": hostile()} {
		s := w.scene()
		s.Load = hostileLoad()
		for _, p := range allPanes() {
			summarizer, ok := p.(Summarizer)
			if !ok {
				continue
			}
			for _, lang := range i18n.Languages {
				s.Lang = lang
				for width := 1; width < 40; width++ {
					text := summarizer.Summary(s, width)
					if n := Cells(text); n > width || !drawnOnly.MatchString(text) {
						t.Errorf("%s of %s at %d: %q takes %d cells", p.Name(), name, width, text, n)
					}
				}
			}
		}
	}
}

func TestCleanLeavesWhatCanBeReadAndNothingElse(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"web-7c9ab2-x2xmn", "web-7c9ab2-x2xmn"},
		{"\x1b[31mred\x1b[0m", "red"},
		{"a\x1b]0;title\x07b", "ab"},
		{"one\ntwo\tthree", "one two three"},
		{"롤링 업데이트", "롤링 업데이트"},
		{"a\u202eb\u200dc", "abc"},
		{"👍🏽", "??"},
		{"a\xffb", "ab"}, {"नमस्ते", "नमसत"},
	} {
		if got := Clean(test.text); got != test.want {
			t.Errorf("Clean(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestFitIsExact(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{"pod", 5, "pod  "}, {"deployment", 5, "depl…"}, {"파드파드", 5, "파드…"}, {"파드파드", 4, "파… "}, {"x", 0, ""}, {"x", -1, ""},
	} {
		if got := Fit(test.text, test.width, "…"); got != test.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestALineOpensOneStyleForEachRun(t *testing.T) {
	l := newLine(6, "…")
	for range 3 {
		l.put("\x1b[1m", "x")
	}
	if got, want := l.end(), "\x1b[1mxxx\x1b[m   "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestShortDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{3 * time.Millisecond: "3 ms", 10: "1 ms", 6240 * time.Millisecond: "6.2 s"} {
		if got := short(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
