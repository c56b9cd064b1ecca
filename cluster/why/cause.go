package why

import (
	"slices"
	"strings"
	"sync"
	"time"

	"podium/cluster"
)

// grace is how much later than its command has ended a change may be learned of.
const grace = 3 * time.Second

// doers are kubectl's verbs by what they can do. A verb of two words is listed
// with the second.
var doers = map[What][]string{
	Created:  {"create", "apply", "run", "expose", "replace", "autoscale", "debug"},
	Template: {"set", "apply", "edit", "patch", "replace", "rollout undo", "rollout restart"},
	Scaled:   {"scale", "apply", "edit", "patch", "replace"},
	Paused:   {"rollout pause", "rollout resume", "apply", "edit", "patch", "replace"},
	Changed:  {"apply", "edit", "patch", "replace", "set"},
	Selector: {"apply", "edit", "patch", "replace", "set"},
	Labelled: {"label", "apply", "edit", "patch", "replace"},
	Fenced:   {"cordon", "uncordon", "drain", "taint", "patch", "edit"},
	Deleted:  {"delete", "drain", "replace"},
}

// Cause returns the command that did a deed: the newest one that can do such a
// thing, succeeded, was running when it happened and named the object, in its
// arguments or in what it wrote.
func (p Past) cause(d Deed) (Command, bool) {
	verbs := doers[d.What]
	if verbs == nil {
		return Command{}, false
	}
	for c := range p.commands.back() {
		if c.Started.After(d.Time) {
			continue
		}
		if c.Ended.Add(grace).Before(d.Time) {
			break
		}
		if c.Exit == 0 && c.does(verbs) && c.names(d.About) {
			return c, true
		}
	}
	return Command{}, false
}

// does reports whether a command has one of these verbs.
func (c Command) does(verbs []string) bool {
	return slices.ContainsFunc(c.Calls, func(call []string) bool { return slices.Contains(verbs, verb(call)) })
}

// changes reports whether a command is of a sort that changes a cluster.
func (c Command) changes() bool {
	for _, verbs := range doers {
		if c.does(verbs) {
			return true
		}
	}
	return false
}

// verb is a call's verb, of kubectl rollout with the word after it.
func verb(call []string) string {
	var words []string
	skip := false
	for _, arg := range call {
		switch {
		case skip:
			skip = false
		case arg == "-n" || arg == "--namespace" || arg == "--context" || arg == "--kubeconfig":
			skip = true
		case strings.HasPrefix(arg, "-"):
		default:
			words = append(words, arg)
		}
	}
	switch {
	case len(words) == 0:
		return ""
	case words[0] == "rollout" && len(words) > 1:
		return "rollout " + words[1]
	}
	return words[0]
}

// names reports whether a command named an object: "deploy/web" or "deploy web"
// among its arguments, or in what kubectl wrote.
func (c Command) names(o Object) bool {
	kinds := aliases(o.Kind)
	for _, call := range c.Calls {
		for i, arg := range call {
			kind, name, both := strings.Cut(arg, "/")
			switch {
			case both && name == o.Name && slices.Contains(kinds, plain(kind)):
				return true
			case !both && arg == o.Name && slices.ContainsFunc(call[:i], func(before string) bool { return slices.Contains(kinds, plain(before)) }):
				return true
			case !both && arg == o.Name && slices.Contains([]string{"run", "cordon", "uncordon", "drain"}, verb(call)):
				return true
			}
		}
	}
	for line := range strings.Lines(c.Output) {
		if written(strings.Fields(line), kinds, o.Name) {
			return true
		}
	}
	return false
}

// written reports whether a line of kubectl's own tells of an object:
// deployment.apps/web configured, pod "web-1" deleted, evicting pod lab/web-1.
func written(words, kinds []string, name string) bool {
	for i, word := range words {
		if i > 2 {
			return false
		}
		kind, rest, both := strings.Cut(word, "/")
		switch {
		case both && rest == name && slices.Contains(kinds, plain(kind)):
			return true
		case i > 0 && strings.Trim(word, `"`) == name && slices.Contains(kinds, plain(words[i-1])):
			return true
		case i > 0 && both && rest == name && slices.Contains(kinds, plain(words[i-1])):
			return true
		}
	}
	return false
}

// plain is a resource as it is written, without its group and in lower case.
func plain(resource string) string {
	resource, _, _ = strings.Cut(resource, ".")
	return strings.ToLower(resource)
}

// aliases are the words kubectl knows a kind by.
func aliases(kind string) []string { return known()[kind] }

var known = sync.OnceValue(func() map[string][]string {
	words := map[string][]string{}
	for _, k := range cluster.Kinds() {
		words[k.Kind] = []string{strings.ToLower(k.Kind), k.Resource, k.Short}
	}
	return words
})
