package kubelet

import (
	"hash/fnv"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
)

// usageWindow is how long usage stays the same, and requests are counted
// together: metrics-server asks the kubelets that often (--metric-resolution).
const usageWindow = 15 * time.Second

// used is what something takes of a node: CPU in thousandths of a core, memory
// in bytes.
type used struct{ cpu, memory int64 }

func (u used) list() corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    *resource.NewMilliQuantity(u.cpu, resource.DecimalSI),
		corev1.ResourceMemory: *resource.NewQuantity(u.memory, resource.BinarySI),
	}
}

func (u *used) add(other used) { u.cpu, u.memory = u.cpu+other.cpu, u.memory+other.memory }

// What nodes take without any pod, and a container that asks for nothing.
var (
	workerUses       = used{45, 310 << 20}
	controlPlaneUses = used{120, 640 << 20}
	leastMemory      = int64(4 << 20)
)

// requestCost is the CPU that one request a second takes: a thousandth of a
// core, so that traffic one can send by hand moves an autoscaler.
const requestCost = 1

// containerUse is what a container would use at a moment. It is made up, and the
// same each time: a part of what it requests that differs from pod to pod and
// sways a little, and what its requests a second cost, up to its limits.
func containerUse(uid types.UID, spec corev1.Container, perSecond float64, now time.Time) used {
	own := share(string(uid), spec.Name)
	sway := share(string(uid), spec.Name, strconv.FormatInt(now.Unix()/int64(usageWindow/time.Second), 10))
	requests, limits := spec.Resources.Requests, spec.Resources.Limits
	u := used{
		cpu:    1 + int64(float64(requests.Cpu().MilliValue())*(0.02+0.06*own+0.02*sway)+perSecond*requestCost+0.5),
		memory: leastMemory + int64(8*own*(1<<20)) + int64(sway*(1<<19)),
	}
	if asked := requests.Memory().Value(); asked > 0 {
		u.memory = int64(float64(asked) * (0.35 + 0.3*own + 0.02*sway))
	}
	if most := limits.Cpu().MilliValue(); most > 0 {
		u.cpu = min(u.cpu, most)
	}
	if most := limits.Memory().Value(); most > 0 {
		u.memory = min(u.memory, most*95/100)
	}
	return u
}

// nodeUse is what a node uses beside its pods.
func nodeUse(name string, now time.Time) used {
	base := workerUses
	if name == controlPlaneName {
		base = controlPlaneUses
	}
	sway := share(name, strconv.FormatInt(now.Unix()/int64(usageWindow/time.Second), 10))
	return used{base.cpu + int64(sway*float64(base.cpu)/4), base.memory + int64(sway*(16<<20))}
}

// share is a number from 0 to 1 that follows from parts alone.
func share(parts ...string) float64 {
	h := fnv.New32a()
	for _, part := range parts {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return float64(h.Sum32()%1000) / 999
}

// A meter counts requests by windows. It costs nothing while none come.
type meter struct {
	mu            sync.Mutex
	window        time.Time // the beginning of the one that is being counted
	count, before int
}

// request counts one request.
func (m *meter) request(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.roll(now)
	m.count++
}

// perSecond is how many requests came in a second over the last usageWindow.
func (m *meter) perSecond(now time.Time) float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.roll(now)
	gone := float64(now.Sub(m.window)) / float64(usageWindow)
	return (float64(m.before)*(1-gone) + float64(m.count)) / usageWindow.Seconds()
}

func (m *meter) roll(now time.Time) {
	window := now.Truncate(usageWindow)
	if window.Equal(m.window) {
		return
	}
	m.before = 0
	if window.Sub(m.window) == usageWindow {
		m.before = m.count
	}
	m.window, m.count = window, 0
}
