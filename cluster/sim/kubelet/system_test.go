package kubelet

import "testing"

func TestSystemManifestIsReadable(t *testing.T) {
	objects, err := systemObjects()
	if err != nil {
		t.Fatal(err)
	}
	if len(objects) != 15 {
		t.Errorf("%d objects, want 15", len(objects))
	}
}
