// Package watch turns an open cluster into a stream of snapshots.
//
//	API server ─▶ informer of each kind ─▶ queue ─▶ builder ─▶ mailbox ─▶ reader
//
// Handlers do nothing but append to the queue, so no informer ever waits for
// the screen. The builder rests for [Settle] after each snapshot, so a burst of
// a thousand changes is one snapshot. The mailbox holds one snapshot: a reader
// that is late finds the newest state and every change since the last one it
// took.
package watch

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"

	"podium/cluster"
	"podium/i18n"
)

// Settle is how long the builder rests between two snapshots: a little less than
// two frames of the screen's 30 a second. A change is then seen within a tenth of a
// second, at 200x60 too, and a crowd that changes all the time costs little.
const Settle = 60 * time.Millisecond

// A Stream follows one cluster until the context it was started with ends.
type Stream struct {
	queue *queue
	box   *mailbox

	mu      sync.Mutex
	missing []schema.GroupKind
	narrow  []schema.GroupKind // watched in one namespace
}

// Snapshots always holds the newest snapshot that nobody took yet. The first
// one comes when every kind has been listed; a snapshot that nobody reads is
// merged into the next, so there must be one reader. The channel is closed once
// the stream's context has ended and all its goroutines with it.
func (s *Stream) Snapshots() <-chan cluster.Snapshot { return s.box.slot }

// Missing lists the kinds that the API server doesn't let this user list, or
// doesn't serve: snapshots leave them out. It is complete when the first
// snapshot arrives, and sorted as [cluster.Kinds] is.
func (s *Stream) Missing() []schema.GroupKind {
	s.mu.Lock()
	defer s.mu.Unlock()
	missing := slices.Clone(s.missing)
	order := map[schema.GroupKind]int{}
	for i, k := range cluster.Kinds() {
		order[k.GroupKind()] = i
	}
	slices.SortFunc(missing, func(a, b schema.GroupKind) int { return order[a] - order[b] })
	return missing
}

// Start begins to watch every kind of [cluster.Kinds] and returns at once; the
// error says that the cluster's configuration can't be used. An API server that
// is away is tried again until ctx ends, with client-go's own back-off.
//
// A namespaced kind that may not be listed everywhere is watched in the
// cluster's own namespace instead.
func Start(ctx context.Context, c *cluster.Cluster) (*Stream, error) {
	config := rest.CopyConfig(c.Config)
	config.QPS = -1 // 25 lists at once are not a flood
	config.Timeout = 0
	config.WarningHandlerWithContext = rest.NoWarnings{}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("cluster.watch.config", "Name", c.Name))
	}
	sources, err := sources(config, client, c.Namespace)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("cluster.watch.config", "Name", c.Name))
	}
	return start(ctx, sources, func() { closeIdle(client) }), nil
}

// start follows the sources and calls after when the last one has ended.
func start(ctx context.Context, sources []source, after func()) *Stream {
	ctx = klog.NewContext(ctx, klog.Logger{}) // the zero logger writes nothing
	s := &Stream{queue: newQueue(time.Now), box: newMailbox()}
	var informers, listed sync.WaitGroup
	for _, source := range sources {
		listed.Add(1)
		informers.Go(func() {
			done := sync.OnceFunc(listed.Done)
			defer done() // when ctx ended before there was a list, or there is none
			narrowed := func() {
				s.mu.Lock()
				s.narrow = append(s.narrow, source.kind.GroupKind())
				s.mu.Unlock()
			}
			if !source.follow(ctx, s.queue, narrowed, done) {
				s.mu.Lock()
				s.missing = append(s.missing, source.kind.GroupKind())
				s.mu.Unlock()
			}
		})
	}
	go func() {
		listed.Wait()
		missing := s.Missing()
		s.mu.Lock()
		narrowed := slices.Clone(s.narrow)
		s.mu.Unlock()
		build(ctx, s.queue, func(snapshot cluster.Snapshot) {
			snapshot.Missing, snapshot.Narrowed = missing, narrowed
			s.box.put(snapshot)
		})
		informers.Wait()
		after()
		close(s.box.slot)
	}()
	return s
}

// closeIdle ends the connections that client keeps for later, and with them
// their goroutines.
func closeIdle(client *http.Client) {
	utilnet.CloseIdleConnectionsFor(client.Transport)
}
