package cluster

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/client-go/kubernetes/scheme"
)

// noon is when every fixture's snapshot was taken.
var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// objects reads the manifests of a file in testdata.
func objects(t *testing.T, file string) []Object {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var all []Object
	for _, document := range bytes.Split(data, []byte("\n---\n")) {
		decoded, kind, err := scheme.Codecs.UniversalDeserializer().Decode(document, nil, nil)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		decoded.GetObjectKind().SetGroupVersionKind(*kind)
		all = append(all, decoded.(Object))
	}
	return all
}

func fixture(t *testing.T, file string) Snapshot {
	t.Helper()
	return NewSnapshot(noon, objects(t, file)...)
}
