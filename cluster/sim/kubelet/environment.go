package kubelet

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"
)

// checkEnv resolves the container's environment, so that a missing ConfigMap or
// Secret is known before the container begins. The result is kept for
// environment.
func (p *pod) checkEnv(ctx context.Context, c *container) error {
	values := map[string]string{}
	var names []string
	put := func(name, value string) {
		if _, ok := values[name]; !ok {
			names = append(names, name)
		}
		values[name] = value
	}
	for _, from := range c.spec.EnvFrom {
		data, err := p.envSource(ctx, from)
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(data)) {
			put(from.Prefix+name, data[name])
		}
	}
	for _, e := range c.spec.Env {
		value := expandRefs(e.Value, pairs(names, values))
		if e.ValueFrom != nil {
			var found bool
			var err error
			if value, found, err = p.envValue(ctx, c, e.ValueFrom); err != nil {
				return err
			}
			if !found {
				continue
			}
		}
		put(e.Name, value)
	}
	p.mu.Lock()
	c.env = pairs(names, values)
	p.mu.Unlock()
	return nil
}

func pairs(names []string, values map[string]string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = name + "=" + values[name]
	}
	return list
}

func (p *pod) envSource(ctx context.Context, from corev1.EnvFromSource) (map[string]string, error) {
	switch {
	case from.ConfigMapRef != nil:
		data, err := p.configMap(ctx, from.ConfigMapRef.Name)
		return data, ignoreOptional(err, from.ConfigMapRef.Optional)
	case from.SecretRef != nil:
		data, err := p.secret(ctx, from.SecretRef.Name)
		return data, ignoreOptional(err, from.SecretRef.Optional)
	}
	return nil, nil
}

