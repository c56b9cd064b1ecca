package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/charmbracelet/x/term"

	"podium/linemode"
)

// drawable reports whether the terminal can show a screen.
func drawable() bool {
	return term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()) && os.Getenv("TERM") != "dumb"
}

// sentences opens the lab without a screen.
func (o *options) sentences(ctx context.Context, at start) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	all, err := o.load(true)
	if len(all) == 0 {
		return err
	}
	log, err := h.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	// Ctrl-C is for the command that runs, and only then for podium.
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	want := drive
	if o.watch {
		want = look
	}
	provider := o.keeper(h, want)
	var keyboard *os.File
	if term.IsTerminal(os.Stdin.Fd()) {
		keyboard = os.Stdin
	}
	return linemode.Run(ctx, linemode.Options{
		Open: advised(provider), Watch: follow, Record: startRecording(h), Lessons: all, LoadFaults: o.faults,
		StartLesson: at.lesson, StartRound: at.round, StartReview: at.review,
		ProgressPath: o.desk(h).progress(), CardsPath: o.desk(h).cards(), Note: h.lastLesson(o.provider), Lang: o.lang, Prompt: o.prompt(h),
		In: os.Stdin, Keyboard: keyboard, Out: os.Stdout, Interrupts: interrupts,
	})
}
