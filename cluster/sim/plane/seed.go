package main

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	apiregistrationv1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	aggregator "k8s.io/kube-aggregator/pkg/client/clientset_generated/clientset"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

// labNamespace is where lessons work, and ownedLabel marks it as podium's: the
// same as cluster.Namespace and cluster.OwnedLabel, which podium's side of the
// pipe checks.
const (
	labNamespace = "lab"
	ownedLabel   = "podium.dev/owned"
)

// seedLimit is how long the controllers may take to furnish the namespaces.
const seedLimit = 2 * time.Minute

// seed makes what podium counts on in a new cluster and returns once pods can
// be created in it. It changes nothing that is there.
func seed(ctx context.Context, server *apiServer) error {
	client := server.client
	_, namespace := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{Name: labNamespace, Labels: map[string]string{ownedLabel: "true"}},
	}, metav1.CreateOptions{})
	if err := errors.Join(there(namespace), allowViewers(ctx, client), offerMetrics(ctx, server)); err != nil {
		return err
	}
	for _, name := range []string{labNamespace, corev1.NamespaceDefault} {
		if err := awaitServiceAccount(ctx, client, name); err != nil {
			return err
		}
	}
	return nil
}

// awaitServiceAccount waits until pods can be created in the namespace: the API
// server refuses them while it has no default service account.
func awaitServiceAccount(ctx context.Context, client kubernetes.Interface, namespace string) error {
	return wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, seedLimit, true, func(ctx context.Context) (bool, error) {
		_, err := client.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
}

// allowViewers lets the viewers' certificate read what the board shows: the
// ClusterRole view, which has neither Secrets nor anything outside namespaces,
// and the latter by name.
func allowViewers(ctx context.Context, client kubernetes.Interface) error {
	read := []string{"get", "list", "watch"}
	role := &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: viewers},
		Rules: []rbacv1.PolicyRule{
			{APIGroups: []string{""}, Resources: []string{"nodes", "namespaces", "persistentvolumes", "componentstatuses"}, Verbs: read},
			{APIGroups: []string{"metrics.k8s.io"}, Resources: []string{"nodes", "pods"}, Verbs: read},
			{APIGroups: []string{"events.k8s.io"}, Resources: []string{"events"}, Verbs: read},
			{APIGroups: []string{"storage.k8s.io"}, Resources: []string{"storageclasses", "csinodes", "volumeattachments"}, Verbs: read},
			{APIGroups: []string{"rbac.authorization.k8s.io"}, Resources: []string{"clusterroles", "clusterrolebindings", "roles", "rolebindings"}, Verbs: read},
			{APIGroups: []string{"networking.k8s.io"}, Resources: []string{"ingressclasses"}, Verbs: read},
			{APIGroups: []string{"scheduling.k8s.io"}, Resources: []string{"priorityclasses"}, Verbs: read},
			{APIGroups: []string{"apiextensions.k8s.io"}, Resources: []string{"customresourcedefinitions"}, Verbs: read},
			{APIGroups: []string{"coordination.k8s.io"}, Resources: []string{"leases"}, Verbs: read},
		},
	}
	_, err := client.RbacV1().ClusterRoles().Create(ctx, role, metav1.CreateOptions{})
	failed := []error{there(err)}
	for binding, role := range map[string]string{viewers: viewers, viewers + ":view": "view"} {
		_, err := client.RbacV1().ClusterRoleBindings().Create(ctx, &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: binding},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: viewers}},
		}, metav1.CreateOptions{})
		failed = append(failed, there(err))
	}
	return errors.Join(failed...)
}

// offerMetrics has the API server ask the simulated nodes for what kubectl top
// and autoscalers want to know, and lets whoever may view a namespace read it:
// what metrics-server's own manifest does.
func offerMetrics(ctx context.Context, server *apiServer) error {
	client, err := aggregator.NewForConfig(server.config)
	if err != nil {
		return err
	}
	group := metricsv1beta1.SchemeGroupVersion
	_, service := client.ApiregistrationV1().APIServices().Create(ctx, &apiregistrationv1.APIService{
		ObjectMeta: metav1.ObjectMeta{Name: group.Version + "." + group.Group, Labels: map[string]string{"k8s-app": "metrics-server"}},
		Spec: apiregistrationv1.APIServiceSpec{
			Group: group.Group, Version: group.Version, GroupPriorityMinimum: 100, VersionPriority: 100,
			InsecureSkipTLSVerify: true, // it never leaves this process
			Service:               &apiregistrationv1.ServiceReference{Namespace: metav1.NamespaceSystem, Name: "metrics-server"},
		},
	}, metav1.CreateOptions{})
	aggregate := func(role string) string { return "rbac.authorization.k8s.io/aggregate-to-" + role }
	_, role := server.client.RbacV1().ClusterRoles().Create(ctx, &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: "system:aggregated-metrics-reader", Labels: map[string]string{
			"k8s-app": "metrics-server", aggregate("view"): "true", aggregate("edit"): "true", aggregate("admin"): "true",
		}},
		Rules: []rbacv1.PolicyRule{{APIGroups: []string{group.Group}, Resources: []string{"pods", "nodes"}, Verbs: []string{"get", "list", "watch"}}},
	}, metav1.CreateOptions{})
	return errors.Join(there(service), there(role))
}

// there takes "it exists" as success.
func there(err error) error {
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}
