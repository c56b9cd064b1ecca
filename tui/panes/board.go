package panes

import (
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"charm.land/bubbles/v2/key"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// GlowTime is how long a pod glows after it changed.
const GlowTime = time.Second

// A Board shows the pods on every node: nodes are columns, pods are tiles. It
// goes farther out by itself as pods grow many.
//
// It keeps what it drew: a View of the same scene returns the same string, and
// a change to one pod redraws its node's column only.
type Board struct {
	system  bool // the cluster's own pods are drawn and not only counted
	filter  filter
	passed  int // pods that the filter lets pass
	nearer  int // how many zooms nearer than what fits the learner wants it
	scroll  int
	at      spot // where the selection was last seen
	follows bool // the view must move to show the selection

	drawn   drawn
	lists   lists         // of the snapshot that columns are of
	pods    []*corev1.Pod // its pods
	known   owners
	columns []*column
	waiting column // pods without a node
	glowing []*corev1.Pod
	grid    grid
	bands   []band
	below   []spot // on the rows of pods without a node
	top     int    // rows above the nodes
	frame   string
}

// drawn is everything a frame depends on, except what glows.
type drawn struct {
	stamp         stamp
	width, height int
	theme         theme.Key
	lang          i18n.Language
	namespace     string
	selected      types.UID
	system        bool
	filter        string
	typing        bool
	nearer        int
	scroll        int
}

// A stamp identifies a snapshot by the identity of what it holds.
type stamp struct {
	seq   uint64
	time  time.Time
	pods  int
	first **corev1.Pod
	nodes int
}

func stampOf(s cluster.Snapshot) stamp {
	st := stamp{seq: s.Seq, time: s.Time, pods: len(s.Pods), nodes: len(s.Nodes)}
	if len(s.Pods) > 0 {
		st.first = &s.Pods[0]
	}
	return st
}

// NewBoard returns the board at its automatic zoom.
func NewBoard() *Board { return &Board{} }

// Name implements [Pane].
func (b *Board) Name() string { return "board" }

// Title implements [Pane].
func (b *Board) Title(s Scene) string { return s.Lang.Say(i18n.M("pane.board")) }

// Summary implements [Summarizer]: "nodes 4✓".
func (b *Board) Summary(s Scene, width int) string {
	t := s.Theme
	l := newLine(width, t.Ellipsis)
	ready, all := 0, len(s.Snapshot.Nodes)
	for _, n := range s.Snapshot.Nodes {
		if trouble, _ := nodeWords(n); len(trouble) == 0 {
			ready++
		}
	}
	l.put(t.Inks.Faint, s.Lang.Say(i18n.M("board.nodes"))+" ")
	if ready == all {
		l.put(t.Inks.Text, strconv.Itoa(all)+t.Ready)
	} else {
		l.put(t.Inks.Bad, strconv.Itoa(ready)+"/"+strconv.Itoa(all))
	}
	return l.text()
}

// View implements [Pane].
func (b *Board) View(s Scene, width, height int) string {
	now := drawn{
		stamp: stampOf(s.Snapshot), width: width, height: height, theme: s.Theme.Key(), lang: s.Lang,
		namespace: s.Lab.Namespace, selected: s.Selected.UID, system: b.system, filter: b.filter.text, typing: b.filter.typing, nearer: b.nearer, scroll: b.scroll,
	}
	glowing := glowingPods(s)
	if now == b.drawn && !b.follows && slices.Equal(glowing, b.glowing) {
		return b.frame
	}
	b.refresh(s, now)
	b.glow(glowing)
	b.frame = b.filtered(s, width, height)
	now.scroll = b.scroll
	b.drawn = now
	return b.frame
}

// filtered draws the board below the filter's row, if there is one.
func (b *Board) filtered(s Scene, width, height int) string {
	b.top = 0
	if !b.filter.typing && b.filter.text == "" || height < 2 {
		return b.draw(s, width, height)
	}
	b.top = 1
	return b.filterRow(s, width) + "\n" + b.draw(s, width, height-1)
}

// Glowing picks the changes that make a pod glow: it came, or changed in a way
// that is drawn. Most changes are of another kind.
func Glowing(changes []cluster.Change) []cluster.Change {
	var glowing []cluster.Change
	for _, c := range changes {
		pod, ok := c.Object.(*corev1.Pod)
		if !ok || c.Verb == cluster.Deleted {
			continue
		}
		if before, ok := c.Before.(*corev1.Pod); !ok || !looksSame(before, pod) {
			glowing = append(glowing, c)
		}
	}
	return glowing
}

// glowingPods returns the pods that glow, the one that changed last first.
func glowingPods(s Scene) []*corev1.Pod {
	var glowing []*corev1.Pod
	for i := len(s.Recent) - 1; i >= 0; i-- {
		c := s.Recent[i]
		if s.Now.Sub(c.Time) >= GlowTime {
			break // all before are older
		}
		if pod, ok := c.Object.(*corev1.Pod); ok && !isAmong(glowing, pod.UID) {
			glowing = append(glowing, pod)
		}
	}
	return glowing
}

func isAmong(pods []*corev1.Pod, uid types.UID) bool {
	return slices.ContainsFunc(pods, func(p *corev1.Pod) bool { return p.UID == uid })
}

func looksSame(a, b *corev1.Pod) bool {
	x, why := cluster.StateOf(a)
	y, because := cluster.StateOf(b)
	return x == y && why == because && a.Spec.NodeName == b.Spec.NodeName
}

// Keys implements [Pane].
func (b *Board) Keys(s Scene) []key.Binding {
	if len(s.Snapshot.Nodes) == 0 {
		return nil
	}
	said := func(id string) string { return s.Lang.Say(i18n.M(id)) }
	system := "board.key.system"
	if b.system {
		system = "board.key.nosystem"
	}
	if b.filter.typing {
		return []key.Binding{
			key.NewBinding(key.WithKeys("enter"), key.WithHelp("Enter", said("board.key.filtered"))),
			key.NewBinding(key.WithKeys("esc"), key.WithHelp("Esc", said("board.key.unfilter"))),
		}
	}
	keys := append([]key.Binding{chooseKey(s, "up", "down", "left", "right")}, openKey(b, s)...)
	keys = append(keys,
		key.NewBinding(key.WithKeys("/"), key.WithHelp("/", said("board.key.filter"))),
		key.NewBinding(key.WithKeys("space"), key.WithHelp("Space", said(system))),
		key.NewBinding(key.WithKeys("+", "=", "-"), key.WithHelp("+ -", said("board.key.zoom"))),
	)
	if b.grid.rows > b.grid.height {
		keys = append(keys, scrollKey(s))
	}
	return keys
}
