package network

import (
	"net/netip"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// newService reads what routing needs out of a Service. Ports that are not TCP
// stay out: nothing in the network speaks another protocol.
func newService(svc *corev1.Service) *service {
	s := &service{
		name:         types.NamespacedName{Namespace: svc.Namespace, Name: svc.Name},
		headless:     svc.Spec.ClusterIP == corev1.ClusterIPNone,
		unready:      svc.Spec.PublishNotReadyAddresses,
		sliceObjects: map[types.NamespacedName]bool{},
	}
	if svc.Spec.Type == corev1.ServiceTypeExternalName {
		s.external = svc.Spec.ExternalName
		return s
	}
	if !s.headless && svc.Spec.ClusterIP != "" {
		s.clusterIPs = []string{svc.Spec.ClusterIP}
	}
	if svc.Spec.SessionAffinity == corev1.ServiceAffinityClientIP {
		s.stickyFor = time.Duration(corev1.DefaultClientIPServiceAffinitySeconds) * time.Second
		if c := svc.Spec.SessionAffinityConfig; c != nil && c.ClientIP != nil && c.ClientIP.TimeoutSeconds != nil {
			s.stickyFor = time.Duration(*c.ClientIP.TimeoutSeconds) * time.Second
		}
	}
	for _, p := range svc.Spec.Ports {
		if p.Protocol == corev1.ProtocolTCP || p.Protocol == "" {
			s.ports = append(s.ports, servicePort{name: p.Name, port: uint16(p.Port), nodePort: uint16(p.NodePort)})
		}
	}
	return s
}

// newSlice reads what routing needs out of an EndpointSlice.
func newSlice(es *discoveryv1.EndpointSlice) slice {
	s := slice{
		service: types.NamespacedName{Namespace: es.Namespace, Name: es.Labels[discoveryv1.LabelServiceName]},
		ports:   map[string]uint16{},
	}
	for _, p := range es.Ports {
		if p.Port != nil && ptr.Deref(p.Protocol, corev1.ProtocolTCP) == corev1.ProtocolTCP {
			s.ports[ptr.Deref(p.Name, "")] = uint16(*p.Port)
		}
	}
	for _, e := range es.Endpoints {
		if len(e.Addresses) == 0 {
			continue
		}
		ip, err := netip.ParseAddr(e.Addresses[0])
		if err != nil {
			continue
		}
		// a nil condition is to be read as true for ready, and serving as
		// ready's value (discovery/v1 EndpointConditions)
		ready := ptr.Deref(e.Conditions.Ready, true)
		s.endpoints = append(s.endpoints, endpoint{
			ip: ip, hostname: ptr.Deref(e.Hostname, ""), ready: ready,
			serving: ptr.Deref(e.Conditions.Serving, ready) && ptr.Deref(e.Conditions.Terminating, false),
		})
	}
	return s
}
