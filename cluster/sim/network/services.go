package network

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Services is the routing table that kube-proxy would keep, and the records
// that the cluster's DNS would answer with. It is fed with what the API server
// has and holds only what routing needs.
type Services struct {
	net *Network

	mu       sync.Mutex
	services map[types.NamespacedName]*service
	slices   map[types.NamespacedName]slice
	byIP     map[netip.AddrPort]target
	byNode   map[uint16]target
	sticky   map[stickyKey]stickyPick

	ports nodePorts
}

// service is what routing needs to know of one Service.
type service struct {
	name         types.NamespacedName
	clusterIPs   []string
	headless     bool
	external     string // an ExternalName's target
	unready      bool   // publishNotReadyAddresses
	stickyFor    time.Duration
	ports        []servicePort
	sliceObjects map[types.NamespacedName]bool
}

type servicePort struct {
	name     string
	port     uint16
	nodePort uint16
}

// slice is what routing needs to know of one EndpointSlice.
type slice struct {
	service   types.NamespacedName
	ports     map[string]uint16
	endpoints []endpoint
}

type endpoint struct {
	ip       netip.Addr
	hostname string
	ready    bool
	serving  bool
}

// target names one port of one Service.
type target struct {
	service types.NamespacedName
	port    string
}

type stickyKey struct {
	target
	client netip.Addr
}

type stickyPick struct {
	endpoint netip.AddrPort
	until    time.Time
}

func newServices(n *Network) *Services {
	s := &Services{
		net:      n,
		services: map[types.NamespacedName]*service{},
		slices:   map[types.NamespacedName]slice{},
		byIP:     map[netip.AddrPort]target{},
		byNode:   map[uint16]target{},
		sticky:   map[stickyKey]stickyPick{},
	}
	s.ports.init(s)
	return s
}

// Set adds or replaces a Service.
func (s *Services) Set(svc *corev1.Service) {
	name := types.NamespacedName{Namespace: svc.Namespace, Name: svc.Name}
	s.mu.Lock()
	old := s.services[name]
	s.unindex(old)
	fresh := newService(svc)
	if old != nil {
		fresh.sliceObjects = old.sliceObjects
	} else {
		for key, sl := range s.slices {
			if sl.service == name {
				fresh.sliceObjects[key] = true
			}
		}
	}
	s.services[name] = fresh
	s.index(fresh)
	s.mu.Unlock()
	s.ports.want(name, fresh.ports)
}

// Delete removes a Service.
func (s *Services) Delete(namespace, name string) {
	key := types.NamespacedName{Namespace: namespace, Name: name}
	s.mu.Lock()
	s.unindex(s.services[key])
	delete(s.services, key)
	s.mu.Unlock()
	s.ports.want(key, nil)
}

// SetSlice adds or replaces an EndpointSlice.
func (s *Services) SetSlice(es *discoveryv1.EndpointSlice) {
	key := types.NamespacedName{Namespace: es.Namespace, Name: es.Name}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.detach(key)
	sl := newSlice(es)
	s.slices[key] = sl
	if svc := s.services[sl.service]; svc != nil {
		svc.sliceObjects[key] = true
	}
}

// DeleteSlice removes an EndpointSlice.
func (s *Services) DeleteSlice(namespace, name string) {
	key := types.NamespacedName{Namespace: namespace, Name: name}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.detach(key)
}

func (s *Services) detach(key types.NamespacedName) {
	if svc := s.services[s.slices[key].service]; svc != nil {
		delete(svc.sliceObjects, key)
	}
	delete(s.slices, key)
}

func (s *Services) index(svc *service) {
	for _, p := range svc.ports {
		t := target{service: svc.name, port: p.name}
		for _, ip := range svc.clusterIPs {
			if a, err := netip.ParseAddr(ip); err == nil {
				s.byIP[netip.AddrPortFrom(a, p.port)] = t
			}
		}
		if p.nodePort != 0 {
			s.byNode[p.nodePort] = t
		}
	}
}

func (s *Services) unindex(svc *service) {
	if svc == nil {
		return
	}
	for at, t := range s.byIP {
		if t.service == svc.name {
			delete(s.byIP, at)
		}
	}
	for port, t := range s.byNode {
		if t.service == svc.name {
			delete(s.byNode, port)
		}
	}
	for key := range s.sticky {
		if key.service == svc.name {
			delete(s.sticky, key)
		}
	}
}

