package why

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
)

// An Absence is why a pod gets none of a Service's requests.
type Absence string

// The reasons, from a Service's side.
const (
	NotReady Absence = "not-ready" // its Ready condition isn't true
	Leaving  Absence = "leaving"   // it is being deleted
	Done     Absence = "done"      // it has run to its end
	Waiting  Absence = "waiting"   // it is ready, and no EndpointSlice says so yet
	Mismatch Absence = "mismatch"  // a label is not what the selector asks for
)

// A Member is a pod as a Service sees it.
type Member struct {
	Pod     *corev1.Pod
	Address string  // where its requests go; "" before it has one
	Out     Absence // "" for a pod that gets requests

	// For a Mismatch, the label that differs: what the selector asks for and what
	// the pod has ("" if it lacks the label).
	Label, Asked, Has string
}

// Members returns the pods of a Service, those that get its requests first, then
// those that don't and why not, and last those that would be selected but for
// one label.
func Members(s cluster.Snapshot, svc *corev1.Service) []Member {
	if len(svc.Spec.Selector) == 0 {
		return nil
	}
	ready := s.Receiving(svc)
	var in, out, near []Member
	for _, p := range s.Pods {
		if p.Namespace != svc.Namespace {
			continue
		}
		m := Member{Pod: p, Address: p.Status.PodIP}
		switch differ := differing(svc.Spec.Selector, p.Labels); {
		case len(differ) == 0:
			if m.Out = absence(p, ready[p.UID]); m.Out == "" {
				in = append(in, m)
			} else {
				out = append(out, m)
			}
		case len(differ) == 1 && isActive(p):
			m.Out, m.Label = Mismatch, differ[0]
			m.Asked, m.Has = svc.Spec.Selector[m.Label], p.Labels[m.Label]
			near = append(near, m)
		}
	}
	if len(in)+len(out) > 0 && len(svc.Spec.Selector) == 1 {
		near = nil // that other pods have another label is no news
	}
	return slices.Concat(in, out, near)
}

func absence(p *corev1.Pod, receives bool) Absence {
	switch {
	case receives:
		return ""
	case p.DeletionTimestamp != nil:
		return Leaving
	case !isActive(p):
		return Done
	case !isReady(p):
		return NotReady
	}
	return Waiting
}

// differing returns the selector's keys for which labels don't have its value.
func differing(selector, labels map[string]string) []string {
	var keys []string
	for key, value := range selector {
		if has, ok := labels[key]; !ok || has != value {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
