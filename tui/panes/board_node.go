package panes

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/tui/theme"
)

// A tile is one pod on the board.
type tile struct {
	pod      *corev1.Pod
	label    string // 3, a, j
	revision int
	age      int // of its revision
	state    cluster.State
	order    int // of its state in stateOrder
	reason   string
}

// A group is the pods of one owner on one node.
type group struct {
	owner owner
	tiles []tile
}

// reasons returns the words of the group's failing pods, each once.
func (g group) reasons() []string {
	var words []string
	for _, t := range g.tiles {
		if bad(t.state) && !slices.Contains(words, t.reason) {
			words = append(words, t.reason)
		}
	}
	return words
}

func bad(s cluster.State) bool { return s == cluster.Failing || s == cluster.Failed }

// A column is one node of the board with the pods that are on it. It is drawn
// anew only when a pod on it, the node or the manner of drawing changed.
type column struct {
	name    string
	node    *corev1.Node // nil when pods name a node that is no more
	pods    []*corev1.Pod
	next    []*corev1.Pod // gathered from the next snapshot
	glowing []types.UID

	groups []group
	system int  // pods that are only counted
	sorted bool // groups are those of pods

	heights map[measured]int // as far as measured
	manner  manner           // how rows were drawn
	rows    []string
	spots   []spot
}

// measured is what a column's height depends on besides its contents.
type measured struct {
	zoom  zoom
	width int
}

// A manner is everything but the column's own contents that its rows depend on.
type manner struct {
	zoom     zoom
	width    int
	theme    theme.Key
	selected types.UID
	scale    int // of bars: how many pods a cell stands for
	names    int // of bars: how many cells the names before them take
}

// regroup sorts a column's pods into groups: the learner's namespace before
// others, each by its owner's name, old revisions before new ones.
func (c *column) regroup(namespace string, known owners, system bool) {
	c.groups, c.system = nil, 0
	at := map[types.UID]int{}
	for _, p := range c.pods {
		if !system && isSystem(p.Namespace) && p.Namespace != namespace {
			c.system++
			continue
		}
		o := known.of(p)
		i, ok := at[o.uid]
		if !ok {
			i = len(c.groups)
			at[o.uid] = i
			c.groups = append(c.groups, group{owner: o})
		}
		c.groups[i].tiles = append(c.groups[i].tiles, tileOf(p, o))
	}
	for i := range c.groups {
		slices.SortFunc(c.groups[i].tiles, inOrder)
	}
	slices.SortFunc(c.groups, func(a, b group) int {
		x, y := a.tiles[0].pod.Namespace, b.tiles[0].pod.Namespace
		return cmp.Or(
			cmp.Compare(rank(x, namespace), rank(y, namespace)), strings.Compare(x, y),
			strings.Compare(a.owner.name, b.owner.name), strings.Compare(string(a.owner.uid), string(b.owner.uid)),
		)
	})
}

// drawnAlike reports whether a pod is drawn as it was before. Most changes to a
// pod are ones that no tile shows.
func drawnAlike(before, now *corev1.Pod) bool {
	if before == now {
		return true
	}
	if before.UID != now.UID || before.Spec.NodeName == "" {
		return false
	}
	was, whyWas := cluster.StateOf(before)
	is, why := cluster.StateOf(now)
	readyWas, definedWas := cluster.ReadyContainers(before)
	ready, defined := cluster.ReadyContainers(now)
	return was == is && whyWas == why && readyWas == ready && definedWas == defined &&
		controller(before) == controller(now)
}

func controller(p *corev1.Pod) types.UID {
	if owner := metav1.GetControllerOfNoCopy(p); owner != nil {
		return owner.UID
	}
	return ""
}

// renew puts the newest state of pods that are drawn as before into their tiles.
// Of a crowd only a few have changed since the last frame.
func (c *column) renew(newer map[*corev1.Pod]*corev1.Pod) {
	for i, p := range c.pods {
		if now := newer[p]; now != nil {
			c.pods[i] = now
		}
	}
	for _, g := range c.groups {
		for i := range g.tiles {
			if now := newer[g.tiles[i].pod]; now != nil {
				g.tiles[i].pod = now
			}
		}
	}
}

func tileOf(p *corev1.Pod, o owner) tile {
	state, reason := cluster.StateOf(p)
	return tile{
		pod: p, label: o.label(p.Name), revision: o.revision, age: o.age,
		state: state, order: slices.Index(stateOrder[:], state), reason: Clean(reason),
	}
}

// inOrder compares pods of one owner: older revisions and older pods first, so
// that a pod keeps its place while others come and go.
func inOrder(a, b tile) int {
	return cmp.Or(
		cmp.Compare(a.revision, b.revision),
		a.pod.CreationTimestamp.Compare(b.pod.CreationTimestamp.Time),
		strings.Compare(a.pod.Name, b.pod.Name),
	)
}

// rank puts the learner's namespace first and the cluster's own last.
func rank(namespace, learner string) int {
	switch {
	case namespace == learner:
		return 0
	case isSystem(namespace):
		return 2
	}
	return 1
}

// isSystem reports the namespaces that clusters are born with and the
// provisioner's of kind clusters.
func isSystem(namespace string) bool {
	return strings.HasPrefix(namespace, "kube-") || namespace == "local-path-storage"
}

// isControlPlane reports a node that manages the cluster (the label kubeadm
// sets).
func isControlPlane(n *corev1.Node) bool {
	_, ok := n.Labels["node-role.kubernetes.io/control-plane"]
	return ok
}

// nodeWords says what a node's colour alone must not, in kubectl's words: what
// is wrong with it, and what keeps pods away.
func nodeWords(n *corev1.Node) (trouble, note []string) {
	ready := false
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
			ready = true
		}
	}
	if !ready {
		trouble = append(trouble, "NotReady")
	}
	if n.Spec.Unschedulable {
		note = append(note, "SchedulingDisabled")
	}
	for _, t := range n.Spec.Taints {
		if t.Effect == corev1.TaintEffectNoSchedule && !strings.HasPrefix(t.Key, "node.kubernetes.io/") {
			note = append(note, "(tainted)")
			break
		}
	}
	return trouble, note
}
