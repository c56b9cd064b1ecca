package main

import (
	"cmp"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"podium/i18n"
)

// options are podium's flags.
type options struct {
	lang      i18n.Language
	langGiven bool // by --lang
	provider  string
	course    string // the folder of the learner's own lessons; "" for podium's
	learner   string
	workers   int
	cluster   string // kind's name for it
	nodeImage string
	speed     float64
	plane     string
	context   string // of the user's kubeconfig
	config    string // the user's kubeconfig; "" for the usual one
	confirmed string // the context's name once more
	watch     bool
	plain     bool
	ascii     bool
	noColor   bool
	light     bool
	dark      bool
}

// command returns podium's command line, with its help in o's language.
func command(o *options) *cobra.Command {
	say := func(id string) string { return o.lang.Say(i18n.M("cli." + id)) }
	root := &cobra.Command{
		Use: "podium", Short: say("short"), Long: say("long"), Version: version,
		Args:         noArguments,
		SilenceUsage: true, SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error { return o.screen(c.Context(), start{}) },
	}
	root.AddCommand(
		&cobra.Command{Use: "lesson ID", Short: say("lesson"), Args: oneArgument("lesson"),
			RunE: func(c *cobra.Command, args []string) error { return o.screen(c.Context(), start{lesson: args[0]}) }},
		practiceCommand(o, say), reviewCommand(o, say),
		upCommand(o, say), rbacCommand(say),
		downCommand(o, say),
		replayCommand(o, say), serveCommand(o, say),
		recordCommand(o, say), exportCommand(o, say), presentCommand(o, say), notesCommand(o, say),
		&cobra.Command{Use: "status", Short: say("status"), Args: noArguments,
			RunE: func(c *cobra.Command, _ []string) error { return o.status(c.Context(), c.OutOrStdout()) }},
		nodeCommand(o), verifyCommand(o, say),
		doctorCommand(o, say), progressCommand(o, say), newCommand(o, say), lintCommand(o, say), imagesCommand(o, say),
		&cobra.Command{Use: "explain KIND", Short: say("explain"), Args: oneArgument("explain"),
			RunE: func(c *cobra.Command, args []string) error { return o.explain(c.Context(), c.OutOrStdout(), args[0]) }},
		&cobra.Command{Use: "kubectl …", Short: say("kubectl"), DisableFlagParsing: true,
			Run: func(*cobra.Command, []string) {}}, // runs as a child of its own, see asChild
		&cobra.Command{Use: "edit FILE", Short: say("edit"), DisableFlagParsing: true,
			Run: func(*cobra.Command, []string) {}},
	)
	o.declare(root, say)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("flag", "Problem", err.Error()) })
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help"})
	root.SetUsageTemplate(usageTemplate(say))
	root.SetVersionTemplate("podium {{.Version}}\n")
	return root
}

// declare adds the flags that every command understands.
func (o *options) declare(root *cobra.Command, say func(string) string) {
	flags := root.PersistentFlags()
	language := string(o.lang)
	flags.StringVar(&language, "lang", language, say("flag-lang"))
	flags.StringVar(&o.provider, "provider", defaultProvider(), say("flag-provider"))
	flags.StringVar(&o.cluster, "cluster", "", say("flag-cluster"))
	flags.StringVar(&o.nodeImage, "node-image", "", say("flag-node-image"))
	flags.StringVar(&o.course, "lessons", "", say("flag-lessons"))
	flags.StringVar(&o.learner, "learner", cmp.Or(os.Getenv("PODIUM_LEARNER"), accountName()), say("flag-learner"))
	flags.StringVar(&o.context, "context", "", say("flag-context"))
	flags.StringVar(&o.config, "kubeconfig", "", say("flag-kubeconfig"))
	flags.StringVar(&o.confirmed, "confirm", "", say("flag-confirm"))
	flags.IntVar(&o.workers, "workers", 0, say("flag-workers"))
	flags.Float64Var(&o.speed, "speed", 1, say("flag-speed"))
	flags.StringVar(&o.plane, "plane", "", say("flag-plane"))
	root.Flags().BoolVar(&o.watch, "watch", false, say("flag-watch"))
	flags.BoolVar(&o.plain, "plain", false, say("flag-plain"))
	flags.BoolVar(&o.ascii, "ascii", false, say("flag-ascii"))
	flags.BoolVar(&o.noColor, "no-color", os.Getenv("NO_COLOR") != "", say("flag-no-color"))
	flags.BoolVar(&o.light, "light", false, say("flag-light"))
	flags.BoolVar(&o.dark, "dark", false, say("flag-dark"))
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		o.langGiven = flags.Changed("lang")
		if err := o.check(language, flags.Changed("workers")); err != nil {
			return err
		}
		return o.confirm(os.Stdin, os.Stderr)
	}
}

// mostSpeed is the sim's: delays that end within a lesson.
const mostSpeed = 100

// check refuses flags that can't be meant.
func (o *options) check(language string, workersGiven bool) error {
	switch {
	case language != string(i18n.English) && language != string(i18n.Korean):
		return usage("unknown-language", "Language", language)
	case mostWorkers[o.provider] == 0:
		return usage("unknown-provider", "Provider", o.provider)
	case workersGiven && (o.workers < 1 || o.workers > mostWorkers[o.provider]):
		return usage("workers", "Workers", o.workers, "Most", mostWorkers[o.provider])
	case o.speed < 0 || o.speed > mostSpeed:
		return usage("speed", "Speed", o.speed, "Most", mostSpeed)
	case !learnerName(o.learner):
		return usage("learner", "Name", o.learner)
	case o.light && o.dark:
		return usage("light-dark")
	}
	return o.chosenCourse()
}

func usage(id string, pairs ...any) error {
	return usageError{i18n.Errorf(nil, i18n.M("cli."+id, pairs...))}
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("unknown-command", "Word", args[0])
	}
	return nil
}

func oneArgument(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage("one-" + what)
		}
		return nil
	}
}

// usageTemplate is cobra's own with its headings in the learner's language.
func usageTemplate(say func(string) string) string {
	headings := strings.NewReplacer("USAGE", say("usage"), "COMMANDS", say("commands"), "FLAGS", say("flags"), "GLOBAL", say("global"))
	return headings.Replace(`USAGE
  {{.UseLine}}{{if .HasAvailableSubCommands}}

COMMANDS{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

FLAGS
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

GLOBAL
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`)
}
