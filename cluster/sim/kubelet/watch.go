package kubelet

import (
	"context"
	"errors"
	"sync"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"

	"podium/cluster/sim/network"
)

// watch starts the informers: pods feed their workers, Services and
// EndpointSlices the network's routes, nodes the heartbeat, ConfigMaps and
// Secrets the volumes that show them.
func (n *Nodes) watch(ctx context.Context) error {
	n.factory = informers.NewSharedInformerFactoryWithOptions(n.options.Client, 0,
		informers.WithTransform(func(object any) (any, error) {
			if m, ok := object.(metav1.Object); ok {
				m.SetManagedFields(nil) // half of an object's memory, and nobody here reads it
			}
			return object, nil
		}))
	pods := n.factory.Core().V1().Pods().Informer()
	services := n.factory.Core().V1().Services().Informer()
	endpoints := n.factory.Discovery().V1().EndpointSlices().Informer()
	n.factory.Core().V1().Nodes().Informer()
	configMaps := n.factory.Core().V1().ConfigMaps().Informer()
	secrets := n.factory.Core().V1().Secrets().Informer()

	routes := n.options.Network.Services()
	handlers := []struct {
		informer cache.SharedIndexInformer
		set      func(any)
		remove   func(any)
	}{
		{services, func(o any) { routes.Set(o.(*corev1.Service)) },
			func(o any) { s := o.(*corev1.Service); routes.Delete(s.Namespace, s.Name) }},
		{endpoints, func(o any) { routes.SetSlice(o.(*discoveryv1.EndpointSlice)) },
			func(o any) { s := o.(*discoveryv1.EndpointSlice); routes.DeleteSlice(s.Namespace, s.Name) }},
	}
	if err := n.followSources(configMaps, secrets); err != nil {
		return err
	}
	for _, h := range handlers {
		if err := handle(h.informer, h.set, h.remove); err != nil {
			return err
		}
	}
	n.factory.StartWithContext(ctx)
	n.running.Go(func() {
		<-ctx.Done()
		n.factory.Shutdown()
	})
	for _, ok := range n.factory.WaitForCacheSync(ctx.Done()) {
		if !ok {
			return errors.New("the API server did not list the cluster's objects")
		}
	}
	n.restock() // before pods are taken up that run what is in it
	n.openNodePorts(ctx)
	// addresses that resumed pods have must be known before a new pod gets one
	for _, o := range pods.GetStore().List() {
		if p := o.(*corev1.Pod); !terminal(p) && !p.Spec.HostNetwork && n.onNode(p) {
			n.addresses.reserve(p.Status.PodIP)
		}
	}
	return handle(pods, func(o any) { n.podChanged(o.(*corev1.Pod)) }, func(o any) { n.podGone(o.(*corev1.Pod)) })
}

// followSources hands on what changes in ConfigMaps and Secrets.
func (n *Nodes) followSources(configMaps, secrets cache.SharedIndexInformer) error {
	restock := func(m metav1.Object) {
		if holdsImages(m) {
			n.restock()
		}
	}
	gone := func(any) {} // a mounted one that is deleted stays as it was
	err := handle(secrets, func(o any) {
		s := o.(*corev1.Secret)
		n.sourceChanged(source{secretKind, s.Namespace, s.Name})
	}, gone)
	if err != nil {
		return err
	}
	return handle(configMaps, func(o any) {
		m := o.(*corev1.ConfigMap)
		n.sourceChanged(source{configMapKind, m.Namespace, m.Name})
		restock(m)
	}, func(o any) { restock(o.(*corev1.ConfigMap)) })
}

// onNode says that a pod's node is on: what it has was not lost.
func (n *Nodes) onNode(object *corev1.Pod) bool {
	nd := n.node(object.Spec.NodeName)
	return nd != nil && n.isOn(nd)
}

// handle registers plain set and remove functions, unwrapping tombstones.
func handle(informer cache.SharedIndexInformer, set, remove func(any)) error {
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    set,
		UpdateFunc: func(_, o any) { set(o) },
		DeleteFunc: func(o any) {
			if t, ok := o.(cache.DeletedFinalStateUnknown); ok {
				o = t.Obj
			}
			remove(o)
		},
	})
	return err
}

// podChanged hands a pod's newest object to its worker, starting one for a pod
// that is new here.
func (n *Nodes) podChanged(object *corev1.Pod) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.pods[object.UID]; p != nil {
		if p.changed(object) {
			n.metadataChanged(p)
		}
		return
	}
	n.startPod(object)
}

// podGone tells a worker that the API server no longer has its pod.
func (n *Nodes) podGone(object *corev1.Pod) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if p := n.pods[object.UID]; p != nil {
		p.removed()
	}
}

func (n *Nodes) forget(p *pod) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.pods, p.uid)
	if n.byName[p.name] == p {
		delete(n.byName, p.name)
	}
}

// find returns the running pod of a name, or nil.
func (n *Nodes) find(namespace, name string) *pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.byName[types.NamespacedName{Namespace: namespace, Name: name}]
}

// serviceEvents is the recorder of what goes wrong with Services.
type serviceEvents struct {
	once     sync.Once
	recorder record.EventRecorder
}

// openNodePorts makes node ports answer on this machine's loopback; one that is
// taken becomes an event on its Service.
func (n *Nodes) openNodePorts(ctx context.Context) {
	n.services.once.Do(func() { n.services.recorder = n.newRecorder(ctx, &n.running, controlPlaneName) })
	n.options.Network.Services().OpenNodePorts(func(e *network.NodePortError) {
		n.log.Warn("node port not opened", "service", e.Namespace+"/"+e.Service, "port", e.Port, "error", e.Err)
		svc, err := n.factory.Core().V1().Services().Lister().Services(e.Namespace).Get(e.Service)
		if err != nil {
			return
		}
		n.services.recorder.Event(svc, corev1.EventTypeWarning, "NodePortUnavailable", e.Error())
	})
}
