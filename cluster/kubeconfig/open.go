package kubeconfig

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"podium/cluster"
	"podium/i18n"
	"podium/ownfile"
)

// answerLimit is how long the API server may take to answer the first request:
// longer than any healthy one over a slow line.
const answerLimit = 15 * time.Second

// Open implements [cluster.Provider]. It makes the learner's namespace unless
// it is there, and refuses one that podium did not make. Cancelled, it leaves
// the namespace, which is empty and taken up again by the next Open; a namespace
// that this call made is removed when a later stage fails.
func (p *Provider) Open(ctx context.Context, report func(cluster.Stage)) (*cluster.Cluster, error) {
	progress := newStages(report)
	config, err := p.chosen()
	if err != nil {
		return nil, err
	}
	connection, client, err := p.connect(ctx, progress, config)
	if err != nil {
		return nil, err
	}
	progress.begin(i18n.M("kubeconfig.stage.rights"))
	namespace := NamespaceOf(p.options.Learner)
	if err := Allowed(ctx, client, namespace); err != nil {
		return nil, err
	}
	unseen, err := refused(ctx, client, attributes("", lookRules[:1]))
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("kubeconfig.review", "Why", err.Error()))
	}
	progress.begin(i18n.M("kubeconfig.stage.namespace", "Namespace", namespace))
	made, err := ensureNamespace(ctx, client, namespace, p.options.Learner)
	if err != nil {
		return nil, err
	}
	file, err := p.write(config, namespace)
	if err != nil {
		if made {
			err = errors.Join(err, client.CoreV1().Namespaces().Delete(context.WithoutCancel(ctx), namespace, deleteNow))
		}
		return nil, err
	}
	progress.finish()
	return &cluster.Cluster{
		Name: p.options.Context, Provider: Name, Namespace: namespace, Config: connection, Kubeconfig: file,
		Shared: true, Blind: len(unseen) > 0,
		Close: func(context.Context) error { return nil }, // the cluster was there before podium, and stays
	}, nil
}

// connect asks the API server for its version: the quickest answer that proves
// address, certificate and credentials.
func (p *Provider) connect(ctx context.Context, progress *stages, config *api.Config) (*rest.Config, *kubernetes.Clientset, error) {
	progress.begin(i18n.M("kubeconfig.stage.connect", "Context", p.options.Context))
	connection, err := clientcmd.NewDefaultClientConfig(*config, nil).ClientConfig()
	if err != nil {
		return nil, nil, i18n.Errorf(err, i18n.M("kubeconfig.broken", "Context", p.options.Context, "Why", err.Error()))
	}
	connection.WarningHandlerWithContext = rest.NoWarnings{}
	connection.QPS = -1 // a hundred small reviews, bounded by atOnce
	client, err := kubernetes.NewForConfig(connection)
	if err != nil {
		return nil, nil, i18n.Errorf(err, i18n.M("kubeconfig.broken", "Context", p.options.Context, "Why", err.Error()))
	}
	limited, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	if err := client.Discovery().RESTClient().Get().AbsPath("/version").Do(limited).Error(); err != nil {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		return nil, nil, i18n.Errorf(err, i18n.M("kubeconfig.silent", "Context", p.options.Context, "Server", connection.Host, "Why", err.Error()))
	}
	return connection, client, nil
}

// write keeps a kubeconfig of podium's own, with this context alone and the
// learner's namespace in it. Files that the user's refers to are named by their
// full path.
func (p *Provider) write(config *api.Config, namespace string) (string, error) {
	own := config.DeepCopy()
	own.Contexts[own.CurrentContext].Namespace = namespace
	if err := clientcmd.ResolveLocalPaths(own); err != nil {
		return "", i18n.Errorf(err, i18n.M("kubeconfig.home", "Dir", p.options.Home, "Why", err.Error()))
	}
	text, err := clientcmd.Write(*own)
	if err == nil {
		err = os.MkdirAll(p.options.Home, 0o700)
	}
	file := filepath.Join(p.options.Home, "kubeconfig")
	if err == nil {
		err = ownfile.Write(file, text)
	}
	if err != nil {
		return "", i18n.Errorf(err, i18n.M("kubeconfig.home", "Dir", p.options.Home, "Why", err.Error()))
	}
	return file, nil
}

// Stages of opening, told one after the other.
type stages struct {
	report func(cluster.Stage)
	began  time.Time
	open   i18n.Message
}

func newStages(report func(cluster.Stage)) *stages {
	if report == nil {
		report = func(cluster.Stage) {}
	}
	return &stages{report: report, began: time.Now()}
}

func (s *stages) begin(m i18n.Message) {
	s.finish()
	s.open = m
	s.report(cluster.Stage{Message: m, Elapsed: time.Since(s.began)})
}

func (s *stages) finish() {
	if !s.open.IsZero() {
		s.report(cluster.Stage{Message: s.open, Elapsed: time.Since(s.began), Done: true})
	}
	s.open = i18n.Message{}
}
