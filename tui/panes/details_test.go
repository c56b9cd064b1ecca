package panes

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"podium/cluster"
	"podium/i18n"
)

// presses makes key presses of key names and of texts.
func presses(keys ...string) []tea.KeyPressMsg {
	named := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "right": tea.KeyRight, "space": tea.KeySpace}
	var all []tea.KeyPressMsg
	for _, k := range keys {
		if code, ok := named[k]; ok {
			all = append(all, tea.KeyPressMsg{Code: code})
			continue
		}
		for _, r := range k {
			all = append(all, tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
	return all
}

// listed is a world's scene with its pods among all objects, as watch has them.
func listed(w *world) Scene {
	s := w.scene()
	var pods []cluster.Object
	for _, p := range w.Pods {
		pods = append(pods, p)
	}
	s.Snapshot.Objects = map[schema.GroupKind][]cluster.Object{{Kind: "Pod"}: pods}
	return s
}

// do gives a pane keys and returns the last action it asked for.
func do(p Pane, s Scene, keys ...string) (last Action) {
	for _, msg := range presses(keys...) {
		if action, _ := p.Update(s, msg); action != nil {
			last = action
		}
	}
	return last
}

func TestDetailsGoldens(t *testing.T) {
	w := rollout()
	pod := w.find("web-7c9ab2-x2xmn")
	for _, width := range []int{46, 90} {
		for _, lang := range i18n.Languages {
			s := listed(w)
			s.Lang = lang
			d := NewDetails()
			d.Open(Selection{Kind: "Pod", UID: pod.UID})
			keepsGolden(t, fmt.Sprintf("details-yaml-%d-%s", width, lang), d.View(s, width, 16))
			do(d, s, "right")
			keepsGolden(t, fmt.Sprintf("details-asking-%d-%s", width, lang), d.View(s, width, 6))
		}
	}
}

func TestDetailsAskForWhatASheetShowsAndShowWhatCame(t *testing.T) {
	w := rollout()
	s := listed(w)
	d := NewDetails()
	d.Open(Selection{Kind: "Pod", UID: w.find("web-7c9ab2-x2xmn").UID})
	d.View(s, 80, 10)
	if got := do(d, s, "right"); got != (Fetch{Line: "kubectl describe pod web-7c9ab2-x2xmn -n lab"}) {
		t.Errorf("describe asks %v", got)
	}
	if got := do(d, s, "space"); got != nil {
		t.Errorf("it asks twice: %v", got)
	}
	d.Update(s, Fetched{Line: "kubectl describe pod web-7c9ab2-x2xmn -n lab", Output: "Name:  web\x1b[2J\nEvents:\n"})
	out := d.View(s, 80, 10)
	if plain := ansi.Strip(out); !strings.Contains(plain, "Name:  web") || strings.Contains(out, "\x1b[2J") {
		t.Errorf("shown:\n%q", out)
	}
	if got := do(d, s, "right"); got != (Fetch{Line: "kubectl logs web-7c9ab2-x2xmn -n lab --all-containers --prefix --tail=500"}) {
		t.Errorf("logs ask %v", got)
	}
	if got := do(d, s, "right"); got != nil {
		t.Errorf("YAML asks %v", got)
	}
	if got := do(d, s, "right"); got != nil {
		t.Errorf("what is there is asked for again: %v", got)
	}
}

func TestDetailsOfWhatIsGoneOrNotLive(t *testing.T) {
	w := rollout()
	s := listed(w)
	d := NewDetails()
	d.Open(Selection{Kind: "Pod", UID: w.find("web-7c9ab2-x2xmn").UID})
	s.Lab.Ready = false
	if got := do(d, s, "right"); got != nil {
		t.Errorf("without a cluster it asks %v", got)
	}
	d.Open(Selection{Kind: "Pod", UID: "never"})
	if plain := ansi.Strip(d.View(s, 80, 9)); !strings.Contains(plain, "is no more") {
		t.Errorf("shown:\n%s", plain)
	}
}

func TestANameIsOneWordWhateverItHolds(t *testing.T) {
	for name, want := range map[string]string{"web-1": "web-1", "a b": "'a b'", "x;reboot": "'x;reboot'", "it's": `'it'\''s'`} {
		if got := quoted(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestTheBoardsFilterLeavesPodsOut(t *testing.T) {
	w := rollout()
	s := w.scene()
	b := NewBoard()
	all := ansi.Strip(b.View(s, 100, 20))
	if do(b, s, "/"); !b.Typing() {
		t.Fatal("nothing is typed")
	}
	do(b, s, "no-such-pod")
	if plain := ansi.Strip(b.View(s, 100, 20)); !strings.HasPrefix(plain, "/ no-such-pod") || !strings.Contains(plain, "0 of ") || strings.Contains(plain, "3✓") {
		t.Errorf("filtered by a name that nobody has:\n%s", plain)
	}
	do(b, s, "esc")
	if plain := ansi.Strip(b.View(s, 100, 20)); b.Typing() || plain != all {
		t.Errorf("after Esc:\n%s", plain)
	}
	do(b, s, "/", "-n lab 7c9AB2", "enter")
	plain := ansi.Strip(b.View(s, 100, 20))
	if b.Typing() || !strings.Contains(plain, "3✓") || strings.Contains(plain, "2✓") {
		t.Errorf("filtered by a part of the name:\n%s", plain)
	}
	keepsGolden(t, "board-filter-100-en", b.View(s, 100, 20))
	s.Lang = i18n.Korean
	keepsGolden(t, "board-filter-50-ko", b.View(s, 50, 20))
}

func TestReadFilterUnderstandsKubectlsFlags(t *testing.T) {
	w := rollout()
	p := w.find("web-7c9ab2-x2xmn").DeepCopy()
	p.Labels = map[string]string{"app": "web"}
	for text, want := range map[string]bool{
		"": true, "WEB": true, "-n lab": true, "-n other": false, "-l app=web": true, "-l app!=web": false, "-l app": true,
		"-l app=web web nginx": true, "-l app=web nothing": false, "-n": true, "-l": true,
	} {
		if f := readFilter(text); f.passes(p) != want || f.broken {
			t.Errorf("%q: passes is %v, broken %v", text, !want, f.broken)
		}
	}
	if f := readFilter("-l app==="); !f.broken || !f.passes(p) {
		t.Error("a selector that can't be read must leave nothing out")
	}
}