func ignoreOptional(err error, optional *bool) error {
	if ptr.Deref(optional, false) && apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// envValue resolves one valueFrom, with the errors of
// makeEnvironmentVariables in pkg/kubelet/kubelet_pods.go.
func (p *pod) envValue(ctx context.Context, c *container, from *corev1.EnvVarSource) (value string, found bool, err error) {
	switch {
	case from.FieldRef != nil:
		value, err := p.field(from.FieldRef.FieldPath)
		return value, true, err
	case from.ResourceFieldRef != nil:
		return p.resourceField(c, from.ResourceFieldRef), true, nil
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		data, err := p.configMap(ctx, ref.Name)
		if err != nil {
			return "", false, ignoreOptional(err, ref.Optional)
		}
		value, found := data[ref.Key]
		if !found && !ptr.Deref(ref.Optional, false) {
			return "", false, fmt.Errorf("couldn't find key %v in ConfigMap %v/%v", ref.Key, p.name.Namespace, ref.Name)
		}
		return value, found, nil
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		data, err := p.secret(ctx, ref.Name)
		if err != nil {
			return "", false, ignoreOptional(err, ref.Optional)
		}
		value, found := data[ref.Key]
		if !found && !ptr.Deref(ref.Optional, false) {
			return "", false, fmt.Errorf("couldn't find key %v in Secret %v/%v", ref.Key, p.name.Namespace, ref.Name)
		}
		return value, found, nil
	}
	return "", false, nil
}

// configMap reads what the informer has and asks the API server only for what it
// doesn't have yet: a thousand pods that start together mount one and the same.
func (p *pod) configMap(ctx context.Context, name string) (map[string]string, error) {
	cm, err := p.nodes.factory.Core().V1().ConfigMaps().Lister().ConfigMaps(p.name.Namespace).Get(name)
	if err != nil {
		cm, err = p.nodes.options.Client.CoreV1().ConfigMaps(p.name.Namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, asKubelet(err, "configmap", name)
	}
	data := maps.Clone(cm.Data)
	if data == nil {
		data = map[string]string{}
	}
	for key, value := range cm.BinaryData {
		data[key] = string(value)
	}
	return data, nil
}

func (p *pod) secret(ctx context.Context, name string) (map[string]string, error) {
	s, err := p.nodes.factory.Core().V1().Secrets().Lister().Secrets(p.name.Namespace).Get(name)
	if err != nil {
		s, err = p.nodes.options.Client.CoreV1().Secrets(p.name.Namespace).Get(ctx, name, metav1.GetOptions{})
	}
	if err != nil {
		return nil, asKubelet(err, "secret", name)
	}
	data := map[string]string{}
	for key, value := range s.Data {
		data[key] = string(value)
	}
	return data, nil
}

// asKubelet words a missing object as a kubelet does, whose own cache answers
// instead of the API server (pkg/kubelet/util/manager/watch_based_manager.go):
// in the singular.
func asKubelet(err error, resource, name string) error {
	if apierrors.IsNotFound(err) {
		return apierrors.NewNotFound(schema.GroupResource{Resource: resource}, name)
	}
	return err
}

// field is the downward API's fieldRef.
func (p *pod) field(path string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.object
	if rest, ok := strings.CutPrefix(path, "metadata.labels['"); ok {
		return o.Labels[strings.TrimSuffix(rest, "']")], nil
	}
	if rest, ok := strings.CutPrefix(path, "metadata.annotations['"); ok {
		return o.Annotations[strings.TrimSuffix(rest, "']")], nil
	}
	switch path {
	case "metadata.name":
		return o.Name, nil
	case "metadata.namespace":
		return o.Namespace, nil
	case "metadata.uid":
		return string(o.UID), nil
	case "metadata.labels":
		return formatMap(o.Labels), nil
	case "metadata.annotations":
		return formatMap(o.Annotations), nil
	case "spec.nodeName":
		return o.Spec.NodeName, nil
	case "spec.serviceAccountName":
		return o.Spec.ServiceAccountName, nil
	case "status.hostIP", "status.hostIPs":
		return p.node.ip, nil
	case "status.podIP", "status.podIPs":
		return p.ip, nil
	}
	return "", fmt.Errorf("unsupported fieldPath: %v", path)
}

// formatMap is fieldpath.FormatMap: one key="value" a line, sorted.
func formatMap(m map[string]string) string {
	var lines []string
	for key, value := range m {
		lines = append(lines, key+"="+strconv.Quote(value))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (p *pod) resourceField(c *container, ref *corev1.ResourceFieldSelector) string {
	spec := c.spec
	for _, other := range p.containers {
		if other.spec.Name == ref.ContainerName {
			spec = other.spec
		}
	}
	kind, name, _ := strings.Cut(ref.Resource, ".")
	list := spec.Resources.Limits
	if kind == "requests" {
		list = spec.Resources.Requests
	}
	quantity := list[corev1.ResourceName(name)]
	divisor := ref.Divisor.MilliValue()
	if divisor <= 0 {
		divisor = 1000 // one whole unit
	}
	return strconv.FormatInt((quantity.MilliValue()+divisor-1)/divisor, 10)
}

// environment is what the container's process gets: the image's, the Services
// of the API server, the container's own.
func (p *pod) environment(c *container, im image) []string {
	list := []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=" + p.hostname(), "HOME=/root"}
	for _, name := range slices.Sorted(maps.Keys(im.Env)) {
		list = append(list, name+"="+im.Env[name])
	}
	list = append(list, p.serviceEnv()...)
	return append(list, c.env...)
}

// serviceEnv are the variables of Services that every pod sees; those of the
// API server come without enableServiceLinks.
func (p *pod) serviceEnv() []string {
	if p.nodes.factory == nil {
		return nil
	}
	lister := p.nodes.factory.Core().V1().Services().Lister()
	var list []string
	add := func(svc *corev1.Service) {
		if svc.Spec.ClusterIP == "" || svc.Spec.ClusterIP == corev1.ClusterIPNone || len(svc.Spec.Ports) == 0 {
			return
		}
		prefix := strings.ToUpper(strings.ReplaceAll(svc.Name, "-", "_"))
		port := strconv.Itoa(int(svc.Spec.Ports[0].Port))
		list = append(list, prefix+"_SERVICE_HOST="+svc.Spec.ClusterIP, prefix+"_SERVICE_PORT="+port,
			prefix+"_PORT=tcp://"+svc.Spec.ClusterIP+":"+port)
	}
	if svc, err := lister.Services(metav1.NamespaceDefault).Get("kubernetes"); err == nil {
		add(svc)
	}
	if !ptr.Deref(p.spec.EnableServiceLinks, true) {
		return list
	}
	own, err := lister.Services(p.name.Namespace).List(everything)
	if err != nil {
		return list
	}
	slices.SortFunc(own, func(a, b *corev1.Service) int { return strings.Compare(a.Name, b.Name) })
	for _, svc := range own {
		if svc.Name != "kubernetes" {
			add(svc)
		}
	}
	return list
}

// hostname is what the pod's containers call themselves.
func (p *pod) hostname() string {
	switch {
	case p.spec.HostNetwork:
		return p.spec.NodeName
	case p.spec.Hostname != "":
		return p.spec.Hostname
	default:
		return p.name.Name[:min(len(p.name.Name), 63)]
	}
}

// expandRefs replaces $(NAME) with the variable's value and $$ with $, and
// leaves unknown names alone (third_party/forked/golang/expansion).
func expandRefs(text string, env []string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	values := map[string]string{}
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "$$"):
			b.WriteByte('$')
			i++
		case strings.HasPrefix(rest, "$("):
			end := strings.IndexByte(rest, ')')
			value, ok := "", false
			if end > 0 {
				value, ok = values[rest[2:end]]
			}
			if !ok {
				b.WriteByte('$')
				continue
			}
			b.WriteString(value)
			i += end
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}
