package lessons

import "testing"

func TestPodsThatLeaveCountAmongThePodsButNotAmongThoseThatStay(t *testing.T) {
	s, snapshot := at(t, "roll")
	a, c := pod(t, "a", "ready"), pod(t, "c", "ready")
	leaving := pod(t, "a", "terminating")
	s = s.Observe(then(snapshot, changed(a, leaving), added(c), deleted(leaving), added(pod(t, "d", "starting"))))
	past := s.Past()
	if past.MostPods != 3 || past.MostStaying != 3 || past.LeastReady != 1 {
		t.Errorf("most %d, most staying %d, least ready %d", past.MostPods, past.MostStaying, past.LeastReady)
	}
	if past = s.Restarted(then(snapshot, changed(a, leaving))).Past(); past.MostPods != 2 || past.MostStaying != 1 {
		t.Errorf("begun with one that leaves: most %d, most staying %d", past.MostPods, past.MostStaying)
	}
	s = s.Restarted(snapshot).Observe(then(snapshot, changed(a, leaving), added(c)))
	if past = s.Past(); past.MostPods != 3 || past.MostStaying != 2 {
		t.Errorf("one came while one left: most %d, most staying %d", past.MostPods, past.MostStaying)
	}
}
