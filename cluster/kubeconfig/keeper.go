package kubeconfig

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"podium/cluster"
	"podium/i18n"
)

var _ cluster.Keeper = (*Provider)(nil)

// Status implements [cluster.Keeper]: whether the API server answers, and since
// when the learner's namespace is there.
func (p *Provider) Status(ctx context.Context) (cluster.Status, error) {
	status := cluster.Status{Home: p.options.Home}
	client, err := p.client(ctx)
	if err != nil {
		return status, err
	}
	status.Running, status.Ready, status.Detached = true, true, true
	ns, err := client.CoreV1().Namespaces().Get(ctx, NamespaceOf(p.options.Learner), metav1.GetOptions{})
	switch {
	case err == nil:
		status.Exists = ns.Labels[cluster.OwnedLabel] == "true"
		status.Since = ns.CreationTimestamp.Time
	case !apierrors.IsNotFound(err) && !apierrors.IsForbidden(err):
		return status, failed(err, NamespaceOf(p.options.Learner))
	}
	return status, nil
}

// Down implements [cluster.Keeper]. There is nothing to stop: the cluster is
// not podium's.
func (p *Provider) Down(context.Context) error { return nil }

// Delete implements [cluster.Keeper]: it removes every namespace, role and
// binding that podium made in the cluster.
func (p *Provider) Delete(ctx context.Context) error {
	return p.Remove(ctx, func(string, string) {})
}

// client connects without telling stages.
func (p *Provider) client(ctx context.Context) (*kubernetes.Clientset, error) {
	config, err := p.chosen()
	if err != nil {
		return nil, err
	}
	_, client, err := p.connect(ctx, newStages(nil), config)
	return client, err
}

// Question is what to ask a user before a context that looks like production is
// opened, or the zero message when err doesn't wrap [ErrProduction].
func (p *Provider) Question(err error) i18n.Message {
	word, ok := i18n.Explain(err).Args["Word"]
	if !ok {
		return i18n.Message{}
	}
	return i18n.M("kubeconfig.ask", "Context", p.options.Context, "Word", word)
}
