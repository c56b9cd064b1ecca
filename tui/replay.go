package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/cluster/record"
	"podium/cluster/why"
)

// replay shows the first moment of the recording that the screen was opened on.
// There is no cluster, and so no now to come back to.
func (m *Model) replay() tea.Cmd {
	film, number := m.opts.Replay, m.past.number
	head := film.Head()
	lab := &m.scene.Lab
	lab.Provider, lab.Name, lab.Namespace = head.Provider, head.Cluster, head.Namespace
	lab.Ready, lab.ReadOnly = true, true
	return m.jobs.cmd(func(context.Context) tea.Msg {
		msg := filmMsg{number: number, film: film}
		if msg.causes, msg.err = causesIn(film); msg.err == nil {
			msg.at, msg.err = film.Seek(film.From())
		}
		return msg
	})
}

const (
	// mostTold bounds how many changes are gone through for their causes, the
	// newest ones: some seconds' work at most. No story is as long.
	mostTold = 20_000

	// toldTogether is what a screen that followed would have got as one snapshot.
	toldTogether = 50 * time.Millisecond
)

// causesIn goes through a recording as the screen would have followed the lab.
func causesIn(film *record.Recording) (why.Past, error) {
	begin, err := film.Skip(film.Len() - mostTold)
	if err != nil {
		return why.Past{}, err
	}
	s := begin.Snapshot
	s.Changes = nil
	past := why.Past{}.Append(s)
	commands, anew := film.CommandsUntil(film.To()), film.Anew()
	var together []cluster.Change
	tell := func(until time.Time) {
		if len(together) > 0 {
			s = s.Apply(together...)
			past, together = past.Append(s), nil
		}
		for len(anew) > 0 && !anew[0].After(until) {
			past, anew = past.Anew(anew[0]), anew[1:]
		}
		for len(commands) > 0 && !commands[0].Ended.After(until) {
			c := commands[0]
			commands = commands[1:]
			past = past.Ran(why.Command{Line: c.Line, Calls: c.Calls, Output: c.Output, Exit: c.Exit, Lesson: c.Lesson, Started: c.Started, Ended: c.Ended})
		}
	}
	for c, err := range film.Between(begin.Time, film.To()).All() {
		if err != nil {
			return past, err
		}
		if len(together) > 0 && c.Time.Sub(together[0].Time) > toldTogether {
			tell(c.Time)
		}
		together = append(together, c)
	}
	tell(film.To())
	return past, nil
}