// route is where a connection to a Service may go.
type route struct {
	found  bool
	table  *Services
	target target
}

// find says whether an address belongs to a Service.
func (s *Services) find(to netip.AddrPort, isNode bool) route {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.byIP[to]; ok {
		return route{found: true, table: s, target: t}
	}
	if t, ok := s.byNode[to.Port()]; ok && isNode {
		return route{found: true, table: s, target: t}
	}
	for _, svc := range s.services { // a ClusterIP's other ports are refused, as kube-proxy's nftables mode does
		if slices.Contains(svc.clusterIPs, to.Addr().String()) {
			return route{found: true, table: s}
		}
	}
	return route{}
}

// pick chooses an endpoint for a client.
func (r route) pick(client netip.Addr) (netip.AddrPort, bool) {
	s := r.table
	s.mu.Lock()
	defer s.mu.Unlock()
	svc := s.services[r.target.service]
	if svc == nil {
		return netip.AddrPort{}, false
	}
	candidates := s.endpoints(svc, r.target.port)
	if len(candidates) == 0 {
		return netip.AddrPort{}, false
	}
	key, now := stickyKey{r.target, client}, time.Now()
	if was, ok := s.sticky[key]; ok && svc.stickyFor > 0 && now.Before(was.until) && slices.Contains(candidates, was.endpoint) {
		s.sticky[key] = stickyPick{was.endpoint, now.Add(svc.stickyFor)}
		return was.endpoint, true
	}
	chosen := candidates[rand.IntN(len(candidates))]
	if svc.stickyFor > 0 {
		s.sticky[key] = stickyPick{chosen, now.Add(svc.stickyFor)}
	}
	return chosen, true
}

// endpoints lists the ready endpoints of a port; when there is none, those
// that end but still serve, as kube-proxy does.
func (s *Services) endpoints(svc *service, port string) []netip.AddrPort {
	var ready, ending []netip.AddrPort
	for key := range svc.sliceObjects {
		sl := s.slices[key]
		number, ok := sl.ports[port]
		if !ok {
			continue
		}
		for _, e := range sl.endpoints {
			at := netip.AddrPortFrom(e.ip, number)
			switch {
			case e.ready:
				ready = append(ready, at)
			case e.serving:
				ending = append(ending, at)
			}
		}
	}
	if len(ready) == 0 {
		return ending
	}
	return ready
}

// resolve answers for one full name: its addresses, or the name it stands for.
func (s *Services) resolve(full string) (ips []string, alias string, found bool) {
	rest, ok := strings.CutSuffix(full, ".svc."+Domain)
	if !ok {
		return podRecord(full)
	}
	labels := strings.Split(rest, ".")
	s.mu.Lock()
	defer s.mu.Unlock()
	hostname := ""
	if len(labels) == 3 { // POD.SERVICE.NAMESPACE of a headless Service
		hostname, labels = labels[0], labels[1:]
	}
	if len(labels) != 2 {
		return nil, "", false
	}
	svc := s.services[types.NamespacedName{Namespace: labels[1], Name: labels[0]}]
	switch {
	case svc == nil:
		return nil, "", false
	case svc.external != "":
		return nil, svc.external, hostname == ""
	case svc.headless:
		ips = s.addresses(svc, hostname)
		return ips, "", len(ips) > 0
	default:
		return svc.clusterIPs, "", hostname == "" && len(svc.clusterIPs) > 0
	}
}

func (s *Services) addresses(svc *service, hostname string) []string {
	var ips []string
	for key := range svc.sliceObjects {
		for _, e := range s.slices[key].endpoints {
			if (e.ready || svc.unready) && (hostname == "" || e.hostname == hostname) {
				ips = append(ips, e.ip.String())
			}
		}
	}
	slices.Sort(ips)
	return slices.Compact(ips)
}

// podRecord answers 10-244-1-5.NAMESPACE.pod.cluster.local.
func podRecord(full string) ([]string, string, bool) {
	rest, ok := strings.CutSuffix(full, ".pod."+Domain)
	if !ok {
		return nil, "", false
	}
	dashed, _, ok := strings.Cut(rest, ".")
	ip, err := netip.ParseAddr(strings.ReplaceAll(dashed, "-", "."))
	if !ok || err != nil {
		return nil, "", false
	}
	return []string{ip.String()}, "", true
}
