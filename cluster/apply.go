package cluster

import (
	"cmp"
	"maps"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// drawn is the one place that ties a kind to the snapshot's field for it.
var drawn = map[schema.GroupKind]func(*Snapshot, []edit){
	core("Node").GroupKind():                            field(func(s *Snapshot) *[]*corev1.Node { return &s.Nodes }),
	core("Namespace").GroupKind():                       field(func(s *Snapshot) *[]*corev1.Namespace { return &s.Namespaces }),
	core("Pod").GroupKind():                             field(func(s *Snapshot) *[]*corev1.Pod { return &s.Pods }),
	core("Service").GroupKind():                         field(func(s *Snapshot) *[]*corev1.Service { return &s.Services }),
	core("Event").GroupKind():                           field(func(s *Snapshot) *[]*corev1.Event { return &s.Events }),
	v1("discovery.k8s.io", "EndpointSlice").GroupKind(): field(func(s *Snapshot) *[]*discoveryv1.EndpointSlice { return &s.EndpointSlices }),
	apps("Deployment").GroupKind():                      field(func(s *Snapshot) *[]*appsv1.Deployment { return &s.Deployments }),
	apps("ReplicaSet").GroupKind():                      field(func(s *Snapshot) *[]*appsv1.ReplicaSet { return &s.ReplicaSets }),
	apps("DaemonSet").GroupKind():                       field(func(s *Snapshot) *[]*appsv1.DaemonSet { return &s.DaemonSets }),
	apps("StatefulSet").GroupKind():                     field(func(s *Snapshot) *[]*appsv1.StatefulSet { return &s.StatefulSets }),
	v1("batch", "Job").GroupKind():                      field(func(s *Snapshot) *[]*batchv1.Job { return &s.Jobs }),
	v1("batch", "CronJob").GroupKind():                  field(func(s *Snapshot) *[]*batchv1.CronJob { return &s.CronJobs }),
}

// NewSnapshot returns how a cluster looked at a moment at which it held these
// objects, each of which says its kind.
func NewSnapshot(at time.Time, objects ...Object) Snapshot {
	changes := make([]Change, len(objects))
	for i, o := range objects {
		changes[i] = Change{Time: at, Verb: Added, Kind: KindOf(o), Object: o}
	}
	s := Snapshot{}.Apply(changes...)
	s.Time, s.Changes = at, nil
	return s
}

// Apply returns the snapshot as it is after these changes, oldest first; they
// are its Changes, and the last one's time is its Time. Seq stays: numbering is
// the business of whoever publishes. It costs one copy of each touched kind's
// slices however many the changes are; the rest is shared with s.
//
// A change is applied by what it leaves behind: one that adds what is there
// replaces it, one that deletes what isn't there does nothing.
func (s Snapshot) Apply(changes ...Change) Snapshot {
	if len(changes) == 0 {
		return s
	}
	touched := map[schema.GroupKind][]edit{}
	for _, c := range changes {
		e := edit{key: keyOf(c.Object), object: c.Object}
		if c.Verb == Deleted {
			e.object = nil
		}
		touched[c.Kind] = append(touched[c.Kind], e)
	}
	if s.Objects = maps.Clone(s.Objects); s.Objects == nil {
		s.Objects = map[schema.GroupKind][]Object{}
	}
	for kind, edits := range touched {
		edits = final(edits)
		if s.Objects[kind] = splice(s.Objects[kind], edits); len(s.Objects[kind]) == 0 {
			delete(s.Objects, kind)
		}
		if edit := drawn[kind]; edit != nil {
			edit(&s, edits)
		}
	}
	s.Changes, s.Time = changes, changes[len(changes)-1].Time
	return s
}

// A key is where an object stands among those of its kind.
type key struct{ namespace, name string }

func keyOf(o Object) key { return key{o.GetNamespace(), o.GetName()} }

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.namespace, other.namespace), cmp.Compare(k.name, other.name))
}

// An edit says what stands at a key from now on: an object or, if nil, nothing.
type edit struct {
	key    key
	object Object
}

// final returns the edits sorted by key, only the last one of each.
func final(edits []edit) []edit {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.key.compare(b.key) })
	last := edits[:0]
	for i, e := range edits {
		if i+1 == len(edits) || edits[i+1].key != e.key {
			last = append(last, e)
		}
	}
	return last
}

// splice returns old with sorted edits made: the stretches between two edits
// are found by binary search and copied whole.
func splice[T Object](old []T, edits []edit) []T {
	next := make([]T, 0, len(old)+len(edits))
	for _, e := range edits {
		at, found := slices.BinarySearchFunc(old, e.key, func(o T, k key) int { return keyOf(o).compare(k) })
		next = append(next, old[:at]...)
		if found {
			at++
		}
		old = old[at:]
		if o, ok := e.object.(T); ok {
			next = append(next, o)
		}
	}
	next = append(next, old...)
	if len(next) == 0 {
		return nil
	}
	return next
}

// field makes an entry of [drawn] from where the field is.
func field[T Object](of func(*Snapshot) *[]T) func(*Snapshot, []edit) {
	return func(s *Snapshot, edits []edit) {
		place := of(s)
		*place = splice(*place, edits)
	}
}
