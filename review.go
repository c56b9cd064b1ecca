package main

import "github.com/spf13/cobra"

func reviewCommand(o *options, say func(string) string) *cobra.Command {
	return &cobra.Command{Use: "review", Short: say("review"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.screen(c.Context(), start{review: true}) }}
}
