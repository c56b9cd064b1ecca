package cluster

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// Endpoints returns a Service's endpoints, as its EndpointSlices list them.
func (s Snapshot) Endpoints(svc *corev1.Service) []*discoveryv1.Endpoint {
	var all []*discoveryv1.Endpoint
	for _, slice := range s.EndpointSlices {
		if slice.Namespace != svc.Namespace || slice.Labels[discoveryv1.LabelServiceName] != svc.Name {
			continue
		}
		for i := range slice.Endpoints {
			all = append(all, &slice.Endpoints[i])
		}
	}
	return all
}

// Receives reports whether requests are sent to an endpoint. Unset means yes
// (discovery/v1, EndpointConditions).
func Receives(e *discoveryv1.Endpoint) bool { return ptr.Deref(e.Conditions.Ready, true) }

// Receiving returns the pods that a Service's requests are sent to.
func (s Snapshot) Receiving(svc *corev1.Service) map[types.UID]bool {
	pods := map[types.UID]bool{}
	for _, e := range s.Endpoints(svc) {
		if e.TargetRef != nil && Receives(e) {
			pods[e.TargetRef.UID] = true
		}
	}
	return pods
}
