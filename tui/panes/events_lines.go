package panes

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
)

// An occurrence is one line of what happened.
type occurrence struct {
	time    time.Time
	who     string // a node, deployment, scheduler
	about   string // the pod or other object
	reason  string // a warning's one word
	text    string
	warning bool
	count   int

	event   types.UID // "" for a pod that became ready
	subject Selection // what it is about
}

// manyLines is how many lines are kept to scroll through.
const manyLines = 500

// A source is what an occurrence is made from: an event, or a pod that became
// ready, of which there is no event.
type source struct {
	time  time.Time
	event *corev1.Event
	pod   *corev1.Pod
}

// occurrences returns the last of what happened in a namespace and to nodes,
// oldest first.
func occurrences(s cluster.Snapshot, namespace string, warnings bool, lang i18n.Language) []occurrence {
	var newest latest
	for _, e := range s.Events {
		here := e.Namespace == namespace || e.InvolvedObject.Kind == "Node" && e.InvolvedObject.Namespace == ""
		// That a node registered is no news to a learner who sees it on the board.
		if here && e.Reason != "RegisteredNode" && (!warnings || e.Type == corev1.EventTypeWarning) {
			newest.add(source{time: eventTime(e), event: e})
		}
	}
	for _, p := range s.Pods {
		if p.Namespace != namespace || warnings {
			continue
		}
		for i := range p.Status.Conditions {
			c := &p.Status.Conditions[i]
			if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue && !c.LastTransitionTime.IsZero() {
				newest.add(source{time: c.LastTransitionTime.Time, pod: p})
			}
		}
	}
	newest.trim()
	ready := lang.Say(i18n.M("events.ready"))
	made := make([]occurrence, 0, len(newest.sources))
	for _, from := range newest.sources {
		if from.event != nil {
			o := fromEvent(from.event)
			if uid, ok := nodeUID(s, from.event); ok {
				o.subject.UID = uid
			}
			made = append(made, o)
			continue
		}
		made = append(made, occurrence{
			time: from.time, who: from.pod.Spec.NodeName, about: from.pod.Name, text: ready, count: 1, subject: Selection{Kind: "Pod", UID: from.pod.UID},
		})
	}
	return made
}

// nodeUID finds the node an event is about: a kubelet puts the node's name where
// its UID would be.
func nodeUID(s cluster.Snapshot, e *corev1.Event) (types.UID, bool) {
	if e.InvolvedObject.Kind != "Node" {
		return "", false
	}
	i := slices.IndexFunc(s.Nodes, func(n *corev1.Node) bool { return n.Name == e.InvolvedObject.Name })
	if i < 0 {
		return "", false
	}
	return s.Nodes[i].UID, true
}

// latest keeps the manyLines newest of any number of sources.
type latest struct {
	sources []source
	floor   time.Time // what is older is dropped
}

func (l *latest) add(s source) {
	if s.time.Before(l.floor) {
		return
	}
	if l.sources = append(l.sources, s); len(l.sources) >= 4*manyLines {
		l.trim()
	}
}

// trim sorts what is kept, oldest first, and drops what is too much.
func (l *latest) trim() {
	slices.SortStableFunc(l.sources, func(a, b source) int { return a.time.Compare(b.time) })
	if over := len(l.sources) - manyLines; over > 0 {
		l.sources = append(l.sources[:0], l.sources[over:]...)
		l.floor = l.sources[0].time
	}
}

// eventTime is when an event was last seen. The two API versions that core
// events are written through keep it in different fields.
func eventTime(e *corev1.Event) time.Time {
	switch {
	case e.Series != nil:
		return e.Series.LastObservedTime.Time
	case !e.LastTimestamp.IsZero():
		return e.LastTimestamp.Time
	case !e.EventTime.IsZero():
		return e.EventTime.Time
	}
	return e.CreationTimestamp.Time
}

