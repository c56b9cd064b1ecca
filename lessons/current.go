package lessons

import (
	"context"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"podium/cluster"
	"podium/i18n"
)

// Current reports whether a snapshot shows what is in a namespace as the API
// server has it now: every object of the watched kinds in its newest version.
// Events are left out: they tell of what has been.
func Current(ctx context.Context, config *rest.Config, namespace string, s cluster.Snapshot) (bool, error) {
	config = rest.CopyConfig(config)
	config.QPS = -1
	client, err := metadata.NewForConfig(config)
	if err == nil {
		var current bool
		if current, err = isCurrent(ctx, client, namespace, s); err == nil {
			return current, nil
		}
	}
	return false, i18n.Errorf(err, i18n.M("reset.unasked", "Namespace", namespace))
}

// askedAtOnce keeps a busy API server answering others too.
const askedAtOnce = 4

func isCurrent(ctx context.Context, client metadata.Interface, namespace string, s cluster.Snapshot) (bool, error) {
	asked, ctx := errgroup.WithContext(ctx)
	asked.SetLimit(askedAtOnce)
	var behind atomic.Bool
	for _, kind := range cluster.Kinds() {
		group := kind.GroupKind()
		if !kind.Namespaced || group == eventKind || slices.Contains(s.Missing, group) {
			continue
		}
		asked.Go(func() error {
			resource := kind.GroupVersion().WithResource(kind.Resource)
			list, err := client.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{})
			if err != nil {
				if skippable(err) { // rights that were taken away meanwhile
					return nil
				}
				return err
			}
			shown := map[types.UID]string{}
			for _, o := range s.In(group, namespace) {
				shown[o.GetUID()] = o.GetResourceVersion()
			}
			if len(shown) != len(list.Items) || slices.ContainsFunc(list.Items, func(o metav1.PartialObjectMetadata) bool {
				return shown[o.UID] != o.ResourceVersion
			}) {
				behind.Store(true)
			}
			return nil
		})
	}
	err := asked.Wait()
	return !behind.Load(), err
}
