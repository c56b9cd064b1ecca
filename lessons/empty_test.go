package lessons

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	fakediscovery "k8s.io/client-go/discovery/fake"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"

	"podium/i18n"
)

var (
	verbs = metav1.Verbs{"list", "delete", "get"}
	api   = []*metav1.APIResourceList{
		{GroupVersion: "v1", APIResources: []metav1.APIResource{
			{Name: "pods", Kind: "Pod", Namespaced: true, Verbs: verbs},
			{Name: "pods/status", Kind: "Pod", Namespaced: true, Verbs: metav1.Verbs{"get"}},
			{Name: "bindings", Kind: "Binding", Namespaced: true, Verbs: metav1.Verbs{"create"}},
			{Name: "configmaps", Kind: "ConfigMap", Namespaced: true, Verbs: verbs},
			{Name: "serviceaccounts", Kind: "ServiceAccount", Namespaced: true, Verbs: verbs},
			{Name: "namespaces", Kind: "Namespace", Verbs: verbs},
			{Name: "nodes", Kind: "Node", Verbs: verbs},
			{Name: "persistentvolumes", Kind: "PersistentVolume", Verbs: verbs},
		}},
		{GroupVersion: "apps/v1", APIResources: []metav1.APIResource{
			{Name: "deployments", Kind: "Deployment", Namespaced: true, Verbs: verbs},
		}},
	}
	podsResource = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
)

// inCluster returns clients of a cluster that holds the manifests.
func inCluster(t *testing.T, manifests ...string) (*fakediscovery.FakeDiscovery, *dynamicfake.FakeDynamicClient) {
	t.Helper()
	var objects []runtime.Object
	for _, manifest := range manifests {
		objects = append(objects, read(t, manifest))
	}
	found := &fakediscovery.FakeDiscovery{Fake: &clienttesting.Fake{Resources: api}}
	return found, dynamicfake.NewSimpleDynamicClient(scheme.Scheme, objects...)
}

// left lists what is left of the kinds a test asks about.
func left(t *testing.T, client *dynamicfake.FakeDynamicClient) []string {
	t.Helper()
	var all []string
	for _, group := range api {
		gv, err := schema.ParseGroupVersion(group.GroupVersion)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range group.APIResources {
			if !slices.Contains(r.Verbs, "list") {
				continue
			}
			list, err := client.Resource(gv.WithResource(r.Name)).List(t.Context(), metav1.ListOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list.Items {
				all = append(all, strings.Trim(o.GetNamespace()+"/"+r.Name+"/"+o.GetName(), "/"))
			}
		}
	}
	slices.Sort(all)
	return all
}

const ownedNamespace = `{apiVersion: v1, kind: Namespace, metadata: {name: lab, labels: {podium.dev/owned: "true"}}}`

func TestEmptyingTakesAllOfTheNamespaceAndNothingElse(t *testing.T) {
	found, client := inCluster(t, ownedNamespace,
		`{apiVersion: v1, kind: Namespace, metadata: {name: other}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: a}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: foreign, namespace: other}}`,
		`{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}`,
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: mine}}`,
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: kube-root-ca.crt}}`,
		`{apiVersion: v1, kind: ServiceAccount, metadata: {name: default}}`,
		`{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}`,
		`{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {podium.dev/lesson: stateful}}}`,
		`{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk, labels: {podium.dev/lesson: stateful}}}`,
		`{apiVersion: v1, kind: PersistentVolume, metadata: {name: theirs}}`,
		`{apiVersion: v1, kind: Namespace, metadata: {name: made, labels: {podium.dev/lesson: tour}}}`)
	// A controller that hasn't heard yet makes one more pod.
	late := &unstructured.Unstructured{Object: fieldsOf(read(t, `{apiVersion: v1, kind: Pod, metadata: {name: late}}`))}
	again := true
	client.PrependReactor("delete", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		if again {
			again = false
			if err := client.Tracker().Create(podsResource, late, "lab"); err != nil {
				t.Error(err)
			}
		}
		return false, nil, nil
	})
	if err := (Ground{Namespace: "lab"}).empty(t.Context(), found, client); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"lab/configmaps/kube-root-ca.crt", "lab/serviceaccounts/default", "namespaces/lab", "namespaces/other", "nodes/n1",
		"other/pods/foreign", "persistentvolumes/theirs",
	}
	if diff := cmp.Diff(want, left(t, client)); diff != "" {
		t.Error(diff)
	}
	for _, action := range client.Actions() {
		if deletion, ok := action.(clienttesting.DeleteAction); ok {
			if grace := deletion.GetDeleteOptions().GracePeriodSeconds; grace == nil || *grace != 0 {
				t.Errorf("%s waits to end", deletion.GetName())
			}
		}
	}
}

