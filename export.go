package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"podium/cluster/record"
	"podium/handout"
	"podium/i18n"
	"podium/lessons"
	"podium/tui"
)

// A leaflet is how a lesson becomes a document.
type leaflet struct {
	format, out string
	recording   string
	bare        bool // without pictures
}

func exportCommand(o *options, say func(string) string) *cobra.Command {
	l := leaflet{}
	c := &cobra.Command{Use: "export LESSON", Short: say("export"), Args: oneArgument("lesson"),
		RunE: func(c *cobra.Command, args []string) error {
			return o.leaflet(c.Context(), c.OutOrStdout(), l, args[0])
		}}
	flags := c.Flags()
	flags.StringVar(&l.format, "format", "md", say("flag-format"))
	flags.StringVarP(&l.out, "out", "o", "", say("flag-export-out"))
	flags.StringVar(&l.recording, "recording", "", say("flag-recording"))
	flags.BoolVar(&l.bare, "no-pictures", false, say("flag-no-pictures"))
	return c
}

// leaflet writes a lesson as a document.
func (o *options) leaflet(ctx context.Context, stdout io.Writer, l leaflet, id string) error {
	if l.format != "md" && l.format != "html" {
		return usage("export-format", "Format", l.format)
	}
	chosen, err := o.named([]string{id}, true)
	if err != nil {
		return err
	}
	h := handout.Handout{Lesson: chosen[0], Lang: o.lang, Provider: o.provider}
	if !l.bare {
		if h.Pictures, err = o.pictures(ctx, l.recording, chosen[0]); err != nil {
			return err
		}
	}
	var page bytes.Buffer
	if err := l.write(h, &page); err != nil {
		return err
	}
	if l.out == "" {
		_, err := stdout.Write(page.Bytes())
		return err
	}
	if err := os.WriteFile(l.out, page.Bytes(), 0o644); err != nil { //nolint:gosec // a document to be shared
		return i18n.Errorf(err, i18n.M("cli.leaflet-unwritable", "Problem", plain(err)))
	}
	fmt.Fprintln(stdout, o.lang.Say(i18n.M("cli.leaflet-done", "File", l.out)))
	return nil
}

// write writes the document; the pictures of one in Markdown lie beside it.
func (l leaflet) write(h handout.Handout, page io.Writer) error {
	switch {
	case l.format == "html":
		return h.HTML(page)
	case l.out == "":
		return h.Markdown(page, nil)
	}
	name := strings.TrimSuffix(filepath.Base(l.out), filepath.Ext(l.out))
	link := func(step string) string { return name + "-" + step + ".svg" }
	for step, picture := range h.Pictures {
		var drawing bytes.Buffer
		err := picture.SVG(&drawing)
		if err == nil {
			err = os.WriteFile(filepath.Join(filepath.Dir(l.out), link(step)), drawing.Bytes(), 0o644) //nolint:gosec // a document to be shared
		}
		if err != nil {
			return i18n.Errorf(err, i18n.M("cli.leaflet-unwritable", "Problem", plain(err)))
		}
	}
	return h.Markdown(page, link)
}

// pictures draws the cluster at the moments when the lesson's steps were met, as
// the named recording has them, or the newest one of the lesson. Without a
// recording of the lesson there are none.
func (o *options) pictures(ctx context.Context, name string, lesson lessons.Lesson) (map[string]handout.Picture, error) {
	h, err := findHome()
	if err != nil {
		return nil, err
	}
	film, met, err := o.filmOf(h, name, lesson)
	if err != nil || film == nil {
		return nil, err
	}
	defer film.Close()
	var steps []string
	var moments []time.Time
	for step, when := range met {
		steps, moments = append(steps, step), append(moments, when)
	}
	stills, err := tui.Stills(ctx, o.replaying(h, film), moments)
	if err != nil {
		return nil, err
	}
	all := map[string]handout.Picture{}
	for i, step := range steps {
		caption := o.lang.Say(i18n.M("handout.picture", "Time", moments[i].Local().Format(time.DateTime)))
		all[step] = handout.Picture{Caption: caption, Rows: stills[i], Light: o.light}
	}
	return all, nil
}

// filmOf finds the recording of a lesson and when its steps were met. The caller
// closes it; it is nil where there is none.
func (o *options) filmOf(h home, name string, lesson lessons.Lesson) (*record.Recording, map[string]time.Time, error) {
	if name != "" {
		film, err := o.recording([]string{name})
		if err != nil {
			return nil, nil, err
		}
		if met := metIn(film, lesson); len(met) > 0 {
			return film, met, nil
		}
		_ = film.Close()
		return nil, nil, i18n.Errorf(nil, i18n.M("cli.export-no-lesson", "File", name, "Lesson", lesson.ID))
	}
	for _, path := range recordingsIn(h) {
		film, err := record.Open(path)
		if err != nil {
			continue // record list says what is wrong with it
		}
		if met := metIn(film, lesson); len(met) > 0 {
			return film, met, nil
		}
		_ = film.Close()
	}
	return nil, nil, nil
}

// metIn says when the steps of a lesson that something was to be done in were
// met, for the last time. A recording that knows of other steps is of another
// version of the lesson.
func metIn(film *record.Recording, lesson lessons.Lesson) map[string]time.Time {
	met := map[string]time.Time{}
	var before record.Place
	for _, p := range film.Places() {
		fresh := !before.Met || before.Step != p.Step || before.Lesson != p.Lesson
		unfolds := func(s lessons.Step) bool { return s.ID == p.Step && len(s.Goals) > 0 }
		if p.Lesson == lesson.ID && p.Met && fresh && slices.ContainsFunc(lesson.Steps, unfolds) {
			met[p.Step] = p.Time
		}
		before = p
	}
	return met
}
