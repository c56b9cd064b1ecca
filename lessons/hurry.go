package lessons

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"

	"podium/i18n"
)

// HurryPods deletes at once the pods of a namespace that are leaving it, which
// has to be podium's own: what a state leaves behind isn't waited for while the
// next one is made. A pod that a finalizer holds stays.
func HurryPods(ctx context.Context, config *rest.Config, namespace string) error {
	config = rest.CopyConfig(config)
	config.QPS = -1
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", namespace))
	}
	return hurry(ctx, client, namespace)
}

func hurry(ctx context.Context, client dynamic.Interface, namespace string) error {
	if err := owned(ctx, client, namespace); err != nil {
		return err
	}
	pods := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"}).Namespace(namespace)
	list, err := pods.List(ctx, metav1.ListOptions{})
	if err != nil {
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", namespace))
	}
	for _, pod := range list.Items {
		if pod.GetDeletionTimestamp() == nil {
			continue
		}
		// Of one that comes back under the same name nothing is deleted.
		at := metav1.DeleteOptions{GracePeriodSeconds: ptr.To[int64](0), Preconditions: &metav1.Preconditions{UID: ptr.To(pod.GetUID())}}
		if err := pods.Delete(ctx, pod.GetName(), at); err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", namespace))
		}
	}
	return nil
}
