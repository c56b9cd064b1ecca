package sim

import (
	"context"
	"maps"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"podium/cluster"
)

// courseImages is the ConfigMap in kube-system that holds the images of the
// course, and imagesLabel how the simulated kubelets find it: package
// cluster/sim/kubelet reads them.
const (
	courseImages = "podium-course-images"
	imagesLabel  = "podium.dev/images"
)

// bringImages makes the cluster's nodes know the images of the course, and no
// other course's. It holds for a control plane that runs already, too.
func (p *Provider) bringImages(ctx context.Context, c *cluster.Cluster) error {
	if p.options.Course == nil {
		return nil
	}
	client, err := kubernetes.NewForConfig(c.Config)
	if err != nil {
		return p.failed(err.Error())
	}
	if err := writeImages(ctx, client, p.options.Course()); err != nil {
		return p.failed(err.Error())
	}
	return nil
}

func writeImages(ctx context.Context, client kubernetes.Interface, files map[string]string) error {
	configMaps := client.CoreV1().ConfigMaps(metav1.NamespaceSystem)
	there, err := configMaps.Get(ctx, courseImages, metav1.GetOptions{})
	missing := apierrors.IsNotFound(err)
	if err != nil && !missing {
		return err
	}
	want := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: courseImages, Labels: map[string]string{imagesLabel: ""}}, Data: maps.Clone(files)}
	switch {
	case len(files) == 0 && missing:
		return nil
	case len(files) == 0:
		return configMaps.Delete(ctx, courseImages, metav1.DeleteOptions{})
	case missing:
		_, err = configMaps.Create(ctx, want, metav1.CreateOptions{})
	case !maps.Equal(there.Data, want.Data):
		_, err = configMaps.Update(ctx, want, metav1.UpdateOptions{})
	}
	return err
}
