package cluster

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func template(t *testing.T, manifest string) *corev1.PodTemplateSpec {
	t.Helper()
	var made corev1.PodTemplateSpec
	if err := yaml.UnmarshalStrict([]byte(manifest), &made); err != nil {
		t.Fatal(err)
	}
	return &made
}

const plainTemplate = `
metadata: {labels: {app: web, pod-template-hash: "5d4"}}
spec:
  containers:
  - {name: web, image: "nginx:1.27", env: [{name: LOG, value: info}], ports: [{containerPort: 80}]}
  terminationGracePeriodSeconds: 30
`

func TestTemplateChangesNameTheFieldsThatDiffer(t *testing.T) {
	for name, test := range map[string]struct {
		after string
		want  []TemplateChange
	}{
		"nothing but the hash": {strings.Replace(plainTemplate, "5d4", "7c9", 1), nil},
		"image":                {strings.Replace(plainTemplate, "1.27", "1.28", 1), []TemplateChange{{"image", "nginx:1.27", "nginx:1.28"}}},
		"environment":          {strings.Replace(plainTemplate, "info", "debug", 1), []TemplateChange{{"env[LOG]", "info", "debug"}}},
		"a label":              {strings.Replace(plainTemplate, "app: web", "app: web, tier: front", 1), []TemplateChange{{"labels.tier", "", "front"}}},
		"a port without a name": {strings.Replace(plainTemplate, "80}", "8080}", 1), []TemplateChange{{
			"ports", `[{"containerPort":80}]`, `[{"containerPort":8080}]`}}},
		"restarted": {strings.Replace(plainTemplate, "labels", `annotations: {kubectl.kubernetes.io/restartedAt: "12:00"}, labels`, 1),
			[]TemplateChange{{"restartedAt", "", "12:00"}}},
		"a second container, and the image": {strings.Replace(strings.Replace(plainTemplate, "1.27", "1.28", 1), "  terminationGrace", "  - {name: side, image: busybox}\n  terminationGrace", 1),
			[]TemplateChange{{"side image", "", "busybox"}, {"web image", "nginx:1.27", "nginx:1.28"}, {"side name", "", "side"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, TemplateChanges(template(t, plainTemplate), template(t, test.after))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTemplateDiffShowsChangedLinesAndTheirSurroundings(t *testing.T) {
	before, after := template(t, plainTemplate), template(t, strings.Replace(plainTemplate, "1.27", "1.28", 1))
	var drawn strings.Builder
	for _, line := range TemplateDiff(before, after) {
		drawn.WriteString(string(line.Mark) + line.Text + "\n")
	}
	want := `@
   - env:
     - name: LOG
       value: info
-    image: nginx:1.27
+    image: nginx:1.28
     name: web
     ports:
     - containerPort: 80
@
`
	if diff := cmp.Diff(want, drawn.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := TemplateDiff(before, before); diff != nil {
		t.Errorf("equal templates differ in %v", diff)
	}
}
