package lab

import (
	"testing"

	"podium/cluster"
)

func TestWhoGlancesMissesOldChangesAndNothingElse(t *testing.T) {
	hub := NewHub()
	glancing, reading := hub.Glance(t.Context()), hub.Subscribe(t.Context())
	const many = 3 * mostGlanced
	for i := range uint64(many) {
		hub.Publish(cluster.Snapshot{Seq: i + 1, Changes: []cluster.Change{{Verb: cluster.Modified}}})
	}
	s := <-glancing
	if s.Seq != many || len(s.Changes) != mostGlanced {
		t.Errorf("snapshot %d with %d changes", s.Seq, len(s.Changes))
	}
	if s := <-reading; s.Seq != many || len(s.Changes) != many {
		t.Errorf("who reads everything has snapshot %d with %d changes", s.Seq, len(s.Changes))
	}
}
