package why

import (
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
)

// deployment notes what somebody asked of a Deployment and how far it got.
func (f *fold) deployment(c cluster.Change, now, before *appsv1.Deployment) {
	f.thing(c, "Deployment")
	if c.Verb != cluster.Modified || before == nil {
		return
	}
	about := objectOf("Deployment", now)
	f.template(c, "Deployment", &before.Spec.Template, &now.Spec.Template)
	f.scaled(c, "Deployment", wanted(before.Spec.Replicas), wanted(now.Spec.Replicas))
	if was, is := before.Spec.Paused, now.Spec.Paused; was != is {
		id := "why.resumed"
		if is {
			id = "why.paused"
		}
		f.do(Deed{Time: c.Time, Who: f.by(c, i18n.M("why.nobody"), "spec.paused"), What: Paused, About: about, Say: i18n.M(id, "Name", now.Name)})
	}
	was, is := progress(before), progress(now)
	switch {
	case was.Reason == is.Reason:
	case is.Status == corev1.ConditionFalse:
		f.do(Deed{Time: c.Time, Who: i18n.Text("deployment"), What: Stalled, About: about, Bad: true,
			Say: i18n.M("why.stalled", "Name", now.Name, "Reason", is.Reason, "Message", is.Message)})
	case is.Reason == "NewReplicaSetAvailable": // k8s.io/kubernetes/pkg/controller/deployment/util, NewRSAvailableReason
		f.do(Deed{Time: c.Time, Who: i18n.Text("deployment"), What: Finished, About: about, Say: i18n.M("why.finished", "Name", now.Name)})
	}
}

func progress(d *appsv1.Deployment) appsv1.DeploymentCondition {
	for _, c := range d.Status.Conditions {
		if c.Type == appsv1.DeploymentProgressing {
			return c
		}
	}
	return appsv1.DeploymentCondition{}
}

// replicaSet notes how a Deployment moves its ReplicaSets, and why it may.
func (f *fold) replicaSet(c cluster.Change, now, before *appsv1.ReplicaSet) {
	owner := controller(now)
	from, to := 0, wanted(now.Spec.Replicas)
	if before != nil {
		from = wanted(before.Spec.Replicas)
	}
	if c.Verb == cluster.Deleted {
		to = 0
	}
	f.tally(c.Time, now.UID, func(t *tally) {
		t.owner, t.want = owner.UID, to
		t.owed = max(0, t.owed+to-from)
		t.due = max(0, t.due+from-to)
	})
	if owner.UID == "" {
		f.thing(c, "ReplicaSet")
		if c.Verb == cluster.Modified {
			f.scaled(c, "ReplicaSet", from, to)
		}
		return
	}
	d := f.deploymentOf(now)
	if d == nil || c.Verb == cluster.Deleted {
		return
	}
	if c.Verb == cluster.Added || revision(now) > revision(before) {
		f.revision(c, d, now, before)
	}
	if from != to {
		f.step(c, d, now, from, to)
	}
}

func revision(rs *appsv1.ReplicaSet) int {
	n, err := strconv.Atoi(rs.Annotations[cluster.RevisionAnnotation])
	if err != nil {
		return 0
	}
	return n
}

func (f *fold) deploymentOf(rs *appsv1.ReplicaSet) *appsv1.Deployment {
	owner := controller(rs)
	for _, d := range f.now.Deployments {
		if d.UID == owner.UID {
			return d
		}
	}
	return nil
}

// revision notes a new revision, or an old one that is the newest again.
func (f *fold) revision(c cluster.Change, d *appsv1.Deployment, now, before *appsv1.ReplicaSet) {
	deed := Deed{Time: c.Time, Who: i18n.Text("deployment"), What: Revision, About: objectOf("ReplicaSet", now), Owner: objectOf("Deployment", d)}
	n := revision(now)
	old := previous(f.now.Lanes(d), now)
	switch {
	case before != nil && wanted(before.Spec.Replicas) > 0:
		return // only the number is new
	case before != nil:
		deed.Say = i18n.M("why.revision.back", "Name", now.Name, "Before", revision(before), "Revision", n)
	case old == nil:
		deed.Say = i18n.M("why.revision.first", "Name", now.Name, "Revision", n)
	default:
		changes := cluster.TemplateChanges(&old.Spec.Template, &now.Spec.Template)
		deed.Say = i18n.M("why.revision", "Name", now.Name, "Revision", n, "Changes", changed(changes))
	}
	f.do(deed)
}

// previous is the ReplicaSet of the revision before: the newest older one that
// is kept.
func previous(lanes []cluster.Lane, of *appsv1.ReplicaSet) *appsv1.ReplicaSet {
	i := slices.IndexFunc(lanes, func(l cluster.Lane) bool { return l.ReplicaSet.UID == of.UID })
	if i < 0 || i+1 >= len(lanes) {
		return nil
	}
	return lanes[i+1].ReplicaSet
}

// step notes that a Deployment changed how many pods a ReplicaSet is to have,
// with the figures that decided it.
func (f *fold) step(c cluster.Change, d *appsv1.Deployment, rs *appsv1.ReplicaSet, from, to int) {
	deed := Deed{Time: c.Time, Who: i18n.Text("deployment"), What: Steps, About: objectOf("ReplicaSet", rs), Owner: objectOf("Deployment", d)}
	floor, most := cluster.Bounds(d)
	total, ready := f.together(d.UID)
	replicas := wanted(d.Spec.Replicas)
	alone := total == to
	switch {
	case from == 0 && alone && to == replicas || alone && to == replicas && d.Status.UpdatedReplicas == d.Status.Replicas:
		deed.Say = i18n.M("why.step.wants", "Revision", revision(rs), "From", from, "To", to, "Owner", d.Name)
	case d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType && to < from:
		deed.Say = i18n.M("why.step.recreate", "Revision", revision(rs), "From", from, "To", to)
	case to > from:
		deed.Say = i18n.M("why.step.up", "Revision", revision(rs), "From", from, "To", to, "Total", total, "Most", most)
	case int(rs.Status.AvailableReplicas) <= to: // the figure that the controller went by, which it read with this ReplicaSet
		deed.Say = i18n.M("why.step.unready", "Revision", revision(rs), "From", from, "To", to)
	default:
		deed.Say = i18n.M("why.step.down", "Revision", revision(rs), "From", from, "To", to, "Ready", ready, "Floor", floor)
	}
	f.do(deed)
}

// together is how many pods a Deployment's ReplicaSets are to have, and how many
// are ready.
func (f *fold) together(deployment types.UID) (want, ready int) {
	for _, t := range f.Past.tallies {
		if t.owner == deployment {
			want, ready = want+t.want, ready+t.ready
		}
	}
	return want, ready
}

// Labels writes labels as kubectl does: app=web,tier=front.
func Labels(set map[string]string) string {
	var pairs []string
	for k, v := range set {
		pairs = append(pairs, k+"="+v)
	}
	slices.Sort(pairs)
	return strings.Join(pairs, ",")
}
