package main

import (
	"context"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"podium/classroom"
	"podium/cluster"
	"podium/cluster/watch"
	"podium/i18n"
	"podium/lessons"
	"podium/manifests"
	"podium/prompt"
	"podium/tui"
)

// A start is where the lab opens; the zero start is the list of lessons.
type start struct {
	lesson string         // its ID
	round  *lessons.Round // of practice
	review bool           // of what is due
}

// screen opens the lab on the terminal.
func (o *options) screen(ctx context.Context, at start) error {
	if at.lesson != "" || o.course != "" {
		var ids []string
		if at.lesson != "" {
			ids = []string{at.lesson}
		}
		if _, err := o.named(ids, true); err != nil {
			return err
		}
	}
	if o.plain || !drawable() {
		return o.sentences(ctx, at)
	}
	h, err := findHome()
	if err != nil {
		return err
	}
	log, err := h.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	return o.draw(h, func(drawn func() error) error {
		want := drive
		if o.watch {
			want = look
		}
		provider := o.keeper(h, want)
		layout := tui.LoadLayout(h.layout(o.learner))
		teller := classroom.NewTeller(h.standing())
		defer teller.Close()
		return tui.Run(ctx, tui.Options{
			Layout: layout, LayoutPath: h.layout(o.learner),
			Open: advised(provider), LookOn: o.keeper(h, look).Open, Watch: follow, Record: startRecording(h), Provider: provider.Name(),
			LoadLessons: func() ([]lessons.Lesson, error) { return o.load(true) }, ProgressPath: o.desk(h).progress(), Note: h.lastLesson(o.provider), StartLesson: at.lesson,
			LoadFaults: o.faults, StartRound: at.round, StartReview: at.review, CardsPath: o.desk(h).cards(),
			Lang: o.chosen(layout.Language), Look: o.look(), Log: h.crash(),
			Prompt: o.prompt(h), Drawn: drawn, Tell: teller.Tell, Hints: hints(ctx, h),
		})
	})
}

// draw runs what draws on the terminal and calls drawn when its first frame is
// there. Should it die later, its child mends the terminal; so nothing here is
// undone by a defer, which a panic runs too.
func (o *options) draw(h home, run func(drawn func() error) error) error {
	// A learner's machine has better uses for memory than podium has: this takes
	// 8 MB off what is resident after some commands, at no processor time that
	// can be measured.
	debug.SetGCPercent(100)
	crash, err := os.OpenFile(h.crash(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return i18n.Errorf(err, i18n.M("cli.home", "Dir", string(h), "Problem", plain(err)))
	}
	speak, err := silence(crash)
	if err != nil {
		return err
	}
	var mending *mender
	err = run(func() (err error) {
		mending, err = startMender(h, o.lang)
		return err
	})
	speak()
	if mending != nil {
		mending.dismiss()
	}
	_ = crash.Close()
	return err
}

// follow is the stream of a cluster's snapshots.
func follow(ctx context.Context, c *cluster.Cluster) (<-chan cluster.Snapshot, error) {
	stream, err := watch.Start(ctx, c)
	if err != nil {
		return nil, err
	}
	return stream.Snapshots(), nil
}

func (o *options) look() tui.Look {
	look := tui.Look{ASCII: o.ascii, Plain: o.noColor}
	switch {
	case o.light:
		look.Background = tui.Light
	case o.dark:
		look.Background = tui.Dark
	}
	return look
}

// prompt says where the lines of a prompt find podium's files. The cluster's
// own are added when it is open.
func (o *options) prompt(h home) prompt.Options {
	return prompt.Options{
		Home: string(h), Folder: o.desk(h).files(), History: h.history(o.learner),
		Editor: os.Getenv("PODIUM_EDITOR"), Language: o.lang,
	}
}

// lessons returns the course's lessons, checked in every respect.
func (o *options) lessons() ([]lessons.Lesson, error) { return o.load(false) }

// load returns the lessons of the course that was chosen. Those that podium
// carries are taken as proven if the caller likes: its own tests have made every
// check. Lessons with mistakes are left out, and the error tells them.
func (o *options) load(proven bool) ([]lessons.Lesson, error) {
	if o.course != "" {
		course, err := openCourse(o.course)
		if err != nil {
			return nil, err
		}
		all, err := lessons.Load(course, lessons.Options{Manifests: manifests.FS, Safe: safe, Strict: !proven})
		return slices.DeleteFunc(all, lessons.Lesson.IsFault), err
	}
	return lessons.Load(lessons.BuiltIn(), lessons.Options{Manifests: manifests.FS, Safe: safe, Proven: proven, Strict: !proven})
}

// safe holds a lesson's command to what a lesson may do at the prompt.
func safe(line string) error {
	script, err := prompt.Parse(line)
	if err != nil {
		return err
	}
	return script.Safe()
}

// named returns the course's lessons with these IDs, all of them if there are none.
func (o *options) named(ids []string, proven bool) ([]lessons.Lesson, error) {
	all, err := o.load(proven)
	if n := len(lessons.Mistakes(err)); n > 0 && o.course != "" && (len(all) == 0 || !proven) {
		err = i18n.Errorf(err, i18n.M("cli.course-mistakes", "Dir", o.course, "Count", n, "First", i18n.Explain(err)))
	} else if o.course != "" && len(all) > 0 {
		err = nil // a lesson with a mistake doesn't keep the learner from the others
	}
	if err != nil {
		return all, err
	}
	return pick(all, ids)
}

// pick returns the lessons with these IDs, all of them if there are none.
func pick(all []lessons.Lesson, ids []string) ([]lessons.Lesson, error) {
	if len(ids) == 0 {
		return all, nil
	}
	byID := map[string]lessons.Lesson{}
	var known []string
	for _, l := range all {
		byID[l.ID] = l
		known = append(known, l.ID)
	}
	var chosen []lessons.Lesson
	for _, id := range ids {
		l, ok := byID[id]
		if !ok {
			return nil, usage("unknown-lesson", "Lesson", id, "Lessons", strings.Join(known, ", "))
		}
		chosen = append(chosen, l)
	}
	return chosen, nil
}
