package tui

import (
	"cmp"
	"context"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/lessons"
	"podium/recall"
)

// tellMsg puts a sentence into the status line.
type tellMsg struct{ message i18n.Message }

// loadProgress reads the lessons and what the learner reached in them.
func (m *Model) loadProgress() tea.Cmd {
	path, all, load, cards := m.opts.ProgressPath, m.opts.Lessons, m.opts.LoadLessons, m.opts.CardsPath
	return func() tea.Msg {
		var err error
		if load != nil {
			if all, err = load(); err != nil && len(all) == 0 {
				return progressMsg{err: err}
			}
		}
		progress, failed := lessons.LoadProgress(path)
		deck, unread := recall.Load(cards)
		return progressMsg{all, progress, deck, recall.Cards(all, progress), cmp.Or(failed, err, unread)}
	}
}

// onProgress takes what the learner reached in earlier sessions, and opens the
// lesson that podium was started with.
func (m *Model) onProgress(msg progressMsg) tea.Cmd {
	m.scene.Progress, m.course.saved, m.course.known = msg.progress, msg.progress, msg.progress.Version > 0
	if len(msg.lessons) > 0 {
		m.scene.Lessons = msg.lessons
	}
	m.scene.Recall.Deck, m.scene.Recall.Cards = msg.deck, msg.cards
	if msg.err != nil {
		m.tell(i18n.Explain(msg.err))
	}
	if m.past.replay {
		m.course.known = false // a recording moves nobody on
		if m.past.on {
			return m.arrive(m.past.at) // now with its lesson's words
		}
		return nil
	}
	if round := m.opts.StartRound; round != nil && m.page == homePage {
		return m.practise(*round)
	}
	if m.opts.StartReview && m.page == homePage {
		return tea.Batch(m.review(), m.beginPending())
	}
	if id := m.opts.StartLesson; id != "" && m.page == homePage {
		return m.openLesson(id)
	}
	return m.beginPending()
}

// save keeps what the session has reached, if that is something new. One save
// runs at a time; what comes meanwhile is saved after it.
func (m *Model) save() tea.Cmd {
	s := m.scene.Session
	ended := m.roundEnded()
	if !s.IsZero() && !m.course.trial && !s.Lesson().IsFault() {
		id := s.Lesson().ID
		m.scene.Progress = m.scene.Progress.With(id, s.Progress().After(m.scene.Progress.Lessons[id]))
	}
	if m.course.saving || !m.course.known || same(m.scene.Progress, m.course.saved) || m.scene.Lab.ReadOnly {
		return ended
	}
	m.course.saving = true
	progress, path := m.scene.Progress, m.opts.ProgressPath
	m.course.saved = progress
	return tea.Batch(ended, m.jobs.cmd(func(context.Context) tea.Msg { return savedMsg{progress.Save(path)} }))
}
