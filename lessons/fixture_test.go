package lessons

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"podium/cluster"
)

// noon is when every test's cluster begins.
var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// object reads one manifest; metadata.namespace is lab unless it says otherwise
// or the kind has none.
func read(t testing.TB, manifest string) cluster.Object {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	decoded, kind, err := scheme.Codecs.UniversalDeserializer().Decode(data, nil, nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, manifest)
	}
	decoded.GetObjectKind().SetGroupVersionKind(*kind)
	o := decoded.(cluster.Object)
	if o.GetNamespace() == "" && !slices.Contains([]string{"Node", "Namespace", "PersistentVolume"}, kind.Kind) {
		o.SetNamespace("lab")
	}
	return o
}

// pod returns a pod in lab; the state is one word of what the tests need.
func pod(t testing.TB, name, state string) cluster.Object {
	t.Helper()
	status := map[string]string{
		"ready":       `{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: c, ready: true, restartCount: 2, state: {running: {}}}]}`,
		"starting":    `{phase: Pending}`,
		"failing":     `{phase: Pending, containerStatuses: [{name: c, state: {waiting: {reason: ImagePullBackOff}}}]}`,
		"terminating": `{phase: Running}`,
	}[state]
	if status == "" {
		t.Fatalf("no state %s", state)
	}
	deletion := ""
	if state == "terminating" {
		deletion = `, deletionTimestamp: "2026-05-01T12:00:00Z"`
	}
	return read(t, fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: %s, uid: uid-%s, labels: {app: web}%s}, spec: {nodeName: n1, containers: [{name: c, image: "nginx:1.27"}]}, status: %s}`,
		name, name, deletion, status))
}

func state(objects ...cluster.Object) cluster.Snapshot { return cluster.NewSnapshot(noon, objects...) }

// then returns the state after changes, with all of them in Changes, as a reader
// gets it that missed the snapshots between.
func then(s cluster.Snapshot, changes ...cluster.Change) cluster.Snapshot {
	for i := range changes {
		changes[i].Time = s.Time.Add(time.Duration(i+1) * time.Second)
	}
	next := s.Apply(changes...)
	next.Changes = changes
	return next
}

func added(o cluster.Object) cluster.Change {
	return cluster.Change{Verb: cluster.Added, Kind: cluster.KindOf(o), Object: o}
}

func changed(before, o cluster.Object) cluster.Change {
	return cluster.Change{Verb: cluster.Modified, Kind: cluster.KindOf(o), Object: o, Before: before}
}

func deleted(o cluster.Object) cluster.Change {
	return cluster.Change{Verb: cluster.Deleted, Kind: cluster.KindOf(o), Object: o, Before: o}
}

// base is a lesson without mistakes, as files.
func base(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"lesson.yaml", "en.md", "ko.md", "pod.yaml", imagesFile} {
		data, err := os.ReadFile("testdata/base/010-base/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files["010-base/"+name] = &fstest.MapFile{Data: data}
	}
	return files
}

// shared stands for the manifests that lessons share.
var shared = fstest.MapFS{"apps/echo.yaml": {Data: []byte("kind: Pod\n")}}

func loadBase(t testing.TB) Lesson {
	t.Helper()
	all, err := Load(base(t), Options{Manifests: shared})
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// lesson builds a lesson from its steps' YAML, with words made up for it.
func lesson(t testing.TB, logic string) Lesson {
	t.Helper()
	m := &mistakes{}
	r := &reader{file: "lesson.yaml", m: m, compile: compile}
	l := Lesson{ID: "test"}
	r.lesson(logic, &l)
	r.rules(&l)
	if err := m.err(); err != nil {
		t.Fatal(err)
	}
	l.Words = wordsFor(t, &l, "Hint")
	return l
}

// goal builds one goal from its YAML.
func goal(t testing.TB, logic string) Goal {
	t.Helper()
	l := lesson(t, "steps:\n- id: s\n  kind: watch\n  run: [r]\n  goals:\n  - "+
		strings.ReplaceAll(strings.TrimSpace(logic), "\n", "\n    ")+
		"\n  - {id: end, cel: 'false'}\n")
	return l.Steps[0].Goals[0]
}
