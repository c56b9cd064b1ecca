package kubelet

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestNodesWorkAtTheSpeedThatIsAskedForAgainstTheirUsualOne(t *testing.T) {
	p := newPace(2)
	if got := p.scaled(time.Second); got != time.Second/2 {
		t.Errorf("a second takes %s before anyone asked", got)
	}
	for asked, want := range map[string]time.Duration{
		"0.25": 2 * time.Second, "0": 0, "2": time.Second / 4, "1": time.Second / 2,
		"": time.Second / 2, "fast": time.Second / 2, "-1": time.Second / 2, "1000": time.Second / 2, "NaN": time.Second / 2,
	} {
		p.change(speedOf(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{speedMark: asked}}}))
		if got := p.scaled(time.Second); got != want {
			t.Errorf("%q: a second takes %s, want %s", asked, got, want)
		}
	}
}
