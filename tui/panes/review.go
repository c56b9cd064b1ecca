package panes

import (
	"strconv"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/i18n"
	"podium/recall"
)

// Recall is what of the lessons comes back.
type Recall struct {
	Deck   recall.Deck
	Cards  []recall.Card // every one that the learner has earned
	Review recall.Review // the zero Review while none was begun
}

// Due counts what could be asked at a time: questions and faults.
func (r Recall) Due(now time.Time) int {
	return len(r.Deck.Due(r.Cards, now)) + len(r.Deck.DueFaults(now))
}

// Review asks once more what was learnt, card by card.
type Review struct {
	set    typesetter
	page   leaf
	offset int // rows scrolled
	rows   int // of the page as last drawn
	height int
	answer answer
	about  string // the card and state that the above are about
	fresh  bool   // an answer has appeared that wasn't scrolled to
}

// NewReview returns the review's pane.
func NewReview() *Review { return &Review{height: 10} }

// Name implements [Pane].
func (r *Review) Name() string { return "review" }

// Title implements [Pane].
func (r *Review) Title(s Scene) string {
	title := s.Lang.Say(i18n.M("pane.review"))
	if left := s.Recall.Review.Left(); left > 0 {
		title += " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("review.count", "Left", left))
	}
	if below := r.rows - r.offset - r.height; below > 0 {
		title += " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.lesson.more", "Count", below))
	}
	return title
}

// follow forgets what was about another card.
func (r *Review) follow(s Scene) {
	review := s.Recall.Review
	card, _ := review.Card()
	about := card.ID + " " + strconv.Itoa(review.Left()) + strconv.FormatBool(review.Shown())
	if r.about == about {
		return
	}
	if r.about = about; !review.Shown() {
		r.answer = answer{}
	}
	r.offset, r.fresh = 0, review.Shown()
}

// Update implements [Pane].
func (r *Review) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	r.follow(s)
	switch msg := msg.(type) {
	case Sized:
		r.height = msg.Height
	case tea.KeyPressMsg:
		return r.onKey(s, msg), nil
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			r.scroll(-3)
		case tea.MouseWheelDown:
			r.scroll(3)
		}
	}
	return nil, nil
}

func (r *Review) scroll(by int) { r.offset = max(0, min(r.offset+by, r.rows-r.height)) }

func (r *Review) onKey(s Scene, press tea.KeyPressMsg) Action {
	review := s.Recall.Review
	card, asked := review.Card()
	name := press.Keystroke()
	switch {
	case !asked:
		// Not Enter: the one that leads here is easily pressed once too often.
		if faults := s.Recall.Deck.DueFaults(s.Now); (name == "p" || name == "ㅔ") && len(faults) > 0 {
			return Practise{Fault: faults[0]}
		}
	case !review.Shown() && card.ByHeart():
		if name == "enter" || name == "space" {
			return Reviewed{review.Show()}
		}
	case !review.Shown():
		said, given, taken := r.answer.press(card.Choices(), press)
		if given {
			return r.give(s, said)
		}
		if taken {
			return nil
		}
	case card.ByHeart():
		if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(recall.Grades) {
			return Reviewed{review.Judge(recall.Grades[n-1], s.Now)}
		}
	case name == "enter" || name == "space" || name == "right":
		return Reviewed{review.Next(s.Now)}
	}
	switch name {
	case "up":
		r.scroll(-1)
	case "down":
		r.scroll(1)
	case "pgup":
		r.scroll(1 - r.height)
	case "pgdown":
		r.scroll(r.height - 1)
	}
	return nil
}

// give answers the card.
func (*Review) give(s Scene, said string) Action {
	review, err := s.Recall.Review.Answer(said, s.Now)
	if err != nil {
		return Tell{i18n.Explain(err)}
	}
	return Reviewed{review}
}

// Keys implements [Pane].
func (r *Review) Keys(s Scene) []key.Binding {
	var bindings []key.Binding
	add := func(name, id string) {
		bindings = append(bindings, key.NewBinding(key.WithKeys(), key.WithHelp(name, s.Lang.Say(i18n.M(id)))))
	}
	review := s.Recall.Review
	card, asked := review.Card()
	switch {
	case !asked && len(s.Recall.Deck.DueFaults(s.Now)) > 0:
		add("p", "review.key.fault")
	case !asked:
	case !review.Shown() && card.ByHeart():
		add("Enter", "review.key.show")
	case !review.Shown() && len(card.Choices()) > 0:
		add("1-"+strconv.Itoa(len(card.Choices()))+" Enter", "review.key.answer")
	case !review.Shown():
		add("0-9 Enter", "review.key.answer")
	case card.ByHeart():
		add("1-"+strconv.Itoa(len(recall.Grades)), "review.key.grade")
	default:
		add("Enter", "review.key.next")
	}
	add("Esc", "review.key.close")
	return bindings
}
