package panes

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
	"podium/tui/theme"
)

// A mosaic is tiles with what stands for pods that aren't there, drawn one after
// the other and wrapped.
type mosaic struct {
	*block
	s Scene
	t *theme.Theme
}

func newMosaic(s Scene, width int) mosaic {
	m := mosaic{block: newBlock(width, s.Theme.Ellipsis, false), s: s, t: s.Theme}
	m.begin()
	return m
}

// pod puts a pod's tile, its label before its state's mark.
func (m mosaic) pod(p *corev1.Pod, label string, age int) {
	m.tile(painter{t: m.t}.inkOf(p, age), label+stateMark(m.t, cluster.PodState(p)))
}

func (m mosaic) tile(ink theme.Ink, text string) {
	if m.room() < cells(text)+3 && m.used > 0 {
		m.wrapTo(0)
	}
	m.put(ink, " "+text+" ")
	m.space(1)
}

// missing puts what stands in a pod's place.
func (m mosaic) missing(label string) { m.tile(m.t.Inks.Faint, label+m.t.Track) }

func (m mosaic) done() []string {
	m.finish()
	return m.rows
}

// inkOf is the ink of a pod's tile by the age of what it was made from.
func (p painter) inkOf(pod *corev1.Pod, age int) theme.Ink {
	return p.tileInk(tile{pod: pod, state: cluster.PodState(pod), age: age}, nil)
}

// headRow is a workload's image and how far it is, and why pods fail.
func headRow(s Scene, containers []corev1.Container, words string, pods []*corev1.Pod, width int) string {
	t := s.Theme
	l := newLine(width, t.Ellipsis)
	l.put(t.Inks.Accent, strings.Join(images(containers), " "))
	l.space(2)
	l.put(t.Inks.Text, words)
	if why := trouble(pods); why != "" {
		l.space(2)
		l.put(t.Inks.Bad, why)
	}
	return l.end()
}

// ageOf tells pods of the newest revision from the rest; where all are alike
// there is nothing to tell.
func ageOf(p *corev1.Pod, newest string, alike bool) int {
	switch {
	case alike:
		return loose
	case p.Labels[appsv1.ControllerRevisionHashLabelKey] == newest:
		return 0
	}
	return 1
}

func alike(pods []*corev1.Pod) bool {
	for _, p := range pods {
		if p.Labels[appsv1.ControllerRevisionHashLabelKey] != pods[0].Labels[appsv1.ControllerRevisionHashLabelKey] {
			return false
		}
	}
	return true
}

func updated(pods []*corev1.Pod, newest string) int {
	n := 0
	for _, p := range pods {
		if p.Labels[appsv1.ControllerRevisionHashLabelKey] == newest {
			n++
		}
	}
	return n
}

// statefulRows draws a StatefulSet: its pods by ordinal, in the order in which
// they are made, and the rule by which they are updated.
func statefulRows(s Scene, o *appsv1.StatefulSet, pods []*corev1.Pod, width int) []string {
	want, t := int(ptr.Deref(o.Spec.Replicas, 1)), s.Theme
	newest, same := strings.TrimPrefix(o.Status.UpdateRevision, o.Name+"-"), alike(pods)
	words := s.Lang.Say(i18n.M("lanes.of", "Ready", tallyOf(pods).of(cluster.Ready), "Want", want))
	if !same {
		words += ", " + s.Lang.Say(i18n.M("lanes.updated", "Done", updated(pods, newest), "Want", want))
	}
	byOrdinal, last := map[int]*corev1.Pod{}, want-1
	for _, p := range pods {
		if n, err := strconv.Atoi(strings.TrimPrefix(p.Name, o.Name+"-")); err == nil {
			byOrdinal[n] = p
			last = max(last, min(n, want+len(pods)))
		}
	}
	m := newMosaic(s, width)
	for n := range last + 1 {
		if p := byOrdinal[n]; p != nil {
			m.pod(p, strconv.Itoa(n), ageOf(p, newest, same))
		} else if n < want {
			m.missing(strconv.Itoa(n))
		}
	}
	rows := append([]string{headRow(s, o.Spec.Template.Spec.Containers, words, pods, width)}, m.done()...)
	for _, rule := range statefulRules(s, o, byOrdinal, want) {
		rows = append(rows, textRow(t, t.Inks.Faint, rule, width))
	}
	return rows
}

