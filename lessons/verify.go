package lessons

import (
	"context"
	"errors"
	"time"

	"podium/i18n"
)

// Verify proves a lesson on a driver's cluster. It goes through the lesson once
// from its first step to its last, as a learner would, and then comes back to
// each step by a reset and tries its wrong ways. report, if not nil, is told each
// check as it ends. The error says that the lesson could not be tried at all; what
// is wrong with the lesson itself is in the report.
func Verify(ctx context.Context, l Lesson, d Driver, report func(Row)) (Report, error) {
	ctx, cancel := context.WithCancel(ctx) // ends the subscription
	defer cancel()
	v := &verifier{lesson: l, report: report, result: Report{Lesson: l.ID}}
	v.words()
	if len(v.result.Failed()) > 0 {
		return v.result, nil // a step whose words are missing can't be played
	}
	var err error
	if v.player, err = newPlayer(ctx, d, l); err != nil {
		return v.result, err
	}
	defer v.close()
	on, err := v.through(ctx)
	for i := 0; i < len(l.Steps) && on && err == nil; i++ {
		if len(l.Steps[i].Goals) > 0 {
			err = v.again(ctx, i)
		}
	}
	return v.result, err
}

type verifier struct {
	*player
	lesson Lesson
	report func(Row)
	result Report
	starts []fingerprint // of the state each step started from
	began  time.Time     // of the check under way
	cause  error         // behind the next check's failure, such as a command's output
}

// note records a check: it passed if there is nothing to say against it.
func (v *verifier) note(step string, check Check, why i18n.Message) bool {
	row := Row{Lesson: v.lesson.ID, Step: step, Check: check, OK: why.IsZero(), Took: time.Since(v.began), Why: why}
	if v.cause != nil {
		row.Evidence, v.cause = append(row.Evidence, i18n.Text(cut(Plain(v.cause.Error()), 300))), nil
	}
	if !row.OK && v.player != nil {
		row.Evidence = append(row.Evidence, evidence(v.session, v.driver.Namespace())...)
	}
	v.result.Rows = append(v.result.Rows, row)
	if v.report != nil {
		v.report(row)
	}
	v.began = time.Now()
	return row.OK
}

// words checks what needs no cluster.
func (v *verifier) words() {
	v.began = time.Now()
	for i := range v.lesson.Steps {
		step := &v.lesson.Steps[i]
		why := i18n.Message{}
		for _, language := range i18n.Languages {
			if missing := v.lesson.lacks(v.lesson.Words[language], step); missing != "" {
				why = i18n.M("verify.lacks", "Language", string(language), "What", missing)
			}
		}
		v.note(step.ID, CheckWords, why)
	}
}

// lacks names the first thing a step's words lack.
func (l Lesson) lacks(words Words, step *Step) string {
	w, ok := words.Steps[step.ID]
	switch {
	case words.Title == "" || words.Summary == "":
		return "title"
	case !ok || w.Title == "" || w.Text == "" && step.Ask == nil && (l.Fault == nil || step.ID != SymptomStep):
		return "text"
	case len(w.Hints) != step.Hints || step.Kind == Do && len(w.Hints) < minHints:
		return hintBlock
	case step.Ask != nil && w.Ask == "":
		return askBlock
	case step.Ask != nil && len(w.Choices) != len(step.Ask.Choices):
		return choicesBlock
	}
	for _, g := range step.Goals {
		if w.Goals[g.ID] == "" {
			return goalsBlock + " " + g.ID
		}
	}
	for _, sentence := range w.Choices {
		if sentence == "" {
			return choicesBlock
		}
	}
	return ""
}

// through goes through the whole lesson as a learner would. It is false if the
// learner would be stuck: what comes later can't be judged then.
func (v *verifier) through(ctx context.Context) (bool, error) {
	v.began = time.Now()
	if on, err := v.state(ctx, 0); !on {
		return false, err
	}
	if on, err := v.healthy(ctx); !on {
		return false, err
	}
	for i := range v.lesson.Steps {
		v.starts = append(v.starts, v.fingerprint())
		on, err := v.step(ctx, i)
		if !on || err != nil {
			return false, err
		}
		if err := v.settle(ctx); err != nil {
			return false, err
		}
		v.session = v.session.Next()
		if err := v.traffic(ctx); err != nil {
			return false, err
		}
	}
	return true, nil
}

// state makes the state a step starts from. It is false where the lesson's own
// commands don't make it.
func (v *verifier) state(ctx context.Context, step int) (bool, error) {
	err := v.reset(ctx, step)
	var refused *i18n.Error
	if errors.As(err, &refused) && ctx.Err() == nil {
		id := ""
		if step < len(v.lesson.Steps) {
			id = v.lesson.Steps[step].ID
		}
		v.cause = refused.Cause
		v.note(id, CheckState, i18n.Explain(err))
		return false, nil
	}
	return err == nil, err
}

