package main

import (
	"context"
	"errors"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"podium/classroom"
	"podium/i18n"
	"podium/lessons"
	"podium/talk"
	"podium/tui"
)

// A presentation is how a lesson is presented; 0 and a negative pace are what
// wasn't said.
type presentation struct{ from, pace, minutes int }

// The most that can be asked of a talk: a night, and more than a hand can type.
const (
	mostMinutes = 600
	mostPace    = 200
)

func presentCommand(o *options, say func(string) string) *cobra.Command {
	p := presentation{}
	c := &cobra.Command{Use: "present LESSON", Short: say("present"), Args: oneArgument("lesson")}
	flags := c.Flags()
	flags.IntVar(&p.from, "from", 0, say("flag-from-step"))
	flags.IntVar(&p.pace, "pace", -1, say("flag-pace"))
	flags.IntVar(&p.minutes, "minutes", 0, say("flag-minutes"))
	c.RunE = func(c *cobra.Command, args []string) error {
		chosen, err := o.named(args, true)
		switch {
		case err != nil:
			return err
		case flags.Changed("from") && (p.from < 1 || p.from > len(chosen[0].Steps)):
			return usage("from-step", "From", p.from, "Steps", len(chosen[0].Steps))
		case flags.Changed("minutes") && (p.minutes < 1 || p.minutes > mostMinutes):
			return usage("minutes", "Minutes", p.minutes, "Most", mostMinutes)
		case flags.Changed("pace") && (p.pace < 0 || p.pace > mostPace):
			return usage("pace", "Pace", p.pace, "Most", mostPace)
		}
		return o.present(c.Context(), p, chosen[0])
	}
	return c
}

// talks is where talks are remembered, and on sim have a cluster of their own.
func (h home) talks() home { return home(filepath.Join(string(h), "present")) }

// live is the file that the speaker's notes follow.
func (h home) live() string { return filepath.Join(string(h.talks()), "live.json") }

// present shows a lesson to a room. On sim the talk has a cluster of its own,
// which is made for it and removed after it; elsewhere what it made is removed. A
// terminal that is closed ends it in order.
func (o *options) present(ctx context.Context, p presentation, lesson lessons.Lesson) (err error) {
	h, err := o.stageHome()
	if err != nil {
		return err
	}
	log, err := h.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	release, err := talk.Hold(h.live())
	if err != nil {
		return err
	}
	defer release()
	desk := o.desk(h.talks())
	if p.from > 0 {
		if err := rememberStep(desk.progress(), lesson, p.from-1); err != nil {
			return err
		}
	}
	on := h
	if o.provider == "sim" {
		on = h.talks()
		own := o.keeper(on, drive)
		if err := own.Delete(ctx); err != nil { // what a talk that was killed left
			return err
		}
		defer func() { err = errors.Join(err, own.Delete(context.WithoutCancel(ctx))) }()
	}
	return o.draw(h, func(drawn func() error) error {
		provider, prompt := o.keeper(on, drive), o.prompt(on)
		prompt.Folder, prompt.History = desk.files(), ""
		teller := classroom.NewTeller(on.standing())
		defer teller.Close()
		return tui.Run(ctx, tui.Options{
			Open: advised(provider), Watch: follow, Record: startRecording(h), Provider: provider.Name(),
			LoadLessons: func() ([]lessons.Lesson, error) { return o.load(true) }, ProgressPath: desk.progress(), Note: on.lastLesson(o.provider), StartLesson: lesson.ID,
			Talk: &tui.Talk{
				Live: h.live(), Place: filepath.Join(string(desk), lesson.ID+".json"), Pace: p.pace, Course: o.course,
				Planned: time.Duration(p.minutes) * time.Minute, Empties: on == h,
			},
			Lang: o.lang, Look: o.look(), Log: h.crash(), Prompt: prompt, Drawn: drawn, Tell: teller.Tell,
		})
	})
}

// stageHome returns podium's home where a talk can be drawn.
func (o *options) stageHome() (home, error) {
	if o.plain || !drawable() {
		return "", i18n.Errorf(nil, i18n.M("cli.talk-terminal"))
	}
	return findHome()
}

// rememberStep makes a step the one that a lesson was left at.
func rememberStep(path string, l lessons.Lesson, step int) error {
	progress, err := lessons.LoadProgress(path)
	if err != nil {
		return err
	}
	return progress.With(l.ID, lessons.LessonProgress{Step: l.Steps[step].ID, Started: time.Now()}).Save(path)
}

func notesCommand(o *options, say func(string) string) *cobra.Command {
	return &cobra.Command{Use: "notes", Short: say("notes"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.notes(c.Context()) }}
}

// notes follows a talk in a second terminal.
func (o *options) notes(ctx context.Context) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	if !talk.UnderWay(h.live()) {
		return i18n.Errorf(nil, i18n.M("cli.no-talk"))
	}
	if _, err := o.stageHome(); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	stream, err := talk.Follow(ctx, h.live())
	if err != nil {
		return err
	}
	return o.draw(h, func(drawn func() error) error {
		if err := drawn(); err != nil {
			return err
		}
		return tui.RunNotes(ctx, tui.Notes{Talk: stream, Load: o.courseOf, Lang: o.lang, Look: o.look(), Log: h.crash()})
	})
}

// courseOf returns the lessons of a talk's course.
func (o *options) courseOf(course string) []lessons.Lesson {
	of := *o
	of.course = course
	all, _ := of.load(true) // the presenter was told of mistakes
	return all
}
