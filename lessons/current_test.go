package lessons

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	metadatafake "k8s.io/client-go/metadata/fake"

	"podium/cluster"
)

func TestASnapshotIsCurrentIfItShowsEveryObjectInItsNewestVersion(t *testing.T) {
	pod := func(name, v string) cluster.Object {
		o := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: `+name+`, uid: `+name+`}}`)
		o.SetResourceVersion(v)
		return o
	}
	elsewhere := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: c, namespace: other, uid: c}}`)
	event := read(t, `{apiVersion: v1, kind: Event, metadata: {name: e, uid: e}}`)
	now := []cluster.Object{pod("a", "7"), pod("b", "8"), elsewhere, event}
	for name, tc := range map[string]struct {
		shown   []cluster.Object
		current bool
	}{
		"as it is":         {[]cluster.Object{pod("a", "7"), pod("b", "8")}, true},
		"an older version": {[]cluster.Object{pod("a", "6"), pod("b", "8")}, false},
		"one not yet seen": {[]cluster.Object{pod("a", "7")}, false},
		"one still shown":  {[]cluster.Object{pod("a", "7"), pod("b", "8"), pod("gone", "5")}, false},
		"one made again":   {[]cluster.Object{pod("a", "7"), pod("again", "8")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var objects []runtime.Object
			for _, o := range now {
				objects = append(objects, metadataOf(t, o))
			}
			scheme := metadatafake.NewTestScheme()
			if err := metav1.AddMetaToScheme(scheme); err != nil {
				t.Fatal(err)
			}
			client := metadatafake.NewSimpleMetadataClient(scheme, objects...)
			got, err := isCurrent(t.Context(), client, "lab", state(tc.shown...))
			if err != nil || got != tc.current {
				t.Errorf("current: %v, %v", got, err)
			}
		})
	}
}

// metadataOf is an object as the metadata client knows it.
func metadataOf(t *testing.T, o cluster.Object) *metav1.PartialObjectMetadata {
	t.Helper()
	access, err := meta.Accessor(o)
	if err != nil {
		t.Fatal(err)
	}
	p := meta.AsPartialObjectMetadata(access)
	p.TypeMeta = metav1.TypeMeta{APIVersion: o.GetObjectKind().GroupVersionKind().GroupVersion().String(), Kind: o.GetObjectKind().GroupVersionKind().Kind}
	return p
}
