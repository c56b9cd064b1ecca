package main

import (
	"context"
	"io"
	"os"
	"time"

	"podium/classroom"
	"podium/cluster/kubeconfig"
	"podium/confine"
	"podium/i18n"
	"podium/ownfile"
	"podium/tui"
)

// overview is the instructor's screen.
func (h *hall) overview(ctx context.Context) tui.Options {
	o := h.onlook()
	o.Look, o.Class, o.GiveHint = h.look(), h.class(ctx), h.giveHint
	return o
}

// How often the instructor's screen looks at the class, and a learner's for a
// hint.
const (
	classEvery = time.Second / 2
	hintsEvery = time.Second
)

// class returns how the class stands, newest wins.
func (h *hall) class(ctx context.Context) <-chan classroom.Class {
	readers := map[string]*classroom.Reader{}
	return classroom.Newest(ctx, classEvery, func() (classroom.Class, bool) {
		class := classroom.Class{Watching: h.server.Watching(), Labs: h.serving.labs, Port: h.port, Key: h.server.HostKey()}
		for _, name := range h.server.Names() {
			if readers[name] == nil {
				readers[name] = classroom.NewReader(h.lab(name).standing())
			}
			standing, _ := readers[name].Look()
			standing.Namespace = kubeconfig.NamespaceOf(name) // whatever the learner's file says
			class.Learners = append(class.Learners, classroom.Learner{Name: name, Present: h.server.Present(name), Standing: standing})
		}
		return class, true
	})
}

// giveHint leaves a sentence where the learner's podium looks.
func (h *hall) giveHint(learner, sentence string) error {
	if err := ownfile.Write(h.lab(learner).hint(), []byte(sentence)); err != nil {
		return i18n.Errorf(err, i18n.M("cli.home", "Dir", string(h.lab(learner)), "Problem", plain(err)))
	}
	return nil
}

// hints are what an instructor says to the learner in whose home this is: each
// is a file, which is removed when it has been read. It is nil where podium
// isn't served, so nobody looks for them.
func hints(ctx context.Context, h home) <-chan string {
	if _, served, err := confine.Told(); !served || err != nil {
		return nil
	}
	return classroom.Newest(ctx, hintsEvery, func() (string, bool) {
		sentence := takeHint(h.hint())
		return sentence, sentence != ""
	})
}

const largestHint = 4 << 10

func takeHint(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largestHint))
	if err != nil || os.Remove(file) != nil {
		return ""
	}
	return string(data)
}
