package lessons

import (
	"strings"
	"testing"
)

// A slip is what only a strict reading finds, made in the base lesson by
// replacing texts: old, new, old, new.
type slip struct {
	name  string
	file  string
	pairs []string
}

const (
	wantWeb = "want: {apiVersion: v1, kind: Pod, metadata: {name: web}}"
	quiet   = "never: pods.exists(p, failing(p))"
	again   = "- id: again\n  kind: do\n  goals:\n  - id: there\n    " + wantWeb + "\n  solution: [kubectl apply -f pod.yaml]\n  wrong: [[kubectl get pods]]\n"
)

var slips = []slip{
	{"met before anything is done", inYAML, []string{"setup: [kubectl apply -f base.yaml]\n", "", wantWeb, "absent: {apiVersion: v1, kind: Pod, metadata: {name: web}}"}},
	{"met by the step before", inYAML, []string{"- id: look\n", again + "- id: look\n"}},
	{"always met", inYAML, []string{quiet, "cel: 1 + 1 == 2"}},
	{"never met", inYAML, []string{quiet, "always: 1 + 1 == 3"}},
	{"goals against each other", inYAML, []string{quiet, "absent: {apiVersion: v1, kind: Pod}"}},
	{"two counts", inYAML, []string{wantWeb, wantWeb + "\n    count: 1", quiet, wantWeb + "\n    count: 2"}},
	{"goal about an object nobody makes", inYAML, []string{wantWeb, strings.Replace(wantWeb, "web", "wob", 1)}},
	{"goal about a label nobody gives", inYAML, []string{wantWeb, strings.Replace(wantWeb, "web", "web, labels: {app: shop}", 1)}},
	{"expression about an image nobody names", inYAML, []string{quiet, "never: pods.exists(p, p.spec.containers.exists(c, c.image == 'nginx:9'))"}},
	{"expression about an object nobody makes", inYAML, []string{quiet, "never: pods.exists(p, 'wob' == p.metadata.name)"}},
	{"hint with a file that isn't there", inEN, []string{"kubectl apply -f pod.yaml", "kubectl apply -f pot.yaml"}},
	{"text with a file that isn't there", inKO, []string{"파드를 만드세요.", "먼저 `cat pot.yaml`을 보세요."}},
	{"text with an object that isn't there", inEN, []string{"Make a pod.", "Look: `kubectl get pod wob -o yaml | grep image`."}},
	{"text with another way to name one", inEN, []string{"Make a pod.", "Look: `kubectl rollout status deployment/wob`."}},
	{"text with the log of no pod", inEN, []string{"Make a pod.", "Look: `kubectl logs -c web wob`."}},
}

func TestAStrictReadingFindsWhatPlayingWouldShow(t *testing.T) {
	var got strings.Builder
	for _, slip := range slips {
		files := base(t)
		if strings.Contains(strings.Join(slip.pairs, ""), again) {
			for _, words := range []string{inEN, inKO} {
				file := files["010-base/"+words]
				file.Data = append(file.Data, "\n## again: Again\nText.\n```goals\nthere: It is\n```\n```hint\na\n```\n```hint\nb\n```\n"...)
			}
		}
		file := files["010-base/"+slip.file]
		for i := 0; i < len(slip.pairs); i += 2 {
			if !strings.Contains(string(file.Data), slip.pairs[i]) {
				t.Fatalf("%s: %q is not in %s", slip.name, slip.pairs[i], slip.file)
			}
		}
		file.Data = []byte(strings.NewReplacer(slip.pairs...).Replace(string(file.Data)))
		if _, err := Load(files, Options{Manifests: shared, Safe: refuse}); err != nil {
			t.Errorf("%s: can't be read at all: %v", slip.name, err)
		}
		_, err := Load(files, Options{Manifests: shared, Safe: refuse, Strict: true})
		if err == nil {
			t.Errorf("%s: was accepted", slip.name)
		}
		write(&got, slip.name, err)
	}
	golden(t, "testdata/slips.golden", got.String())
}

func TestASoundLessonPassesAStrictReading(t *testing.T) {
	if _, err := Load(base(t), Options{Manifests: shared, Safe: refuse, Strict: true}); err != nil {
		t.Error(err)
	}
}

func TestALessonInOneLanguageIsReadInBoth(t *testing.T) {
	for _, only := range []string{inEN, inKO} {
		files := base(t)
		for _, file := range []string{inEN, inKO} {
			if file != only {
				delete(files, "010-base/"+file)
			}
		}
		all, err := Load(files, Options{Manifests: shared})
		if err != nil {
			t.Fatal(err)
		}
		if en, ko := all[0].Words["en"], all[0].Words["ko"]; en.Title == "" || en.Title != ko.Title || all[0].Steps[3].Hints != 2 {
			t.Errorf("%s alone: %q and %q", only, en.Title, ko.Title)
		}
		if _, err := Load(files, Options{Manifests: shared, Strict: true}); err == nil {
			t.Errorf("%s alone passes a strict reading", only)
		}
	}
}
