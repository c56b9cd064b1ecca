package panes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// zoo has one workload of each kind.
func zoo() *world {
	w := rollout()
	db := &appsv1.StatefulSet{ObjectMeta: w.meta("statefulset", "db", nil)}
	db.Spec.Replicas = ptr.To(int32(3))
	db.Status.UpdateRevision, db.Status.ReadyReplicas = "db-new", 2
	w.StatefulSets = append(w.StatefulSets, db)
	for i, hash := range []string{"old", "old", "new"} {
		state := []cluster.State{cluster.Ready, cluster.Ready, cluster.Starting}[i]
		p := w.pod(fmt.Sprintf("db-%d", i), "worker-1", db, state, "")
		p.Labels[appsv1.ControllerRevisionHashLabelKey] = hash
		p.Spec.Containers[0].Image = "postgres:" + hash
	}
	job := &batchv1.Job{ObjectMeta: w.meta("job", "count", nil)}
	job.Spec.Completions = ptr.To(int32(4))
	job.Spec.Template.Spec.Containers = []corev1.Container{{Image: "docker.io/library/busybox:1.37"}}
	job.Status.Succeeded, job.Status.Failed = 2, 1
	w.Jobs = append(w.Jobs, job)
	for i, state := range []cluster.State{cluster.Completed, cluster.Completed, cluster.Failed, cluster.Ready} {
		w.pod(fmt.Sprintf("count-%05d", i), "worker-2", job, state, "Error")
	}
	rs := &appsv1.ReplicaSet{ObjectMeta: w.meta("replicaset", "alone", nil)}
	rs.Spec.Replicas = ptr.To(int32(2))
	rs.Spec.Template.Spec.Containers = []corev1.Container{{Image: "nginx:1.28"}}
	w.ReplicaSets = append(w.ReplicaSets, rs)
	w.pod("alone-11111", "worker-3", rs, cluster.Ready, "")
	pod := w.pod("two", "worker-3", nil, cluster.Failing, "CrashLoopBackOff")
	pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: "echo", Image: "ghcr.io/example/echo:latest"})
	pod.Status.ContainerStatuses[0].RestartCount = 3
	pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
		Name: "echo", Ready: true, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
	})
	return w.settle()
}

func TestLanesGoldens(t *testing.T) {
	for name, w := range map[string]*world{"rollout": rollout(), "stalled": stalled(), "zoo": zoo()} {
		for _, width := range []int{46, 90} {
			for _, lang := range i18n.Languages {
				s := w.scene()
				s.Lang = lang
				var all []string
				for _, work := range workloads(w.Snapshot, cluster.Namespace) {
					if name == "zoo" && work.kind == "Deployment" {
						continue
					}
					if name == "rollout" {
						s = w.lived()
						s.Lang = lang
					}
					s.Selected = work.selection()
					l := NewLanes()
					all = append(all, l.Title(s), l.View(s, width, 13))
				}
				keepsGolden(t, fmt.Sprintf("lanes-%s-%d-%s", name, width, lang), ansi.Strip(strings.Join(all, "\n")))
			}
		}
	}
}

// Without colours a chart tells revisions by their numbers.
func TestChartGoldens(t *testing.T) {
	for _, width := range []int{46, 120} {
		for _, lang := range i18n.Languages {
			s := rollout().lived()
			s.Lang, s.Theme = lang, theme.New(true, false, false)
			keepsGolden(t, fmt.Sprintf("lanes-chart-%d-%s", width, lang), ansi.Strip(NewLanes().View(s, width, 15)))
		}
	}
}

func TestSpaceShowsWhatARevisionChanged(t *testing.T) {
	s, l := rollout().scene(), NewLanes()
	press := func(code rune) string {
		walked(t, l, &s, code)
		return ansi.Strip(l.View(s, 60, 12))
	}
	l.View(s, 60, 12)
	for _, want := range []string{"- revision 2  + revision 3", "-   - image: nginx:1.27", "+   - image: nginx:1.28"} {
		if drawn := ansi.Strip(l.View(s, 60, 12)); strings.Contains(drawn, want) {
			t.Errorf("the diff is shown unasked:\n%s", drawn)
		}
	}
	if drawn := press(tea.KeySpace); !strings.Contains(drawn, "- revision 2  + revision 3") || !strings.Contains(drawn, "-   - image: nginx:1.27") || !strings.Contains(drawn, "+   - image: nginx:1.28") {
		t.Errorf("the diff:\n%s", drawn)
	}
	press(tea.KeyDown)
	if drawn := press(tea.KeyDown); !strings.Contains(drawn, "Revision 1 is the first") {
		t.Errorf("the oldest revision:\n%s", drawn)
	}
	if drawn := press(tea.KeyEscape); !strings.Contains(drawn, "ceiling") {
		t.Errorf("Esc does not lead back:\n%s", drawn)
	}
}

