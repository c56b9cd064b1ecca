package lessons

import (
	"slices"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// A Session is a learner's way through a lesson. It is a value: every method
// that moves it returns another one and leaves this one as it was. It reads no
// clock: time comes from snapshots and commands.
type Session struct {
	lesson    *Lesson
	namespace string
	objects   *objects

	at    int // the step being worked on; len(Steps) when the lesson is done
	shown int // the step being read, at or before it

	last     cluster.Snapshot
	span     span
	load     LoadStats
	answer   string
	reply    i18n.Message
	wrong    int
	met      bool
	verdicts []Verdict
	help     help
	past     []help // of the steps before, by index

	questions []question
	progress  LessonProgress
	base      time.Duration // spent before this session began
	began     time.Time
}

// help is what the learner asked to see of a step, and how its goals stood.
type help struct {
	hints    int
	solution bool
	verdicts []Verdict
	texts    map[i18n.Language][]string // the hints asked for, filled in
}

// A question is a prediction on its way to its answer.
type question struct {
	Prediction
	step int
	span span
}

// Begin starts a lesson at its first step, on the state its setup made.
func Begin(lesson Lesson, namespace string, s cluster.Snapshot) Session {
	return At(lesson, 0, namespace, s)
}

// At starts a lesson at a step (from 0), on the state that the step starts from.
func At(lesson Lesson, step int, namespace string, s cluster.Snapshot) Session {
	session := Session{
		lesson:    &lesson,
		namespace: namespace,
		objects:   newObjects(),
		past:      make([]help, len(lesson.Steps)),
		last:      s,
		began:     s.Time,
	}
	session.progress.Started = s.Time
	return session.enter(min(max(step, 0), len(lesson.Steps)))
}

// Resume starts a lesson where a learner left it.
func Resume(lesson Lesson, p LessonProgress, namespace string, s cluster.Snapshot) Session {
	session := At(lesson, lesson.index(p.Step), namespace, s)
	if !p.Started.IsZero() {
		session.base = time.Duration(p.Seconds * float64(time.Second))
		session.progress = p.clone()
		session = session.reopened(p.Predictions)
	}
	return session
}

// index returns the place of a step, or 0 for one the lesson doesn't have.
func (l *Lesson) index(id string) int {
	return max(0, slices.IndexFunc(l.Steps, func(s Step) bool { return s.ID == id }))
}

// enter begins step i on the newest state.
func (s Session) enter(i int) Session {
	s.at, s.shown = i, i
	s.span = beginSpan(s.namespace, s.last)
	s.load, s.answer, s.reply, s.wrong = LoadStats{}, "", i18n.Message{}, 0
	s.met, s.help, s.verdicts = false, help{}, nil
	if s.Done() {
		if s.progress.Finished.IsZero() {
			s.progress.Finished = s.last.Time
		}
		return s
	}
	s.verdicts = make([]Verdict, len(s.current().Goals))
	for j := range s.verdicts {
		s.verdicts[j].Met = s.current().Goals[j].OverTime()
	}
	if s.current().Kind == Predict {
		s.questions = s.ask()
	}
	return s.judgeMoment(s.last, nil).judge()
}

// ask opens the current step's question, anew if it was open.
func (s Session) ask() []question {
	step := s.current()
	q := question{step: s.at, span: s.span, Prediction: Prediction{StepID: step.ID, Reveal: step.Ask.Reveal, Form: step.Ask.Form, Asked: s.last.Time}}
	rest := slices.DeleteFunc(slices.Clone(s.questions), func(q question) bool { return q.step == s.at })
	return append(rest, q)
}

// Observe adds the newest snapshot, with every change since the one before.
func (s Session) Observe(snapshot cluster.Snapshot) Session {
	moment := s.last
	for i := range snapshot.Changes {
		change := &snapshot.Changes[i]
		if s.judgesMoments() {
			moment = moment.Apply(*change)
		}
		s = s.eachSpan(func(over span) span { return over.happened(s.namespace, *change) })
		s = s.judgeMoment(moment, change)
	}
	s.last = snapshot
	s.last.Changes = nil
	s = s.eachSpan(func(over span) span { return over.until(snapshot.Time) })
	if !s.touchedBy(snapshot.Changes) {
		return s
	}
	return s.judgeMoment(s.last, nil).judge()
}

// eachSpan makes the step's span, and that of every question still open, longer.
func (s Session) eachSpan(longer func(span) span) Session {
	s.span = longer(s.span)
	open := func(q question) bool { return !q.Known }
	if !slices.ContainsFunc(s.questions, open) {
		return s
	}
	s.questions = slices.Clone(s.questions)
	for i := range s.questions {
		if open(s.questions[i]) {
			s.questions[i].span = longer(s.questions[i].span)
		}
	}
	return s
}

// Ran adds a command that has ended.
func (s Session) Ran(c Command) Session {
	if c.Verb == "" && len(c.Calls) > 0 {
		c.Verb, c.Args = verbOf(c.Calls[0])
	}
	s = s.eachSpan(func(over span) span { return over.ran(c) })
	return s.judgeMoment(s.last, nil).judge()
}

// Load says how the step's requests went so far.
func (s Session) Load(stats LoadStats) Session {
	s.load = stats
	return s.judgeMoment(s.last, nil).judge()
}

// Restarted begins the current step anew, on the state a reset made of it. An
// open question whose step came before is asked over what happens from now on.
func (s Session) Restarted(snapshot cluster.Snapshot) Session {
	s.last = snapshot
	s.last.Changes = nil
	help := s.help
	s = s.eachSpan(func(span) span { return beginSpan(s.namespace, s.last) })
	said := s.answer
	s = s.enter(s.at)
	s.help.hints, s.help.solution = help.hints, help.solution
	if said != "" && !s.Done() && s.current().Kind == Predict {
		if again, err := s.Answer(said); err == nil {
			s = again
		}
	}
	return s.judge()
}

// Next goes on: to the step after the one being read, if that is met. An unmet
// step stays.
func (s Session) Next() Session {
	switch {
	case s.shown < s.at:
		s.shown++
		return s
	case s.Done(), !s.Met():
		return s
	}
	s.progress.Done = s.progress.markDone(s.current().ID)
	return s.leave()
}

// Skip goes on without the step being met. What a step's solution would have
// done to the cluster is not done: play it first ([Play]).
func (s Session) Skip() Session {
	if s.Done() || s.shown < s.at {
		return s.Next()
	}
	return s.leave()
}

func (s Session) leave() Session {
	s.past = slices.Clone(s.past)
	s.help.verdicts = s.verdicts
	s.past[s.at] = s.help
	s.progress = s.Progress()
	return s.enter(s.at + 1)
}

// Back shows the step before the one being read. It is for reading only: what
// was reached stays reached, and the current step's goals stay watched.
func (s Session) Back() Session {
	s.shown = max(0, s.shown-1)
	return s
}

// Hint shows one more hint of the current step.
func (s Session) Hint() Session {
	if s.Done() || s.help.hints >= s.current().Hints {
		return s
	}
	s.help.hints++
	s.progress.Hints++
	return s.withHints(s.scope())
}

// ShowSolution shows the current step's solution. It runs nothing.
func (s Session) ShowSolution() Session {
	if s.Done() || s.help.solution || len(s.current().Solution) == 0 {
		return s
	}
	s.help.solution = true
	s.progress.Solutions++
	return s
}

// Answer answers the current step's question. An answer that can't be read is
// an error with a sentence; a wrong one to a quiz is counted, and Reply says so.
func (s Session) Answer(said string) (Session, error) {
	if s.Done() || s.current().Ask == nil {
		return s, i18n.Errorf(nil, i18n.M("answer.noquestion"))
	}
	ask := s.current().Ask
	said, err := ask.Parse(said)
	if err != nil {
		return s, err
	}
	s.answer = said
	if s.current().Kind == Predict {
		s.questions = slices.Clone(s.questions)
		for i := range s.questions {
			if s.questions[i].step == s.at {
				s.questions[i].Said = said
			}
		}
		s.met, s.reply = true, i18n.M("answer.noted")
		return s, nil
	}
	right, err := ask.answer(s.scope())
	if err != nil {
		return s, err
	}
	if said != right {
		s.wrong++
		s.reply = i18n.M("answer.wrong")
		return s, nil
	}
	s.met, s.reply = true, i18n.M("answer.right")
	return s, nil
}