func TestOnlyFinalizersOfExercisesAreTakenOff(t *testing.T) {
	going := `, deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: `
	_, client := inCluster(t,
		`{apiVersion: v1, kind: Pod, metadata: {name: exercise`+going+`[backup.example.com/archive, kubernetes.io/a]}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: cloud`+going+`[service.k8s.aws/resources, notexample.com/a]}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: staying, finalizers: [example.com/a]}}`)
	pods := client.Resource(podsResource).Namespace("lab")
	for name, want := range map[string][]string{
		"exercise": {"kubernetes.io/a"}, "cloud": {"service.k8s.aws/resources", "notexample.com/a"}, "staying": {"example.com/a"},
	} {
		o, err := pods.Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := release(t.Context(), pods, o); err != nil {
			t.Error(err)
		}
		if o, err = pods.Get(t.Context(), name, metav1.GetOptions{}); err != nil || !slices.Equal(o.GetFinalizers(), want) {
			t.Errorf("%s keeps %q, want %q (%v)", name, o.GetFinalizers(), want, err)
		}
	}
}

func TestEmptyingRefusesANamespaceThatIsNotPodiums(t *testing.T) {
	for _, labels := range []string{"{}", `{podium.dev/owned: "false"}`, `{podium.dev/owned: ""}`} {
		found, client := inCluster(t,
			`{apiVersion: v1, kind: Namespace, metadata: {name: lab, labels: `+labels+`}}`,
			`{apiVersion: v1, kind: Pod, metadata: {name: a}}`)
		err := Ground{Namespace: "lab"}.empty(t.Context(), found, client)
		var known *i18n.Error
		if !errors.As(err, &known) || known.Message.ID != "empty.notowned" {
			t.Errorf("%s: %v", labels, err)
		}
		if diff := cmp.Diff([]string{"lab/pods/a", "namespaces/lab"}, left(t, client)); diff != "" {
			t.Error(diff)
		}
	}
}