func fromEvent(e *corev1.Event) occurrence {
	o := occurrence{
		time: eventTime(e), count: int(e.Count), who: component(e), reason: e.Reason,
		text: e.Message, warning: e.Type == corev1.EventTypeWarning,
		event: e.UID, subject: Selection{Kind: e.InvolvedObject.Kind, UID: e.InvolvedObject.UID},
	}
	if e.Series != nil {
		o.count = int(e.Series.Count)
	}
	if !tellsOf(e) {
		o.about = e.InvolvedObject.Name
	}
	return o
}

// tellsOf reports whether an event's message says by itself what it is about. A
// pod's name alone may stand for a container or an image that is called the
// same, unless a controller made the name up.
func tellsOf(e *corev1.Event) bool {
	name := e.InvolvedObject.Name
	if e.InvolvedObject.Kind != "Pod" {
		return strings.Contains(e.Message, name)
	}
	for _, form := range []string{e.InvolvedObject.Namespace + "/" + name, name + "_" + e.InvolvedObject.Namespace, `pod "` + name + `"`} {
		if holdsWhole(e.Message, form) {
			return true
		}
	}
	return generated.MatchString(name) && holdsWhole(e.Message, name)
}

// generated matches names that end as apiserver's SimpleNameGenerator makes
// them (k8s.io/apimachinery/pkg/util/rand).
var generated = regexp.MustCompile(`-[bcdfghjklmnpqrstvwxz2456789]{5}$`)

// holdsWhole reports whether text holds a name that isn't part of a longer one.
func holdsWhole(text, name string) bool {
	const inNames = "abcdefghijklmnopqrstuvwxyz0123456789-"
	for {
		before, after, found := strings.Cut(text, name)
		if !found {
			return false
		}
		if strings.TrimRight(before, inNames) == before && strings.TrimLeft(after, inNames) == after {
			return true
		}
		text = after
	}
}

// component is who reports an event, shortened to what a learner calls it: the
// node for its kubelet, "deployment" for "deployment-controller".
func component(e *corev1.Event) string {
	name := e.ReportingController
	if name == "" {
		name = e.Source.Component
	}
	if strings.HasSuffix(name, "kubelet") {
		if e.ReportingInstance != "" {
			return e.ReportingInstance
		}
		return e.Source.Host
	}
	name = strings.TrimPrefix(name, "default-")
	return strings.TrimSuffix(name, "-controller")
}

// chosen reports whether an occurrence is the one that is selected: an event by
// itself, a pod that became ready by the pod.
func (o occurrence) chosen(s Scene) bool {
	if o.event != "" {
		return o.event == s.Event
	}
	return s.Event == "" && o.subject == s.Selected
}

// row draws an occurrence.
func (o occurrence) row(s Scene, width, who int) string {
	t := s.Theme
	count := ""
	if o.count > 1 {
		count = " x" + strconv.Itoa(o.count)
	}
	l := newLine(width-cells(count), t.Ellipsis)
	when := t.Inks.Faint
	if o.chosen(s) {
		when = t.Inks.Chosen
	}
	l.put(when, o.time.In(s.Now.Location()).Format(time.TimeOnly))
	l.space(2)
	if who > 0 {
		l.put(t.Inks.Calm, Fit(Clean(o.who), who, t.Ellipsis))
		l.space(2)
	}
	if o.about != "" {
		l.put(t.Inks.Text, Clean(o.about)+" ")
	}
	// The learner's namespace goes without saying.
	text := strings.ReplaceAll(Clean(o.text), " "+s.Lab.Namespace+"/", " ")
	if o.warning {
		l.put(t.Inks.Bad, Clean(o.reason)+" ")
		text = strings.TrimPrefix(text, Clean(o.reason)+" ") // "Failed Failed to pull"
	}
	l.put(t.Inks.Text, text)
	if count == "" {
		return l.end()
	}
	tail := newLine(width-l.width, t.Ellipsis)
	tail.put(t.Inks.Faint, count)
	return l.end() + tail.end()
}
