// Package doctor knows what is wrong with a machine on which a cluster is to
// run, and what to do about it: [Look] gathers facts without changing anything,
// [Judge] turns them into findings, and [Advise] recognises the errors of
// container engines, kind and kubeconfig clusters.
package doctor

import (
	"cmp"
	"regexp"
	"runtime"
	"sync"

	"podium/i18n"
)

// Advice is what to do about one known failure.
type Advice struct {
	ID     string            // names the row: "engine-missing"
	Cause  i18n.Message      // what is wrong
	Remedy i18n.Message      // what to do
	Paste  map[string]string // commands by GOOS, "" for every system; podium never runs them
	Link   string            // the official page
}

// Command is what can be pasted into a shell of this machine, or "".
func (a Advice) Command() string { return a.commandFor(runtime.GOOS) }

func (a Advice) commandFor(system string) string {
	if own, ok := a.Paste[system]; ok {
		return own
	}
	return a.Paste[""]
}

// Advise returns the advice for an error's text: what the engine, kind or a
// client printed, as whole as it is known. The first row that matches wins, so
// the rows go from the particular to the general. engine is the container engine
// that is used, such as podman; "" is as good as docker.
func Advise(text, engine string) (Advice, bool) {
	for _, r := range rows {
		if r.pattern != nil && r.pattern().MatchString(text) {
			return r.advice(engine), true
		}
	}
	return Advice{}, false
}

// Named returns the advice of one row; it panics for a name that isn't there,
// which the package's tests would show.
func Named(id, engine string) Advice {
	for _, r := range rows {
		if r.id == id {
			return r.advice(engine)
		}
	}
	panic("doctor: no advice " + id)
}

// advice speaks of the engine that is used.
func (r row) advice(engine string) Advice {
	engine = cmp.Or(engine, docker)
	a := Advice{ID: r.id, Cause: i18n.M("doctor.cause." + r.id), Paste: r.paste, Link: r.link}
	remedy := "doctor.remedy." + r.id
	if v, ok := r.others[engine]; ok {
		a.Paste, a.Link = v.paste, v.link
		if v.words {
			remedy += "-" + engine
		}
	}
	a.Remedy = i18n.M(remedy, "Engine", engine)
	return a
}

// A row of the table; one without a pattern is advice for what Judge finds by itself.
type row struct {
	id      string
	pattern func() *regexp.Regexp
	paste   map[string]string
	link    string
	others  map[string]variant // where another engine than Docker wants other advice
}

// A variant is a row's advice for one engine.
type variant struct {
	paste map[string]string
	link  string
	words bool // the remedy is said in words of its own
}

// docker is the engine that rows speak of unless they have a variant.
const docker = "docker"

// match compiles a pattern when it is first needed: the screen starts without.
func match(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
