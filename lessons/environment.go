package lessons

import (
	"reflect"
	"slices"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/ext"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	apicel "k8s.io/apiserver/pkg/cel/environment"

	"podium/cluster"
)

// environmentOnce builds the CEL environment, which never changes, when the
// first expression is compiled: it takes longer than a frame.
var environmentOnce = sync.OnceValues(newEnvironment)

// newEnvironment is the API server's own, so that what a learner reads about CEL
// elsewhere holds here, plus what a lesson can see.
func newEnvironment() (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.EnableMacroCallTracking(), // so that a part of an expression can be written out again
		ext.NativeTypes(reflect.TypeFor[call](), ext.ParseStructTags(true)),
		cel.Variable("commands", cel.ListType(cel.ObjectType("lessons.call"))),
		cel.Variable("answer", cel.StringType),
		cel.Variable("load.total", cel.IntType),
		cel.Variable("load.failed", cel.IntType),
		cel.Variable("load.downtime", cel.DoubleType),
		cel.Variable("load.recovered", cel.BoolType),
		cel.Variable("load.answered", cel.BoolType),
		cel.Variable("load.versions", cel.MapType(cel.StringType, cel.IntType)),
		cel.Variable("load.pods", cel.MapType(cel.StringType, cel.IntType)),
		cel.Variable("timeline.leastReady", cel.IntType),
		cel.Variable("timeline.mostPods", cel.IntType),
		cel.Variable("timeline.mostStaying", cel.IntType),
		cel.Variable("timeline.seconds", cel.DoubleType),
		cel.Variable("timeline.created", cel.ListType(cel.DynType)),
		cel.Variable("timeline.deleted", cel.ListType(cel.DynType)),
		predicate("ready", func(p *corev1.Pod) ref.Val { return stateIs(p, cluster.Ready) }),
		predicate("failing", func(p *corev1.Pod) ref.Val { return stateIs(p, cluster.Failing, cluster.Failed) }),
		function("rolledOut", cel.BoolType, rolledOut),
		cel.Variable("now", cel.TimestampType),
		function("terminating", cel.BoolType, terminating),
		function("restarts", cel.IntType, onPod(restarts)),
		function("owner", cel.StringType, owner),
	}
	for name := range lists {
		options = append(options,
			cel.Variable(name, cel.ListType(cel.DynType)),
			cel.Variable("start."+name, cel.ListType(cel.DynType)))
	}
	return apicel.MustBaseEnvSet(version.MajorMinor(1, 36)).StoredExpressionsEnv().Extend(options...)
}

// A call is one entry of CEL's commands.
type call struct {
	Line   string   `cel:"line"`
	Verb   string   `cel:"verb"`
	Args   []string `cel:"args"`
	Exit   int      `cel:"exit"`
	Output string   `cel:"output"`
}

// lists are the variables that hold the objects of a kind: each watched kind by
// its plural, and EndpointSlices by the word lessons use.
var lists = func() map[string]schema.GroupKind {
	all := map[string]schema.GroupKind{}
	for _, k := range cluster.Kinds() {
		all[k.Resource] = k.GroupKind()
	}
	all["endpoints"] = all["endpointslices"]
	return all
}()

func function(name string, result *cel.Type, of func(ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload(name+"_object", []*cel.Type{cel.DynType}, result, cel.UnaryBinding(of)))
}

func predicate(name string, of func(*corev1.Pod) ref.Val) cel.EnvOption {
	return function(name, cel.BoolType, onPod(of))
}

func onPod(of func(*corev1.Pod) ref.Val) func(ref.Val) ref.Val {
	return func(value ref.Val) ref.Val {
		if o, ok := value.(*object); ok {
			if pod, ok := o.source.(*corev1.Pod); ok {
				return of(pod)
			}
		}
		return types.NewErr("this is no pod")
	}
}

func stateIs(p *corev1.Pod, any ...cluster.State) ref.Val {
	state := cluster.PodState(p)
	return types.Bool(slices.Contains(any, state))
}

func restarts(p *corev1.Pod) ref.Val {
	var sum types.Int
	for _, c := range p.Status.ContainerStatuses {
		sum += types.Int(c.RestartCount)
	}
	return sum
}

// rolledOut says of a Deployment what `kubectl rollout status` waits for, and
// that it has pods at all.
func rolledOut(value ref.Val) ref.Val {
	if o, ok := value.(*object); ok {
		if d, ok := o.source.(*appsv1.Deployment); ok {
			return types.Bool(deploymentAtRest(d, 0) && d.Status.UpdatedReplicas == d.Status.Replicas && d.Status.Replicas > 0)
		}
	}
	return types.NewErr("this is no deployment")
}

func terminating(value ref.Val) ref.Val {
	o, ok := value.(*object)
	if !ok {
		return types.NewErr("this is no object")
	}
	return types.Bool(o.source.GetDeletionTimestamp() != nil)
}

func owner(value ref.Val) ref.Val {
	o, ok := value.(*object)
	if !ok {
		return types.NewErr("this is no object")
	}
	if c := metav1.GetControllerOfNoCopy(o.source); c != nil {
		return types.String(c.Kind + "/" + c.Name)
	}
	return types.String("")
}
