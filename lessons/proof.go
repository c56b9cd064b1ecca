package lessons

import (
	"time"

	"podium/cluster"
	"podium/cluster/record"
)

// Proof finds the moment that answered a prediction, in what was recorded from
// when it was asked until its answer was known: the one since which the answer
// has been what it is. Where the answer never was another one, that is when it
// was given. It reads the recording, so it belongs in the background.
func (s Session) Proof(p Prediction, over record.Span) (time.Time, error) {
	start, err := over.Start()
	if err != nil {
		return p.Answered, err
	}
	step := s.lesson.index(p.StepID)
	ask := s.lesson.Steps[step].Ask
	if ask == nil {
		return p.Answered, nil
	}
	t := telling{
		ask: ask, namespace: s.namespace, objects: newObjects(), now: start, span: beginSpan(s.namespace, start),
		commands: over.Commands(), want: p.Answer, since: p.Answered,
	}
	t.was = t.answer()
	for c, err := range over.All() {
		if err != nil {
			return t.since, err
		}
		t.until(c.Time)
		t.now = t.now.Apply(c)
		t.span = t.span.happened(t.namespace, c)
		if ask.Answer.watches(c.Kind) || ask.Answer.usesTime() {
			t.look(c.Time)
		}
	}
	t.until(p.Answered)
	return t.since, nil
}

// A telling goes through what was recorded, and looks when the answer came about.
type telling struct {
	ask       *Question
	namespace string
	objects   *objects
	now       cluster.Snapshot
	span      span
	commands  []record.Command // not yet told

	want  string // the answer that was given
	was   string // the answer as it last was
	since time.Time
}

// until tells the commands that ended by a time.
func (t *telling) until(at time.Time) {
	for len(t.commands) > 0 && !t.commands[0].Ended.After(at) {
		c := t.commands[0]
		t.commands = t.commands[1:]
		t.span = t.span.ran(recorded(c))
		t.look(c.Ended)
	}
}

// look asks what the answer is by now.
func (t *telling) look(at time.Time) {
	answer := t.answer()
	if answer == t.want && t.was != t.want {
		t.since = at
	}
	t.was = answer
}

// answer is what the question's answer would be now; "" while there is none.
func (t *telling) answer() string {
	answer, err := t.ask.answer(newScope(View{
		Namespace: t.namespace, Now: t.now, Start: t.span.start, Past: t.span.past, Commands: t.span.commands,
	}, t.objects))
	if err != nil {
		return ""
	}
	return answer
}

// recorded is a command as the engine looks at it.
func recorded(c record.Command) Command {
	command := Command{Line: c.Line, Calls: c.Calls, Exit: c.Exit, Output: c.Output, Started: c.Started, Ended: c.Ended}
	if len(c.Calls) > 0 {
		command.Verb, command.Args = verbOf(c.Calls[0])
	}
	return command
}
