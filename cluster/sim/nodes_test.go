package sim

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/ptr"

	"podium/cluster"
)

// patience bounds what takes seconds on a machine that has time for it.
const patience = 3 * time.Minute

// playground is a cluster whose nodes a test plays with.
type playground struct {
	testing.TB
	client kubernetes.Interface
	nodes  cluster.NodeMaker
}

func newPlayground(t testing.TB) playground {
	t.Helper()
	c, client := open(t, Options{Home: home(t), Speed: 0})
	return playground{t, client, c.Nodes.(cluster.NodeMaker)}
}

func (p playground) pods(selector string) []corev1.Pod {
	p.Helper()
	list, err := p.client.CoreV1().Pods(cluster.Namespace).List(p.Context(), metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		p.Fatal(err)
	}
	return list.Items
}

// readyOn returns the names of the nodes that carry a ready pod of app.
func (p playground) readyOn(app string) []string {
	p.Helper()
	var names []string
	for _, pod := range p.pods("app=" + app) {
		for _, c := range pod.Status.Conditions {
			if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue && pod.DeletionTimestamp == nil {
				names = append(names, pod.Spec.NodeName)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (p playground) until(what string, condition func() bool) {
	p.Helper()
	eventually(p, patience, what, func(context.Context) bool { return condition() })
}

func (p playground) agents() {
	p.Helper()
	labels := map[string]string{"app": "agent"}
	template := web(1).Spec.Template
	template.Labels = labels
	_, err := p.client.AppsV1().DaemonSets(cluster.Namespace).Create(p.Context(), &appsv1.DaemonSet{
		ObjectMeta: metav1.ObjectMeta{Name: "agent"},
		Spec:       appsv1.DaemonSetSpec{Selector: &metav1.LabelSelector{MatchLabels: labels}, Template: template},
	}, metav1.CreateOptions{})
	if err != nil {
		p.Fatal(err)
	}
}

func TestADaemonSetFollowsNodesThatComeAndGo(t *testing.T) {
	p := newPlayground(t)
	p.agents()
	p.until("an agent on each worker", func() bool {
		return slices.Equal(p.readyOn("agent"), []string{"worker-1", "worker-2", "worker-3"})
	})
	name, err := p.nodes.AddNode(t.Context())
	if err != nil || name != "worker-4" {
		t.Fatalf("AddNode gives %q, %v", name, err)
	}
	p.until("an agent on the new worker", func() bool { return slices.Contains(p.readyOn("agent"), "worker-4") })
	if err := p.nodes.RemoveNode(t.Context(), "worker-2"); err != nil {
		t.Fatal(err)
	}
	p.until("none on the one that is gone", func() bool {
		return len(p.pods("app=agent")) == 3 && slices.Equal(p.readyOn("agent"), []string{"worker-1", "worker-3", "worker-4"})
	})
	for _, name := range []string{"control-plane", "worker-2"} {
		err := p.nodes.StopNode(t.Context(), name)
		if err == nil || errors.Is(err, cluster.ErrNoNode) != (name == "worker-2") {
			t.Errorf("stop %s: %v", name, err)
		}
	}
}

func TestPodsOfAStoppedNodeAreEvictedAndReplaced(t *testing.T) {
	p := newPlayground(t)
	awaitDeployment(t, p.client, 6)
	lost := p.pods("app=web")[0].Spec.NodeName
	if err := p.nodes.StopNode(t.Context(), lost); err != nil {
		t.Fatal(err)
	}
	p.until("the node is NotReady", func() bool { return !slices.Contains(readyNodes(t, p.client), lost) })
	p.until("its pods are replaced elsewhere", func() bool {
		on := p.readyOn("web")
		return len(on) == 6 && !slices.Contains(on, lost)
	})
	hanging := 0
	for _, pod := range p.pods("app=web") {
		if pod.Spec.NodeName == lost && pod.DeletionTimestamp != nil {
			hanging++
		}
	}
	if hanging == 0 {
		t.Error("no pod of the dead node hangs in Terminating")
	}
	if err := p.nodes.StartNode(t.Context(), lost); err != nil {
		t.Fatal(err)
	}
	p.until("the returned node has ended them", func() bool { return len(p.pods("app=web")) == 6 })
	if len(readyNodes(t, p.client)) != 4 {
		t.Error("a node is missing")
	}
}

func (p playground) evict(name string) error {
	return p.client.CoreV1().Pods(cluster.Namespace).EvictV1(p.Context(), &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: name}})
}

// What kubectl drain does, against a budget that first allows nothing.
func TestADisruptionBudgetHoldsADrainBack(t *testing.T) {
	p := newPlayground(t)
	awaitDeployment(t, p.client, 3)
	budgets := p.client.PolicyV1().PodDisruptionBudgets(cluster.Namespace)
	least := intstr.FromInt32(3)
	_, err := budgets.Create(t.Context(), &policyv1.PodDisruptionBudget{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec:       policyv1.PodDisruptionBudgetSpec{MinAvailable: &least, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.until("the budget is counted", func() bool {
		b, err := budgets.Get(t.Context(), "web", metav1.GetOptions{})
		return err == nil && b.Status.CurrentHealthy == 3
	})
	victim := p.pods("app=web")[0]
	cordon := []byte(`{"spec":{"unschedulable":true}}`)
	if _, err := p.client.CoreV1().Nodes().Patch(t.Context(), victim.Spec.NodeName, types.MergePatchType, cordon, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := p.evict(victim.Name); !apierrors.IsTooManyRequests(err) {
		t.Fatalf("the budget does not hold: %v", err)
	}
	if _, err := budgets.Patch(t.Context(), "web", types.MergePatchType, []byte(`{"spec":{"minAvailable":2}}`), metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	p.until("the eviction passes", func() bool { return p.evict(victim.Name) == nil })
	p.until("the pod is replaced on another node", func() bool {
		on := p.readyOn("web")
		return len(on) == 3 && !slices.Contains(on, victim.Spec.NodeName)
	})
}

func (p playground) taint(node string, taints ...corev1.Taint) {
	p.Helper()
	p.until("the taint is set", func() bool { // others set theirs at the same time
		object, err := p.client.CoreV1().Nodes().Get(p.Context(), node, metav1.GetOptions{})
		if err != nil {
			return false
		}
		object.Spec.Taints = append(object.Spec.Taints, taints...)
		_, err = p.client.CoreV1().Nodes().Update(p.Context(), object, metav1.UpdateOptions{})
		return err == nil
	})
}

func (p playground) run(name string, tolerations ...corev1.Toleration) {
	p.Helper()
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": name}}, Spec: web(1).Spec.Template.Spec}
	pod.Spec.NodeSelector, pod.Spec.Tolerations = map[string]string{corev1.LabelHostname: "worker-1"}, tolerations
	if _, err := p.client.CoreV1().Pods(cluster.Namespace).Create(p.Context(), pod, metav1.CreateOptions{}); err != nil {
		p.Fatal(err)
	}
}

func TestTaintsKeepPodsAwayAndDriveThemOut(t *testing.T) {
	p := newPlayground(t)
	on := func(name string) func() bool {
		return func() bool { return slices.Equal(p.readyOn(name), []string{"worker-1"}) }
	}
	p.taint("worker-1", corev1.Taint{Key: "team", Value: "a", Effect: corev1.TaintEffectNoSchedule})
	p.run("stranger")
	p.run("member", corev1.Toleration{Key: "team", Operator: corev1.TolerationOpExists})
	p.run("guest", corev1.Toleration{Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule},
		corev1.Toleration{Key: "repair", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: ptr.To[int64](2)})
	p.until("who tolerates the taint runs", func() bool { return on("member")() && on("guest")() })
	if stranger := p.pods("app=stranger")[0]; stranger.Spec.NodeName != "" {
		t.Errorf("a pod without the toleration is on %s", stranger.Spec.NodeName)
	}
	p.taint("worker-1", corev1.Taint{Key: "repair", Effect: corev1.TaintEffectNoExecute})
	p.until("who tolerates nothing of it is driven out", func() bool { return len(p.pods("app=member")) == 0 })
	p.until("who tolerates it for a while, later", func() bool { return len(p.pods("app=guest")) == 0 })
}
