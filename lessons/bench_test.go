package lessons

import (
	"fmt"
	"os"
	"testing"

	"podium/cluster"
)

// BenchmarkObserve is one look at a thousand pods after one of them changed: by
// part of a manifest, by expression, and by what must hold at every moment.
func BenchmarkObserve(b *testing.B) {
	var all []cluster.Object
	for i := range 1000 {
		all = append(all, pod(b, fmt.Sprintf("web-%04d", i), "ready"))
	}
	l := lesson(b, `
steps:
- id: s
  kind: watch
  run: [x]
  goals:
  - id: want
    want: {apiVersion: v1, kind: Pod, metadata: {labels: {app: web}}, status: {conditions: [{type: Ready, status: "True"}]}}
    count: 1001
  - id: cel
    cel: pods.filter(p, ready(p) && p.spec.nodeName == 'n1').size() == 1001
  - id: always
    always: size(pods) >= 1000
`)
	first := state(all...)
	flip := [2]cluster.Snapshot{
		then(first, changed(all[0], pod(b, "web-0000", "starting"))),
		then(first, changed(pod(b, "web-0000", "starting"), all[0])),
	}
	s := Begin(l, "lab", first)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if s = s.Observe(flip[i%2]); s.Met() || s.Broken() {
			b.Fatal("judged wrongly")
		}
	}
}

// BenchmarkLoad reads the lessons that podium carries, expressions compiled.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(BuiltIn(), Options{Manifests: os.DirFS("../manifests")}); err != nil {
			b.Fatal(err)
		}
	}
}
