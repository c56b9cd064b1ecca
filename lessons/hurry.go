package lessons

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"

	"podium/i18n"
)

// HurryPods waits until the controllers of a namespace's workloads have seen what
// was asked of them, for no longer than seenAtMost, and deletes at once the pods
// that are leaving. The namespace has to be podium's own: what a state leaves
// behind isn't waited for while the next one is made. A pod that a finalizer holds
// stays.
func HurryPods(ctx context.Context, config *rest.Config, namespace string) error {
	config = rest.CopyConfig(config)
	config.QPS = -1
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", namespace))
	}
	return hurry(ctx, client, namespace)
}

// seenAtMost is how long a controller is waited for: one that is gone shows in
// what comes next.
const seenAtMost = 15 * time.Second

func hurry(ctx context.Context, client dynamic.Interface, namespace string) error {
	if err := owned(ctx, client, namespace); err != nil {
		return err
	}
	err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, seenAtMost, true, func(ctx context.Context) (bool, error) {
		return seen(ctx, client, namespace)
	})
	if err == nil || wait.Interrupted(err) && ctx.Err() == nil {
		err = dropLeaving(ctx, client, namespace)
	}
	if err != nil {
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", namespace))
	}
	return nil
}

// workloads are the kinds whose controllers tell which generation they have seen,
// in the order in which one makes the other.
var workloads = []string{"deployments", "replicasets", "daemonsets", "statefulsets"}

// seen reports whether every workload's controller has acted on its newest
// generation.
func seen(ctx context.Context, client dynamic.Interface, namespace string) (bool, error) {
	for _, resource := range workloads {
		kind := schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: resource}
		list, err := client.Resource(kind).Namespace(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		for _, o := range list.Items {
			if observed, _, _ := unstructured.NestedInt64(o.Object, "status", "observedGeneration"); observed < o.GetGeneration() {
				return false, nil
			}
		}
	}
	return true, nil
}

func dropLeaving(ctx context.Context, client dynamic.Interface, namespace string) error {
	pods := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"}).Namespace(namespace)
	list, err := pods.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, pod := range list.Items {
		if pod.GetDeletionTimestamp() == nil {
			continue
		}
		// Of one that comes back under the same name nothing is deleted.
		at := metav1.DeleteOptions{GracePeriodSeconds: ptr.To[int64](0), Preconditions: &metav1.Preconditions{UID: ptr.To(pod.GetUID())}}
		if err := pods.Delete(ctx, pod.GetName(), at); err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			return err
		}
	}
	return nil
}
