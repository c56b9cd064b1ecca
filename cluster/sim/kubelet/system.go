package kubelet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/ptr"

	"podium/manifests"
)

// applySystem makes what runs in kube-system. It tries again until all of it is
// there: the API server makes the namespace and the priority classes by itself,
// a moment after it has become ready.
func (n *Nodes) applySystem(ctx context.Context, objects []runtime.Object) {
	for wait := 50 * time.Millisecond; len(objects) > 0; wait = min(2*wait, 2*time.Second) {
		var left []runtime.Object
		for _, o := range objects {
			if err := n.createSystem(ctx, o); err != nil && !apierrors.IsAlreadyExists(err) {
				n.log.Debug("kube-system object not made yet", "error", err)
				left = append(left, o)
			}
		}
		objects = left
		if len(objects) > 0 && !pause(ctx, wait) {
			return
		}
	}
}

func systemObjects() ([]runtime.Object, error) {
	text, err := manifests.FS.ReadFile("system.yaml")
	if err != nil {
		return nil, err
	}
	var objects []runtime.Object
	reader := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var raw runtime.RawExtension
		if err := reader.Decode(&raw); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, err
		}
		o, _, err := scheme.Codecs.UniversalDeserializer().Decode(raw.Raw, nil, nil)
		if err != nil {
			return nil, err
		}
		objects = append(objects, o)
	}
}

// imagesOf are the images of kube-system, which kubeadm and kind put on every
// node.
func imagesOf(objects []runtime.Object) []imageRef {
	var refs []imageRef
	for _, o := range objects {
		var spec corev1.PodSpec
		switch o := o.(type) {
		case *appsv1.Deployment:
			spec = o.Spec.Template.Spec
		case *appsv1.DaemonSet:
			spec = o.Spec.Template.Spec
		case *corev1.Pod:
			spec = o.Spec
		}
		for _, c := range spec.Containers {
			if ref, err := parseImage(c.Image); err == nil {
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

func (n *Nodes) createSystem(ctx context.Context, object runtime.Object) error {
	core, apps := n.options.Client.CoreV1(), n.options.Client.AppsV1()
	var err error
	switch o := object.(type) {
	case *corev1.ServiceAccount:
		_, err = core.ServiceAccounts(o.Namespace).Create(ctx, o, metav1.CreateOptions{})
	case *corev1.ConfigMap:
		_, err = core.ConfigMaps(o.Namespace).Create(ctx, o, metav1.CreateOptions{})
	case *corev1.Service:
		_, err = core.Services(o.Namespace).Create(ctx, o, metav1.CreateOptions{})
	case *discoveryv1.EndpointSlice:
		_, err = n.options.Client.DiscoveryV1().EndpointSlices(o.Namespace).Create(ctx, o, metav1.CreateOptions{})
	case *appsv1.Deployment:
		_, err = apps.Deployments(o.Namespace).Create(ctx, o, metav1.CreateOptions{})
	case *appsv1.DaemonSet:
		_, err = apps.DaemonSets(o.Namespace).Create(ctx, o, metav1.CreateOptions{})
	case *corev1.Pod:
		_, err = core.Pods(o.Namespace).Create(ctx, n.mirrorOf(o), metav1.CreateOptions{})
	default:
		err = fmt.Errorf("system.yaml: a %T is not known here", o)
	}
	return err
}

// mirrorOf is the mirror pod that the control plane's kubelet makes of a static
// pod (pkg/kubelet/pod/mirror_client.go).
func (n *Nodes) mirrorOf(static *corev1.Pod) *corev1.Pod {
	n.mu.Lock()
	uid := n.nodes[controlPlaneName].uid
	n.mu.Unlock()
	p := static.DeepCopy()
	p.Name += "-" + controlPlaneName
	hash := contentID("static", p.Name)[:32]
	p.Annotations = map[string]string{
		"kubernetes.io/config.hash": hash, corev1.MirrorPodAnnotationKey: hash,
		"kubernetes.io/config.source": "file", "kubernetes.io/config.seen": time.Now().UTC().Format(time.RFC3339Nano),
	}
	p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: controlPlaneName, UID: types.UID(uid), Controller: ptr.To(true)}}
	p.Spec.NodeName = controlPlaneName
	p.Spec.EnableServiceLinks = ptr.To(true)
	p.Spec.SecurityContext = &corev1.PodSecurityContext{SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}}
	return p
}

// restoreMirror makes a mirror pod again that somebody deleted: the static pod
// behind it is still there.
func (n *Nodes) restoreMirror(ctx context.Context, name types.NamespacedName) {
	if name.Namespace != metav1.NamespaceSystem {
		return
	}
	objects, err := systemObjects()
	if err != nil {
		return
	}
	for _, o := range objects {
		if static, ok := o.(*corev1.Pod); ok && static.Name+"-"+controlPlaneName == name.Name {
			if err := n.createSystem(ctx, static); err != nil && !apierrors.IsAlreadyExists(err) {
				n.log.Warn("mirror pod not made again", "pod", name.String(), "error", err)
			}
		}
	}
}
