package conformance

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// teller collects what one change says.
type teller struct {
	object types.UID
	name   string // "pod/web"
	lines  []line
}

func (t *teller) say(track, format string, args ...any) {
	t.lines = append(t.lines, line{object: t.object, track: strings.TrimSpace(t.name + " " + track), value: fmt.Sprintf(format, args...)})
}

// linesOf returns what a change says, unchanged values included.
func linesOf(c cluster.Change) []line {
	t := &teller{object: c.Object.GetUID(), name: strings.ToLower(c.Kind.Kind) + "/" + c.Object.GetName()}
	switch o := c.Object.(type) {
	case *corev1.Pod:
		t.pod(o, c.Verb)
	case *corev1.Event:
		t.event(o)
	case *appsv1.Deployment:
		t.deployment(o)
	case *appsv1.ReplicaSet:
		t.say("replicas", "%d", ptr.Deref(o.Spec.Replicas, 1))
	case *appsv1.StatefulSet:
		t.say("ready", "%d of %d", o.Status.ReadyReplicas, ptr.Deref(o.Spec.Replicas, 1))
	case *appsv1.DaemonSet:
		if o.Status.DesiredNumberScheduled > 0 && o.Status.NumberReady == o.Status.DesiredNumberScheduled {
			t.say("ready", "on all %d nodes", o.Status.DesiredNumberScheduled)
		}
	case *batchv1.Job:
		t.job(o, c.Verb)
	case *batchv1.CronJob:
		t.say("", "schedule %s, suspend %t, active %d", o.Spec.Schedule, ptr.Deref(o.Spec.Suspend, false), len(o.Status.Active))
	case *corev1.Service:
		t.service(o)
	case *discoveryv1.EndpointSlice:
		t.endpoints(o, c.Verb)
	case *policyv1.PodDisruptionBudget:
		t.say("", "%d of %d healthy, %d wanted, %d disruptions allowed", o.Status.CurrentHealthy, o.Status.ExpectedPods, o.Status.DesiredHealthy, o.Status.DisruptionsAllowed)
	case *corev1.PersistentVolumeClaim:
		t.say("phase", "%s", o.Status.Phase)
	}
	return t.lines
}

// pod says what kubectl describe shows of a pod.
func (t *teller) pod(p *corev1.Pod, verb cluster.Verb) {
	if verb == cluster.Deleted {
		t.say("phase", "gone")
		return
	}
	t.say("phase", "%s", words(string(p.Status.Phase), p.Status.Reason, p.Status.Message))
	if p.DeletionTimestamp != nil {
		t.say("deletion", "asked for, with %d s", ptr.Deref(p.DeletionGracePeriodSeconds, -1))
	}
	for _, c := range p.Status.Conditions {
		t.condition(string(c.Type), string(c.Status), c.Reason, c.Message)
	}
	for _, c := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses, p.Status.EphemeralContainerStatuses) {
		t.container(c)
	}
}

func (t *teller) container(c corev1.ContainerStatus) {
	track := "container " + c.Name
	switch s := c.State; {
	case s.Waiting != nil:
		t.say(track, "%s", words("waiting", s.Waiting.Reason, s.Waiting.Message)+restarts(c))
	case s.Running != nil:
		t.say(track, "running%s", restarts(c))
	case s.Terminated != nil:
		t.say(track, "%s%s", ended(s.Terminated), restarts(c))
	}
	if c.LastTerminationState.Terminated != nil {
		t.say(track+" before", "%s%s", ended(c.LastTerminationState.Terminated), restarts(c))
	}
	t.say(track+" ready", "%t", c.Ready)
	t.say(track+" started", "%t", ptr.Deref(c.Started, false))
}

func restarts(c corev1.ContainerStatus) string {
	if c.RestartCount == 0 {
		return ""
	}
	return fmt.Sprintf(" (restarts: %d)", c.RestartCount)
}

func ended(s *corev1.ContainerStateTerminated) string {
	return fmt.Sprintf("terminated %s, exit code %d", words(s.Reason, "", s.Message), s.ExitCode)
}

func (t *teller) condition(kind, status, reason, message string) {
	t.say(kind, "%s", words(status, reason, message))
}

func words(first, reason, message string) string {
	if reason != "" {
		first += " " + reason
	}
	if message != "" {
		first += ": " + strings.Join(strings.Fields(message), " ")
	}
	return first
}

