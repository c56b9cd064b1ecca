// Package lab puts an open cluster, the learner's prompt and the stream of
// snapshots together: what lessons are played on when they are reset, shown or
// proven.
package lab

import (
	"context"
	"slices"
	"sync"
	"time"

	"podium/cluster"
	"podium/cluster/traffic"
	"podium/lessons"
	"podium/prompt"
)

// A Lab is a cluster with a learner's prompt. It implements [lessons.Driver].
type Lab struct {
	cluster *cluster.Cluster
	prompt  prompt.Options
	hub     *Hub

	mu  sync.Mutex
	ran []lessons.Command
}

var _ lessons.Driver = (*Lab)(nil)

// New returns the lab on c. Lines run as o says, with c's own kubeconfig; hub
// hands out c's snapshots.
func New(c *cluster.Cluster, o prompt.Options, hub *Hub) *Lab {
	o.Kubeconfig, o.Network = c.Kubeconfig, c.Socket
	return &Lab{cluster: c, prompt: o, hub: hub}
}

// The folders of a round of practice, among those of the lessons.
const (
	Bench = "practice"        // the learner's
	Stage = ".practice-stage" // of what makes the round
)

// Offers returns what lessons may need of a cluster and this one has.
func Offers(c *cluster.Cluster) []lessons.Need {
	var has []lessons.Need
	offer := func(need lessons.Need, there bool) {
		if there {
			has = append(has, need)
		}
	}
	_, grows := c.Nodes.(cluster.NodeMaker)
	offer(lessons.NeedNodes, grows)
	offer(lessons.NeedCluster, !c.Shared)
	offer(lessons.NeedView, !c.Blind)
	offer(lessons.NeedNetwork, c.Socket != "")
	return has
}

// Namespace implements [lessons.Driver].
func (l *Lab) Namespace() string { return l.cluster.Namespace }

// lag is how long kube-proxy may take to lay the ways to a changed Service. It
// writes its rules once a second at most (minSyncPeriod in its configuration);
// up to 1.4 s were seen on a busy machine.
const lag = 3 * time.Second

// Lag implements [lessons.Driver]. The simulated network looks up where to go
// with each connection.
func (l *Lab) Lag() time.Duration {
	if l.cluster.Provider == "sim" {
		return 0
	}
	return lag
}

// Files implements [lessons.Driver].
func (l *Lab) Files(_ context.Context, files map[string]string) error {
	return Place(l.prompt.Folder, files, Restore)
}

// Run implements [lessons.Driver].
func (l *Lab) Run(ctx context.Context, line string) (lessons.Command, error) {
	captured, err := prompt.Capture(ctx, l.prompt, line)
	c := Judged(captured)
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.ran = append(l.ran, c)
	}
	return c, err
}

// Commands returns what was run so far, oldest first.
func (l *Lab) Commands() []lessons.Command {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.ran)
}

// Judged is a command as the lesson engine looks at it.
func Judged(c prompt.Command) lessons.Command {
	return lessons.Command{
		Line: c.Line, Calls: c.Argv, Verb: c.Verb, Exit: c.Exit, Output: c.Output, Started: c.Started, Ended: c.Ended,
	}
}

// Empty implements [lessons.Driver].
func (l *Lab) Empty(ctx context.Context, made []string) error {
	ground := lessons.Ground{Namespace: l.cluster.Namespace, Made: made, Whole: !l.cluster.Shared}
	return ground.Empty(ctx, l.cluster.Config)
}

// Hurry implements [lessons.Driver].
func (l *Lab) Hurry(ctx context.Context) error {
	return lessons.HurryPods(ctx, l.cluster.Config, l.cluster.Namespace)
}

// Current implements [lessons.Driver].
func (l *Lab) Current(ctx context.Context, s cluster.Snapshot) (bool, error) {
	return lessons.Current(ctx, l.cluster.Config, l.cluster.Namespace, s)
}

// Snapshots implements [lessons.Driver].
func (l *Lab) Snapshots(ctx context.Context) (<-chan cluster.Snapshot, error) {
	return l.hub.Subscribe(ctx), nil
}

// Traffic implements [lessons.Driver].
func (l *Lab) Traffic(ctx context.Context, t lessons.Traffic) (func() lessons.LoadStats, error) {
	p, err := traffic.Start(ctx, Target(l.cluster, t))
	if err != nil {
		return nil, err
	}
	return func() lessons.LoadStats { return Load(p.Stats()) }, nil
}

// Target is where a lesson's traffic goes on a cluster.
func Target(c *cluster.Cluster, t lessons.Traffic) traffic.Target {
	return traffic.Target{
		Namespace: c.Namespace, Service: t.Service, Port: t.Port, Path: t.Path, Rate: t.Rate, Dial: c.Dial, Config: c.Config,
	}
}

// Load is what goals see of traffic.
func Load(s traffic.Stats) lessons.LoadStats {
	return lessons.LoadStats{
		Total: s.Total, Failed: s.Failed, Downtime: s.Downtime.Seconds(), Recovered: recovered(s), Answered: answered(s),
		Now: s.Now, Versions: s.ByVersion, Pods: s.ByPod,
	}
}

// answeredFor is how long every request must have been answered for a Service to
// be taken for well.
const answeredFor = time.Second

// answered reports whether the newest requests with a known outcome were all
// answered, over [answeredFor].
func answered(s traffic.Stats) bool {
	seen := 0
	for i := len(s.Buckets) - 1; i >= 0 && seen < int(answeredFor/traffic.Width); i-- {
		switch b := s.Buckets[i]; {
		case b.Failed > 0:
			return false
		case b.Answered > 0:
			seen++
		}
	}
	return seen == int(answeredFor/traffic.Width)
}

// recovered reports whether the newest requests with a known outcome were
// answered, after some that were not.
func recovered(s traffic.Stats) bool {
	if s.Failed == 0 {
		return false
	}
	for i := len(s.Buckets) - 1; i >= 0; i-- {
		if b := s.Buckets[i]; b.Answered+b.Failed > 0 {
			return b.Failed == 0
		}
	}
	return false
}
