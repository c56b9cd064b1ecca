package lessons

import (
	"testing"

	"podium/cluster"
	"podium/i18n"
)

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, uid: d, labels: {app: web, tier: front}}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}, {containerPort: 443}], env: [{name: A, value: "1"}]}
      - {name: side, image: busybox}
status: {readyReplicas: 2, conditions: [{type: Available, status: "False"}, {type: Progressing, status: "True"}]}`

const d = `want: {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, `

// wants are goals on the cluster of the test below.
var wants = []struct {
	name, goal string
	met        bool
	en, ko     string
}{
	{"part of a manifest", d + `spec: {replicas: 4, template: {spec: {containers: [{name: side}]}}}}`, true, "", ""},
	{"first gap", d + `spec: {replicas: 4}, status: {readyReplicas: 4}}`, false,
		"status.readyReplicas is 2, want 4", "status.readyReplicas 값이 2, 필요한 값은 4"},
	{"a field that isn't there", d + `spec: {minReadySeconds: 5}}`, false,
		"spec.minReadySeconds is not set, want 5", "spec.minReadySeconds 값이 없음, 필요한 값은 5"},
	{"a field below one that isn't there", d + `spec: {strategy: {rollingUpdate: {maxSurge: 1}}}}`, false,
		"spec.strategy.rollingUpdate.maxSurge is not set, want 1", "spec.strategy.rollingUpdate.maxSurge 값이 없음, 필요한 값은 1"},
	{"a wanted zero matches an absent field", d + `status: {unavailableReplicas: 0}, spec: {paused: false}}`, true, "", ""},
	{"null wants a field absent", d + `spec: {replicas: null}}`, false, "spec.replicas is 4, want it absent", "spec.replicas 값이 4, 없어야 함"},
	{"an empty mapping wants a field", d + `spec: {strategy: {}, template: {spec: {affinity: {}}}}}`, false,
		"spec.template.spec.affinity is not set, want {}", "spec.template.spec.affinity 값이 없음, 필요한 값은 {}"},
	{"a list item of that name", d + `spec: {template: {spec: {containers: [{name: web, image: "nginx:1.28"}]}}}}`, false,
		"spec.template.spec.containers[web].image is nginx:1.27, want nginx:1.28", "spec.template.spec.containers[web].image 값이 nginx:1.27, 필요한 값은 nginx:1.28"},
	{"a condition of that type", d + `status: {conditions: [{type: Available, status: "True"}]}}`, false,
		"status.conditions[Available].status is False, want True", "status.conditions[Available].status 값이 False, 필요한 값은 True"},
	{"a condition Ready that isn't there", `want: {apiVersion: v1, kind: Pod, metadata: {name: c}, status: {conditions: [{type: Ready, status: "True"}]}}`, false,
		"not ready yet", "아직 준비되지 않음"},
	{"no list item of that name", d + `spec: {template: {spec: {containers: [{name: proxy}]}}}}`, false,
		"spec.template.spec.containers has no {name: proxy}", "spec.template.spec.containers에 {name: proxy} 없음"},
	{"items without names, any order", d + `spec: {template: {spec: {containers: [{ports: [{containerPort: 443}, {containerPort: 80}]}]}}}}`, true, "", ""},
	{"a number is no text", d + `spec: {replicas: "4"}}`, false, "spec.replicas is 4, want 4", "spec.replicas 값이 4, 필요한 값은 4"},
	{"none of that name", `want: {apiVersion: apps/v1, kind: Deployment, metadata: {name: api}}`, false,
		"no Deployment api yet", "Deployment api 아직 없음"},
	{"none with those labels", `want: {apiVersion: v1, kind: Pod, metadata: {labels: {tier: back, app: web}}}`, false,
		"no Pod with app=web,tier=back yet", "app=web,tier=back 레이블이 붙은 Pod 아직 없음"},
	{"none of the kind", `want: {apiVersion: v1, kind: Service}`, false, "no Service yet", "Service 아직 없음"},
	{"right name, wrong label", d[:len(d)-3] + `, labels: {app: api}}}`, false,
		"metadata.labels.app is web, want api", "metadata.labels.app 값이 web, 필요한 값은 api"},
	{"too few", "want: {apiVersion: v1, kind: Pod, metadata: {labels: {app: web}}}\ncount: 4", false, "3 of 4", "4개 중 3개"},
	{"too many", "want: {apiVersion: v1, kind: Pod, metadata: {labels: {app: web}}}\ncount: 2", false, "3 instead of 2", "2개여야 하는데 3개"},
	{"just so many, terminating ones not counted", "want: {apiVersion: v1, kind: Pod}\ncount: 3", true, "3 of 3", "3개 중 3개"},
	{"the closest of several", `want: {apiVersion: v1, kind: Pod, metadata: {labels: {app: web}}, spec: {nodeName: n2}, status: {phase: Running}}`, false,
		"pod/a: spec.nodeName is n1, want n2", "pod/a: spec.nodeName 값이 n1, 필요한 값은 n2"},
	{"an object on its way out is not wanted", `want: {apiVersion: v1, kind: Pod, metadata: {name: d}}`, false,
		"pod/d is still there (Terminating)", "pod/d 아직 있음 (Terminating)"},
	{"absent, and there", `absent: {apiVersion: v1, kind: Pod, metadata: {name: a}}`, false, "pod/a is still there", "pod/a 아직 있음"},
	{"absent, and going", `absent: {apiVersion: v1, kind: Pod, metadata: {name: d}}`, false,
		"pod/d is still there (Terminating)", "pod/d 아직 있음 (Terminating)"},
	{"absent in the learner's namespace", `absent: {apiVersion: v1, kind: Pod, metadata: {name: stranger}}`, true, "", ""},
	{"an old version of the kind", `want: {apiVersion: apps/v1beta1, kind: Deployment, metadata: {name: web}}`, true, "", ""},
}

func TestAGoalSaysWhatIsMissingInBothLanguages(t *testing.T) {
	deployment := read(t, web)
	other := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: stranger, namespace: other, labels: {app: web}}}`)
	four := []cluster.Object{pod(t, "a", "ready"), pod(t, "b", "ready"), pod(t, "c", "starting"), pod(t, "d", "terminating")}
	all := append([]cluster.Object{deployment, other}, four...)
	for _, test := range wants {
		t.Run(test.name, func(t *testing.T) {
			g := goal(t, "id: g\n"+test.goal)
			for _, o := range all {
				fields := fieldsOf(o)
				if matches(g.Match, fields) != (len(gaps(g.Match, fields, maxGaps)) == 0) {
					t.Errorf("%s matches, and has gaps %+v", o.GetName(), gaps(g.Match, fields, maxGaps))
				}
			}
			verdict := g.Check(View{Namespace: "lab", Now: state(all...)})
			if verdict.Met != test.met {
				t.Errorf("met is %v", verdict.Met)
			}
			if en, ko := i18n.English.Say(verdict.Seen), i18n.Korean.Say(verdict.Seen); en != test.en || ko != test.ko {
				t.Errorf("said\n%q\n%q", en, ko)
			}
		})
	}
}

func TestWhatIsNotReadyIsSaidInPlainWords(t *testing.T) {
	want := map[string]any{"status": map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": "True"}}}}
	for status, said := range map[string]string{"False": "not ready yet", "Unknown": "not ready yet", "True": ""} {
		have := map[string]any{"status": map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": status}}}}
		got := ""
		if found := gaps(want, have, maxGaps); len(found) > 0 {
			got = i18n.English.Say(found[0].message())
		}
		if got != said {
			t.Errorf("Ready is %s: said %q, want %q", status, got, said)
		}
	}
}

func TestTextFromTheClusterIsDrawnWithoutControls(t *testing.T) {
	hostile := read(t, web)
	hostile.SetLabels(map[string]string{"app": "\x1b[2Jweb\u202e\x9b"})
	verdict := goal(t, "id: g\nwant: {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {app: x}}}").
		Check(View{Namespace: "lab", Now: state(hostile)})
	if said := i18n.English.Say(verdict.Seen); said != "metadata.labels.app is [2Jweb?, want x" {
		t.Errorf("said %q", said)
	}
}
