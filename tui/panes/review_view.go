package panes

import (
	"strconv"
	"strings"

	"podium/recall"
)

// widestReview keeps lines short enough to be read at a glance; on a wider screen
// the text stands in the middle.
const widestReview = 80

// View implements [Pane].
func (r *Review) View(s Scene, width, height int) string {
	r.follow(s)
	r.height = height
	r.page = newLeaf(s, &r.set, min(width, widestReview))
	if card, ok := s.Recall.Review.Card(); ok {
		r.card(card)
	} else if !s.Recall.Review.IsZero() {
		r.page.reviewed()
	}
	indent := strings.Repeat(" ", (width-r.page.width)/2)
	rows := make([]string, max(0, min(height/8, height-len(r.page.rows))))
	for _, row := range r.page.rows {
		rows = append(rows, indent+row)
	}
	for i, row := range rows {
		rows[i] = Fit(row, width, s.Theme.Ellipsis)
	}
	r.rows = len(rows)
	if r.fresh && r.rows > height {
		r.offset = r.page.goals
	}
	r.fresh = false
	r.scroll(0)
	return stack(rows, r.offset, width, height)
}

// card is the page of the card in front.
func (r *Review) card(card recall.Card) {
	p := &r.page
	th, review := p.s.Theme, p.s.Recall.Review
	face := card.Face(p.s.Lang, p.s.Lab.Provider)
	p.paragraph("", th.Calm, face.From)
	p.gap()
	p.markdown(face.Text)
	p.gap()
	p.markdown(face.Ask)
	p.gap()
	if card.ByHeart() {
		r.byHeart(card, face)
		return
	}
	said, right := review.Said()
	if face.Choices != nil {
		r.choices(card, face, said)
	} else if !review.Shown() {
		p.add(r.answer.field(p.s))
	} else {
		p.add("  " + th.Strong.Render(Clean(said)))
	}
	if !review.Shown() {
		return
	}
	p.gap()
	p.goals = len(p.rows)
	if right {
		p.paragraph(th.Good.Render(th.Met)+" ", th.Text, p.say("review.right")+" "+p.back(card))
	} else {
		p.paragraph(th.Bad.Render(th.Broken)+" ", th.Text, p.say("review.wrong", "Answer", Clean(face.Answer)))
		p.paragraph("  ", th.Faint, p.say("review.once-more")+" "+p.back(card))
	}
	p.gap()
	p.markdown(face.Why)
	p.gap()
	p.paragraph(th.Accent.Render("Enter "), th.Text, p.say("review.key.next"))
}

// back says when a card that was graded comes back.
func (l *leaf) back(card recall.Card) string {
	return l.say("review.back-in", "Count", int(l.s.Recall.Review.Deck().Cards[card.ID].Days))
}

// choices adds the answers to choose from; once one is given, which was right.
func (r *Review) choices(card recall.Card, face recall.Face, said string) {
	p := &r.page
	th := p.s.Theme
	for i, sentence := range face.Choices {
		pointer, style := "  ", th.Text
		switch {
		case said == "" && i == r.answer.chosen:
			pointer, style = th.Accent.Render(th.Here)+" ", th.Strong
		case said != "" && sentence == face.Answer:
			pointer, style = th.Good.Render(th.Met)+" ", th.Strong
		case said != "" && i < len(card.Choices()) && card.Choices()[i] == said:
			pointer = th.Bad.Render(th.Broken) + " "
		}
		p.paragraph(pointer+th.Accent.Render(strconv.Itoa(i+1))+"  ", style, sentence)
	}
}

// byHeart adds what to do with a card that the learner judges: think, see, judge.
func (r *Review) byHeart(card recall.Card, face recall.Face) {
	p := &r.page
	th, review := p.s.Theme, p.s.Recall.Review
	if !review.Shown() {
		p.paragraph(th.Accent.Render("Enter "), th.Text, p.say("review.think"))
		return
	}
	p.goals = len(p.rows)
	p.paragraph("", th.Strong, p.say("review.answer", "Answer", face.Answer))
	p.markdown(face.Why)
	p.gap()
	p.paragraph("", th.Text, p.say("review.how-well"))
	days, most := review.Days(p.s.Now), 0
	for _, g := range recall.Grades {
		most = max(most, cells(p.say("review.grade."+strconv.Itoa(int(g)))))
	}
	for _, g := range recall.Grades {
		row := Fit(p.say("review.grade."+strconv.Itoa(int(g))), most+3, "")
		when := ""
		if days != nil {
			when = th.Faint.Render(p.say("review.in", "Count", days[g]))
		}
		p.add("  " + th.Accent.Render(strconv.Itoa(int(g))) + "  " + th.Text.Render(row) + when)
	}
}

// reviewed is the page where no card is left: what was done, and what comes.
func (l *leaf) reviewed() {
	s, th := l.s, l.s.Theme
	review, now := s.Recall.Review, s.Now
	faults := len(review.Deck().DueFaults(now))
	switch {
	case review.Right+review.Wrong > 0:
		id := "review.over"
		if review.Tired(now) {
			id = "review.tired"
		}
		l.paragraph(th.Good.Render(th.Met)+" ", th.Strong, l.say(id))
		l.paragraph("  ", th.Text, l.say("review.score", "Right", review.Right, "Wrong", review.Wrong))
	case len(s.Recall.Cards) == 0 && len(review.Deck().Cards) == 0:
		l.paragraph("", th.Strong, l.say("review.empty"))
		l.gap()
		l.paragraph("", th.Text, l.say("review.how-to-begin"))
	case faults == 0:
		l.paragraph("", th.Strong, l.say("review.none"))
	}
	if faults > 0 {
		l.gap()
		l.paragraph(th.Accent.Render("p  "), th.Text, l.say("review.fault", "Count", faults))
	}
	if at, ok := review.Deck().NextDue(s.Recall.Cards, now); ok {
		l.gap()
		l.paragraph("", th.Faint, s.Lang.Say(recall.ComesBack(at, now)))
	}
	l.gap()
	l.paragraph(th.Accent.Render("Esc "), th.Faint, l.say("review.key.close"))
}