// step goes through the step that the session is on.
func (v *verifier) step(ctx context.Context, i int) (bool, error) {
	step := &v.lesson.Steps[i]
	v.began = time.Now()
	if step.Hints > 0 {
		v.note(step.ID, CheckHints, v.hints())
	}
	switch step.Kind {
	case Read:
		return true, nil
	case Predict, Quiz:
		return v.answers(step), nil
	}
	if !v.note(step.ID, CheckUnmet, v.unmetWhy()) {
		return false, nil
	}
	if on, err := v.clue(ctx, step); !on {
		return false, err
	}
	if err := v.run(ctx, step.toRun()); err != nil {
		return false, err
	}
	met, err := v.met(ctx, metAtMost)
	if err != nil {
		return false, err
	}
	why := i18n.Message{}
	if !met {
		why = v.session.unmet()
	}
	if !v.note(step.ID, CheckMet, why) {
		return false, nil
	}
	if !v.revealed(step) {
		return false, nil
	}
	return true, v.typed(ctx, step)
}

// hints fills in every hint, on the state the step starts from, and says which
// mentions what isn't there.
func (v *verifier) hints() i18n.Message {
	for _, language := range i18n.Languages {
		for n, hint := range v.session.Words(language).Hints {
			if _, err := hint.render(v.session.scope()); err != nil {
				return i18n.M("verify.hint", "Language", string(language), "Number", n+1, "Reason", reason(err))
			}
		}
	}
	return i18n.Message{}
}

func (v *verifier) unmetWhy() i18n.Message {
	if v.session.Met() {
		return i18n.M("verify.already")
	}
	return i18n.Message{}
}

// answers answers a prediction with anything, since the cluster will tell, and a
// quiz with what its expression says, which must be an answer that can be given.
func (v *verifier) answers(step *Step) bool {
	answer := "0"
	if step.Ask.Form == Choice {
		answer = step.Ask.Choices[0]
	}
	if step.Kind == Quiz {
		var err error
		if answer, err = step.Ask.answer(v.session.scope()); err != nil {
			return v.note(step.ID, CheckMet, i18n.Explain(err))
		}
	}
	answered, err := v.session.Answer(answer)
	if err != nil {
		return v.note(step.ID, CheckMet, i18n.Explain(err))
	}
	v.session = answered
	return step.Kind == Predict || v.note(step.ID, CheckMet, because(!answered.Met(), i18n.M("goal.notyet")))
}

// because is why if it is so, and nothing to say otherwise.
func because(so bool, why i18n.Message) i18n.Message {
	if so {
		return why
	}
	return i18n.Message{}
}

// revealed checks that the cluster has answered every question that waited for
// this step.
func (v *verifier) revealed(step *Step) bool {
	ok := true
	for _, q := range v.session.questions {
		if q.Reveal != step.ID {
			continue
		}
		why := i18n.Message{}
		if !q.Known {
			_, err := v.lesson.Steps[q.step].Ask.answer(newScope(v.session.view(v.session.last, q.span), v.session.objects))
			why = i18n.M("verify.unanswered", "Step", q.StepID, "Reason", i18n.Explain(err))
		}
		ok = v.note(step.ID, CheckRevealed, why) && ok
	}
	return ok
}

// again comes back to a step by a reset, and tries each wrong way from there.
func (v *verifier) again(ctx context.Context, i int) error {
	step := &v.lesson.Steps[i]
	for n := range max(1, len(step.Wrong)) {
		if n == 0 || v.changedSince(i) {
			v.began = time.Now()
			if on, err := v.state(ctx, i); !on {
				return err
			}
			if !v.note(step.ID, CheckReset, v.resetWhy(i)) {
				return nil
			}
		} else if err := v.enter(ctx, i); err != nil {
			return err
		}
		if n < len(step.Wrong) {
			if err := v.wrong(ctx, step, step.Wrong[n]); err != nil {
				return err
			}
		}
	}
	return v.also(ctx, i)
}

// changedSince reports whether the wrong way that was tried touched anything.
func (v *verifier) changedSince(i int) bool {
	past := v.session.Past()
	return len(past.Created)+len(past.Deleted) > 0 || v.session.Broken() || v.resetWhy(i).ID != ""
}

// resetWhy says in what the state differs from the one the step started from.
func (v *verifier) resetWhy(i int) i18n.Message {
	if difference := v.starts[i].differs(v.fingerprint()); difference != "" {
		return i18n.M("verify.otherstate", "Difference", difference)
	}
	return v.unmetWhy()
}

// wrong tries a way that must not count.
func (v *verifier) wrong(ctx context.Context, step *Step, lines []string) error {
	v.began = time.Now()
	if err := v.run(ctx, step.Run); err != nil {
		return err
	}
	if err := v.run(ctx, lines); err != nil {
		return err
	}
	if err := v.settle(ctx); err != nil {
		return err
	}
	line := ""
	if len(lines) > 0 {
		line = Plain(lines[len(lines)-1])
	}
	v.note(step.ID, CheckWrong, because(v.session.Met(), i18n.M("verify.wrong", "Line", line)))
	return nil
}
