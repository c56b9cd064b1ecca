package linemode

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/charmbracelet/x/ansi"

	"podium/cluster"
	"podium/cluster/record"
	"podium/i18n"
	"podium/lessons"
)

// line writes one line. Whatever is in it, it commands no terminal.
func (g *guide) line(text string) { fmt.Fprintln(g.options.Out, lessons.Plain(ansi.Strip(text))) }

func (g *guide) text(id string, pairs ...any) string { return g.options.Lang.Say(i18n.M(id, pairs...)) }

func (g *guide) say(id string, pairs ...any) { g.tell(i18n.M(id, pairs...)) }

func (g *guide) tell(m i18n.Message) {
	if !m.IsZero() {
		g.line(g.options.Lang.Say(m))
	}
}

// mark says that podium waits for a line.
func (g *guide) mark() { fmt.Fprint(g.options.Out, "> ") }

func (g *guide) markdown(text string) {
	g.sentences(lessons.On(text, g.cluster.Provider))
}

// tellStep says what the step being read is about and, if whole, all its text.
func (g *guide) tellStep(whole bool) {
	s := g.session
	if s.Index() >= len(s.Lesson().Steps) {
		return
	}
	words := s.Words(g.options.Lang)
	if whole {
		g.line("")
		if g.practising() {
			g.say("plain.round", "Seed", g.round.Seed, "Title", words.Title)
		} else {
			g.say("plain.step", "Step", s.Index()+1, "Steps", len(s.Lesson().Steps), "Title", words.Title)
		}
		g.markdown(words.Text)
		g.tellSymptoms()
		g.markdown(words.Ask)
		for i, c := range words.Choices {
			g.line(fmt.Sprintf("%d. %s", i+1, c))
		}
	}
	verdicts := s.Verdicts()
	for i, goal := range s.Step().Goals {
		if i < len(verdicts) {
			g.tellGoal(i, words.Goals[goal.ID], verdicts[i])
		}
	}
	switch {
	case g.asking():
		g.say("plain.answer")
	case len(s.Step().Goals) == 0:
		g.say("plain.read-on")
	}
}

func (g *guide) tellGoal(i int, sentence string, v lessons.Verdict) {
	state := "plain.goal-unmet"
	switch {
	case v.Met:
		state = "plain.goal-met"
	case v.Broken:
		state = "plain.goal-broken"
	}
	seen := g.options.Lang.Say(v.Seen)
	if v.Met || seen == "" || v.Seen.ID == "goal.notyet" {
		g.line(g.text(state, "Number", i+1, "Goal", sentence))
		return
	}
	g.line(g.text(state, "Number", i+1, "Goal", sentence) + " " + g.text("plain.seen", "Seen", seen))
}

// news tells what has changed about the step since it was last told, and whether
// there was anything.
func (g *guide) news(ctx context.Context) bool {
	s := g.session
	if s.IsZero() || s.Done() || s.Rereading() {
		return false
	}
	before, now := g.told, g.stands()
	g.told = now
	if slices.Equal(now.met, before.met) && now.broken == before.broken && now.done == before.done {
		return false
	}
	g.line("")
	words := s.Words(g.options.Lang)
	for i, goal := range s.Step().Goals {
		if v := s.Verdicts()[i]; v.Met != before.met[i] || v.Broken && !before.broken {
			g.tellGoal(i, words.Goals[goal.ID], v)
		}
	}
	if now.done && !before.done {
		g.tellDone(ctx, words)
	}
	return true
}

// stands is how the step being worked on stands.
func (g *guide) stands() standing {
	now := standing{broken: g.session.Broken(), done: g.session.Met() && g.session.Step().Kind != lessons.Read}
	for _, v := range g.session.Verdicts() {
		now.met = append(now.met, v.Met)
	}
	return now
}

// tellDone says that the step is done and what there is to take along.
func (g *guide) tellDone(ctx context.Context, words lessons.StepWords) {
	g.say("plain.done")
	for _, p := range g.session.Revealed() {
		switch {
		case p.Said == "" || !p.Known:
		case p.Right:
			g.say("tui.lesson.said-right", "Said", g.answerText(p, p.Said))
		default:
			g.say("tui.lesson.said-other", "Said", g.answerText(p, p.Said), "Answer", g.answerText(p, p.Answer))
		}
	}
	g.markdown(words.Debrief)
	if g.practising() {
		g.tellRound(ctx)
	}
	g.save()
	if g.session.Step().Table {
		g.tellComparison()
	}
	g.say("plain.go-on")
}

// answerText is an answer as the learner reads it.
func (g *guide) answerText(p lessons.Prediction, key string) string {
	for _, step := range g.session.Lesson().Steps {
		if step.ID != p.StepID || step.Ask == nil {
			continue
		}
		sentences := g.session.Lesson().Words[g.options.Lang].Steps[step.ID].Choices
		if i := slices.Index(step.Ask.Choices, key); i >= 0 && i < len(sentences) {
			return sentences[i]
		}
	}
	return key
}

// tellComparison says what the learner's own runs measured.
func (g *guide) tellComparison() {
	lesson := g.session.Lesson()
	for _, c := range lessons.Compare(lesson.Rows, g.options.Lessons, g.progress) {
		title := lesson.Words[g.options.Lang].Rows[c.Row]
		if c.Run == nil {
			g.say("plain.row-none", "Row", title)
			continue
		}
		g.say("plain.row", "Row", title, "Downtime", fmt.Sprintf("%.1f", c.Run.Downtime), "Failed", c.Run.Failed,
			"Pods", c.Run.MostPods, "Seconds", fmt.Sprintf("%.0f", c.Run.Seconds))
	}
}

// tellPods says which nodes there are and how each of the learner's pods is.
func (g *guide) tellPods() {
	g.say("plain.nodes", "Count", len(g.newest.Nodes))
	told := 0
	for _, p := range g.newest.Pods {
		if p.Namespace != g.cluster.Namespace {
			continue
		}
		told++
		_, status := cluster.StateOf(p)
		ready, all := cluster.ReadyContainers(p)
		if p.Spec.NodeName == "" {
			g.say("plain.pod-unplaced", "Pod", p.Name, "Status", status)
			continue
		}
		g.say("plain.pod", "Pod", p.Name, "Node", p.Spec.NodeName, "Status", status, "Ready", ready, "All", all)
	}
	if told == 0 {
		g.say("plain.no-pods")
	}
}

// mostHappened is how much of what happened is told at once.
const mostHappened = 20

// tellHappened says what happened since it was last asked for, and by whom.
func (g *guide) tellHappened() {
	told := 0
	for _, d := range g.past.Story(g.cluster.Namespace, mostHappened) {
		if !d.Time.After(g.happens) {
			continue
		}
		told++
		g.happens = d.Time
		g.line(d.Time.Local().Format(time.TimeOnly) + " " + g.options.Lang.Say(d.Who) + ": " + g.options.Lang.Say(d.Say))
	}
	if told == 0 {
		g.say("plain.nothing-happened")
	}
}

// place records where in which lesson the learner is, when that is news.
func (g *guide) place() {
	if g.recorder == nil || g.session.IsZero() {
		return
	}
	recap := g.session.Recap()
	if reflect.DeepEqual(recap, g.recap) {
		return
	}
	g.recap = recap
	detail, err := json.Marshal(recap)
	if err != nil {
		return // nothing in it can fail to be written
	}
	g.recorder.Place(record.Place{Time: time.Now(), Lesson: g.session.Lesson().ID, Step: recap.Step, Met: recap.Met, Detail: detail})
}
