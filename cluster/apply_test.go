package cluster

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// outline lists a snapshot's objects: as Objects has them, and as the fields do.
func outline(s Snapshot) (objects, fields []string) {
	for kind, all := range s.Objects {
		for _, o := range all {
			objects = append(objects, kind.Kind+" "+o.GetNamespace()+"/"+o.GetName())
		}
	}
	value := reflect.ValueOf(s)
	for i := range value.NumField() {
		if list := value.Field(i); list.Kind() == reflect.Slice && value.Type().Field(i).Name != "Changes" {
			for j := range list.Len() {
				o := list.Index(j).Interface().(Object)
				fields = append(fields, KindOf(o).Kind+" "+o.GetNamespace()+"/"+o.GetName())
			}
		}
	}
	slices.Sort(objects)
	slices.Sort(fields)
	return objects, fields
}

func TestEveryKindIsKeptOnceAndInItsField(t *testing.T) {
	var all []Object
	undrawn := map[string]bool{}
	for _, kind := range Kinds() {
		made, err := scheme.Scheme.New(kind.GroupVersionKind)
		if err != nil {
			t.Fatalf("%s is no built-in kind: %v", kind.Kind, err)
		}
		o := made.(Object)
		o.GetObjectKind().SetGroupVersionKind(kind.GroupVersionKind)
		o.SetName("a")
		all = append(all, o)
		undrawn[kind.Kind] = drawn[kind.GroupKind()] == nil
	}
	objects, fields := outline(NewSnapshot(noon, all...))
	if len(objects) != len(Kinds()) {
		t.Errorf("%d objects of %d kinds are kept", len(objects), len(Kinds()))
	}
	want := slices.DeleteFunc(slices.Clone(objects), func(line string) bool {
		kind, _, _ := strings.Cut(line, " ")
		return undrawn[kind]
	})
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("fields do not hold what Objects holds (-objects +fields)\n%s", diff)
	}
	if snapshotFields := reflect.TypeFor[Snapshot]().NumField() - 6; len(fields) != snapshotFields { // Seq, Time, Objects, Missing, Narrowed, Changes
		t.Errorf("%d fields are filled, the snapshot has %d", len(fields), snapshotFields)
	}
}

func TestApplyDoesWhatEachVerbSays(t *testing.T) {
	before := fixture(t, "rollout.yaml")
	pod := func(name, node string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "lab", Name: name}, Spec: corev1.PodSpec{NodeName: node}}
	}
	pods := schema.GroupKind{Kind: "Pod"}
	for _, test := range []struct {
		name    string
		changes []Change
		want    string
	}{
		{"added between", []Change{{Verb: Added, Kind: pods, Object: pod("web-6", "w")}},
			"agent=worker-1 web-5d4-a=worker-1 web-5d4-ghost=worker-2 web-6=w web-7c9-a= web-7c9-b=worker-1 web-bare=worker-2"},
		{"added first and last", []Change{{Verb: Added, Kind: pods, Object: pod("zzz", "w")}, {Verb: Added, Kind: pods, Object: pod("aaa", "w")}},
			"agent=worker-1 aaa=w web-5d4-a=worker-1 web-5d4-ghost=worker-2 web-7c9-a= web-7c9-b=worker-1 web-bare=worker-2 zzz=w"},
		{"modified", []Change{{Verb: Modified, Kind: pods, Object: pod("web-7c9-a", "w")}},
			"agent=worker-1 web-5d4-a=worker-1 web-5d4-ghost=worker-2 web-7c9-a=w web-7c9-b=worker-1 web-bare=worker-2"},
		{"deleted", []Change{{Verb: Deleted, Kind: pods, Object: pod("web-5d4-a", "")}},
			"agent=worker-1 web-5d4-ghost=worker-2 web-7c9-a= web-7c9-b=worker-1 web-bare=worker-2"},
		{"deleted twice", []Change{{Verb: Deleted, Kind: pods, Object: pod("web-5d4-a", "")}, {Verb: Deleted, Kind: pods, Object: pod("web-5d4-a", "")}},
			"agent=worker-1 web-5d4-ghost=worker-2 web-7c9-a= web-7c9-b=worker-1 web-bare=worker-2"},
		{"the last of several wins", []Change{
			{Verb: Deleted, Kind: pods, Object: pod("web-bare", "")},
			{Verb: Added, Kind: pods, Object: pod("web-bare", "x")},
			{Verb: Modified, Kind: pods, Object: pod("web-bare", "y")},
		}, "agent=worker-1 web-5d4-a=worker-1 web-5d4-ghost=worker-2 web-7c9-a= web-7c9-b=worker-1 web-bare=y"},
	} {
		t.Run(test.name, func(t *testing.T) {
			objects, fields := outline(before)
			at := noon.Add(time.Second)
			test.changes[len(test.changes)-1].Time = at
			after := before.Apply(test.changes...)
			if diff := cmp.Diff(test.want, placed(after)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(after.Objects[pods]) != len(after.Pods) {
				t.Errorf("%d pods in Objects, %d in Pods", len(after.Objects[pods]), len(after.Pods))
			}
			if !after.Time.Equal(at) || after.Seq != before.Seq || len(after.Changes) != len(test.changes) {
				t.Errorf("time %v, seq %d, %d changes", after.Time, after.Seq, len(after.Changes))
			}
			objectsNow, fieldsNow := outline(before)
			if diff := cmp.Diff([][]string{objects, fields}, [][]string{objectsNow, fieldsNow}); diff != "" {
				t.Errorf("the snapshot it was applied to has changed\n%s", diff)
			}
			if &after.Deployments[0] != &before.Deployments[0] {
				t.Error("an untouched kind was copied")
			}
		})
	}
}

