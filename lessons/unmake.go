package lessons

import (
	"context"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"

	"podium/i18n"
)

var namespaceKind = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}

// unmake removes a namespace with all that is in it and returns when it is gone.
// It does what Kubernetes' namespace controller does, without the five seconds
// that one waits first (namespaceDeletionGracePeriod in
// k8s.io/kubernetes/pkg/controller/namespace): a reset is waited for.
func unmake(ctx context.Context, kinds []deletableKind, client dynamic.Interface, name string) error {
	namespaces := client.Resource(namespaceKind)
	err := namespaces.Delete(ctx, name, metav1.DeleteOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil && !apierrors.IsConflict(err) { // a conflict: it is going already
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", name))
	}
	e := &emptier{client: client, namespace: name, leaving: true}
	if err := e.empty(ctx, kinds); err != nil {
		return err
	}
	err = wait.PollUntilContextTimeout(ctx, passEvery, stuckAfter, true, func(ctx context.Context) (bool, error) {
		ns, err := namespaces.Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			err = finalize(ctx, namespaces, ns)
		}
		switch {
		case apierrors.IsNotFound(err):
			return true, nil
		case apierrors.IsConflict(err):
			return false, nil
		}
		return false, err
	})
	if err != nil {
		return i18n.Errorf(err, i18n.M("empty.stuck", "Namespace", name, "Left", "namespace/"+name))
	}
	return nil
}

// finalize says of a namespace that is leaving that nothing is left in it: the
// API server then lets it go.
func finalize(ctx context.Context, namespaces dynamic.NamespaceableResourceInterface, ns *unstructured.Unstructured) error {
	if err := release(ctx, namespaces, ns); err != nil {
		return err
	}
	held, _, err := unstructured.NestedStringSlice(ns.Object, "spec", "finalizers")
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Clone(held), func(name string) bool { return name == "kubernetes" })
	if len(kept) == len(held) {
		return nil
	}
	if err := unstructured.SetNestedStringSlice(ns.Object, kept, "spec", "finalizers"); err != nil {
		return err
	}
	_, err = namespaces.Update(ctx, ns, metav1.UpdateOptions{}, "finalize")
	return err
}
