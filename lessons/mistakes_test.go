package lessons

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"podium/i18n"
)

// An edit makes one mistake in the base lesson.
type edit struct {
	name     string
	file     string // within 010-base
	old, new string
}

const (
	inYAML = "lesson.yaml"
	inEN   = "en.md"
	inKO   = "ko.md"

	inImages = "images.yaml"
)

var edits = []edit{
	{"no YAML", inYAML, "steps:\n", "steps: [\n"},
	{"unknown field of a step", inYAML, "kind: read", "kind: read\n  goal: []"},
	{"unknown field of the lesson", inYAML, "setup:", "set-up:"},
	{"namespace that every cluster has", inYAML, "setup:", "namespaces: [kube-system]\nsetup:"},
	{"field twice", inYAML, "kind: read", "kind: read\n  kind: read"},
	{"unknown kind", inYAML, "kind: read", "kind: reading"},
	{"same step id", inYAML, "- id: pick", "- id: guess"},
	{"missing step id", inYAML, "- id: intro\n  kind: read", "- kind: read"},
	{"id that is no name", inYAML, "id: intro", "id: In Tro"},
	{"same goal id", inYAML, "id: quiet", "id: there"},
	{"measure without a row", inYAML, "run: [kubectl delete pod web]", "run: [kubectl delete pod web]\n  measure: {back: true}"},
	{"measure without requests", inYAML, "run: [kubectl delete pod web]", "run: [kubectl delete pod web]\n  measure: {row: swap}"},
	{"measure without goals", inYAML, "kind: read", "kind: read\n  measure: {row: swap, back: true}"},
	{"a table without rows", inYAML, "kind: read", "kind: read\n  table: true"},
	{"a table that is neither true nor false", inYAML, "kind: read", "kind: read\n  table: perhaps"},
	{"a row without a name", inYAML, "setup:", "comparison: [swap]\nsetup:"},
	{"two tests", inYAML, "never: pods", "always: 'true'\n    never: pods"},
	{"no test", inYAML, "    never: pods.exists(p, failing(p))\n", ""},
	{"count without want", inYAML, "never: pods", "count: 2\n    never: pods"},
	{"only over time", inYAML, "want: {apiVersion: v1, kind: Pod, metadata: {name: web}}", "always: 'true'"},
	{"want without a kind", inYAML, "want: {apiVersion: v1, kind: Pod, metadata: {name: web}}", "want: {metadata: {name: web}}"},
	{"want of a kind nobody watches", inYAML, "want: {apiVersion: v1, kind: Pod,", "want: {apiVersion: v1, kind: Pods,"},
	{"want names a namespace", inYAML, "want: {apiVersion: v1, kind: Pod, metadata: {name: web}}", "want: {apiVersion: v1, kind: Pod, metadata: {namespace: lab}}"},
	{"do without a wrong way", inYAML, "  wrong:\n  - [kubectl get pods]\n", ""},
	{"do without a solution", inYAML, "  solution: [kubectl apply -f pod.yaml]\n", ""},
	{"read with goals", inYAML, "kind: read", "kind: read\n  goals: [{id: g, cel: 'true'}]"},
	{"watch with a solution", inYAML, "run: [kubectl delete pod web]", "run: [kubectl delete pod web]\n  solution: [kubectl get pods]"},
	{"watch with nothing to watch", inYAML, "  run: [kubectl delete pod web]\n", ""},
	{"quiz with reveal", inYAML, "choices: [pod, node],", "choices: [pod, node], reveal: look,"},
	{"reveal by an earlier step", inYAML, "choices: [same, other], reveal: make", "choices: [same, other], reveal: intro"},
	{"reveal by no step", inYAML, "choices: [same, other], reveal: make", "choices: [same, other], reveal: made"},
	{"choice without choices", inYAML, "choices: [pod, node], ", ""},
	{"number with choices", inYAML, "{form: number,", "{form: number, choices: [a, b],"},
	{"unknown form", inYAML, "form: number", "form: text"},
	{"CEL that does not compile", inYAML, "failing(p))", "failing(q))"},
	{"CEL in a block", inYAML, "never: pods.exists(p, failing(p))", "never: |\n      pods.exists(p,\n        nothing(p))"},
	{"CEL of the wrong type", inYAML, "never: pods.exists(p, failing(p))", "never: size(pods)"},
	{"CEL that looks at what isn't there", inYAML, "never: pods.exists(p, failing(p))", "never: timeline.leastRaedy > 1"},
	{"answer of the wrong type", inYAML, "answer: size(pods)", "answer: \"'two'\""},
	{"unsafe command", inYAML, "setup: [kubectl apply -f base.yaml]", "setup: [rm -rf /]"},
	{"missing file", inYAML, "files: [pod.yaml,", "files: [pot.yaml,"},
	{"file of another folder", inYAML, "files: [pod.yaml,", "files: [../020-other/pod.yaml,"},
	{"file out of the manifests", inYAML, "/apps/echo.yaml", "/../../etc/passwd"},
	{"same file twice", inYAML, "files: [pod.yaml,", "files: [pod.yaml, pod.yaml,"},
	{"text instead of a list", inYAML, "setup: [kubectl apply -f base.yaml]", "setup: kubectl apply -f base.yaml"},
	{"a bomb of aliases", inYAML, "    want: {apiVersion: v1, kind: Pod, metadata: {name: web}}", bomb},
	{"manifest that names a namespace", "pod.yaml", "metadata: {name: web}", "metadata: {name: web, namespace: default}"},
	{"manifest of what no reset would find", "pod.yaml", "kind: Pod", "kind: PersistentVolume"},
	{"second manifest of a file", "pod.yaml", "kind: Pod", "kind: Service\n---\nkind: Namespace"},
	{"terminal control", inYAML, "kind: read", "kind: \x1b[2Jread"},
	{"terminal control in words", inKO, "글이에요.", "글\u009b이에요."},
	{"direction of reading turned", inEN, "Some text.", "Some \u202etext."},
	{"not UTF-8", inEN, "Some text.", "Some \xfftext."},
	{"no front matter", inEN, "---\ntitle: Base\n", "title: Base\n"},
	{"unknown field in the front matter", inEN, "title: Base", "titel: Base"},
	{"section of no step", inEN, "## intro: Read", "## introduction: Read"},
	{"heading without a title", inKO, "## intro: Read", "## intro"},
	{"section twice", inEN, "## guess: How many?", "## intro: How many?"},
	{"goal without a sentence", inKO, "quiet: 실패가 없어요\n", ""},
	{"sentence without a goal", inEN, "quiet: Nothing fails", "quiet: Nothing fails\nloud: All fails"},
	{"no goals block", inEN, "```goals\ngone: The pod is gone\n```\n", ""},
	{"fewer hints in a language", inKO, "```hint\n생각해 보세요.\n```\n", ""},
	{"empty hint", inEN, "Think.\n", ""},
	{"hint that does not compile", inEN, "{{size(pods)}}", "{{size(pots)}}"},
	{"hint without its end", inEN, "{{size(pods)}}", "{{size(pods)"},
	{"debrief in one language", inKO, "```debrief\n잘했어요.\n```", ""},
	{"block without its end", inEN, "pod: A pod\nnode: A node\n```", "pod: A pod\nnode: A node"},
	{"no question", inEN, "```ask\nWhat is placed?\n```", ""},
	{"choice without a sentence", inEN, "node: A node\n", ""},
	{"question of a step that asks nothing", inEN, "Some text.", "Some text.\n\n```ask\nWhat?\n```"},
	{"step that says nothing", inEN, "It goes.", ""},
	{"words before the first step", inEN, "## intro: Read", "Hello.\n\n## intro: Read"},
	{"line that is no sentence", inEN, "node: A node", "a node"},
	{"images that are no YAML", inImages, "images:\n", "images: [\n"},
	{"an image's unknown field", inImages, "  text:", "  sise: 3\n  text:"},
	{"an image's number that is none", inImages, "ports: [80]", "ports: [http]"},
	{"an image without its registry", inImages, "example.com/shop", "shop"},
	{"an image without tags", inImages, "  tags: {v1: \"1.0\"}\n", ""},
	{"an image's tag that is none", inImages, "v1:", "a b:"},
	{"an image's unknown program", inImages, "program: echo", "program: shop"},
	{"an image without a binary", inImages, "  binary: shop\n", ""},
	{"a server without ports", inImages, "  ports: [80]\n", ""},
	{"an image's port that is none", inImages, "[80]", "[0]"},
	{"an image's endless delay", inImages, "  text:", "  startDelay: 24h\n  text:"},
	{"an image's exit code that is none", inImages, "  text:", "  exitCode: 999\n  text:"},
	{"an image that runs nothing", inImages, "  entrypoint: [shop]\n", ""},
	{"an image of less than nothing", inImages, "  text:", "  size: -1\n  text:"},
}

