package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/recall"
	"podium/tui/panes"
)

// A shelf is how the learner's cards are kept on disk.
type shelf struct {
	saving  bool
	unsaved bool // the deck has changed since it was handed to be saved
}

type (
	// deckMsg brings the learner's cards as they are on disk: another podium of
	// theirs may have asked some.
	deckMsg struct {
		deck  recall.Deck
		cards []recall.Card // those that are earned; nil where that is known
		begin bool          // a review begins
		err   error
	}

	shelvedMsg struct{ err error }
)

func (deckMsg) forCourse()    {}
func (shelvedMsg) forCourse() {}

// review lays what is due over the page.
func (m *Model) review() tea.Cmd {
	m.over, m.scene.Recall.Review = reviewPage, recall.Review{}
	return m.remind(true)
}

// remind finds again what the learner has earned cards for, and reads how well
// each is known: that takes some milliseconds. A review may begin with it.
func (m *Model) remind(begin bool) tea.Cmd {
	path, all, progress := m.opts.CardsPath, m.scene.Lessons, m.scene.Progress
	return m.jobs.cmd(func(context.Context) tea.Msg {
		deck, err := recall.Load(path)
		return deckMsg{deck, recall.Cards(all, progress), begin, err}
	})
}

func (m *Model) onDeck(msg deckMsg) tea.Cmd {
	m.canvas.touch()
	if msg.err != nil {
		m.tell(i18n.Explain(msg.err))
	}
	if !m.shelf.saving && !m.shelf.unsaved { // else there is a newer one here
		m.scene.Recall.Deck = msg.deck
	}
	if msg.cards != nil {
		m.scene.Recall.Cards = msg.cards
	}
	switch {
	case msg.begin:
		m.scene.Recall.Review = m.scene.Recall.Deck.Begin(m.scene.Recall.Cards, m.opts.Now())
	case m.over == reviewPage: // it began with the deck as it was
		return m.review()
	}
	return nil
}

// reviewed goes on in the review, and keeps what was graded.
func (m *Model) reviewed(r recall.Review) tea.Cmd {
	before := m.scene.Recall.Review
	m.scene.Recall.Review, m.scene.Recall.Deck = r, r.Deck()
	m.canvas.touch()
	m.shelf.unsaved = m.shelf.unsaved || r.Right+r.Wrong != before.Right+before.Wrong
	return m.shelve()
}

// shelve saves the deck, one save at a time.
func (m *Model) shelve() tea.Cmd {
	if m.shelf.saving || !m.shelf.unsaved || m.opts.CardsPath == "" {
		return nil
	}
	m.shelf.saving, m.shelf.unsaved = true, false
	deck, path := m.scene.Recall.Deck, m.opts.CardsPath
	return m.jobs.cmd(func(context.Context) tea.Msg { return shelvedMsg{deck.Save(path)} })
}

func (m *Model) onShelved(msg shelvedMsg) tea.Cmd {
	m.shelf.saving = false
	if msg.err != nil {
		m.tell(i18n.Explain(msg.err))
		return nil
	}
	return m.shelve()
}

// graded keeps how a round of practice went, so that its fault comes back.
func (m *Model) graded(round panes.Round) tea.Cmd {
	path, now := m.opts.CardsPath, m.opts.Now()
	if path == "" {
		return nil
	}
	p := m.scene.Session.Progress()
	id := recall.FaultID(m.scene.Session.Lesson().ID)
	grade := recall.GradeRound(p.Hints, p.Solutions, round.Ended.Sub(round.Began).Round(time.Second))
	return m.jobs.cmd(func(context.Context) tea.Msg {
		deck, err := recall.Load(path)
		if err != nil {
			return deckMsg{deck: deck, err: err}
		}
		deck = deck.Graded(id, grade, now)
		return deckMsg{deck: deck, err: deck.Save(path)}
	})
}