// blueGreen is two Deployments of which a Service selects one by a label.
func blueGreen() *world {
	w := lab()
	for i, colour := range []string{"blue", "green"} {
		d := w.deployment("web-"+colour, 2, 1, 0)
		d.Spec.Template.Labels = map[string]string{"app": "web", "version": colour}
		rs := w.revision(d, 1, "nginx:1.2"+strconv.Itoa(7+i), "aa"+strconv.Itoa(i), 2)
		for n := range 2 {
			p := w.pod(fmt.Sprintf("%s-%05d", rs.Name, n), "worker-"+strconv.Itoa(n+1), rs, cluster.Ready, "")
			p.Labels = d.Spec.Template.Labels
		}
	}
	svc := &corev1.Service{ObjectMeta: w.meta("service", "web", nil)}
	svc.Spec.Selector = map[string]string{"app": "web", "version": "green"}
	svc.Spec.Ports = []corev1.ServicePort{{Port: 80}}
	w.Services = append(w.Services, svc)
	slice := &discoveryv1.EndpointSlice{ObjectMeta: w.meta("slice", "web-abc", nil)}
	slice.Labels[discoveryv1.LabelServiceName] = "web"
	for _, p := range w.Pods {
		if p.Labels["version"] == "green" {
			slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{TargetRef: &corev1.ObjectReference{UID: p.UID}, Addresses: []string{p.Status.PodIP}})
		}
	}
	w.EndpointSlices = append(w.EndpointSlices, slice)
	return w.settle()
}

func TestBlueAndGreenStandSideBySide(t *testing.T) {
	for _, width := range []int{46, 100} {
		for _, lang := range i18n.Languages {
			s := blueGreen().scene()
			s.Lang = lang
			drawn := NewLanes().Title(s) + "\n" + NewLanes().View(s, width, 14) + "\n" + NewTraffic().Title(s) + "\n" + NewTraffic().View(s, width, 5)
			keepsGolden(t, fmt.Sprintf("lanes-pair-%d-%s", width, lang), ansi.Strip(drawn))
		}
	}
}

func TestTheOlderOfTwoDeploymentsBehindAServiceHasAnOlderColour(t *testing.T) {
	s := blueGreen().Snapshot
	ages := map[string]int{}
	for _, o := range ownersOf(s) {
		ages[o.name] = o.age
	}
	if ages["web-blue"] != 1 || ages["web-green"] != 0 {
		t.Errorf("together they have the ages %v", ages)
	}
	s.Services = nil
	for _, o := range ownersOf(s) {
		if o.age != 0 {
			t.Errorf("with no Service between them %s has the age %d", o.name, o.age)
		}
	}
}

// boundsAt returns at which cells the floor and the ceiling of the first
// Deployment are drawn.
func boundsAt(t *testing.T, w *world) (floor, ceiling int) {
	t.Helper()
	s := w.scene()
	s.Selected = Selection{Kind: "Deployment", UID: w.Deployments[0].UID}
	for _, row := range strings.Split(ansi.Strip(NewLanes().View(s, 100, 10)), "\n") {
		if !strings.Contains(row, "ceiling") {
			continue
		}
		cells := []rune(row)
		return slices.Index(cells, '└'), slices.Index(cells, '┘')
	}
	t.Fatal("no bounds are drawn")
	return 0, 0
}

func TestBoundsStandStillWhileARolloutMoves(t *testing.T) {
	w := rollout()
	floor, ceiling := boundsAt(t, w)
	if floor < 0 || ceiling <= floor {
		t.Fatalf("floor at %d, ceiling at %d", floor, ceiling)
	}
	for _, p := range w.Pods {
		if p.Name == "web-7c9ab2-p0w1d" || p.Name == "web-5d4f8b-bbbbb" {
			p.Status = corev1.PodStatus{}
			dress(p, cluster.Starting, "")
		}
		if f, c := boundsAt(t, w); f != floor || c != ceiling {
			t.Errorf("bounds moved from %d and %d to %d and %d", floor, ceiling, f, c)
		}
	}
}

