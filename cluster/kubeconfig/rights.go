package kubeconfig

import (
	"context"
	"slices"
	"strings"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"podium/cluster"
	"podium/i18n"
)

// The roles that podium asks an administrator for.
const (
	learnerRole    = "podium-learner"    // in the learner's own namespace
	lookRole       = "podium-look"       // nodes and namespaces, to be seen only
	instructorRole = "podium-instructor" // makes and removes the namespaces of a class
)

var (
	look   = []string{"get", "list", "watch"}
	change = []string{"get", "list", "watch", "create", "update", "patch", "delete"}
)

// learnerRules are what the lessons do in the learner's namespace, and no more.
var learnerRules = []rbacv1.PolicyRule{
	{APIGroups: []string{""}, Resources: []string{"pods", "services", "configmaps", "secrets", "persistentvolumeclaims", "serviceaccounts", "replicationcontrollers"}, Verbs: change},
	{APIGroups: []string{"autoscaling"}, Resources: []string{"horizontalpodautoscalers"}, Verbs: change}, // kubectl delete all asks for these two
	{APIGroups: []string{"apps"}, Resources: []string{"deployments", "replicasets", "daemonsets", "statefulsets"}, Verbs: change},
	{APIGroups: []string{"apps"}, Resources: []string{"deployments/scale", "replicasets/scale", "statefulsets/scale"}, Verbs: []string{"get", "update", "patch"}},
	{APIGroups: []string{"batch"}, Resources: []string{"jobs", "cronjobs"}, Verbs: change},
	{APIGroups: []string{"policy"}, Resources: []string{"poddisruptionbudgets"}, Verbs: change},
	{APIGroups: []string{"networking.k8s.io"}, Resources: []string{"ingresses"}, Verbs: change},
	{APIGroups: []string{""}, Resources: []string{"events", "endpoints", "resourcequotas", "limitranges", "pods/log", "pods/status"}, Verbs: look},
	{APIGroups: []string{""}, Resources: []string{"events"}, Verbs: []string{"delete", "deletecollection"}}, // a reset clears hundreds
	{APIGroups: []string{"discovery.k8s.io"}, Resources: []string{"endpointslices"}, Verbs: look},
	{APIGroups: []string{"rbac.authorization.k8s.io"}, Resources: []string{"roles", "rolebindings"}, Verbs: look},
	{APIGroups: []string{""}, Resources: []string{"pods/exec", "pods/attach", "pods/portforward", "pods/eviction"}, Verbs: []string{"get", "create"}},
	{APIGroups: []string{""}, Resources: []string{"services/proxy", "pods/proxy"}, Verbs: []string{"get", "create"}}, // requests through a Service
}

// lookRules are for the whole cluster. Without them the lab works, but doesn't
// show the nodes.
var lookRules = []rbacv1.PolicyRule{
	{APIGroups: []string{""}, Resources: []string{"nodes", "namespaces"}, Verbs: look},
	{APIGroups: []string{"storage.k8s.io"}, Resources: []string{"storageclasses"}, Verbs: look},
}

// instructorRules make namespaces with what belongs in them. A ServiceAccount
// can be given only rights that its giver has, hence "bind" on podium's own roles.
var instructorRules = []rbacv1.PolicyRule{
	{APIGroups: []string{""}, Resources: []string{"namespaces", "resourcequotas", "limitranges", "serviceaccounts"}, Verbs: change},
	{APIGroups: []string{""}, Resources: []string{"serviceaccounts/token"}, Verbs: []string{"create"}},
	{APIGroups: []string{"rbac.authorization.k8s.io"}, Resources: []string{"rolebindings", "clusterrolebindings"}, Verbs: change},
	{APIGroups: []string{"rbac.authorization.k8s.io"}, Resources: []string{"clusterroles"}, Verbs: []string{"bind", "get"}, ResourceNames: []string{learnerRole, lookRole}},
}

// Roles returns the ClusterRoles that podium asks for, to be applied by an
// administrator.
func Roles() []rbacv1.ClusterRole {
	var roles []rbacv1.ClusterRole
	for _, r := range []struct {
		name  string
		rules []rbacv1.PolicyRule
	}{{learnerRole, learnerRules}, {lookRole, lookRules}, {instructorRole, instructorRules}} {
		roles = append(roles, rbacv1.ClusterRole{
			TypeMeta:   metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "ClusterRole"},
			ObjectMeta: metav1.ObjectMeta{Name: r.name, Labels: map[string]string{cluster.OwnedLabel: "true"}},
			Rules:      r.rules,
		})
	}
	return roles
}

// Allowed asks the API server, by SelfSubjectAccessReviews, whether the user may
// do in the namespace what lessons do, and make it if it isn't there. The error
// names what is missing and where the ready-made role is printed.
func Allowed(ctx context.Context, client kubernetes.Interface, namespace string) error {
	asked := attributes(namespace, learnerRules)
	_, err := client.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		asked = append(asked, attributes("", instructorRules[:1])...)
	}
	missing, err := refused(ctx, client, asked)
	if err != nil {
		return i18n.Errorf(err, i18n.M("kubeconfig.review", "Why", err.Error()))
	}
	if len(missing) == 0 {
		return nil
	}
	shown := missing[:min(len(missing), mostNamed)]
	return i18n.Errorf(nil, i18n.M("kubeconfig.rights", "Namespace", namespace, "Missing", strings.Join(shown, ", "), "Count", len(missing)))
}

// mostNamed is how many missing rights one sentence names.
const mostNamed = 4

// attributes lists each verb on each resource.
func attributes(namespace string, rules []rbacv1.PolicyRule) []authorizationv1.ResourceAttributes {
	var list []authorizationv1.ResourceAttributes
	for _, r := range rules {
		for _, resource := range r.Resources {
			name, sub, _ := strings.Cut(resource, "/")
			for _, verb := range r.Verbs {
				list = append(list, authorizationv1.ResourceAttributes{
					Namespace: namespace, Verb: verb, Group: r.APIGroups[0], Resource: name, Subresource: sub,
				})
			}
		}
	}
	return list
}

// atOnce bounds the reviews under way: there are about a hundred.
const atOnce = 8

// refused asks for each and returns those that aren't allowed, as "verb resource".
func refused(ctx context.Context, client kubernetes.Interface, asked []authorizationv1.ResourceAttributes) ([]string, error) {
	var (
		group   sync.WaitGroup
		mu      sync.Mutex
		missing []string
		failed  error
		slots   = make(chan struct{}, atOnce)
	)
	for _, a := range asked {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &a}}
			answer, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				failed = err
			case !answer.Status.Allowed:
				missing = append(missing, strings.TrimSuffix(a.Verb+" "+a.Resource+"/"+a.Subresource, "/"))
			}
		})
	}
	group.Wait()
	slices.Sort(missing)
	return missing, failed
}
