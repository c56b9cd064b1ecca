// Package kubeconfig opens a context of the user's own kubeconfig: a cluster
// that podium did not make and shares with others. Everything happens in
// namespaces that podium labelled as its own, with a quota; the user's files are
// read and never written.
package kubeconfig

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"podium/cluster"
	"podium/i18n"
)

// Name is the word that chooses this provider.
const Name = "kubeconfig"

// Options say which cluster is meant and who learns there.
type Options struct {
	Home      string // podium's own kubeconfig goes here
	File      string // the user's kubeconfig; "" for KUBECONFIG, else ~/.kube/config
	Context   string // one of its contexts, named by the user: there is no default
	Learner   string // whose namespace it is
	Confirmed string // the context's name once more, as the user typed it
}

// A Provider opens one context. It implements [cluster.Provider].
type Provider struct{ options Options }

// New returns the provider. It looks at nothing yet.
func New(o Options) *Provider { return &Provider{options: o} }

var _ cluster.Provider = (*Provider)(nil)

// ErrProduction says that the context looks like one that people depend on. It
// can be opened once its name is given in Confirmed.
var ErrProduction = errors.New("the context looks like production")

// Name implements [cluster.Provider].
func (p *Provider) Name() string { return Name }

// Check implements [cluster.Provider]. It reads the user's kubeconfig and calls
// nobody. Its error wraps [ErrProduction] when the context has to be confirmed.
func (p *Provider) Check(context.Context) error {
	_, err := p.chosen()
	return err
}

// chosen returns the user's kubeconfig, reduced to the context that was named.
func (p *Provider) chosen() (*api.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = p.options.File
	config, err := rules.Load()
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("kubeconfig.unreadable", "Why", err.Error()))
	}
	names := contexts(config)
	name := p.options.Context
	switch {
	case len(names) == 0:
		return nil, i18n.Errorf(nil, i18n.M("kubeconfig.empty"))
	case name == "":
		return nil, i18n.Errorf(nil, i18n.M("kubeconfig.unnamed", "Contexts", strings.Join(names, ", ")))
	case config.Contexts[name] == nil:
		return nil, i18n.Errorf(nil, i18n.M("kubeconfig.unknown", "Context", name, "Contexts", strings.Join(names, ", ")))
	}
	config.CurrentContext = name
	if err := api.MinifyConfig(config); err != nil {
		return nil, i18n.Errorf(err, i18n.M("kubeconfig.broken", "Context", name, "Why", err.Error()))
	}
	if word := productionWord(config); word != "" && p.options.Confirmed != name {
		return nil, i18n.Errorf(ErrProduction, i18n.M("kubeconfig.production", "Context", name, "Word", word))
	}
	return config, nil
}

func contexts(config *api.Config) []string {
	var names []string
	for name := range config.Contexts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// production is what people call clusters that others depend on. It stands as a
// word of its own, so that "product-demo" and "alive" are nobody's production.
var production = regexp.MustCompile(`(?i)(?:^|[^a-z])(prod|prd|production|live|main|critical)(?:[^a-z]|$)|(운영|프로덕션)`)

// productionWord returns the word that makes the context look like production,
// or "".
func productionWord(config *api.Config) string {
	c := config.Contexts[config.CurrentContext]
	texts := []string{config.CurrentContext, c.Cluster}
	if server := config.Clusters[c.Cluster]; server != nil {
		if u, err := url.Parse(server.Server); err == nil {
			texts = append(texts, u.Hostname())
		}
	}
	for _, text := range texts {
		if m := production.FindStringSubmatch(text); m != nil {
			return m[1] + m[2]
		}
	}
	return ""
}