// bomb is small and, its aliases followed, 8^5 nodes large.
var bomb = func() string {
	text := "    want: {apiVersion: v1, kind: Pod, a: &a0 [1, 1, 1, 1, 1, 1, 1, 1]"
	for i := range 4 {
		next := strings.Repeat(fmt.Sprintf("*a%d, ", i), 8)
		text += fmt.Sprintf(", a%d: &a%d [%s]", i, i+1, strings.TrimSuffix(next, ", "))
	}
	return text + "}"
}()

// refuse refuses what isn't kubectl, as the prompt does.
func refuse(line string) error {
	if strings.HasPrefix(line, "kubectl ") {
		return nil
	}
	return i18n.Errorf(nil, i18n.Text("(the prompt's sentence)"))
}

func TestEveryMistakeInALessonIsOneSentenceWithItsPlace(t *testing.T) {
	var got strings.Builder
	for _, e := range edits {
		files := base(t)
		path := "010-base/" + e.file
		before := string(files[path].Data)
		if strings.Count(before, e.old) == 0 {
			t.Fatalf("%s: %q is not in %s", e.name, e.old, e.file)
		}
		files[path] = &fstest.MapFile{Data: []byte(strings.Replace(before, e.old, e.new, 1))}
		all, err := Load(files, Options{Manifests: shared, Safe: refuse, Strict: true})
		if err == nil || len(all) != 0 {
			t.Errorf("%s: was accepted", e.name)
		}
		write(&got, e.name, err)
	}
	golden(t, "testdata/mistakes.golden", got.String())
}

