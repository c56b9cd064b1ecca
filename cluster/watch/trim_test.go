package watch

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"podium/cluster"
)

// example makes an empty object of a kind.
func example(t *testing.T, kind cluster.Kind) cluster.Object {
	t.Helper()
	o, err := scheme.Scheme.New(kind.GroupVersionKind)
	if err != nil {
		t.Fatal(err)
	}
	return o.(cluster.Object)
}

func TestTrimKeepsNoSecretAndNothingHuge(t *testing.T) {
	meta := func() metav1.ObjectMeta {
		return metav1.ObjectMeta{
			Name:          "a",
			Annotations:   map[string]string{lastApplied: strings.Repeat("{", longest+1), "note": "kept"},
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubelet", Subresource: "status", FieldsV1: &metav1.FieldsV1{Raw: []byte(strings.Repeat("{", longest))}}},
		}
	}
	huge := strings.Repeat("x", longest-1) + "가" + strings.Repeat("x", 100)
	short := strings.Repeat("x", longest-1)
	for _, test := range []struct {
		kind      string
		full, cut cluster.Object
	}{
		{"Secret",
			&corev1.Secret{ObjectMeta: meta(), Data: map[string][]byte{"password": []byte("hunter2")}},
			&corev1.Secret{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: metav1.ObjectMeta{Name: "a", Annotations: map[string]string{"note": "kept"}}, Data: map[string][]byte{"password": nil}}},
		{"ConfigMap",
			&corev1.ConfigMap{ObjectMeta: meta(), Data: map[string]string{"page": huge, "port": "80"}, BinaryData: map[string][]byte{"logo": {1, 2}}},
			&corev1.ConfigMap{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}, ObjectMeta: metav1.ObjectMeta{Name: "a", Annotations: map[string]string{"note": "kept"}}, Data: map[string]string{"page": short, "port": "80"}, BinaryData: map[string][]byte{"logo": nil}}},
		{"Event",
			&corev1.Event{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Message: huge},
			&corev1.Event{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Event"}, ObjectMeta: metav1.ObjectMeta{Name: "a"}, Message: short}},
	} {
		transform := trim(kind(t, test.kind).GroupVersionKind)
		for range 2 { // an informer may do it twice
			got, err := transform(test.full)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.cut, got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", test.kind, diff)
			}
		}
	}
}
