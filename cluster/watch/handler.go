package watch

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"

	"podium/cluster"
)

// handler queues what an informer tells about a kind.
func handler(kind schema.GroupKind, q *queue) cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc: func(o any) {
			if now, ok := o.(cluster.Object); ok {
				q.add(cluster.Change{Verb: cluster.Added, Kind: kind, Object: now})
			}
		},
		UpdateFunc: func(old, o any) {
			before, _ := old.(cluster.Object)
			now, ok := o.(cluster.Object)
			switch {
			case !ok || before == nil:
			case before.GetUID() != now.GetUID():
				// The informer was cut off while one object was deleted and
				// another made under its name.
				q.add(
					cluster.Change{Verb: cluster.Deleted, Kind: kind, Object: before, Before: before},
					cluster.Change{Verb: cluster.Added, Kind: kind, Object: now},
				)
			case before.GetResourceVersion() != now.GetResourceVersion():
				q.add(cluster.Change{Verb: cluster.Modified, Kind: kind, Object: now, Before: before})
			}
			// An equal version is the same object listed again after a break.
		},
		DeleteFunc: func(o any) {
			if unknown, ok := o.(cache.DeletedFinalStateUnknown); ok {
				o = unknown.Obj // the deletion itself was missed; this is how it last was
			}
			if last, ok := o.(cluster.Object); ok {
				q.add(cluster.Change{Verb: cluster.Deleted, Kind: kind, Object: last, Before: last})
			}
		},
	}
}