// statefulRules says what a StatefulSet does next and by which rule.
func statefulRules(s Scene, o *appsv1.StatefulSet, byOrdinal map[int]*corev1.Pod, want int) []string {
	var rules []string
	say := func(m i18n.Message) { rules = append(rules, s.Lang.Say(m)) }
	if o.Spec.PodManagementPolicy == appsv1.ParallelPodManagement {
		say(i18n.M("lanes.stateful.parallel"))
	} else {
		say(i18n.M("lanes.stateful.order"))
		for n := range want {
			if p := byOrdinal[n]; p == nil && n > 0 && byOrdinal[n-1] != nil && cluster.PodState(byOrdinal[n-1]) != cluster.Ready {
				say(i18n.M("lanes.stateful.waits", "Next", n, "Before", n-1))
				break
			}
		}
	}
	switch rolling := o.Spec.UpdateStrategy.RollingUpdate; {
	case o.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType:
		say(i18n.M("lanes.ondelete"))
	case rolling != nil && ptr.Deref(rolling.Partition, 0) > 0:
		say(i18n.M("lanes.stateful.partition", "Number", int(*rolling.Partition)))
	}
	return rules
}

// daemonRows draws a DaemonSet: a cell for each node.
func daemonRows(s Scene, o *appsv1.DaemonSet, pods []*corev1.Pod, width int) []string {
	t := s.Theme
	newest, same, want := newestHash(pods), alike(pods), int(o.Status.DesiredNumberScheduled)
	words := s.Lang.Say(i18n.M("lanes.nodes", "Ready", tallyOf(pods).of(cluster.Ready), "Count", want))
	if !same {
		words += ", " + s.Lang.Say(i18n.M("lanes.updated", "Done", updated(pods, newest), "Want", want))
	}
	byNode := map[string]*corev1.Pod{}
	name := 0
	for _, p := range pods {
		byNode[p.Spec.NodeName] = p
	}
	for _, n := range s.Snapshot.Nodes {
		name = max(name, cells(Clean(n.Name)))
	}
	name = min(name, 16)
	label := owner{kind: "DaemonSet", name: Clean(o.Name)}.label("")
	m := newMosaic(s, width)
	for _, n := range s.Snapshot.Nodes {
		if m.room() < name+7 && m.used > 0 {
			m.wrapTo(0)
		}
		p := byNode[n.Name]
		ink := t.Inks.Text
		if p == nil {
			ink = t.Inks.Faint
		}
		m.put(ink, Fit(Clean(n.Name), name, t.Ellipsis)+" ")
		if p != nil {
			m.pod(p, label, ageOf(p, newest, same))
		} else {
			m.put(t.Inks.Faint, "  "+t.Dot+"  ")
		}
		m.space(1)
	}
	rows := append([]string{headRow(s, o.Spec.Template.Spec.Containers, words, pods, width)}, m.done()...)
	if o.Spec.UpdateStrategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
		rows = append(rows, textRow(t, t.Inks.Faint, s.Lang.Say(i18n.M("lanes.ondelete")), width))
	}
	return rows
}

// newestHash is the revision of the youngest pod: a DaemonSet makes pods of its
// present template only.
func newestHash(pods []*corev1.Pod) string {
	var youngest *corev1.Pod
	for _, p := range pods {
		if youngest == nil || youngest.CreationTimestamp.Before(&p.CreationTimestamp) {
			youngest = p
		}
	}
	if youngest == nil {
		return ""
	}
	return youngest.Labels[appsv1.ControllerRevisionHashLabelKey]
}

