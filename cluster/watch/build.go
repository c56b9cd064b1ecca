package watch

import (
	"context"
	"time"

	"podium/cluster"
)

// build turns what is queued into snapshots until ctx ends: the first one at
// once, the next ones when something has changed, at most one per [Settle].
func build(ctx context.Context, q *queue, publish func(cluster.Snapshot)) {
	if ctx.Err() != nil {
		return
	}
	// What was listed is where the story begins, not something that happened.
	now := q.now()
	snapshot := cluster.Snapshot{}.Apply(q.take()...)
	snapshot.Seq, snapshot.Time, snapshot.Changes = 1, now, nil
	publish(snapshot)
	rest := time.NewTimer(Settle)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
		}
		select {
		case <-ctx.Done():
			return
		case <-q.dirty:
		}
		if changes := q.take(); len(changes) > 0 {
			snapshot = snapshot.Apply(changes...)
			snapshot.Seq, snapshot.Time = snapshot.Seq+1, q.now()
			publish(snapshot)
		}
		rest.Reset(Settle)
	}
}
