package kubeconfig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1ac "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
)

// LearnerLabel says whose namespace it is.
const LearnerLabel = "podium.dev/learner"

// fieldManager is the name under which podium's own objects are applied.
const fieldManager = "podium"

var (
	notInNames = regexp.MustCompile(`[^a-z0-9]+`)
	applied    = metav1.ApplyOptions{FieldManager: fieldManager, Force: true}
	deleteNow  = metav1.DeleteOptions{PropagationPolicy: ptr.To(metav1.DeletePropagationForeground)}
)

// longestLearner leaves room in a label of 63 characters.
const longestLearner = 40

// NamespaceOf is the namespace of a learner: podium-<learner>, with what no
// namespace's name may hold left out.
func NamespaceOf(learner string) string { return "podium-" + label(learner) }

// label makes a name out of what people are called. One that keeps nothing, as a
// Korean one, becomes a mark that is always the same.
func label(learner string) string {
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(learner), "-"), "-")
	if len(name) > longestLearner {
		name = strings.Trim(name[:longestLearner], "-")
	}
	if name == "" {
		sum := sha256.Sum256([]byte(learner))
		return "learner-" + hex.EncodeToString(sum[:4])
	}
	return name
}

// What one learner may take: the largest step of the lessons runs 12 small pods
// at once, a rollout doubles them, and other learners share the nodes.
var (
	quota = corev1.ResourceList{
		corev1.ResourcePods:                   resource.MustParse("40"),
		corev1.ResourceRequestsCPU:            resource.MustParse("4"),
		corev1.ResourceRequestsMemory:         resource.MustParse("4Gi"),
		corev1.ResourceLimitsMemory:           resource.MustParse("8Gi"),
		corev1.ResourceServicesLoadBalancers:  resource.MustParse("1"), // one stays pending in a lesson; each may cost money
		corev1.ResourceServicesNodePorts:      resource.MustParse("5"),
		corev1.ResourcePersistentVolumeClaims: resource.MustParse("4"),
	}
	defaultRequest = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("20m"), corev1.ResourceMemory: resource.MustParse("32Mi")}
	defaultLimit   = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("128Mi")}
)

// ensureNamespace makes the learner's namespace with its quota and limits, or
// takes up the one that is there. made says that this call made it. A user who
// may not change quotas, as a member of a class, finds them there already.
func ensureNamespace(ctx context.Context, client kubernetes.Interface, name, learner string) (made bool, err error) {
	ns, err := client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	switch {
	case err == nil && ns.Labels[cluster.OwnedLabel] != "true":
		return false, i18n.Errorf(nil, i18n.M("kubeconfig.taken", "Namespace", name, "Label", cluster.OwnedLabel))
	case err == nil && ns.Status.Phase == corev1.NamespaceTerminating:
		return false, i18n.Errorf(nil, i18n.M("kubeconfig.terminating", "Namespace", name))
	case err != nil && !apierrors.IsNotFound(err) && !apierrors.IsForbidden(err):
		return false, failed(err, name)
	case apierrors.IsForbidden(err):
		return false, nil // it was prepared: the rights in it have been asked for
	}
	if made = err != nil; made {
		_, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: map[string]string{cluster.OwnedLabel: "true", LearnerLabel: label(learner)},
		}}, metav1.CreateOptions{FieldManager: fieldManager})
		if err != nil {
			return false, failed(err, name)
		}
	}
	if err := bound(ctx, client, name); err != nil && (made || !apierrors.IsForbidden(err)) {
		return made, failed(err, name)
	}
	return made, nil
}

// bound sets the namespace's quota and what containers without requests get:
// under a quota, one that says nothing would be refused.
func bound(ctx context.Context, client kubernetes.Interface, name string) error {
	own := map[string]string{cluster.OwnedLabel: "true"} // emptying the namespace leaves what has it
	q := corev1ac.ResourceQuota(fieldManager, name).WithLabels(own).WithSpec(corev1ac.ResourceQuotaSpec().WithHard(quota))
	if _, err := client.CoreV1().ResourceQuotas(name).Apply(ctx, q, applied); err != nil {
		return err
	}
	l := corev1ac.LimitRange(fieldManager, name).WithLabels(own).WithSpec(corev1ac.LimitRangeSpec().WithLimits(
		corev1ac.LimitRangeItem().WithType(corev1.LimitTypeContainer).WithDefaultRequest(defaultRequest).WithDefault(defaultLimit)))
	_, err := client.CoreV1().LimitRanges(name).Apply(ctx, l, applied)
	return err
}

func failed(err error, namespace string) error {
	return i18n.Errorf(err, i18n.M("kubeconfig.namespace", "Namespace", namespace, "Why", err.Error()))
}
