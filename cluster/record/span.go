package record

import (
	"iter"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
)

// A Span is a stretch of a recording, asked what happened in it. Questions read
// the span's changes from the file: they cost as much as there are.
type Span struct {
	recording *Recording
	from, to  time.Time
}

// Between returns the span that begins with the cluster as it was at from and
// holds the changes after from, up to and with to.
func (r *Recording) Between(from, to time.Time) Span {
	if from.Before(r.From()) {
		from = r.From()
	}
	if to.After(r.end) {
		to = r.end
	}
	return Span{r, from, to}
}

// From is when it begins, and Duration how long it lasts.
func (s Span) From() time.Time { return s.from }

// Duration is how long it lasts.
func (s Span) Duration() time.Duration { return max(0, s.to.Sub(s.from)) }

// Start is the cluster as it was when the span began.
func (s Span) Start() (cluster.Snapshot, error) {
	m, err := s.recording.Seek(s.from)
	m.Snapshot.Changes = nil
	return m.Snapshot, err
}

// All yields the span's changes, oldest first. After an error there are no more.
func (s Span) All() iter.Seq2[cluster.Change, error] {
	return func(yield func(cluster.Change, error) bool) {
		start, err := s.recording.Seek(s.from)
		if err != nil {
			yield(cluster.Change{}, err)
			return
		}
		for c, err := range s.recording.changes(start.Index, s.recording.segments[0].first+s.recording.Len()) {
			if err == nil && c.Time.After(s.to) || !yield(c.Change, err) || err != nil {
				return
			}
		}
	}
}

// Commands are those that began in the span.
func (s Span) Commands() []Command {
	before := len(s.recording.CommandsUntil(s.from))
	return s.recording.CommandsUntil(s.to)[before:]
}

// A numbered change knows its place in the recording.
type numbered struct {
	cluster.Change
	index int
}

// changes yields the changes of a range of places.
func (r *Recording) changes(from, to int) iter.Seq2[numbered, error] {
	return func(yield func(numbered, error) bool) {
		for _, s := range r.segments {
			if s.first+s.changes <= from || s.first >= to {
				continue
			}
			p, err := r.cache.played(s)
			if err != nil {
				yield(numbered{}, err)
				return
			}
			for k := max(0, from-s.first); k < min(s.changes, to-s.first); k++ {
				c, err := p.change(k)
				if !yield(numbered{c, s.first + k}, err) || err != nil {
					return
				}
			}
		}
	}
}

// A Filter chooses the pods a question is about. It looks at the pod alone, and
// at each of its states anew, so a pod may come and go with its labels. A nil
// Filter chooses every pod.
type Filter func(*corev1.Pod) bool

// InNamespace chooses the pods of a namespace.
func InNamespace(namespace string) Filter {
	return func(p *corev1.Pod) bool { return p.Namespace == namespace }
}

// Selected chooses the pods in a namespace whose labels match.
func Selected(namespace string, selector labels.Selector) Filter {
	return func(p *corev1.Pod) bool {
		return p.Namespace == namespace && selector.Matches(labels.Set(p.Labels))
	}
}

// OwnedBy chooses the pods whose controller has this UID.
func OwnedBy(owner types.UID) Filter {
	return func(p *corev1.Pod) bool {
		c := metav1.GetControllerOfNoCopy(p)
		return c != nil && c.UID == owner
	}
}

// Find returns the span's changes of a kind that did this and match; a nil match
// means every object.
func (s Span) Find(verb cluster.Verb, kind schema.GroupKind, match func(cluster.Object) bool) ([]cluster.Change, error) {
	var found []cluster.Change
	for c, err := range s.All() {
		if err != nil {
			return nil, err
		}
		if c.Verb == verb && c.Kind == kind && (match == nil || match(c.Object)) {
			found = append(found, c)
		}
	}
	return found, nil
}

// TimeTo returns how long after the span's beginning the cluster was first so,
// and whether it ever was. It looks at the cluster after every change.
func (s Span) TimeTo(holds func(cluster.Snapshot) bool) (time.Duration, bool, error) {
	state, err := s.Start()
	if err != nil || holds(state) {
		return 0, err == nil, err
	}
	for c, err := range s.All() {
		if err != nil {
			return 0, false, err
		}
		if state = state.Apply(c); holds(state) {
			return c.Time.Sub(s.from), true, nil
		}
	}
	return 0, false, nil
}
