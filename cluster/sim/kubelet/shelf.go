package kubelet

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// imagesLabel marks the ConfigMaps of kube-system that hold further catalogues,
// a file for each key: those of the course that is learnt with. Package
// cluster/sim writes them.
const imagesLabel = "podium.dev/images"

// A shelf holds the catalogue as it is now.
type shelf struct{ now atomic.Pointer[catalogue] }

// fill puts podium's own catalogue with these further ones on the shelf, unless
// one of them can't be read.
func (s *shelf) fill(further ...string) error {
	c, err := loadCatalogue(further...)
	if err == nil {
		s.now.Store(&c)
	}
	return err
}

// find returns the catalogue's entry for a reference.
func (s *shelf) find(ref imageRef) (image, bool) {
	im, ok := (*s.now.Load())[ref.name][ref.tag]
	return im, ok
}

// look finds an image in the catalogue and, if it isn't there, in what the API
// server has: somebody may have added it this moment.
func (n *Nodes) look(ctx context.Context, ref imageRef) (image, bool) {
	if im, ok := n.images.find(ref); ok {
		return im, true
	}
	list, err := n.options.Client.CoreV1().ConfigMaps(metav1.NamespaceSystem).List(ctx, metav1.ListOptions{LabelSelector: imagesLabel})
	if err != nil {
		return image{}, false
	}
	var all []*corev1.ConfigMap
	for i := range list.Items {
		all = append(all, &list.Items[i])
	}
	n.stock(all)
	return n.images.find(ref)
}

// restock takes up the catalogues that the informer has.
func (n *Nodes) restock() {
	marked, err := labels.Parse(imagesLabel)
	if err != nil {
		return
	}
	list, err := n.factory.Core().V1().ConfigMaps().Lister().ConfigMaps(metav1.NamespaceSystem).List(marked)
	if err == nil {
		n.stock(list)
	}
}

// stock makes the catalogue anew. A ConfigMap that can't be read is left out: it
// was not podium that wrote it.
func (n *Nodes) stock(list []*corev1.ConfigMap) {
	slices.SortFunc(list, func(a, b *corev1.ConfigMap) int { return strings.Compare(a.Name, b.Name) })
	texts := []string{n.options.Images}
	for _, m := range list {
		for _, key := range slices.Sorted(maps.Keys(m.Data)) {
			if _, err := loadCatalogue(m.Data[key]); err != nil {
				n.log.Warn("images not taken up", "configmap", m.Name, "key", key, "error", err)
				continue
			}
			texts = append(texts, m.Data[key])
		}
	}
	if err := n.images.fill(texts...); err != nil {
		n.log.Warn("images not taken up", "error", err)
	}
}

// holdsImages says that an object is a further catalogue.
func holdsImages(m metav1.Object) bool {
	_, marked := m.GetLabels()[imagesLabel]
	return marked && m.GetNamespace() == metav1.NamespaceSystem
}
