package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

func TestEveryScenarioIsRecorded(t *testing.T) {
	all, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 40 {
		t.Errorf("%d scenarios are too few", len(all))
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Name+".yaml")
		tracks, err := Read(goldenFile(s))
		if err != nil || len(tracks) == 0 {
			t.Errorf("%s has no recording of a real cluster: record one with UPDATE=1 make test-kind-scenarios (%v)", s.Name, err)
		}
	}
	files, err := filepath.Glob("testdata/kind/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !slices.Contains(names, filepath.Base(file)) {
			t.Errorf("%s is of no scenario", file)
		}
	}
}

func TestEveryDifferenceIsInTheDocs(t *testing.T) {
	list, err := Differences()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "simulator.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "<!-- cluster/conformance/differences.yaml -->\n")
	section, _, ends := strings.Cut(section, "<!-- end -->")
	if !found || !ends {
		t.Fatal("docs/simulator.md has no place for the differences")
	}
	want := ""
	for _, d := range list {
		if line := "- " + d.Reason + "\n"; !strings.Contains(want, line) { // one reason may need several rows
			want += line
		}
	}
	if section != want {
		t.Errorf("docs/simulator.md lists\n%s\nbut differences.yaml says\n%s", section, want)
	}
}

func TestAScenarioSaysWhatIsWrongWithIt(t *testing.T) {
	for text, want := range map[string]string{
		"steps: [{run: get pods}]":                         "needs `about`",
		"about: a\nsteps: [{}]":                            "does 0 things",
		"about: a\nsteps: [{run: x, says: y}]":             "does 2 things",
		"about: a\nsteps: [{until: [pod/web]}]":            "no \"TRACK: value\"",
		"about: a\nstep: []":                               "unknown field",
		"about: a\nsteps: [{until: [\"pod/web: there\"]}]": "",
	} {
		_, err := parse("x", []byte(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
}

func TestCoursesAreComparedValueByValue(t *testing.T) {
	whole := []string{"Pending", "Running", "Failed"}
	for _, test := range []struct {
		name          string
		played        []string
		endless       bool
		wrong, inPart bool
	}{
		{"the same", whole, false, false, false},
		{"one passed over", []string{"Pending", "Failed"}, false, false, true},
		{"another end", []string{"Pending", "Running"}, false, true, false},
		{"another value", []string{"Pending", "Running", "Unknown", "Failed"}, false, true, false},
		{"another order", []string{"Running", "Pending", "Failed"}, false, true, false},
		{"not so far, and endless", []string{"Pending", "Running"}, true, false, false},
		{"further, and endless", append(slices.Clone(whole), "Running"), true, false, false},
		{"another way, and endless", []string{"Pending", "Unknown"}, true, true, false},
	} {
		v := Compare(Tracks{"pod/web phase": {whole}}, Tracks{"pod/web phase": {test.played}}, test.endless, map[string]bool{"Pending": true, "Running": true, "Failed": true})
		if len(v.Wrong) > 0 != test.wrong || len(v.Partial) > 0 != test.inPart || v.Equal() == (test.wrong || test.inPart) {
			t.Errorf("%s: %+v", test.name, v)
		}
	}
	if v := Compare(Tracks{"pod/web phase": {whole}}, Tracks{}, false, nil); len(v.Wrong) != 1 {
		t.Errorf("a track that is missing: %+v", v)
	}
	if v := Compare(Tracks{}, Tracks{"pod/web phase": {whole}}, false, nil); len(v.Wrong) != 1 {
		t.Errorf("a track that is new: %+v", v)
	}
}

func TestOnlyWholeCoursesAreKept(t *testing.T) {
	tracks := Tracks{"x": {{"a", "c"}}}
	tracks.Merge(Tracks{"x": {{"a", "b", "c"}}})
	tracks.Merge(Tracks{"x": {{"b", "c"}, {"a", "d"}}})
	if want := [][]string{{"a", "b", "c"}, {"a", "d"}}; !slices.EqualFunc(tracks["x"], want, slices.Equal[[]string]) {
		t.Errorf("kept are %v", tracks["x"])
	}
}

func TestAllowedDifferencesAreLeftOutOrReplaced(t *testing.T) {
	list := []Difference{{Reason: "a", Track: "pod/.*", Value: "seen once"}, {Reason: "b", Track: "pod/.*", Value: "took (.*) s", As: "took a while"}, {Reason: "c", Track: "none", Value: ".*"}}
	for i := range list {
		if err := list[i].compile(); err != nil {
			t.Fatal(err)
		}
	}
	rest, used := Tracks{"pod/web phase": {{"seen once", "took 3 s", "gone"}}}.Allowing(list, "any")
	if got := rest["pod/web phase"][0]; !slices.Equal(got, []string{"took a while", "gone"}) || !slices.Equal(used, []bool{true, true, false}) {
		t.Errorf("left is %q, used %v", got, used)
	}
}

func TestGeneratedNamesAndValuesReadTheSameInEveryPlay(t *testing.T) {
	r := newRecording("play-1-web", []string{"worker-1", "control-plane"})
	set := &corev1.Pod{} // any object will do
	set.Name, set.UID, set.OwnerReferences = "web-6d4cf56db6", "set", []metav1.OwnerReference{{Kind: "Deployment", Name: "web", UID: "d", Controller: ptr.To(true)}}
	pod := &corev1.Pod{}
	pod.Name, pod.UID, pod.OwnerReferences = "web-6d4cf56db6-x2x9z", "pod", []metav1.OwnerReference{{Kind: "ReplicaSet", Name: set.Name, UID: "set", Controller: ptr.To(true)}}
	for _, o := range []cluster.Object{set, pod} {
		r.names.learn(o)
	}
	for text, want := range map[string]string{
		"Created pod: web-6d4cf56db6-x2x9z":                                 "Created pod: web-1-*",
		"pods \"web-6d4cf56db6-abcde\" is forbidden":                        "pods \"web-1-*\" is forbidden",
		"Successfully assigned play-1-web/web-6d4cf56db6-x2x9z to worker-1": "Successfully assigned NAMESPACE/web-1-* to NODE",
		"untolerated taint {node-role.kubernetes.io/control-plane: }":       "untolerated taint {node-role.kubernetes.io/control-plane: }",
		"in 1.2s (1.25s including waiting). Image size: 123 bytes.":         "in TIME (TIME including waiting). Image size: N bytes.",
		"dial tcp 10.244.1.7:80: connect: connection refused":               "dial tcp IP:80: connect: connection refused",
		"pod=web_x(0f3a6c1e-8b1a-4a69-9f3a-0123456789ab)":                   "pod=web_x(UID)",
		"Scaled up replica set web-6d4cf56db6 from 1 to 2":                  "Scaled up replica set web-1",
	} {
		if got := r.names.plain(text); got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}