func write(b *strings.Builder, name string, err error) {
	b.WriteString("# " + name + "\n")
	for _, mistake := range Mistakes(err) {
		b.WriteString(i18n.English.Say(mistake) + "\n" + i18n.Korean.Say(mistake) + "\n")
	}
	b.WriteString("\n")
}

func TestFoldersThatAreNoLessonsAreToldSo(t *testing.T) {
	at := func(folder string) fstest.MapFS {
		files := fstest.MapFS{}
		for path, file := range base(t) {
			files[strings.Replace(path, "010-base", folder, 1)] = file
		}
		return files
	}
	both := at("010-base")
	for path, file := range at("020-base") {
		both[path] = file
	}
	large := at("010-base")
	large["010-base/en.md"] = &fstest.MapFile{Data: make([]byte, maxFile+1)}
	link := at("010-base")
	link["010-base/pod.yaml"] = &fstest.MapFile{Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink}
	bare := at("010-base")
	delete(bare, "010-base/ko.md")
	delete(bare, "010-base/lesson.yaml")
	var got strings.Builder
	for _, test := range []struct {
		name  string
		files fs.FS
	}{
		{"no folder", fstest.MapFS{"readme": {}}},
		{"a name without three digits", at("10-base")},
		{"one ID twice", both},
		{"too large", large},
		{"a link", link},
		{"files missing", bare},
	} {
		_, err := Load(test.files, Options{Manifests: shared, Strict: true})
		write(&got, test.name, err)
	}
	golden(t, "testdata/folders.golden", got.String())
}

func TestABrokenLessonDoesNotHideTheOthers(t *testing.T) {
	files := base(t)
	files["020-broken/lesson.yaml"] = &fstest.MapFile{Data: []byte("steps: []")}
	all, err := Load(files, Options{Manifests: shared})
	if len(all) != 1 || all[0].ID != "base" || all[0].Order != 10 {
		t.Errorf("loaded %v", all)
	}
	var known *i18n.Error
	if !errors.As(err, &known) {
		t.Errorf("no sentence in %v", err)
	}
}

func TestALessonIsReadWhole(t *testing.T) {
	l := loadBase(t)
	en := l.Words[i18n.English]
	if diff := cmp.Diff([]string{"The same one", "Another one"}, en.Steps["pick"].Choices); diff != "" {
		t.Error(diff)
	}
	if text := en.Steps["intro"].Text; text != "Some text.\n\n```yaml\n## this is no heading\n```" {
		t.Errorf("text is %q", text)
	}
	if hint := en.Steps["make"].Hints[1].Source; !strings.Contains(hint, "```sh\nkubectl apply -f pod.yaml\n```") {
		t.Errorf("hint is %q", hint)
	}
	if l.Steps[3].Hints != 2 || en.Steps["make"].Debrief != "Well done." || l.Words[i18n.Korean].Title != "기본" {
		t.Errorf("read %+v", l.Steps[3])
	}
	if len(l.Files) != 2 || l.Files["echo.yaml"] != "kind: Pod\n" {
		t.Errorf("files are %v", l.Files)
	}
}

// golden compares text with a file, which UPDATE=1 writes.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (UPDATE=1 writes it anew):\n%s", path, diff)
	}
}
