package tui

import (
	"testing"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/panes"
)

func TestTimeAloneDrawsOnlyWhatGlowed(t *testing.T) {
	m := begun(t)
	now := noon
	m.opts.Now = func() time.Time { return now }
	m.View()
	for _, step := range []struct {
		what   string
		after  time.Duration
		change bool
		clean  bool
	}{
		{"a second of rest", time.Second, false, true},
		{"an hour of rest", time.Hour, false, true},
		{"a pod that changes", 0, true, false},
		{"a pod that still glows", panes.GlowTime / 2, false, true},
		{"a pod that glows no longer", panes.GlowTime / 2, false, false},
		{"rest again", time.Second, false, true},
	} {
		now = now.Add(step.after)
		if step.change {
			msg := snapshot(2, "web")
			msg.snapshot.Changes = []cluster.Change{{Time: now, Verb: cluster.Added, Object: msg.snapshot.Pods[0]}}
			drive(m, msg)
		} else {
			drive(m, tickMsg{})
		}
		if m.canvas.clean() != step.clean {
			t.Errorf("%s: nothing to draw is %v", step.what, !step.clean)
		}
		m.View()
	}
}

func TestASentenceLeavesTheStatusLineWithTime(t *testing.T) {
	m := begun(t)
	m.tell(i18n.Text("Hear this"))
	m.canvas.touch()
	shows(t, m, "Hear this")
	m.opts.Now = func() time.Time { return noon.Add(statusFor + time.Second) }
	drive(m, tickMsg{})
	hides(t, m, "Hear this")
}

func TestAScreenThatSaysTheSameIsTheSameString(t *testing.T) {
	m := begun(t)
	before := unsafe.StringData(m.View().Content)
	m.canvas.touch()
	if unsafe.StringData(m.View().Content) != before {
		t.Error("the renderer has to compare it")
	}
}

func TestOnASmallScreenTheBoardComesInWhilePodsAreOnTheirWay(t *testing.T) {
	m := atMake(t)
	drive(m, tea.WindowSizeMsg{Width: 80, Height: 24})
	hides(t, m, "worker-2")
	coming := snapshot(3, "web-7")
	coming.snapshot.Pods[0].Status = corev1.PodStatus{Phase: corev1.PodPending}
	drive(m, coming)
	shows(t, m, "worker-2", "web-7", "Do this")
	drive(m, snapshot(4, "web-7"))
	hides(t, m, "worker-2")
}

func TestTheLanguagesNoticeEndsWithAResize(t *testing.T) {
	m := keys(begun(t), "f8")
	shows(t, m, "이제 한국어로")
	drive(m, tea.WindowSizeMsg{Width: 80, Height: 24})
	hides(t, m, "이제 한국어로")
}