func TestReadyPodsReachTheFloorAndNeverCrossTheCeiling(t *testing.T) {
	for surge := range 4 {
		for replicas := 1; replicas < 9; replicas++ {
			w := lab()
			d := w.deployment("web", replicas, surge+1, 0)
			rs := w.revision(d, 1, "nginx:1.28", "aaa", replicas)
			for i := range replicas + surge + 1 {
				w.pod(fmt.Sprintf("web-aaa-%d", i), "worker-1", rs, cluster.Ready, "")
			}
			w.settle()
			_, ceiling := boundsAt(t, w)
			s := w.scene()
			row := []rune(strings.Split(ansi.Strip(NewLanes().View(s, 100, 10)), "\n")[0])
			last := -1
			for i, r := range row {
				if r == '▇' {
					last = i
				}
			}
			if last+1 != ceiling { // the line stands right behind the last pod
				t.Errorf("%d+%d pods end at %d, the ceiling is at %d", replicas, surge+1, last, ceiling)
			}
		}
	}
}

func TestLanesFollowWhatIsSelected(t *testing.T) {
	w := zoo()
	s := w.scene()
	for _, test := range []struct{ pod, want string }{
		{"web-5d4f8b-bbbbb", "web ▸ rolling update"}, {"db-1", "db ▸ StatefulSet"}, {"alone-11111", "alone ▸ ReplicaSet"}, {"two", "two ▸ Pod"},
	} {
		s.Selected = Selection{Kind: "Pod", UID: w.find(test.pod).UID}
		if got := NewLanes().Title(s); !strings.HasPrefix(got, test.want) {
			t.Errorf("with %s selected the title is %q, want %q", test.pod, got, test.want)
		}
	}
	s.Selected = Selection{Kind: "Pod", UID: "gone"}
	if got := NewLanes().Title(s); !strings.HasPrefix(got, "web ▸ rolling update") {
		t.Errorf("without a selection the title is %q", got)
	}
}

func TestArrowsWalkThroughAllWorkloads(t *testing.T) {
	w := zoo()
	s, l := w.scene(), NewLanes()
	seen := map[Selection]bool{}
	for range workloads(w.Snapshot, cluster.Namespace) {
		action, _ := l.Update(s, tea.KeyPressMsg{Code: tea.KeyRight})
		s.Selected = action.(Select).Selection
		seen[s.Selected] = true
	}
	if want := len(workloads(w.Snapshot, cluster.Namespace)); len(seen) != want {
		t.Errorf("arrows lead to %d of %d workloads", len(seen), want)
	}
}

func TestRecreateAndPausedAreSaid(t *testing.T) {
	w := rollout()
	d := w.Deployments[0]
	d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	d.Spec.Paused = true
	s, l := w.scene(), NewLanes()
	if got := l.Title(s); !strings.Contains(got, "recreate") {
		t.Errorf("title %q", got)
	}
	plain := ansi.Strip(l.View(s, 90, 10))
	if strings.Contains(plain, "floor") || !strings.Contains(plain, "Paused") {
		t.Errorf("drawn:\n%s", plain)
	}
}

func TestLanesSummaryNamesBothRevisions(t *testing.T) {
	if got := ansi.Strip(NewLanes().Summary(rollout().scene(), 40)); got != "web 2▸3  4/4 ready" {
		t.Errorf("summary %q", got)
	}
}

func TestAKeptViewIsDrawnAgainWhenItsWorldChanges(t *testing.T) {
	w := rollout()
	s, l := w.scene(), NewLanes()
	first := l.View(s, 90, 8)
	if l.View(s, 90, 8) != first {
		t.Error("the same scene is drawn differently")
	}
	for i, p := range s.Snapshot.Pods {
		if p.Name == "web-7c9ab2-p0w1d" {
			s.Snapshot = change(s.Snapshot, i, cluster.Ready)
		}
	}
	if l.View(s, 90, 8) == first {
		t.Error("a pod became ready and the lanes did not move")
	}
}
