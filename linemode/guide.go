package linemode

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"time"

	"podium/cluster"
	"podium/cluster/record"
	"podium/cluster/why"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
)

// A guide leads a learner through lessons.
type guide struct {
	options  Options
	input    *input
	progress lessons.Progress
	recorder *record.Recorder

	cluster   *cluster.Cluster // nil until a lesson needs it
	hub       *lab.Hub
	snapshots <-chan cluster.Snapshot
	newest    cluster.Snapshot
	past      why.Past
	stop      func()

	session lessons.Session
	load    func() lessons.LoadStats // of the step's requests; nil without any
	unload  context.CancelFunc
	told    standing
	recap   lessons.Recap // as last recorded
	happens time.Time     // until when what happened was told
	going   bool          // on an unmet step, next was said once
	round   round         // of practice; the zero round in a lesson
}

// A standing is what the learner was told of a step.
type standing struct {
	met    []bool
	broken bool
	done   bool
}

// lesson teaches a lesson, and those after it while the learner goes on.
func (g *guide) lesson(ctx context.Context, id string) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	for id != "" {
		i := slices.IndexFunc(g.options.Lessons, func(l lessons.Lesson) bool { return l.ID == id })
		begun, err := g.begin(ctx, g.options.Lessons[i].On(lab.Offers(g.cluster)...))
		if err != nil || !begun {
			return err
		}
		err = g.teach(ctx)
		g.save()
		g.endLoad()
		if err != nil || !g.session.Done() {
			return err
		}
		id = ""
		if i+1 < len(g.options.Lessons) {
			id = g.options.Lessons[i+1].ID
		}
		if id, err = g.after(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// after asks whether to go on with the next lesson.
func (g *guide) after(ctx context.Context, next string) (string, error) {
	g.say("plain.finished", "Title", g.session.Lesson().Words[g.options.Lang].Title)
	if next == "" {
		return "", nil
	}
	for {
		said, err := g.ask(ctx, "plain.next-lesson")
		switch {
		case err != nil:
			return "", err
		case said == "1" || g.isWord(said, onward):
			return next, nil
		case said == "2" || g.isWord(said, list):
			return "", nil
		case said == "3" || g.isWord(said, quit):
			return "", errLeave
		}
	}
}

// begin makes the state the learner left the lesson in, after asking for consent
// where that removes something. It is false without consent.
func (g *guide) begin(ctx context.Context, l lessons.Lesson) (bool, error) {
	folder := g.folder(l.ID)
	last := lab.LastLesson(g.options.Note) == folder
	namespace := g.cluster.Namespace
	if agreed, err := g.agreed(ctx, folder); err != nil || !agreed {
		return false, err
	}
	g.session = lessons.Resume(l, g.reached(l), namespace, g.newest)
	var err error
	switch {
	case g.cluster.ReadOnly:
		g.say("tui.read-only")
	case last:
		err = lab.Place(folder, l.Files, lab.Keep)
	default:
		err = g.reset(ctx)
	}
	if err == nil && !g.cluster.ReadOnly {
		err = lab.NoteLesson(g.options.Note, folder)
	}
	if err != nil {
		return false, err
	}
	g.session = lessons.Resume(l, g.reached(l), namespace, g.newest)
	g.line(l.Words[g.options.Lang].Title)
	g.listChoices()
	return true, g.entered(ctx)
}

// agreed asks for consent where beginning in a folder would remove what is not of
// what was begun there before.
func (g *guide) agreed(ctx context.Context, folder string) (bool, error) {
	namespace := g.cluster.Namespace
	if lab.LastLesson(g.options.Note) == folder || lab.Vacant(g.newest, namespace) || !g.session.IsZero() {
		return true, nil
	}
	g.say("plain.removes", "Namespace", namespace)
	for _, name := range lab.Contents(g.newest, namespace) {
		g.line("- " + name)
	}
	said, err := g.ask(ctx, "plain.agree")
	return said == "1", err
}

// reached is where the learner left a lesson; one that was finished begins anew.
func (g *guide) reached(l lessons.Lesson) lessons.LessonProgress {
	p := g.progress.Lessons[l.ID]
	if !p.Finished.IsZero() && p.Step == "" {
		return lessons.LessonProgress{}
	}
	return p
}

// folder is a lesson's own, whose files can be named.
func (g *guide) folder(lesson string) string { return filepath.Join(g.options.Prompt.Folder, lesson) }

// bench is the folder of what is open, for the learner's commands.
func (g *guide) bench() string {
	if g.practising() {
		return g.folder(lab.Bench)
	}
	return g.folder(g.session.Lesson().ID)
}

// lab is the cluster with the open lesson's folder.
func (g *guide) lab() *lab.Lab {
	o := g.options.Prompt
	o.Folder = g.bench()
	if g.practising() {
		o.Folder = g.folder(lab.Stage)
	}
	return lab.New(g.cluster, o, g.hub)
}

// reset makes the state that the step being worked on starts from.
func (g *guide) reset(ctx context.Context) error {
	g.endLoad()
	if g.practising() {
		g.say("tui.busy.breaking")
	} else {
		g.say("plain.preparing")
	}
	d := g.lab()
	snapshot, err := lessons.Reset(ctx, d, g.session.Lesson(), g.session.Reached())
	if !g.practising() { // how it was broken is the riddle
		g.ran(true, d.Commands()...)
	}
	if err != nil {
		return err
	}
	if snapshot.Seq > g.newest.Seq {
		g.newest = snapshot
		g.newest.Changes = nil
	}
	return nil
}

// teach leads through the open lesson until it is done or left.
func (g *guide) teach(ctx context.Context) error {
	for !g.session.Done() {
		said, err := g.ask(ctx, "")
		if err != nil {
			return err
		}
		left, err := g.take(ctx, said)
		if left || err != nil {
			return err
		}
	}
	return nil
}

// ask asks for a line and tells what happens meanwhile. io.EOF says that there
// are no more.
func (g *guide) ask(ctx context.Context, question string) (string, error) {
	if question != "" {
		g.say(question)
	}
	g.mark()
	tick := time.NewTicker(time.Second / 4)
	defer tick.Stop()
	wanted := g.input.wanted
	for {
		select {
		case wanted <- struct{}{}:
			wanted = nil
		case said, ok := <-g.input.lines:
			if !ok {
				g.line("")
				return "", io.EOF
			}
			if g.options.Keyboard == nil { // nobody saw it being typed
				g.line(said)
			}
			return said, nil
		case s, ok := <-g.snapshots:
			if !ok {
				return "", i18n.Errorf(nil, i18n.M("tui.lost"))
			}
			g.observe(s)
		case <-tick.C:
			g.measure()
			g.clock()
		case <-g.options.Interrupts:
			return "", errLeave
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if g.news(ctx) {
			g.mark()
		}
	}
}

// observe lets the session see the newest snapshot.
func (g *guide) observe(s cluster.Snapshot) {
	if g.recorder != nil {
		if g.newest.Seq == 0 {
			g.recorder.Begin(s)
		} else {
			g.recorder.Observe(s)
		}
	}
	g.past = g.past.Append(s)
	g.newest = s
	g.newest.Changes = nil
	if !g.session.IsZero() {
		g.session = g.session.Observe(s)
	}
	g.place()
}

// measure takes the newest figures of the requests.
func (g *guide) measure() {
	if g.load != nil {
		g.session = g.session.Load(g.load())
	}
}

func (g *guide) endLoad() {
	if g.unload != nil {
		g.unload()
	}
	g.load, g.unload = nil, nil
}

// save keeps what was reached.
func (g *guide) save() {
	if g.session.IsZero() || g.practising() {
		return
	}
	id := g.session.Lesson().ID
	g.progress = g.progress.With(id, g.session.Progress().After(g.progress.Lessons[id]))
	if err := g.progress.Save(g.options.ProgressPath); err != nil {
		g.tell(i18n.Explain(err))
	}
}
