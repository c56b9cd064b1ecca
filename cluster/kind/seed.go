package kind

import (
	"context"
	"encoding/json"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// viewer is who those are that look on, and the role that lets them.
const viewer = "podium-viewer"

// loaded is the policy for images that are on every node.
const loaded = "podium-loaded-images"

// seed makes what podium needs in a new cluster and mends it in an old one: the
// learner's namespace, the right to look on, and the policy for loaded images.
func seed(ctx context.Context, client kubernetes.Interface, images []string) error {
	type object struct {
		path string
		body any
	}
	objects := []object{
		{"/api/v1/namespaces/" + cluster.Namespace, corev1.Namespace{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
			ObjectMeta: metav1.ObjectMeta{Name: cluster.Namespace, Labels: map[string]string{cluster.OwnedLabel: "true"}},
		}},
		{"/apis/rbac.authorization.k8s.io/v1/clusterroles/" + viewer, rbacv1.ClusterRole{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole"},
			ObjectMeta: metav1.ObjectMeta{Name: viewer},
			Rules:      []rbacv1.PolicyRule{{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"get", "list", "watch"}}},
		}},
		{"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/" + viewer, rbacv1.ClusterRoleBinding{
			TypeMeta:   metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRoleBinding"},
			ObjectMeta: metav1.ObjectMeta{Name: viewer},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: viewer},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: viewer}},
		}},
	}
	if len(images) > 0 {
		policy, binding := useLoaded(images)
		objects = append(objects,
			object{"/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies/" + loaded, policy},
			object{"/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings/" + loaded, binding})
	}
	for _, o := range objects {
		body, err := json.Marshal(o.body)
		if err != nil {
			return err
		}
		err = client.CoreV1().RESTClient().Patch(types.ApplyPatchType).AbsPath(o.path).
			Param("fieldManager", "podium").Param("force", "true").Body(body).Do(ctx).Error()
		if apierrors.IsNotFound(err) && strings.Contains(o.path, "mutatingadmission") {
			return nil // Kubernetes before 1.36: such images are pulled each time
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// useLoaded makes pods use the images that podium has loaded into every node.
// Kubernetes pulls an image without a tag, or with the tag latest, each time a
// container starts (imagePullPolicy Always); a class without internet would
// never see one start.
func useLoaded(images []string) (admissionv1.MutatingAdmissionPolicy, admissionv1.MutatingAdmissionPolicyBinding) {
	var names []string
	for _, image := range images {
		names = append(names, spellings(image)...)
	}
	quoted, err := json.Marshal(names) // a list of strings is written alike in JSON and in CEL
	if err != nil {
		quoted = []byte("[]")
	}
	meta := metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "MutatingAdmissionPolicy"}
	policy := admissionv1.MutatingAdmissionPolicy{TypeMeta: meta, ObjectMeta: metav1.ObjectMeta{Name: loaded}}
	policy.Spec = admissionv1.MutatingAdmissionPolicySpec{
		FailurePolicy:      ptr.To(admissionv1.Ignore),
		ReinvocationPolicy: admissionv1.NeverReinvocationPolicy,
		MatchConstraints: &admissionv1.MatchResources{ResourceRules: []admissionv1.NamedRuleWithOperations{{
			RuleWithOperations: admissionv1.RuleWithOperations{
				Operations: []admissionv1.OperationType{admissionv1.Create},
				Rule:       admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
			},
		}}},
		Variables: []admissionv1.Variable{{Name: "loaded", Expression: string(quoted)}},
		MatchConditions: []admissionv1.MatchCondition{
			{Name: "lessons", Expression: "!request.namespace.startsWith('kube-')"},
		},
	}
	for _, list := range []string{"containers", "initContainers"} {
		policy.Spec.Mutations = append(policy.Spec.Mutations, admissionv1.Mutation{
			PatchType: admissionv1.PatchTypeApplyConfiguration,
			ApplyConfiguration: &admissionv1.ApplyConfiguration{Expression: strings.ReplaceAll(
				`Object{spec: Object.spec{LIST: object.spec.?LIST.orValue([]).filter(c, c.image in variables.loaded)`+
					`.map(c, Object.spec.LIST{name: c.name, imagePullPolicy: "IfNotPresent"})}}`, "LIST", list)},
		})
	}
	meta.Kind = "MutatingAdmissionPolicyBinding"
	return policy, admissionv1.MutatingAdmissionPolicyBinding{
		TypeMeta: meta, ObjectMeta: metav1.ObjectMeta{Name: loaded},
		Spec: admissionv1.MutatingAdmissionPolicyBindingSpec{PolicyName: loaded},
	}
}
