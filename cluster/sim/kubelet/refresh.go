package kubelet

import (
	"context"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// refreshDelay is how long a mounted ConfigMap or Secret may show its old
// content. A kubelet's takes up to its sync period and its cache together, a
// minute or two: a lesson can't wait as long.
const refreshDelay = 10 * time.Second

// A source is a ConfigMap or a Secret.
type source struct{ kind, namespace, name string }

const configMapKind, secretKind = "ConfigMap", "Secret"

// sourceChanged has every volume that shows the source read it again, after a
// while.
func (n *Nodes) sourceChanged(s source) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.pods {
		if p.node.machine == nil || p.name.Namespace != s.namespace {
			continue
		}
		m := p.node.machine
		for i := range p.spec.Volumes {
			if vol := &p.spec.Volumes[i]; shows(vol, s) {
				m.work.Go(func() {
					if pause(m.ctx, n.pace.scaled(refreshDelay)) {
						p.volumes.refresh(m.ctx, *vol)
					}
				})
			}
		}
	}
}

// metadataChanged has the volumes of a pod that show its own labels and
// annotations read them again, after a while. The caller holds mu.
func (n *Nodes) metadataChanged(p *pod) {
	m := p.node.machine
	if m == nil {
		return
	}
	for i := range p.spec.Volumes {
		if vol := &p.spec.Volumes[i]; showsMetadata(vol) {
			m.work.Go(func() {
				if pause(m.ctx, n.pace.scaled(refreshDelay)) {
					p.volumes.refresh(m.ctx, *vol)
				}
			})
		}
	}
}

func showsMetadata(vol *corev1.Volume) bool {
	return vol.DownwardAPI != nil || vol.Projected != nil && slices.ContainsFunc(vol.Projected.Sources, func(from corev1.VolumeProjection) bool {
		return from.DownwardAPI != nil && len(from.DownwardAPI.Items) > 0
	})
}

// shows says that a volume holds what is in a source.
func shows(vol *corev1.Volume, s source) bool {
	configMap := func(name string) bool { return s.kind == configMapKind && s.name == name }
	secret := func(name string) bool { return s.kind == secretKind && s.name == name }
	switch {
	case vol.ConfigMap != nil:
		return configMap(vol.ConfigMap.Name)
	case vol.Secret != nil:
		return secret(vol.Secret.SecretName)
	case vol.Projected != nil:
		return slices.ContainsFunc(vol.Projected.Sources, func(from corev1.VolumeProjection) bool {
			return from.ConfigMap != nil && configMap(from.ConfigMap.Name) || from.Secret != nil && secret(from.Secret.Name)
		})
	}
	return false
}

// refresh brings a volume's directory up to date. Each file that differs is a
// new one, so that what is open, or mounted by itself with subPath, stays as it
// was. What can't be read any more stays, too, as in a kubelet.
func (v *volumes) refresh(ctx context.Context, vol corev1.Volume) {
	fresh, err := v.read(ctx, vol)
	if err != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	old, prepared := v.data[vol.Name]
	if !prepared {
		return // it will read what is there when it begins
	}
	v.data[vol.Name] = fresh
	dir := v.dirs[vol.Name]
	if dir == nil || maps.Equal(old, fresh) {
		return
	}
	fs := dir.FS()
	for file, content := range fresh {
		if was, ok := old[file]; ok && was == content {
			continue
		}
		if _, there := old[file]; !there {
			_ = fs.WriteFile("/"+file, []byte(content)) // fails only when the pod's space is full: the file is missing then
			continue
		}
		const beside = "/..new" // a name that no key can have
		if fs.WriteFile(beside, []byte(content)) == nil {
			_ = fs.Rename(beside, "/"+file) // fails only for a folder in its place, which no key can be
		}
	}
	for file := range old {
		if _, still := fresh[file]; !still {
			_ = fs.Remove("/" + file) // it can't be there already: nobody else may write here
		}
	}
}
