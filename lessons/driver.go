package lessons

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// A Driver is what a reset, a played solution and verify act through: a cluster
// with a learner's prompt.
type Driver interface {
	// Namespace is where the lesson is played.
	Namespace() string

	// Files puts a lesson's files into the learner's folder as the lesson has
	// them. A file the learner changed is kept beside it.
	Files(ctx context.Context, files map[string]string) error

	// Run runs a line as if it were typed at the prompt, with the lesson's
	// folder as the current one. A command that fails is no error; its exit
	// status says so.
	Run(ctx context.Context, line string) (Command, error)

	// Empty brings the namespace to nothing, removes those the lesson has the
	// learner make, and returns when all is gone.
	Empty(ctx context.Context, made []string) error

	// Hurry returns when the controllers of the namespace's workloads have seen
	// what was asked of them, and has the pods that are leaving gone at once.
	Hurry(ctx context.Context) error

	// Snapshots returns a stream of its own: the state as it is, at once, and then
	// every later one with its changes. One that nobody took is merged with the
	// next ([cluster.Merge]), so that no change is lost. It ends with ctx.
	Snapshots(ctx context.Context) (<-chan cluster.Snapshot, error)

	// Current reports whether a snapshot shows what the namespace holds now. On a
	// busy machine the stream is behind the cluster for seconds, and quiet.
	Current(ctx context.Context, s cluster.Snapshot) (bool, error)

	// Lag is how long requests may still go where they went before, once a
	// Service or its endpoints have changed: nothing in the API tells.
	Lag() time.Duration

	// Traffic sends requests until ctx ends and returns how to ask how they went
	// so far.
	Traffic(ctx context.Context, t Traffic) (stats func() LoadStats, err error)
}

// tick is how often requests are asked about while the cluster itself is quiet.
const tick = 250 * time.Millisecond

// A player follows a session on a driver's cluster.
type player struct {
	driver    Driver
	snapshots <-chan cluster.Snapshot
	session   Session
	changed   time.Time          // when something last changed in the namespace
	routed    time.Time          // when a Service or its endpoints last did
	stats     func() LoadStats   // of the step's traffic; nil without any
	stop      context.CancelFunc // ends the step's traffic
}

// newPlayer subscribes to the driver's cluster, until ctx ends, and begins a
// lesson's first step on its state.
func newPlayer(ctx context.Context, d Driver, l Lesson) (*player, error) {
	p := &player{driver: d, stop: func() {}, changed: time.Now()}
	var err error
	if p.snapshots, err = d.Snapshots(ctx); err != nil {
		return nil, err
	}
	snapshot, err := p.next(ctx, nil)
	p.session = Begin(l, d.Namespace(), snapshot)
	return p, err
}

// next waits for a snapshot. It returns errTick if the timer is first.
func (p *player) next(ctx context.Context, timer <-chan time.Time) (cluster.Snapshot, error) {
	select {
	case snapshot, ok := <-p.snapshots:
		if !ok {
			return snapshot, cmp.Or(ctx.Err(), i18n.Errorf(nil, i18n.M("reset.gone")))
		}
		return snapshot, nil
	case <-timer:
		return cluster.Snapshot{}, errTick
	case <-ctx.Done():
		return cluster.Snapshot{}, ctx.Err()
	}
}

var errTick = errors.New("tick")

// enter begins a step on the newest state, and its traffic.
func (p *player) enter(ctx context.Context, step int) error {
	p.session = At(p.session.Lesson(), step, p.driver.Namespace(), p.session.Observed())
	return p.traffic(ctx)
}

// traffic starts the current step's requests and ends those of the one before.
func (p *player) traffic(ctx context.Context) error {
	p.close()
	t := p.session.Step().Traffic
	if t == nil {
		return nil
	}
	ctx, p.stop = context.WithCancel(ctx)
	var err error
	p.stats, err = p.driver.Traffic(ctx, *t)
	return err
}

func (p *player) close() {
	p.stop()
	p.stop, p.stats = func() {}, nil
}

// observe waits for one snapshot, for no longer than most, and adds it.
func (p *player) observe(ctx context.Context, most time.Duration) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	snapshot, err := p.next(ctx, timer.C)
	switch {
	case err == nil:
		if slices.ContainsFunc(snapshot.Changes, p.matters) {
			p.changed = time.Now()
		}
		if slices.ContainsFunc(snapshot.Changes, p.routes) {
			p.routed = time.Now()
		}
		p.session = p.session.Observe(snapshot)
	case !errors.Is(err, errTick):
		return err
	}
	if p.stats != nil {
		p.session = p.session.Load(p.stats())
	}
	return nil
}

// matters reports whether a change is one of the lesson's and not of the
// cluster's own unrest: heartbeats, and events about what is known already.
func (p *player) matters(c cluster.Change) bool {
	return c.Object.GetNamespace() == p.driver.Namespace() && c.Kind != eventKind
}

// routes reports whether requests go another way since a change.
func (p *player) routes(c cluster.Change) bool {
	return p.matters(c) && (c.Kind.Kind == "Service" || c.Kind.Kind == "EndpointSlice")
}

// run runs lines one after the other.
func (p *player) run(ctx context.Context, lines []string) error {
	for _, line := range lines {
		c, err := p.driver.Run(ctx, line)
		if err != nil {
			return err
		}
		p.session = p.session.Ran(c)
		p.changed = time.Now()
	}
	return nil
}

// met waits until the step is met, for no longer than most.
func (p *player) met(ctx context.Context, most time.Duration) (bool, error) {
	deadline := time.Now().Add(most)
	for !p.session.Met() && !p.session.Broken() {
		left := time.Until(deadline)
		if left <= 0 {
			break
		}
		if err := p.observe(ctx, min(left, tick)); err != nil {
			return false, err
		}
	}
	return p.session.Met(), nil
}

// must runs lines that make a state and so may not fail.
func must(ctx context.Context, d Driver, line string) error {
	c, err := d.Run(ctx, line)
	if err == nil && c.Exit != 0 {
		err = i18n.Errorf(errors.New(cut(Plain(c.Output), 300)), i18n.M("reset.failed", "Line", Plain(line), "Exit", c.Exit))
	}
	return err
}
