package lessons

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/traits"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	"podium/cluster"
)

var (
	podKind           = schema.GroupKind{Kind: "Pod"}
	eventKind         = schema.GroupKind{Kind: "Event"}
	endpointSliceKind = schema.GroupKind{Group: "discovery.k8s.io", Kind: "EndpointSlice"}
)

// An object is a cluster's object in the shape `kubectl get -o yaml` shows, as a
// value CEL can look into. It remembers where it came from, so that functions on
// pods need not read it back.
type object struct {
	traits.Mapper
	fields map[string]any
	source cluster.Object
	fits   []fit // by what was asked of it
}

// A fit is whether an object matches the part of a manifest that a goal wants.
type fit struct {
	want    unsafe.Pointer // the goal's map, which is never written to
	matches bool
}

// objects keeps what was converted: an object in a snapshot is never written to,
// so it is converted once in its life and not once per look. It holds two
// generations and drops the older one when the younger is full, which bounds it
// without keeping count of who is still looked at.
type objects struct {
	mu         sync.Mutex
	young, old map[cluster.Object]*object
}

// generation is more than the pods of the largest lab, so that one look at all
// of them never drops what it is looking at.
const generation = 8192

func newObjects() *objects { return &objects{young: map[cluster.Object]*object{}} }

func (o *objects) of(source cluster.Object) *object {
	o.mu.Lock()
	defer o.mu.Unlock()
	if found := o.young[source]; found != nil {
		return found
	}
	found := o.old[source]
	if found == nil {
		found = convert(source)
	}
	if len(o.young) >= generation {
		o.old, o.young = o.young, make(map[cluster.Object]*object, generation)
	}
	o.young[source] = found
	return found
}

// match reports whether an object matches a part of a manifest, which is found
// out once in the object's life.
func (o *objects) match(want map[string]any, of *object) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := reflect.ValueOf(want).UnsafePointer()
	for _, known := range of.fits {
		if known.want == key {
			return known.matches
		}
	}
	found := fit{key, matches(want, of.fields)}
	of.fits = append(of.fits, found)
	return found.matches
}

func convert(source cluster.Object) *object {
	fields := fieldsOf(source)
	return &object{
		Mapper: types.NewStringInterfaceMap(types.DefaultTypeAdapter, fields),
		fields: fields,
		source: source,
	}
}

// fieldsOf returns an object as the API server would show it. What can't be
// converted shows no fields, which no goal matches.
func fieldsOf(source cluster.Object) map[string]any {
	if u, ok := source.(*unstructured.Unstructured); ok {
		return u.Object
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(source)
	if err != nil {
		return map[string]any{}
	}
	gvk := source.GetObjectKind().GroupVersionKind()
	if gvk.Empty() {
		// Typed clients strip the kind; the scheme knows it.
		if known, _, err := scheme.Scheme.ObjectKinds(source); err == nil {
			gvk = known[0]
		}
	}
	fields["apiVersion"], fields["kind"] = gvk.GroupVersion().String(), gvk.Kind
	unstructured.RemoveNestedField(fields, "metadata", "managedFields")
	return fields
}
