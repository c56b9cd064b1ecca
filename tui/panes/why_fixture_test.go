package panes

import (
	"time"

	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/cluster/why"
)

// lived returns a world's scene with a past in which all of it came to be within
// the last twenty seconds, one thing after the other, and a line that set off its
// newest revision.
func (w *world) lived() Scene {
	s := w.scene()
	at := noon.Add(-20 * time.Second)
	empty := cluster.Snapshot{Seq: 1, Time: at, Nodes: w.Nodes}
	past := why.Past{}.Append(empty)
	var changes []cluster.Change
	happens := func(verb cluster.Verb, o, before cluster.Object) {
		at = at.Add(700 * time.Millisecond)
		changes = append(changes, cluster.Change{Time: at, Verb: verb, Object: o, Before: before})
	}
	for _, d := range w.Deployments {
		happens(cluster.Added, d, nil)
	}
	for i, rs := range w.ReplicaSets {
		if i == len(w.ReplicaSets)-1 && len(w.Deployments) > 0 {
			past = past.Ran(why.Command{
				Line: "kubectl set image deploy/web nginx=nginx:1.28", Calls: [][]string{{"set", "image", "deploy/web", "nginx=nginx:1.28"}},
				Started: at.Add(600 * time.Millisecond), Ended: at.Add(900 * time.Millisecond),
			})
		}
		happens(cluster.Added, rs, nil)
		for _, p := range w.OwnedBy(rs.UID) {
			before := p.DeepCopy()
			before.Status, before.DeletionTimestamp = corev1.PodStatus{}, nil
			dress(before, cluster.Starting, "")
			happens(cluster.Added, before, nil)
			if state, _ := cluster.StateOf(p); state != cluster.Starting {
				happens(cluster.Modified, p, before)
			}
		}
	}
	for _, e := range w.Events {
		happens(cluster.Added, e, nil)
	}
	s.Snapshot.Changes = changes
	s.Past = past.Append(s.Snapshot)
	return s
}
