// Command podium is a terminal lab for learning Kubernetes: a real control
// plane, lessons beside it, and a picture of what every pod does.
//
// The executable is also its own children: kubectl, the line a learner typed
// and the editor run as processes of their own ([asChild]), so that none of
// them can take the screen down; and one more child puts the terminal right,
// however podium ends ([mender]).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"podium/i18n"
)

// version is set by the linker.
var version = "dev"

func main() {
	if child, ok := asChild(os.Args); ok {
		os.Exit(child())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	lang := wishedLanguage(os.Args[1:])
	err := command(&options{lang: lang}).ExecuteContext(ctx)
	stop()
	os.Exit(report(os.Stderr, err, lang))
}

// Exit statuses, as most command-line programs use them.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// errSaid is a failure whose sentence is already on the terminal.
var errSaid = errors.New("already said")

// A usageError is a mistake in how podium was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// report says in one sentence why podium ends, and returns its exit status.
func report(out io.Writer, err error, lang i18n.Language) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errSaid):
		return exitFailure
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(out, lang.Say(i18n.M("cli.stopped")))
		return exitFailure
	}
	fmt.Fprintln(out, "podium: "+lang.Say(i18n.Explain(err)))
	if errors.As(err, &usage) {
		fmt.Fprintln(out, lang.Say(i18n.M("cli.see-help")))
		return exitUsage
	}
	return exitFailure
}
