package lessons

import (
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"podium/cluster"
)

// A scope is one view made ready for goals: what they look at is converted when
// the first of them asks, and once for all of them. It serves one look and is
// used by one goroutine.
type scope struct {
	View
	objects *objects
	kinds   map[schema.GroupKind][]*object
	values  map[string]ref.Val
}

func newScope(v View, objects *objects) *scope {
	return &scope{View: v, objects: objects, kinds: map[schema.GroupKind][]*object{}, values: map[string]ref.Val{}}
}

// kind returns the objects of a kind that a lesson may look at: those in the
// learner's namespace and those that are in none.
func (s *scope) kind(kind schema.GroupKind) []*object {
	if found, ok := s.kinds[kind]; ok {
		return found
	}
	found := s.from(s.Now, kind)
	s.kinds[kind] = found
	return found
}

func (s *scope) from(snapshot cluster.Snapshot, kind schema.GroupKind) []*object {
	var found []*object
	for _, o := range snapshot.Objects[kind] {
		if ns := o.GetNamespace(); ns == "" || ns == s.Namespace {
			found = append(found, s.objects.of(o))
		}
	}
	return found
}

// ResolveName implements CEL's activation.
func (s *scope) ResolveName(name string) (any, bool) {
	if value, ok := s.values[name]; ok {
		return value, true
	}
	value := s.resolve(name)
	if value == nil {
		return nil, false
	}
	s.values[name] = value
	return value, true
}

// Parent implements CEL's activation.
func (s *scope) Parent() interpreter.Activation { return nil }

func (s *scope) resolve(name string) ref.Val {
	if kind, ok := lists[name]; ok {
		return listOf(s.kind(kind))
	}
	if rest, ok := strings.CutPrefix(name, "start."); ok {
		if kind, ok := lists[rest]; ok {
			return listOf(s.from(s.Start, kind))
		}
	}
	switch name {
	case "commands":
		return s.calls()
	case "now":
		if s.Load.Now.After(s.Now.Time) { // nothing has changed since
			return types.Timestamp{Time: s.Load.Now}
		}
		return types.Timestamp{Time: s.Now.Time}
	case "answer":
		return types.String(s.Answer)
	case "timeline.leastReady":
		return types.Int(s.Past.LeastReady)
	case "timeline.mostPods":
		return types.Int(s.Past.MostPods)
	case "timeline.mostStaying":
		return types.Int(s.Past.MostStaying)
	case "timeline.seconds":
		return types.Double(s.Past.Seconds)
	case "timeline.created":
		return listOf(s.convertAll(s.Past.Created))
	case "timeline.deleted":
		return listOf(s.convertAll(s.Past.Deleted))
	case "load.total":
		return types.Int(s.Load.Total)
	case "load.failed":
		return types.Int(s.Load.Failed)
	case "load.downtime":
		return types.Double(s.Load.Downtime)
	case "load.recovered":
		return types.Bool(s.Load.Recovered)
	case "load.answered":
		return types.Bool(s.Load.Answered)
	case "load.versions":
		return counts(s.Load.Versions)
	case "load.pods":
		return counts(s.Load.Pods)
	}
	return nil
}

func (s *scope) convertAll(sources []cluster.Object) []*object {
	all := make([]*object, len(sources))
	for i, o := range sources {
		all[i] = s.objects.of(o)
	}
	return all
}

func listOf(objects []*object) ref.Val {
	values := make([]ref.Val, len(objects))
	for i, o := range objects {
		values[i] = o
	}
	return types.NewRefValList(types.DefaultTypeAdapter, values)
}

func counts(m map[string]int) ref.Val {
	values := make(map[ref.Val]ref.Val, len(m))
	for name, n := range m {
		values[types.String(name)] = types.Int(n)
	}
	return types.NewRefValMap(types.DefaultTypeAdapter, values)
}

// calls returns one entry for each kubectl call the learner made, and one for
// each line that made none.
func (s *scope) calls() ref.Val {
	var all []call
	for _, c := range s.Commands {
		if len(c.Calls) == 0 {
			all = append(all, call{c.Line, c.Verb, c.Args, c.Exit, c.Output})
			continue
		}
		for i, argv := range c.Calls {
			verb, args := verbOf(argv)
			if i == 0 && c.Args != nil {
				verb, args = c.Verb, c.Args
			}
			all = append(all, call{c.Line, verb, args, c.Exit, c.Output})
		}
	}
	env, err := environmentOnce()
	if err != nil {
		return types.NewErr("no environment: %v", err)
	}
	return env.CELTypeAdapter().NativeToValue(all)
}

// takesValue are kubectl's flags that may stand before the verb with a value
// after them (k8s.io/cli-runtime/pkg/genericclioptions, ConfigFlags).
var takesValue = map[string]bool{
	"-n": true, "--namespace": true, "-s": true, "--server": true, "--context": true, "--cluster": true,
	"--user": true, "--kubeconfig": true, "--request-timeout": true, "--as": true, "--as-group": true, "-v": true,
}

// verbOf splits a kubectl call into its verb, the first word that is no flag,
// and the arguments after it.
func verbOf(argv []string) (verb string, args []string) {
	for i := 0; i < len(argv); i++ {
		switch {
		case takesValue[argv[i]]:
			i++
		case !strings.HasPrefix(argv[i], "-"):
			return argv[i], argv[i+1:]
		}
	}
	return "", nil
}
