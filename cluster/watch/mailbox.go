package watch

import (
	"sync"

	"podium/cluster"
)

// A mailbox hands snapshots from one writer to one reader without either
// waiting for the other. It holds at most one: the newest, with the changes of
// those that nobody took before its own.
type mailbox struct {
	mu   sync.Mutex
	slot chan cluster.Snapshot // capacity 1; only put sends
}

func newMailbox() *mailbox { return &mailbox{slot: make(chan cluster.Snapshot, 1)} }

// put never blocks. The snapshot's changes are the mailbox's from now on.
func (m *mailbox) put(s cluster.Snapshot) {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case unread := <-m.slot:
		// Nobody else has seen the unread changes, so they may grow in place: a
		// reader who stays away for an hour costs each change one copy, not one
		// per snapshot.
		s.Changes = append(unread.Changes, s.Changes...)
	default:
	}
	m.slot <- s
}
