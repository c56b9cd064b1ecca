package lab

import (
	"context"
	"slices"
	"sync"

	"podium/cluster"
)

// A Hub hands one stream of snapshots to several readers, each of which gets
// every change, whenever it reads.
type Hub struct {
	mu      sync.Mutex
	last    cluster.Snapshot
	began   bool // last holds a snapshot
	ended   bool
	readers map[*reader]bool
}

// A reader's box holds at most the newest snapshot, with the changes of those it
// didn't read before it.
type reader struct {
	box     chan cluster.Snapshot
	glances bool // old changes that it didn't read can be forgotten
}

// NewHub returns a hub without readers, for snapshots that are given to
// [Hub.Publish].
func NewHub() *Hub { return &Hub{readers: map[*reader]bool{}} }

// Follow returns a hub for a stream. It is read until it ends, by a goroutine
// that ends with it; then every reader's channel is closed.
func Follow(stream <-chan cluster.Snapshot) *Hub {
	h := NewHub()
	go func() {
		for s := range stream {
			h.Publish(s)
		}
		h.end()
	}()
	return h
}

// Subscribe returns a stream of its own: the state as it is, without changes,
// at once if there is one, and every later one. It ends with ctx and with the
// hub's stream.
func (h *Hub) Subscribe(ctx context.Context) <-chan cluster.Snapshot {
	return h.subscribe(ctx, &reader{box: make(chan cluster.Snapshot, 1)})
}

// mostGlanced is how many changes are kept for a reader who glances: more than
// glow at once on any screen.
const mostGlanced = 1 << 10

// Glance is [Hub.Subscribe] for readers who may not read for as long as they like,
// such as people who watch over a network: the state is always the newest, but of
// what they missed only the last changes are kept.
func (h *Hub) Glance(ctx context.Context) <-chan cluster.Snapshot {
	return h.subscribe(ctx, &reader{box: make(chan cluster.Snapshot, 1), glances: true})
}

func (h *Hub) subscribe(ctx context.Context, r *reader) <-chan cluster.Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		close(r.box)
		return r.box
	}
	if h.began {
		r.box <- h.last
	}
	h.readers[r] = true
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.drop(r)
	})
	return r.box
}

// Publish hands a snapshot on. It never waits: one that a reader has not taken
// is merged into the next.
func (h *Hub) Publish(s cluster.Snapshot) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for r := range h.readers {
		next := s
		select {
		case unread := <-r.box:
			next = cluster.Merge(unread, s)
			if n := len(next.Changes); r.glances && n > mostGlanced {
				next.Changes = slices.Clone(next.Changes[n-mostGlanced:])
			}
		default:
		}
		r.box <- next // has room: only publish sends, under the lock
	}
	h.last, h.began = s, true
	h.last.Changes = nil
}

func (h *Hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	for r := range h.readers {
		h.drop(r)
	}
}

func (h *Hub) drop(r *reader) {
	if h.readers[r] {
		delete(h.readers, r)
		close(r.box)
	}
}
