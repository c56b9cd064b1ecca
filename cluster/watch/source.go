package watch

import (
	"context"
	"errors"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"

	"podium/cluster"
)

var errRefused = errors.New("the API server refuses to list this kind")

// A source is where one kind comes from: list-watches to try in order, the
// wider before the narrower.
type source struct {
	kind  cluster.Kind
	scope []cache.ListerWatcher
}

// sources makes a source for every kind. Objects travel as protobuf, which
// costs a fraction of JSON to decode; home is where a namespaced kind is
// watched when it may not be watched everywhere.
func sources(config *rest.Config, client *http.Client, home string) ([]source, error) {
	clients := map[schema.GroupVersion]*rest.RESTClient{}
	var all []source
	for _, kind := range cluster.Kinds() {
		group := kind.GroupVersion()
		if clients[group] == nil {
			made, err := rest.RESTClientForConfigAndClient(groupConfig(config, group), client)
			if err != nil {
				return nil, err
			}
			clients[group] = made
		}
		s := source{kind: kind}
		for _, namespace := range scopes(kind, home) {
			s.scope = append(s.scope, cache.NewListWatchFromClient(clients[group], kind.Resource, namespace, fields.Everything()))
		}
		all = append(all, s)
	}
	return all, nil
}

func scopes(kind cluster.Kind, home string) []string {
	if kind.Namespaced && home != "" {
		return []string{metav1.NamespaceAll, home}
	}
	return []string{metav1.NamespaceAll}
}

func groupConfig(config *rest.Config, group schema.GroupVersion) *rest.Config {
	config = rest.CopyConfig(config)
	config.GroupVersion = &group
	config.APIPath = "/apis"
	if group.Group == "" {
		config.APIPath = "/api"
	}
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	return config
}

// follow queues every change of the source's kind until ctx ends, and calls
// listed when all that is there now is queued; before that narrowed, when it has
// to look in the learner's namespace alone. It returns false, and never
// calls listed, when the API server doesn't give the kind to this user.
func (s source) follow(ctx context.Context, q *queue, narrowed, listed func()) bool {
	for i, scope := range s.scope {
		if i > 0 {
			narrowed()
		}
		if s.inform(ctx, scope, q, listed) {
			return true
		}
	}
	return false
}

// inform runs one informer; it returns false when its very first list is
// refused, and else when ctx has ended.
func (s source) inform(ctx context.Context, scope cache.ListerWatcher, q *queue, listed func()) bool {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	example, err := scheme.Scheme.New(s.kind.GroupVersionKind)
	if err != nil {
		return false
	}
	informer := cache.NewSharedIndexInformerWithOptions(scope, example, cache.SharedIndexInformerOptions{})
	if err := informer.SetTransform(trim(s.kind.GroupVersionKind)); err != nil {
		return false
	}
	if err := informer.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) {
		if !informer.HasSynced() && refused(err) {
			stop(errRefused)
		}
	}); err != nil {
		return false
	}
	silent := klog.Logger{}
	handle, err := informer.AddEventHandlerWithOptions(handler(s.kind.GroupKind(), q), cache.HandlerOptions{Logger: &silent})
	if err != nil {
		return false
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-handle.HasSyncedChecker().Done():
			listed()
		case <-ctx.Done():
		}
	}()
	informer.RunWithContext(ctx)
	<-done
	return !errors.Is(context.Cause(ctx), errRefused)
}

// refused reports whether trying again is no use: the user lacks the right, or
// the API server doesn't know the kind.
func refused(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsNotFound(err) || apierrors.IsMethodNotSupported(err)
}
