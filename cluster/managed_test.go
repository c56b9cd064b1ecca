package cluster

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func managed(manager, subresource, fields string, at time.Time) metav1.ManagedFieldsEntry {
	t := metav1.NewTime(at)
	return metav1.ManagedFieldsEntry{
		Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "apps/v1", Time: &t,
		FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)}, Subresource: subresource,
	}
}

func deployed() *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "web", ManagedFields: []metav1.ManagedFieldsEntry{
		managed("kubectl-create", "", `{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:replicas":{},"f:template":{"f:spec":{}}}}`, noon),
		managed("kubectl-set", "", `{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{"f:image":{}}}}}}}`, noon.Add(time.Minute)),
		managed("kube-controller-manager", "status", `{"f:status":{"f:replicas":{}}}`, noon.Add(2*time.Minute)),
		managed("kubectl", "scale", `{"f:spec":{"f:replicas":{}}}`, noon.Add(3*time.Minute)),
	}}}
}

func TestADigestSaysWhoSetWhat(t *testing.T) {
	d := deployed()
	for range 2 { // an informer may do it twice
		Digest(d)
	}
	if n := len(d.ManagedFields); n != 3 {
		t.Errorf("%d managers are kept, want 3: status is nobody's decision", n)
	}
	for path, want := range map[string]string{"spec.template": "kubectl-set", "spec.replicas": "kubectl", "metadata.labels": "kubectl-create", "spec.paused": ""} {
		if m, _ := ManagerOf(d, path); m.Name != want {
			t.Errorf("%s was set by %q, want %q", path, m.Name, want)
		}
	}
	if m, ok := ManagerOf(d, "spec.template", "metadata.labels"); !ok || !m.Time.Equal(noon.Add(time.Minute)) {
		t.Errorf("the last of two fields was set at %v", m.Time)
	}
}

func TestEqualManagersShareTheirFields(t *testing.T) {
	a, b := deployed(), deployed()
	Digest(a)
	Digest(b)
	for i := range a.ManagedFields {
		if a.ManagedFields[i].FieldsV1 != b.ManagedFields[i].FieldsV1 {
			t.Errorf("%s's fields are kept twice", a.ManagedFields[i].Manager)
		}
	}
}

func TestDamagedManagedFieldsSayNothing(t *testing.T) {
	d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{
		managed("x", "", `{"f:spec":`, noon), {Manager: "y"},
	}}}
	Digest(d)
	if m, ok := ManagerOf(d, "spec.template"); ok {
		t.Errorf("%v", m)
	}
}

func BenchmarkDigest(b *testing.B) {
	entries := deployed().ManagedFields
	d := &appsv1.Deployment{}
	b.ReportAllocs()
	for b.Loop() {
		d.ManagedFields = entries
		Digest(d)
	}
}
