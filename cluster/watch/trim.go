package watch

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"

	"podium/cluster"
)

// longest is how many bytes of one text a snapshot keeps. The API server lets a
// ConfigMap hold 1 MiB and an event's message as much; nothing on the screen
// and no lesson needs more than this.
const longest = 16 << 10

// lastApplied repeats the whole manifest, a Secret's values included
// (k8s.io/api/core/v1, LastAppliedConfigAnnotation).
const lastApplied = corev1.LastAppliedConfigAnnotation

// trim returns what is done to each object before it is kept: it says its kind,
// which typed clients leave out, and loses what podium never shows. The object
// is the informer's own until then, so it may be written to.
func trim(kind schema.GroupVersionKind) cache.TransformFunc {
	return func(o any) (any, error) {
		object, ok := o.(cluster.Object)
		if !ok {
			return o, nil
		}
		object.GetObjectKind().SetGroupVersionKind(kind)
		cluster.Digest(object) // whole, they are half of an object's memory
		switch object := object.(type) {
		case *corev1.Secret:
			for name := range object.Data {
				object.Data[name] = nil // that there is a key may be seen, its value not
			}
			delete(object.Annotations, lastApplied)
		case *corev1.ConfigMap:
			for name, text := range object.Data {
				object.Data[name] = cut(text)
			}
			for name := range object.BinaryData {
				object.BinaryData[name] = nil
			}
			if len(object.Annotations[lastApplied]) > longest {
				delete(object.Annotations, lastApplied) // cut JSON would be worse than none
			}
		case *corev1.Event:
			object.Message = cut(object.Message)
		}
		return object, nil
	}
}

// cut shortens a text to [longest] bytes, never within a character.
func cut(text string) string {
	if len(text) <= longest {
		return text
	}
	return strings.Clone(strings.ToValidUTF8(text[:longest], ""))
}