func placed(s Snapshot) string {
	var all []string
	for _, p := range s.Pods {
		all = append(all, p.Name+"="+p.Spec.NodeName)
	}
	return strings.Join(all, " ")
}

func TestApplyOfManyIsApplyOfEach(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pods := schema.GroupKind{Kind: "Pod"}
	one, many := Snapshot{}, Snapshot{}
	for range 200 {
		var changes []Change
		for range 1 + random.IntN(20) {
			p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
				Namespace: fmt.Sprint("ns", random.IntN(3)), Name: fmt.Sprint("p", random.IntN(30)), ResourceVersion: fmt.Sprint(random.Int()),
			}}
			verb := []Verb{Added, Modified, Deleted}[random.IntN(3)]
			changes = append(changes, Change{Time: noon, Verb: verb, Kind: pods, Object: p})
		}
		many = many.Apply(changes...)
		for _, c := range changes {
			one = one.Apply(c)
		}
		if !slices.Equal(one.Pods, many.Pods) || !slices.Equal(one.Objects[pods], many.Objects[pods]) {
			t.Fatalf("differ: %s and %s", placed(one), placed(many))
		}
		if !slices.IsSortedFunc(many.Pods, func(a, b *corev1.Pod) int { return keyOf(a).compare(keyOf(b)) }) {
			t.Fatalf("not sorted: %s", placed(many))
		}
	}
}

func TestMergeKeepsTheNewestStateAndAllChanges(t *testing.T) {
	unread := Snapshot{Seq: 1, Changes: []Change{{Verb: Added}}}
	merged := Merge(unread, Snapshot{Seq: 2, Changes: []Change{{Verb: Deleted}}})
	if want := (Snapshot{Seq: 2, Changes: []Change{{Verb: Added}, {Verb: Deleted}}}); !cmp.Equal(want, merged) {
		t.Error(cmp.Diff(want, merged))
	}
}

func TestLookupsReadTheSnapshot(t *testing.T) {
	s := fixture(t, "rollout.yaml")
	got := map[string]int{
		"on worker-1":   len(s.PodsOn("worker-1")),
		"unplaced":      len(s.PodsOn("")),
		"owned by rs-2": len(s.OwnedBy("rs-2")),
		"pods in lab":   len(s.In(schema.GroupKind{Kind: "Pod"}, "lab")),
		"pods anywhere": len(s.In(schema.GroupKind{Kind: "Pod"}, "")),
	}
	want := map[string]int{"on worker-1": 3, "unplaced": 1, "owned by rs-2": 1, "pods in lab": 5, "pods anywhere": 6}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
