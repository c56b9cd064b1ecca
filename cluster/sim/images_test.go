package sim

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podium/cluster"
)

const shop = `images:
- {name: example.com/shop, tags: {v1: "1"}, entrypoint: [shop], program: idle, binary: shop}
`

// A control plane that runs already learns the images of a course, and forgets
// them for the next one.
func TestARunningControlPlaneLearnsTheImagesOfACourse(t *testing.T) {
	dir := home(t)
	c, err := New(Options{Home: dir, Plane: plane(t), Workers: 1, Detach: true}).Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := Options{Home: dir, Workers: 1, Detach: true, Course: func() map[string]string { return map[string]string{"010-shop": shop} }}
	c, client := open(t, o)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "shop"},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "shop", Image: "example.com/shop:v1"}}}}
	if _, err := client.CoreV1().Pods(cluster.Namespace).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 2*time.Minute, "the pod runs", func(ctx context.Context) bool {
		p, err := client.CoreV1().Pods(cluster.Namespace).Get(ctx, "shop", metav1.GetOptions{})
		return err == nil && p.Status.Phase == corev1.PodRunning
	})
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.Course = func() map[string]string { return nil }
	_, client = open(t, o)
	if _, err := client.CoreV1().ConfigMaps(metav1.NamespaceSystem).Get(t.Context(), courseImages, metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("the other course's images: %v", err)
	}
}
