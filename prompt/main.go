package prompt

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"podium/cluster/kubectl"
	"podium/i18n"
)

// farewell is how long a line's commands may take to end after Ctrl-C.
const farewell = 500 * time.Millisecond

// Main is `podium run-line -- LINE`, the child that [Child] makes: it runs the
// line in the terminal and folder it was started in and returns the exit code.
// A single kubectl command becomes this very process.
func Main(args []string) int {
	// A Go program answers Ctrl-\ with the stacks of all its goroutines.
	signal.Ignore(syscall.SIGQUIT)
	options := inherited()
	if len(args) == 2 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) != 1 {
		tell(os.Stderr, options.Language, i18n.M("prompt.run-line"))
		return 2
	}
	script, err := Parse(args[0])
	if err != nil {
		tell(os.Stderr, options.Language, i18n.Explain(err))
		return 2
	}
	if err := script.served(os.Getenv(envBounds) != ""); err != nil {
		tell(os.Stderr, options.Language, i18n.Explain(err))
		return 2
	}
	if argv, ok := script.single(); ok {
		return kubectl.Main(argv, KubectlSays(options.Language))
	}
	return interactive(options, script)
}

// interactive runs a script with the process's own standard files. Ctrl-C
// reaches the script's children by the terminal and the rest by ctx; a filter
// that waits for the keyboard can't be woken and is left behind.
func interactive(options Options, script Script) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	folder, err := openFolder(options.Folder)
	if err != nil {
		tell(os.Stderr, options.Language, i18n.Explain(err))
		return 1
	}
	s := shell{options: options, folder: folder, term: os.Getenv("TERM")}
	code := make(chan int, 1)
	go func() {
		defer folder.root.Close()
		code <- s.run(ctx, script, os.Stdin, os.Stdout, os.Stderr)
	}()
	select {
	case c := <-code:
		return c
	case <-ctx.Done():
	}
	limit := time.NewTimer(farewell)
	defer limit.Stop()
	select {
	case c := <-code:
		return c
	case <-limit.C:
		return interrupted
	}
}

// KubectlSays are kubectl's sentences in a language.
func KubectlSays(lang i18n.Language) kubectl.Sentences {
	return kubectl.Sentences{
		None: lang.Say(i18n.M("prompt.no-cluster")),
		Gone: func(server string) string { return lang.Say(i18n.M("prompt.cluster-gone", "Server", server)) },
	}
}
