package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"podium/i18n"
)

func TestAKnownFailureIsToldByItsCauseAndRemedy(t *testing.T) {
	engine := errors.New("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?")
	err := advise(i18n.Errorf(engine, i18n.M("cli.stopped")))
	for lang, want := range map[i18n.Language]string{i18n.English: "is installed but doesn't run", i18n.Korean: "실행 중이 아니에요"} {
		if said := lang.Say(i18n.Explain(err)); !strings.Contains(said, want) || !strings.Contains(said, "https://") {
			t.Errorf("said %q, want %q and a page", said, want)
		}
	}
	if !errors.Is(err, engine) {
		t.Error("the log doesn't get what the engine said")
	}
	full := advise(i18n.Errorf(&os.PathError{Op: "write", Path: "cluster.json", Err: syscall.ENOSPC}, i18n.M("cli.stopped")))
	if said := i18n.English.Say(i18n.Explain(full)); !strings.Contains(said, "PODIUM_HOME") {
		t.Errorf("podium's own full disk is told as %q", said)
	}
	for _, same := range []error{nil, context.Canceled, errors.New("something new")} {
		if got := advise(same); got != same {
			t.Errorf("%v became %v", same, got)
		}
	}
}
