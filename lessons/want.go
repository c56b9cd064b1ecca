package lessons

import (
	"iter"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// kindOf returns the kind that a part of a manifest names.
func kindOf(want map[string]any) schema.GroupKind {
	version, _ := want["apiVersion"].(string)
	kind, _ := want["kind"].(string)
	gv, err := schema.ParseGroupVersion(version)
	if err != nil {
		return schema.GroupKind{Kind: kind}
	}
	return schema.GroupKind{Group: gv.Group, Kind: kind}
}

// matches reports whether have holds all that want says: a map's fields each
// match, a list's items each match one of have's. A field that is wanted null
// must be absent; a wanted 0 or false also matches an absent field, because the
// API server leaves such fields out.
func matches(want, have any) bool { return len(finder{}.gaps(want, have, nil, 1)) == 0 }

// gaps returns the first few places where have differs from want, in the order
// of the fields' names.
func gaps(want, have any, limit int) []gap { return finder{explain: true}.gaps(want, have, nil, limit) }

// A finder looks for gaps. One that need not explain them doesn't name them,
// which costs a third: most looks are only about whether there is any.
type finder struct{ explain bool }

func (f finder) names(m map[string]any) iter.Seq[string] {
	if f.explain {
		return slices.Values(sortedKeys(m))
	}
	return maps.Keys(m)
}

func (f finder) under(path []string, name string) []string {
	if f.explain {
		return append(path[:len(path):len(path)], name)
	}
	return path
}

// A gap is one place where an object differs from what is wanted.
type gap struct {
	path []string
	want any
	have any  // nil: there is no such field
	item bool // path is a list, and no item of it matches want
}

func (f finder) gaps(want, have any, path []string, limit int) []gap {
	if limit <= 0 {
		return nil
	}
	switch want := want.(type) {
	case map[string]any:
		return f.inMap(want, have, path, limit)
	case []any:
		return f.inList(want, have, path, limit)
	}
	if same(want, have) {
		return nil
	}
	return []gap{{path: path, want: want, have: have}}
}

func (f finder) inMap(want map[string]any, have any, path []string, limit int) []gap {
	fields, ok := have.(map[string]any)
	if !ok {
		if have == nil && len(want) > 0 {
			// Go on as if it were empty, to name the field that is missing.
			fields = map[string]any{}
		} else {
			return []gap{{path: path, want: want, have: have}}
		}
	}
	var found []gap
	for name := range f.names(want) {
		value, there := fields[name]
		if m, isMap := want[name].(map[string]any); isMap && len(m) == 0 && !there {
			found = append(found, gap{path: f.under(path, name), want: want[name]})
			continue
		}
		found = append(found, f.gaps(want[name], value, f.under(path, name), limit-len(found))...)
		if len(found) >= limit {
			break
		}
	}
	return found
}

func (f finder) inList(want []any, have any, path []string, limit int) []gap {
	items, ok := have.([]any)
	if !ok {
		if len(want) == 0 && have == nil {
			return nil
		}
		items = nil
	}
	var found []gap
	for _, wanted := range want {
		if len(found) >= limit {
			break
		}
		found = append(found, f.inItem(wanted, items, path, limit-len(found))...)
	}
	return found
}

// inItem returns nothing if one of items matches, else where the one that
// carries the wanted name or type differs, else that there is no such item.
func (f finder) inItem(wanted any, items []any, path []string, limit int) []gap {
	var closest []gap
	for _, item := range items {
		differ := f.gaps(wanted, item, f.under(path, "["+label(wanted)+"]"), limit)
		if len(differ) == 0 {
			return nil
		}
		if closest == nil && label(wanted) != "" && label(wanted) == label(item) {
			closest = differ
		}
	}
	if closest != nil {
		return closest
	}
	return []gap{{path: path, want: wanted, item: true}}
}

// label is what tells a list's items apart: their name, or a condition's type.
func label(item any) string {
	fields, _ := item.(map[string]any)
	for _, key := range []string{"name", "type"} {
		if text, ok := fields[key].(string); ok {
			return text
		}
	}
	return ""
}

// same compares two scalars as JSON does: 1 and 1.0 are one number.
func same(want, have any) bool {
	if w, ok := number(want); ok {
		if have == nil {
			return w == 0
		}
		h, ok := number(have)
		return ok && w == h
	}
	if want == false && have == nil {
		return true
	}
	switch want.(type) {
	case string, bool, nil:
		return want == have
	}
	return false
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int32:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}
