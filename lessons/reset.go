package lessons

import (
	"context"
	"slices"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// An Action is one part of a reset.
type Action struct {
	Op   Op
	Line string // Run: the command
	Step int    // Play: the step whose solution, or unfolding, is played
}

// Op says what an [Action] does.
type Op string

// The operations.
const (
	OpRestore Op = "restore" // put the lesson's files back
	OpEmpty   Op = "empty"   // bring the namespace to nothing
	OpRun     Op = "run"     // run a command that makes a state; it must succeed
	OpPlay    Op = "play"    // play a step and wait until its goals are met
)

// ResetPlan says how the state that a step starts from is made out of whatever
// is there: from nothing, by what clears the rest of the cluster, the commands of
// the nearest step that has a start (else the lesson's setup), and then by playing
// the steps between.
func ResetPlan(l Lesson, step int) []Action {
	plan := []Action{{Op: OpRestore}, {Op: OpEmpty}}
	step = min(max(step, 0), len(l.Steps))
	alike := min(step, len(l.Steps)-1) // what only tells or asks is followed by the state it starts from
	for alike >= 0 && alike+1 < len(l.Steps) && len(l.Steps[alike].Start)+len(l.Steps[alike].Goals) == 0 {
		alike++
	}
	from, lines := 0, l.Setup
	for i := alike; i >= 0; i-- {
		if len(l.Steps[i].Start) > 0 {
			from, lines = i, l.Steps[i].Start
			break
		}
	}
	for _, line := range slices.Concat(l.Clear, lines) {
		plan = append(plan, Action{Op: OpRun, Line: line})
	}
	for i := from; i < step; i++ {
		if len(l.Steps[i].Goals) > 0 {
			plan = append(plan, Action{Op: OpPlay, Step: i})
		}
	}
	return plan
}

// metAtMost is how long a step's goals may take to be met once its solution has
// run: an image that is pulled, a rollout, an eviction.
const metAtMost = 90 * time.Second

// Reset makes the state that a step starts from, waits until it has settled and
// returns it, for [Session.Restarted].
func Reset(ctx context.Context, d Driver, l Lesson, step int) (cluster.Snapshot, error) {
	ctx, cancel := context.WithCancel(ctx) // ends the subscription
	defer cancel()
	p, err := newPlayer(ctx, d, l)
	if err != nil {
		return cluster.Snapshot{}, err
	}
	defer p.close()
	err = p.reset(ctx, step)
	return p.session.Observed(), err
}

// Play does what a step asks: it runs its solution, or what a watch step sets
// off, and waits until the goals are met. The step must start from its state.
func Play(ctx context.Context, d Driver, l Lesson, step int) error {
	ctx, cancel := context.WithCancel(ctx) // ends the subscription
	defer cancel()
	p, err := newPlayer(ctx, d, l)
	if err != nil {
		return err
	}
	defer p.close()
	return p.play(ctx, step)
}

// reset makes the state a step starts from and begins the step.
func (p *player) reset(ctx context.Context, step int) error {
	l := p.session.Lesson()
	p.close()
	for _, action := range ResetPlan(l, step) {
		if err := p.act(ctx, l, action); err != nil {
			return err
		}
	}
	if err := p.driver.Hurry(ctx); err != nil {
		return err
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	return p.enter(ctx, step)
}

func (p *player) act(ctx context.Context, l Lesson, a Action) error {
	defer func() { p.changed = time.Now() }()
	switch a.Op {
	case OpRestore:
		return p.driver.Files(ctx, l.Files)
	case OpEmpty:
		return p.driver.Empty(ctx, l.Namespaces)
	case OpRun:
		// Nobody looks on: what leaves needs no time to do so.
		if err := p.driver.Hurry(ctx); err != nil {
			return err
		}
		return must(ctx, p.driver, a.Line)
	}
	// What was done so far must have been seen: goals are judged on what is.
	if err := p.settle(ctx); err != nil {
		return err
	}
	return p.play(ctx, a.Step)
}

func (p *player) play(ctx context.Context, step int) error {
	if err := p.enter(ctx, step); err != nil {
		return err
	}
	defer p.close()
	if err := p.run(ctx, p.session.Step().toRun()); err != nil {
		return err
	}
	met, err := p.met(ctx, metAtMost)
	if err == nil && !met {
		err = i18n.Errorf(nil, i18n.M("reset.unmet", "Step", p.session.Step().ID, "Why", p.session.unmet()))
	}
	return err
}

// toRun is what meets a step's goals: what it sets off and then its solution.
func (s Step) toRun() []string {
	return append(append([]string(nil), s.Run...), s.Solution...)
}

// unmet says which goal failed or, if none did, is the first that isn't met, and
// what was seen of it.
func (s Session) unmet() i18n.Message {
	verdicts := s.Verdicts()
	i := slices.IndexFunc(verdicts, func(v Verdict) bool { return v.Broken })
	if i < 0 {
		i = slices.IndexFunc(verdicts, func(v Verdict) bool { return !v.Met })
	}
	if i < 0 {
		return i18n.Message{}
	}
	seen := verdicts[i].Seen
	if seen.IsZero() {
		seen = i18n.M("goal.notyet")
	}
	return i18n.M("goal.unmet", "Goal", s.Step().Goals[i].ID, "Seen", seen)
}
