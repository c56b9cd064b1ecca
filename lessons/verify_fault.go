package lessons

import (
	"context"
	"maps"
	"strings"
	"time"

	"podium/i18n"
)

// clueAtMost is how long what shows a fault may take to be there: an event is
// written after what it tells of.
const clueAtMost = 20 * time.Second

// healthy checks that all is well with a fault's application before it is
// broken: what the learner has to reach is so.
func (v *verifier) healthy(ctx context.Context) (bool, error) {
	if v.lesson.Fault == nil || len(v.lesson.Steps[0].Goals) == 0 {
		return true, nil
	}
	v.began = time.Now()
	if err := v.enter(ctx, atMend); err != nil {
		return false, err
	}
	met, err := v.met(ctx, metAtMost)
	if err != nil || !v.note(SymptomStep, CheckHealthy, because(!met, v.session.unmet())) {
		return false, err
	}
	return true, v.enter(ctx, 0)
}

// clue checks that a fault can be seen where it says.
func (v *verifier) clue(ctx context.Context, step *Step) (bool, error) {
	if v.lesson.Fault == nil || step.ID != MendStep {
		return true, nil
	}
	clue := v.lesson.Fault.Clue
	deadline := time.Now().Add(clueAtMost)
	for {
		c, err := v.driver.Run(ctx, clue.Line)
		if err != nil {
			return false, err
		}
		if strings.Contains(c.Output, clue.Shows) {
			return v.note(step.ID, CheckClue, i18n.Message{}), nil
		}
		if time.Now().After(deadline) {
			v.session = v.session.Ran(c) // among the evidence
			return v.note(step.ID, CheckClue, i18n.M("verify.clue", "Line", Plain(clue.Line), "Shows", Plain(clue.Shows))), nil
		}
		if err := v.observe(ctx, time.Second); err != nil {
			return false, err
		}
	}
}

// fingerprint is the state's. Where something is broken, pods come and go and
// fail in turns, and how far a rollout got hangs on that: what the learner made
// is all that can be compared.
func (v *verifier) fingerprint() fingerprint {
	f := fingerprintOf(v.session.Observed(), v.driver.Namespace())
	if v.lesson.Fault != nil {
		maps.DeleteFunc(f, func(name string, _ []string) bool {
			return strings.HasPrefix(name, "pod/") || strings.HasPrefix(name, "replicaset/") ||
				strings.HasPrefix(name, "node/") // taints tell when they were added
		})
	}
	return f
}

// also tries every other way that meets a step.
func (v *verifier) also(ctx context.Context, i int) error {
	step := &v.lesson.Steps[i]
	for _, lines := range step.Also {
		v.began = time.Now()
		if on, err := v.state(ctx, i); !on {
			return err
		}
		if err := v.run(ctx, append(append([]string(nil), step.Run...), lines...)); err != nil {
			return err
		}
		met, err := v.met(ctx, metAtMost)
		if err != nil {
			return err
		}
		v.note(step.ID, CheckAlso, because(!met, i18n.M("verify.also", "Line", Plain(strings.Join(lines, "; ")), "Why", v.session.unmet())))
	}
	return nil
}