// jobRows draws a Job: what is done of what must succeed, each try in order, and
// how many failures it allows.
func jobRows(s Scene, j *batchv1.Job, pods []*corev1.Pod, width int) []string {
	t, want := s.Theme, completions(j)
	words := s.Lang.Say(i18n.M("lanes.done", "Done", int(j.Status.Succeeded), "Want", want, "Failed", int(j.Status.Failed)))
	slices.SortStableFunc(pods, func(a, b *corev1.Pod) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
	})
	m := newMosaic(s, width)
	done := 0
	for i, p := range pods {
		if cluster.PodState(p) == cluster.Completed {
			done++
		}
		m.pod(p, strconv.Itoa(i+1), loose)
	}
	open := max(0, want-max(done, int(j.Status.Succeeded))-int(j.Status.Active))
	for range min(open, 200) {
		m.missing("")
	}
	rows := append([]string{headRow(s, j.Spec.Template.Spec.Containers, words, nil, width)}, m.done()...)
	rules := s.Lang.Say(i18n.M("lanes.job.rules", "Parallel", int(ptr.Deref(j.Spec.Parallelism, 1)),
		"Failed", int(j.Status.Failed), "Limit", int(ptr.Deref(j.Spec.BackoffLimit, 6)))) // 6: k8s.io/kubernetes/pkg/apis/batch/v1, SetDefaults_Job
	rows = append(rows, textRow(t, t.Inks.Faint, rules, width))
	for _, c := range j.Status.Conditions {
		switch {
		case c.Status != corev1.ConditionTrue:
		case c.Type == batchv1.JobFailed:
			rows = append(rows, textRow(t, t.Inks.Bad, t.Failing+" "+Clean(c.Reason)+" "+Clean(c.Message), width))
		case c.Type == batchv1.JobComplete:
			rows = append(rows, textRow(t, t.Inks.Accent, t.Ready+" "+s.Lang.Say(i18n.M("lanes.job.complete")), width))
		case c.Type == batchv1.JobSuspended:
			rows = append(rows, textRow(t, t.Inks.Strong, s.Lang.Say(i18n.M("lanes.job.suspended")), width))
		}
	}
	return rows
}

// cronRows draws a CronJob: when it runs and what came of its last runs.
func cronRows(s Scene, c *batchv1.CronJob, width int) []string {
	t := s.Theme
	l := newLine(width, t.Ellipsis)
	l.put(t.Inks.Accent, Clean(c.Spec.Schedule))
	l.space(2)
	switch next, err := nextRun(c, s.Now); {
	case ptr.Deref(c.Spec.Suspend, false):
		l.put(t.Inks.Strong, s.Lang.Say(i18n.M("lanes.job.suspended")))
	case err == nil:
		l.put(t.Inks.Text, s.Lang.Say(i18n.M("lanes.cron.next", "Time", next.In(s.Now.Location()).Format(time.TimeOnly))))
	}
	rows := []string{l.end()}
	var jobs []*batchv1.Job
	for _, j := range s.Snapshot.Jobs {
		if owner := metav1.GetControllerOfNoCopy(j); owner != nil && owner.UID == c.UID {
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, func(a, b *batchv1.Job) int { return b.CreationTimestamp.Compare(a.CreationTimestamp.Time) })
	for _, j := range jobs {
		mark, ink := t.Starting, t.Inks.Waiting
		switch {
		case j.Status.CompletionTime != nil:
			mark, ink = t.Completed, t.Inks.Text
		case j.Status.Failed > 0 && j.Status.Active == 0:
			mark, ink = t.Failing, t.Inks.Bad
		}
		l := newLine(width, t.Ellipsis)
		l.put(ink, mark+" ")
		l.put(t.Inks.Faint, j.CreationTimestamp.In(s.Now.Location()).Format(time.TimeOnly)+"  ")
		l.put(t.Inks.Text, Clean(j.Name))
		l.space(2)
		l.put(t.Inks.Faint, s.Lang.Say(i18n.M("lanes.done", "Done", int(j.Status.Succeeded), "Want", completions(j), "Failed", int(j.Status.Failed))))
		rows = append(rows, l.end())
	}
	return rows
}

// nextRun is when a CronJob runs next, by the library and the rules its controller
// uses (k8s.io/kubernetes/pkg/controller/cronjob).
func nextRun(c *batchv1.CronJob, now time.Time) (time.Time, error) {
	spec := c.Spec.Schedule
	if c.Spec.TimeZone != nil {
		spec = "TZ=" + *c.Spec.TimeZone + " " + spec
	}
	schedule, err := cron.ParseStandard(spec)
	if err != nil {
		return time.Time{}, err
	}
	if c.Spec.TimeZone == nil {
		now = now.UTC() // a controller's own zone: that of simulated and kind clusters
	}
	return schedule.Next(now), nil
}
