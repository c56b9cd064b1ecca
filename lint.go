package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"podium/i18n"
	"podium/lessons"
	"podium/manifests"
)

func lintCommand(o *options, say func(string) string) *cobra.Command {
	return &cobra.Command{Use: "lint DIR", Short: say("lint"), Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return o.lint(c.Context(), c.OutOrStdout(), args) }}
}

// lint says what is wrong with a course, or with one lesson of it, each mistake
// with its place.
func (o *options) lint(_ context.Context, out io.Writer, args []string) error {
	if len(args) > 0 {
		o.course = args[0]
		if err := o.chosenCourse(); err != nil {
			return err
		}
	}
	if o.course == "" {
		return usage("lint-what")
	}
	dir, only := o.course, ""
	if _, err := os.Lstat(filepath.Join(dir, "lesson.yaml")); err == nil {
		dir, only = filepath.Dir(dir), filepath.Base(dir)
	}
	course, err := openCourse(dir)
	if err != nil {
		return err
	}
	all, err := lessons.Load(course, lessons.Options{Manifests: manifests.FS, Safe: safe, Strict: true})
	found := 0
	for _, mistake := range lessons.Mistakes(err) {
		if file, _ := mistake.Args["File"].(string); only == "" || file == only || strings.HasPrefix(file, only+"/") {
			found++
			fmt.Fprintln(out, filepath.Join(shown(dir), o.lang.Say(mistake)))
		}
	}
	if found > 0 {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.lint-failed", "Count", found)))
		return errSaid
	}
	names, steps := []string{}, 0
	for _, l := range all {
		if only == "" || strings.HasSuffix(only, "-"+l.ID) {
			names, steps = append(names, l.ID), steps+len(l.Steps)
		}
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.lint-ok", "Lessons", strings.Join(names, ", "), "Count", steps)))
	return nil
}

// shown is a folder as its author is used to see it: from where they stand.
func shown(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	near, err := filepath.Rel(here, dir)
	if err != nil || strings.HasPrefix(near, "..") {
		return dir
	}
	return near
}

// openCourse returns a folder of lessons as a file system that leads nowhere
// else, by no link and no path: a course may come from anywhere.
func openCourse(dir string) (fs.FS, error) {
	root, err := os.OpenRoot(dir) // open as long as podium runs
	if err != nil {
		return nil, usageError{i18n.Errorf(err, i18n.M("cli.no-course", "Dir", dir, "Problem", plain(err)))}
	}
	return root.FS(), nil
}
