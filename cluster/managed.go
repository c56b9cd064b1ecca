package cluster

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Digest cuts an object's managed fields down to who set which fields when: of
// each manager's fields the two uppermost levels (spec.replicas, spec.template,
// metadata.labels). What was set through a subresource such as status is left
// out, for that is reported and not decided. It writes to the object.
//
// Most objects of a cluster are managed alike, so the strings are shared.
func Digest(o metav1.Object) {
	entries := o.GetManagedFields()
	if len(entries) == 0 {
		return
	}
	var kept []metav1.ManagedFieldsEntry
	for _, e := range entries {
		if e.Subresource == "status" || e.FieldsV1 == nil {
			continue
		}
		kept = append(kept, metav1.ManagedFieldsEntry{
			Manager: shared.text(e.Manager), Operation: metav1.ManagedFieldsOperationType(shared.text(string(e.Operation))),
			Subresource: shared.text(e.Subresource), Time: e.Time, FieldsV1: shared.fields(e.FieldsV1.Raw),
		})
	}
	o.SetManagedFields(slices.Clip(kept))
}

// uppermost returns the fields' first two levels, as a JSON list of paths. What
// has been cut down already stays.
func uppermost(raw []byte) string {
	paths := []string{}
	if json.Unmarshal(raw, &paths) == nil {
		return string(raw)
	}
	var fields map[string]map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return "[]"
	}
	for outer, inner := range fields {
		for name := range inner {
			if field, ok := strings.CutPrefix(name, "f:"); ok {
				paths = append(paths, strings.TrimPrefix(outer, "f:")+"."+field)
			}
		}
	}
	slices.Sort(paths)
	data, err := json.Marshal(paths)
	if err != nil {
		return "[]"
	}
	return string(data)
}

// A Manager is who set a field of an object, as the object says.
type Manager struct {
	Name string // kubectl-set, kube-controller-manager
	Time time.Time
}

// ManagerOf returns who last set one of these fields, of those that [Digest]
// keeps, and whether anybody is on record.
func ManagerOf(o metav1.Object, paths ...string) (Manager, bool) {
	var last Manager
	found := false
	for _, e := range o.GetManagedFields() {
		if e.FieldsV1 == nil || e.Time == nil || found && !e.Time.After(last.Time) {
			continue
		}
		var kept []string
		if json.Unmarshal(e.FieldsV1.Raw, &kept) != nil {
			continue
		}
		if slices.ContainsFunc(kept, func(path string) bool { return slices.Contains(paths, path) }) {
			last, found = Manager{Name: e.Manager, Time: e.Time.Time}, true
		}
	}
	return last, found
}

// shared holds one copy of each string and list of fields that many objects
// have. Hostile clusters can't fill it: beyond its bound nothing is shared.
var shared = pool{texts: map[string]string{}, lists: map[string]*metav1.FieldsV1{}}

type pool struct {
	mu    sync.Mutex
	texts map[string]string
	lists map[string]*metav1.FieldsV1
}

// The pool's bounds: together less than 3 MB.
const (
	mostShared  = 4096
	mostLists   = 512
	longestList = 4 << 10
)

func (p *pool) text(s string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.texts[s]; ok {
		return known
	}
	s = strings.Clone(s)
	if len(p.texts) < mostShared {
		p.texts[s] = s
	}
	return s
}

// fields returns the digest of fields as the API server writes them. Those of a
// ReplicaSet's pods are all alike, so that most are found and not read.
func (p *pool) fields(raw []byte) *metav1.FieldsV1 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.lists[string(raw)]; ok {
		return known
	}
	list := uppermost(raw)
	made, ok := p.lists[list]
	if !ok {
		made = &metav1.FieldsV1{Raw: []byte(list)}
	}
	if len(p.lists) < mostLists && len(raw) < longestList {
		p.lists[list] = made
		p.lists[string(raw)] = made
	}
	return made
}
