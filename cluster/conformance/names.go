package conformance

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// names knows what every generated name of one play is called in a recording:
// the pods of the Deployment web's first ReplicaSet are web-1-*.
type names struct {
	fixed map[string]string  // the namespace and the nodes
	born  map[types.UID]born // every object that has an owner, and its owner
	sets  map[types.UID]int  // ReplicaSets seen, by Deployment

	// Made of the above when somebody asks: a pod may be seen before its owner.
	stale   bool
	plainOf map[string]string
	longest []string // the keys of plainOf, longest first
	unborn  []unborn
}

type born struct {
	name  string
	owner *metav1.OwnerReference
	index int // of a ReplicaSet, among its Deployment's, from 1
}

// unborn matches the pods that a ReplicaSet wanted to make and could not.
type unborn struct {
	pattern *regexp.Regexp
	plain   string
}

func newNames(namespace string, nodes []string) names {
	n := names{fixed: map[string]string{namespace: "NAMESPACE"}, born: map[types.UID]born{}, sets: map[types.UID]int{}, stale: true}
	for _, node := range nodes {
		n.fixed[node] = "NODE"
	}
	return n
}

// learn notes an object's name and who made it.
func (n *names) learn(o cluster.Object) {
	if _, known := n.born[o.GetUID()]; known {
		return
	}
	b := born{name: o.GetName(), owner: metav1.GetControllerOf(o)}
	if b.owner != nil && b.owner.Kind == "Deployment" {
		n.sets[b.owner.UID]++
		b.index = n.sets[b.owner.UID]
	}
	n.born[o.GetUID()], n.stale = b, true
}

// label is what an object is called in a recording.
func (n *names) label(b born) string {
	if b.owner == nil || b.owner.Kind == "StatefulSet" || b.owner.Kind == "Node" { // these give names that can be told
		return b.name
	}
	parent := b.owner.Name
	if owner, ok := n.born[b.owner.UID]; ok {
		parent = n.label(owner)
	}
	if b.index > 0 {
		return fmt.Sprintf("%s-%d", parent, b.index)
	}
	return strings.TrimSuffix(parent, "-*") + "-*" // of a ReplicaSet, DaemonSet, Job, CronJob or Service
}

func (n *names) refresh() {
	if !n.stale {
		return
	}
	n.stale, n.plainOf, n.unborn = false, maps.Clone(n.fixed), nil
	for _, b := range n.born {
		label := n.label(b)
		if label != b.name {
			n.plainOf[b.name] = label
		}
		if b.index > 0 {
			n.unborn = append(n.unborn, unborn{regexp.MustCompile(`\b` + regexp.QuoteMeta(b.name) + `-[a-z0-9]{5}\b`), label + "-*"})
		}
	}
	n.longest = slices.SortedFunc(maps.Keys(n.plainOf), func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
}

// generated are the values that differ from play to play, whatever the cluster.
var generated = []struct {
	pattern *regexp.Regexp
	plain   string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "UID"},
	{regexp.MustCompile(`(sha256:)?[0-9a-f]{64}`), "DIGEST"},
	{regexp.MustCompile(`in [0-9.]+m?s \([0-9.]+m?s including waiting\)`), "in TIME (TIME including waiting)"},
	{regexp.MustCompile(`Image size: [0-9]+ bytes`), "Image size: N bytes"},
	{regexp.MustCompile(`\b[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+:[0-9]+->`), "IP:PORT->"},
	{regexp.MustCompile(`\b[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+\b`), "IP"},
	{regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`), "MOMENT"},
	{regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ \+0000 UTC( m=\+[0-9.]+)?`), "MOMENT"},
	// A controller that is late takes two steps as one: what must hold of the
	// numbers is in the tracks of the most and the fewest.
	{regexp.MustCompile(`(Scaled (?:up|down) replica set \S+) from [0-9]+ to [0-9]+`), "$1"},
	{regexp.MustCompile(`error during container init: `), ""}, // said by runc 1.2 and later
	{regexp.MustCompile(`kube-api-access-[a-z0-9]{5}\b`), "kube-api-access-*"},
}

// plain returns text with every generated name and value replaced.
func (n *names) plain(text string) string {
	n.refresh()
	for _, g := range generated {
		text = g.pattern.ReplaceAllString(text, g.plain)
	}
	for _, name := range n.longest {
		text = replaceWord(text, name, n.plainOf[name])
	}
	for _, u := range n.unborn {
		text = u.pattern.ReplaceAllString(text, u.plain)
	}
	return text
}

// replaceWord replaces name where no longer name goes on.
func replaceWord(text, name, plain string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, name)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := i + len(name)
		whole := (i == 0 || !inName(text[i-1])) && !strings.HasSuffix(text[:i], ".io/") && // a label's
			(end == len(text) || !inName(text[end]))
		b.WriteString(text[:i])
		if whole {
			b.WriteString(plain)
		} else {
			b.WriteString(name)
		}
		text = text[end:]
	}
}

func inName(c byte) bool {
	return c == '-' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}
