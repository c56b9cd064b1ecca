package kubelet

import (
	"cmp"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	metricsv1beta1 "k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

// metricsPort is where the control plane's node answers as metrics-server does,
// behind the Service and EndpointSlice of that name in system.yaml. The API
// server checks who asks and passes on what it allows.
const metricsPort = 4443

const metricsPath = "/apis/metrics.k8s.io/v1beta1"

// serveMetrics answers for the metrics API on a machine.
func (n *Nodes) serveMetrics(m *machine, nd *node) error {
	l, err := n.options.Network.Listen(net.JoinHostPort(nd.ip, strconv.Itoa(metricsPort)))
	if err != nil {
		return err
	}
	config := &tls.Config{Certificates: []tls.Certificate{n.options.Certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	server := &http.Server{Handler: n.metrics(), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: streamSetup}
	m.work.Go(func() { _ = server.Serve(tls.NewListener(l, config)) }) // always an error: it was closed
	m.work.Go(func() {
		<-m.ctx.Done()
		_ = server.Close()
	})
	return nil
}

func (n *Nodes) metrics() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, get func(r *http.Request) (any, error)) {
		mux.HandleFunc("GET "+metricsPath+pattern, func(w http.ResponseWriter, r *http.Request) {
			answer, err := get(r)
			code := http.StatusOK
			if err != nil {
				status := apierrors.NewInternalError(err)
				_ = errors.As(err, &status)
				status.ErrStatus.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
				answer, code = status.ErrStatus, int(status.ErrStatus.Code)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_ = json.NewEncoder(w).Encode(answer) // the API server has gone: nobody to tell
		})
	}
	handle("", func(*http.Request) (any, error) { return metricsResources(), nil })
	pods := func(r *http.Request) (any, error) { return n.podMetrics(r) }
	handle("/nodes", func(r *http.Request) (any, error) { return n.nodeMetrics(r) })
	handle("/nodes/{name}", func(r *http.Request) (any, error) {
		list, err := n.nodeMetrics(r)
		return only(list.Items, err, "nodes", r.PathValue("name"))
	})
	handle("/pods", pods)
	handle("/namespaces/{namespace}/pods", pods)
	handle("/namespaces/{namespace}/pods/{name}", func(r *http.Request) (any, error) {
		list, err := n.podMetrics(r)
		return only(list.Items, err, "pods", r.PathValue("name"))
	})
	return mux
}

func metricsResources() metav1.APIResourceList {
	verbs := metav1.Verbs{"get", "list"}
	return metav1.APIResourceList{
		TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: metricsv1beta1.SchemeGroupVersion.String(),
		APIResources: []metav1.APIResource{
			{Name: "nodes", Kind: "NodeMetrics", Verbs: verbs},
			{Name: "pods", Kind: "PodMetrics", Verbs: verbs, Namespaced: true},
		},
	}
}

// only returns the first of items, or that there is none of that name.
func only[T any](items []T, err error, kind, name string) (any, error) {
	if err == nil && len(items) == 0 {
		err = apierrors.NewNotFound(schema.GroupResource{Group: metricsv1beta1.GroupName, Resource: kind}, name)
	}
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// wanted says which objects a request asks for, by label and name.
func wanted(r *http.Request) (func(metav1.Object) bool, error) {
	selector, err := labels.Parse(r.FormValue("labelSelector"))
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	name, namespace := r.PathValue("name"), r.PathValue("namespace")
	return func(o metav1.Object) bool {
		return selector.Matches(labels.Set(o.GetLabels())) && (name == "" || o.GetName() == name) && (namespace == "" || o.GetNamespace() == namespace)
	}, nil
}

// nodeMetrics are those of the nodes that are on: nobody can ask the others.
func (n *Nodes) nodeMetrics(r *http.Request) (metricsv1beta1.NodeMetricsList, error) {
	list := metricsv1beta1.NodeMetricsList{TypeMeta: typeOf("NodeMetricsList"), Items: []metricsv1beta1.NodeMetrics{}}
	match, err := wanted(r)
	if err != nil {
		return list, err
	}
	now := time.Now()
	totals := map[*node]*used{}
	for nd := range n.switchedOn() {
		u := nodeUse(nd.name, now)
		totals[nd] = &u
	}
	for _, p := range n.workers() {
		if total := totals[p.node]; total != nil {
			for _, c := range p.uses(now) {
				total.add(c.used)
			}
		}
	}
	for nd, total := range totals {
		object, err := n.factory.Core().V1().Nodes().Lister().Get(nd.name)
		if err != nil || !match(object) {
			continue
		}
		list.Items = append(list.Items, metricsv1beta1.NodeMetrics{
			TypeMeta: typeOf("NodeMetrics"), ObjectMeta: metaOf(object, now),
			Timestamp: metav1.NewTime(now.Truncate(usageWindow)), Window: metav1.Duration{Duration: usageWindow}, Usage: total.list(),
		})
	}
	slices.SortFunc(list.Items, func(a, b metricsv1beta1.NodeMetrics) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}

func (n *Nodes) podMetrics(r *http.Request) (metricsv1beta1.PodMetricsList, error) {
	list := metricsv1beta1.PodMetricsList{TypeMeta: typeOf("PodMetricsList"), Items: []metricsv1beta1.PodMetrics{}}
	match, err := wanted(r)
	if err != nil {
		return list, err
	}
	now := time.Now()
	for _, p := range n.workers() {
		object, _ := p.latest()
		if !match(object) {
			continue
		}
		item := metricsv1beta1.PodMetrics{
			TypeMeta: typeOf("PodMetrics"), ObjectMeta: metaOf(object, now),
			Timestamp: metav1.NewTime(now.Truncate(usageWindow)), Window: metav1.Duration{Duration: usageWindow},
		}
		for _, c := range p.uses(now) {
			item.Containers = append(item.Containers, metricsv1beta1.ContainerMetrics{Name: c.name, Usage: c.list()})
		}
		if len(item.Containers) > 0 {
			list.Items = append(list.Items, item)
		}
	}
	slices.SortFunc(list.Items, func(a, b metricsv1beta1.PodMetrics) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}

func typeOf(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{Kind: kind, APIVersion: metricsv1beta1.SchemeGroupVersion.String()}
}

func metaOf(o metav1.Object, now time.Time) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: o.GetName(), Namespace: o.GetNamespace(), Labels: o.GetLabels(), CreationTimestamp: metav1.NewTime(now)}
}

// workers returns the pods that run here.
func (n *Nodes) workers() []*pod {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := make([]*pod, 0, len(n.pods))
	for _, p := range n.pods {
		all = append(all, p)
	}
	return all
}

// containerUsed is what one container of a pod uses.
type containerUsed struct {
	name string
	used
}

// uses returns what the pod's running containers use, in the spec's order.
func (p *pod) uses(now time.Time) []containerUsed {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []containerUsed
	for _, c := range p.containers {
		if c.state.Running == nil || c.process == nil {
			continue
		}
		all = append(all, containerUsed{c.spec.Name, containerUse(p.uid, c.spec, c.process.meter.perSecond(now), now)})
	}
	return all
}

// metered counts the requests that a handler is given.
func metered(next http.Handler, m *meter) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.request(time.Now())
		next.ServeHTTP(w, r)
	})
}
