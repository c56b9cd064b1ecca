package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"podium/cluster/traffic"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
)

// endAttempt ends what was begun for a step: its requests and what still runs
// in the background.
func (m *Model) endAttempt() tea.Cmd {
	m.course.attempt++
	if m.course.stop != nil {
		m.course.stop()
		m.course.stop = nil
	}
	m.course.busy = i18n.Message{}
	prober := m.course.prober
	m.course.prober, m.scene.Load = nil, traffic.Stats{}
	if prober == nil {
		return nil
	}
	return m.jobs.cmd(func(context.Context) tea.Msg {
		prober.Stop()
		return nil
	})
}

// attemptContext is the context of what runs for the step; endAttempt cancels it.
func (m *Model) attemptContext() context.Context {
	ctx, cancel := context.WithCancel(m.jobs.ctx)
	before := m.course.stop
	m.course.stop = func() {
		cancel()
		if before != nil {
			before()
		}
	}
	return ctx
}

func (m *Model) attempt() int { return m.course.attempt }

// lab is where lessons are played: in the learner's folder, or a round of
// practice on its stage.
func (m *Model) lab() *lab.Lab {
	o := m.options
	if m.scene.Session.Lesson().IsFault() {
		o.Folder = m.folderOf(lab.Stage)
	}
	return lab.New(m.link.cluster, o, m.course.hub)
}

// folderName is the name of the folder that the prompt has in a lesson.
func (m *Model) folderName(l lessons.Lesson) string {
	if l.IsFault() {
		return lab.Bench
	}
	return l.ID
}

// enterFolder makes a lesson's folder the prompt's.
func (m *Model) enterFolder(name string) {
	folder := m.folderOf(name)
	m.options.Folder = folder
	m.prompt.Use(m.options)
}
