package kubelet

import (
	"context"
	"hash/fnv"
	"math"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// pace says how long the stages of a pod's life take. It can be changed while
// pods live: what begins from then on takes as long as it says.
type pace struct {
	usual float64        // 2 is twice as fast; 0 is without any delay
	asked *atomic.Uint64 // against that, as the bits of a float64
}

func newPace(usual float64) pace {
	p := pace{usual, new(atomic.Uint64)}
	p.change(1)
	return p
}

func (p pace) change(asked float64) { p.asked.Store(math.Float64bits(asked)) }

const (
	stageShortest = 300 * time.Millisecond
	stageLongest  = 900 * time.Millisecond
)

// scaled is d at this pace.
func (p pace) scaled(d time.Duration) time.Duration {
	speed := p.usual * math.Float64frombits(p.asked.Load())
	if speed <= 0 {
		return 0
	}
	return time.Duration(float64(d) / speed)
}

// stage is how long one stage of one pod takes. It differs from pod to pod, so
// that a rollout looks alive, and is the same each time, so that a run can be
// repeated.
func (p pace) stage(uid types.UID, name string) time.Duration {
	h := fnv.New32a()
	_, _ = h.Write([]byte(uid))
	_, _ = h.Write([]byte(name))
	span := stageLongest - stageShortest
	return p.scaled(stageShortest + span*time.Duration(h.Sum32()%1000)/1000)
}

// shortestBackOff keeps a back-off at speed 0 from becoming a busy loop.
const shortestBackOff = 250 * time.Millisecond

// backOff is a back-off of d at this pace.
func (p pace) backOff(d time.Duration) time.Duration {
	return max(p.scaled(d), shortestBackOff)
}

// backOff grows as client-go's flowcontrol.Backoff does in a kubelet: 10 s,
// doubling, at most 5 minutes, forgotten after twice that
// (MaxContainerBackOff and MaxImageBackOff, pkg/kubelet/kubelet.go).
type backOff struct {
	current time.Duration
	last    time.Time
}

const (
	backOffFirst = 10 * time.Second
	backOffMost  = 300 * time.Second
)

// left is what remains at now of a back-off that counts from since.
func (b *backOff) left(p pace, since, now time.Time) time.Duration {
	if b.current == 0 || now.Sub(b.last) > p.backOff(2*backOffMost) {
		return 0
	}
	return max(0, p.backOff(b.current)-now.Sub(since))
}

// next lengthens the back-off.
func (b *backOff) next(p pace, now time.Time) {
	if b.current == 0 || now.Sub(b.last) > p.backOff(2*backOffMost) {
		b.current = backOffFirst
	} else {
		b.current = min(2*b.current, backOffMost)
	}
	b.last = now
}

// pause waits for d and says whether ctx is still live.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