// A busy machine answers late, but something goes with every pass.
func TestEmptyingHasTimeWhileSomethingGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var manifests []string
		for i := range 12 {
			manifests = append(manifests, fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: pod-%d}}`, i))
		}
		found, client := inCluster(t, append(manifests, ownedNamespace)...)
		gone := time.Time{}
		client.PrependReactor("delete", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
			if time.Since(gone) < stuckAfter/3 {
				return true, nil, nil // not yet
			}
			gone = time.Now()
			return false, nil, nil
		})
		if err := (Ground{Namespace: "lab"}).empty(t.Context(), found, client); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"namespaces/lab"}, left(t, client)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEmptyingDeletesEventsAtOneStroke(t *testing.T) {
	for _, mayAll := range []bool{true, false} {
		found, client := inCluster(t, ownedNamespace,
			`{apiVersion: v1, kind: Event, metadata: {name: a}}`, `{apiVersion: v1, kind: Event, metadata: {name: b}}`)
		events := metav1.APIResource{Name: "events", Kind: "Event", Namespaced: true, Verbs: metav1.Verbs{"list", "delete", "deletecollection"}}
		found.Resources = []*metav1.APIResourceList{{GroupVersion: "v1", APIResources: []metav1.APIResource{events}}}
		client.PrependReactor("delete-collection", "events", func(clienttesting.Action) (bool, runtime.Object, error) {
			if mayAll {
				return true, nil, nil
			}
			return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "events"}, "", nil)
		})
		if err := (Ground{Namespace: "lab"}).empty(t.Context(), found, client); err != nil {
			t.Fatal(err)
		}
		single := 0
		for _, action := range client.Actions() {
			if action.Matches("delete", "events") {
				single++
			}
		}
		if want := map[bool]int{true: 0, false: 2}[mayAll]; single != want {
			t.Errorf("may delete all %v: %d deleted one by one, want %d", mayAll, single, want)
		}
	}
}

func TestEmptyingSaysWhatWouldNotGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		found, client := inCluster(t, ownedNamespace, `{apiVersion: v1, kind: Pod, metadata: {name: held}}`)
		client.PrependReactor("delete", "pods", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, nil })
		err := Ground{Namespace: "lab"}.empty(t.Context(), found, client)
		var known *i18n.Error
		if !errors.As(err, &known) || i18n.English.Say(known.Message) != "The namespace lab would not empty; left are pod/held. Delete them and try again." {
			t.Errorf("%v", err)
		}
	})
}

func TestHurryingTakesOnlyWhatIsLeaving(t *testing.T) {
	_, client := inCluster(t, ownedNamespace,
		`{apiVersion: v1, kind: Namespace, metadata: {name: other}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: stays}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: leaves, deletionTimestamp: "2026-11-21T10:00:00Z", finalizers: [none]}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: foreign, namespace: other, deletionTimestamp: "2026-11-21T10:00:00Z", finalizers: [none]}}`)
	if err := hurry(t.Context(), client, "lab"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"lab/pods/stays", "namespaces/lab", "namespaces/other", "other/pods/foreign"}, left(t, client)); diff != "" {
		t.Error(diff)
	}
	if err := hurry(t.Context(), client, "other"); err == nil {
		t.Error("a namespace that is not podium's was touched")
	}
}

func TestNodesOfPodiumsOwnClusterAreOpenedAgain(t *testing.T) {
	nodes := schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
	for _, whole := range []bool{true, false} {
		found, client := inCluster(t, ownedNamespace,
			`{apiVersion: v1, kind: Node, metadata: {name: drained}, spec: {unschedulable: true}}`,
			`{apiVersion: v1, kind: Node, metadata: {name: tainted}, spec: {taints: [{key: mine, effect: NoSchedule}]}}`,
			`{apiVersion: v1, kind: Node, metadata: {name: plane}, spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}}`)
		if err := (Ground{Namespace: "lab", Whole: whole}).empty(t.Context(), found, client); err != nil {
			t.Fatal(err)
		}
		var restricted []string
		list, err := client.Resource(nodes).List(t.Context(), metav1.ListOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list.Items {
			taints, _, _ := unstructured.NestedSlice(n.Object, "spec", "taints")
			if cordoned, _, _ := unstructured.NestedBool(n.Object, "spec", "unschedulable"); cordoned || len(taints) > 0 {
				restricted = append(restricted, n.GetName())
			}
		}
		want := []string{"drained", "plane", "tainted"}
		if whole {
			want = []string{"plane"}
		}
		if diff := cmp.Diff(want, restricted); diff != "" {
			t.Errorf("whole %v: %s", whole, diff)
		}
	}
}

func TestHurryingWaitsUntilControllersHaveSeen(t *testing.T) {
	deployments := schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	synctest.Test(t, func(t *testing.T) {
		_, client := inCluster(t, ownedNamespace,
			`{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, generation: 2}, status: {observedGeneration: 1}}`)
		began := time.Now()
		go func() {
			timer := time.NewTimer(time.Second)
			<-timer.C
			seen := fieldsOf(read(t, `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: lab, generation: 2}, status: {observedGeneration: 2}}`))
			if err := client.Tracker().Update(deployments, &unstructured.Unstructured{Object: seen}, "lab"); err != nil {
				t.Error(err)
			}
		}()
		if err := hurry(t.Context(), client, "lab"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took < time.Second || took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestANamespaceThatTheLearnerMadeIsRemovedWhereTheClusterIsPodiums(t *testing.T) {
	for _, whole := range []bool{true, false} {
		found, client := inCluster(t, ownedNamespace,
			`{apiVersion: v1, kind: Namespace, metadata: {name: room}, spec: {finalizers: [kubernetes]}}`,
			`{apiVersion: v1, kind: Pod, metadata: {name: guest, namespace: room}}`,
			`{apiVersion: v1, kind: ConfigMap, metadata: {name: kube-root-ca.crt, namespace: room}}`,
			`{apiVersion: v1, kind: PersistentVolume, metadata: {name: theirs}}`)
		// As the API server does, the namespace stays until it is said to be empty.
		client.PrependReactor("delete", "namespaces", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, nil })
		inside := 0 // when it was said to be empty
		client.PrependReactor("update", "namespaces", func(a clienttesting.Action) (bool, runtime.Object, error) {
			if a.GetSubresource() != "finalize" {
				return false, nil, nil
			}
			for resource, kind := range map[string]string{"pods": "Pod", "configmaps": "ConfigMap"} {
				gvr := schema.GroupVersionResource{Version: "v1", Resource: resource}
				list, err := client.Tracker().List(gvr, gvr.GroupVersion().WithKind(kind), "room")
				if err != nil {
					return true, nil, err
				}
				inside += meta.LenList(list)
			}
			return true, nil, client.Tracker().Delete(namespaceKind, "", "room")
		})
		if err := (Ground{Namespace: "lab", Made: []string{"room", "never-made"}, Whole: whole}).empty(t.Context(), found, client); err != nil {
			t.Fatal(err)
		}
		want := []string{"namespaces/lab", "persistentvolumes/theirs"}
		if !whole {
			want = []string{"namespaces/lab", "namespaces/room", "persistentvolumes/theirs", "room/configmaps/kube-root-ca.crt", "room/pods/guest"}
		}
		if diff := cmp.Diff(want, left(t, client)); diff != "" {
			t.Error(diff)
		}
		if inside > 0 {
			t.Errorf("%d objects were in it when it was said to be empty", inside)
		}
	}
}