// event says an event on the track of what it is about and of who sent it. The
// same event may be said again: only its first time counts.
func (t *teller) event(e *corev1.Event) {
	from := e.Source.Component
	if from == "" {
		from = e.ReportingController
	}
	t.object = e.InvolvedObject.UID
	t.name = "events of " + strings.ToLower(e.InvolvedObject.Kind) + "/" + e.InvolvedObject.Name
	about := ""
	if e.InvolvedObject.FieldPath != "" {
		about = "[" + e.InvolvedObject.FieldPath + "] "
	}
	t.say("from "+from, "%s %s %s%s", e.Type, e.Reason, about, strings.Join(strings.Fields(e.Message), " "))
}

func (t *teller) deployment(d *appsv1.Deployment) {
	for _, c := range d.Status.Conditions {
		t.condition(string(c.Type), string(c.Status), c.Reason, c.Message)
	}
	if d.Status.ObservedGeneration == d.Generation {
		s := d.Status
		t.say("counts", "%d replicas, %d updated, %d available, %d unavailable", s.Replicas, s.UpdatedReplicas, s.AvailableReplicas, s.UnavailableReplicas)
	}
}

func (t *teller) job(j *batchv1.Job, verb cluster.Verb) {
	if verb == cluster.Deleted {
		t.say("counts", "gone")
		return
	}
	t.say("counts", "%d succeeded, %d failed", j.Status.Succeeded, j.Status.Failed)
	for _, c := range j.Status.Conditions {
		t.condition(string(c.Type), string(c.Status), c.Reason, c.Message)
	}
}

func (t *teller) service(s *corev1.Service) {
	address := "a cluster IP"
	if s.Spec.ClusterIP == "" || s.Spec.ClusterIP == corev1.ClusterIPNone {
		address = "cluster IP " + s.Spec.ClusterIP
	}
	for _, p := range s.Spec.Ports {
		node := ""
		if p.NodePort != 0 {
			node = ", a node port"
		}
		address += fmt.Sprintf(", port %d to %s%s", p.Port, p.TargetPort.String(), node)
	}
	t.say("", "%s", strings.TrimSpace(fmt.Sprintf("%s, %s, affinity %s, %d addresses of a load balancer %s", s.Spec.Type, address,
		s.Spec.SessionAffinity, len(s.Status.LoadBalancer.Ingress), s.Spec.ExternalName)))
}

// endpoints says who is behind a Service, and how.
func (t *teller) endpoints(s *discoveryv1.EndpointSlice, verb cluster.Verb) {
	t.name = "service/" + s.Labels[discoveryv1.LabelServiceName]
	var all []string
	for _, e := range s.Endpoints {
		state := "not ready"
		if ptr.Deref(e.Conditions.Ready, true) {
			state = "ready"
		}
		if ptr.Deref(e.Conditions.Serving, false) && state != "ready" {
			state += ", serving"
		}
		if ptr.Deref(e.Conditions.Terminating, false) {
			state += ", terminating"
		}
		who := "?"
		if e.TargetRef != nil {
			who = e.TargetRef.Name
		}
		all = append(all, who+" "+state)
	}
	if verb == cluster.Deleted {
		all = []string{"gone"}
	}
	slices.Sort(all)
	t.say("endpoints", "[%s]", strings.Join(all, "; "))
}

// extremes is what a Deployment's rollouts never exceeded.
type extremes struct {
	name     string
	most     int32
	fewest   int32
	complete bool // it has had all its replicas once
}

// extremes keeps the most pods that a Deployment had at once and, from when it
// was first complete, the fewest that were available.
func (r *recording) extremes(c cluster.Change) {
	d, ok := c.Object.(*appsv1.Deployment)
	if !ok || c.Verb == cluster.Deleted || metav1.GetControllerOf(d) != nil {
		return
	}
	e := r.rollout[d.UID]
	if e == nil {
		e = &extremes{name: "deployment/" + d.Name, fewest: 1 << 30}
		r.rollout[d.UID] = e
	}
	e.most = max(e.most, d.Status.Replicas)
	e.complete = e.complete || d.Status.AvailableReplicas > 0 && d.Status.AvailableReplicas >= ptr.Deref(d.Spec.Replicas, 1)
	if e.complete {
		e.fewest = min(e.fewest, d.Status.AvailableReplicas)
	}
}

func (e *extremes) summary() map[string]string {
	s := map[string]string{e.name + " most pods at once": fmt.Sprint(e.most)}
	if e.complete {
		s[e.name+" fewest available once complete"] = fmt.Sprint(e.fewest)
	}
	return s
}
