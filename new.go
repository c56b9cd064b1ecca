package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"podium/i18n"
	"podium/lessons"
)

func newCommand(o *options, say func(string) string) *cobra.Command {
	c := &cobra.Command{Use: "new", Short: say("new"),
		RunE: func(*cobra.Command, []string) error { return usage("one-new") }}
	c.AddCommand(&cobra.Command{Use: "lesson DIR", Short: say("new"), Args: oneArgument("new"),
		RunE: func(c *cobra.Command, args []string) error { return o.newLesson(c.OutOrStdout(), args[0]) }})
	return c
}

// newLesson writes a lesson to begin from, and says what to do with it.
func (o *options) newLesson(out io.Writer, dir string) error {
	dir = filepath.Clean(dir)
	if err := lessons.WriteExample(dir); err != nil {
		return err
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.new-done", "Dir", dir, "Course", filepath.Dir(dir))))
	return nil
}
