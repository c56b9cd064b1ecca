package watch

import (
	"sync"
	"time"

	"podium/cluster"
)

// A queue collects changes from any number of informers. Adding to it never
// waits for whoever takes from it.
type queue struct {
	now   func() time.Time
	dirty chan struct{} // holds one mark while there is something to take

	mu      sync.Mutex
	changes []cluster.Change
}

func newQueue(now func() time.Time) *queue {
	return &queue{now: now, dirty: make(chan struct{}, 1)}
}

// add puts changes at the end and dates them. The clock is read under the lock,
// so that times never run backwards along the queue.
func (q *queue) add(changes ...cluster.Change) {
	q.mu.Lock()
	now := q.now()
	for _, c := range changes {
		c.Time = now
		q.changes = append(q.changes, c)
	}
	q.mu.Unlock()
	select {
	case q.dirty <- struct{}{}:
	default: // marked already
	}
}

// take empties the queue.
func (q *queue) take() []cluster.Change {
	q.mu.Lock()
	defer q.mu.Unlock()
	changes := q.changes
	q.changes = nil
	return changes
}
