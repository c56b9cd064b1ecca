package panes

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// BenchmarkPanes draws every pane for a new snapshot of 5,000 pods and 3,000
// events.
func BenchmarkPanes(b *testing.B) {
	w := crowd(50, 5000)
	for i := range 3000 {
		w.told(i, "kubelet", "worker-1", "Pod", fmt.Sprint("pod-", i), "Started", "Started container nginx", 1)
	}
	for _, p := range w.Pods {
		for i := range p.Status.Conditions {
			p.Status.Conditions[i].LastTransitionTime = metav1.NewTime(noon)
		}
	}
	s := w.scene()
	s.Load = load(1)
	for _, p := range allPanes() {
		b.Run(p.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Snapshot.Seq++
				p.View(s, 71, 12)
			}
		})
	}
}
