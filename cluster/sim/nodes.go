package sim

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"podium/cluster"
	"podium/i18n"
)

// What podium-plane reads on Node objects (cluster/sim/kubelet/tend.go).
const (
	controlPlane = "control-plane"
	nodeLabel    = "podium.dev/node"
	addedLabel   = "podium.dev/added" // nobody reads it; a lesson finds by it what was added
	stoppedMark  = "podium.dev/stopped"
	stopAsked    = "asked"
	speedMark    = "podium.dev/speed"
)

// nodeLimit is how long podium-plane may take over a machine; it takes
// milliseconds, and on a starved computer seconds.
const nodeLimit = time.Minute

// nodes asks podium-plane for machines through the Node objects it watches.
type nodes struct{ client kubernetes.Interface }

var (
	_ cluster.NodeMaker = nodes{}
	_ cluster.NodePacer = nodes{}
	_ cluster.NodeOwner = (*Provider)(nil)
)

// Nodes implements [cluster.NodeOwner].
func (p *Provider) Nodes(ctx context.Context) (cluster.NodeSwitch, error) {
	running, err := p.running()
	if err != nil {
		return nil, err
	}
	if !running {
		return nil, i18n.Errorf(nil, i18n.M("sim.nothing-runs"))
	}
	alive, err := p.awaitReady(ctx)
	if err != nil {
		return nil, err
	}
	alive.close()
	c, err := p.connect(fileKubeconfig, p.state().Network)
	if err != nil {
		return nil, err
	}
	return c.Nodes, nil
}

func newNodes(config *rest.Config) (cluster.NodeSwitch, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return nodes{client}, nil
}

// AddNode implements [cluster.NodeMaker]: the lowest number that is free.
func (n nodes) AddNode(ctx context.Context) (string, error) {
	there, err := n.list(ctx)
	if err != nil {
		return "", err
	}
	for i := 1; i <= maxWorkers; i++ {
		name := "worker-" + strconv.Itoa(i)
		if slices.ContainsFunc(there, func(o corev1.Node) bool { return o.Name == name }) {
			continue
		}
		_, err := n.client.CoreV1().Nodes().Create(ctx, &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{nodeLabel: strconv.Itoa(i), addedLabel: "true"}},
		}, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) { // somebody else added one this moment
			continue
		}
		if err != nil {
			return "", n.failed(err)
		}
		return name, n.await(ctx, name, ready)
	}
	return "", i18n.Errorf(nil, i18n.M("sim.nodes-full", "Most", maxWorkers))
}

// StopNode implements [cluster.NodeSwitch].
func (n nodes) StopNode(ctx context.Context, name string) error {
	object, err := n.worker(ctx, name)
	if err != nil {
		return err
	}
	if _, marked := object.Annotations[stoppedMark]; !marked {
		if err := n.mark(ctx, name, stoppedMark, strconv.Quote(stopAsked)); err != nil {
			return err
		}
	}
	return n.await(ctx, name, func(o *corev1.Node) bool {
		at, marked := o.Annotations[stoppedMark]
		return marked && at != stopAsked
	})
}

// StartNode implements [cluster.NodeSwitch].
func (n nodes) StartNode(ctx context.Context, name string) error {
	object, err := n.worker(ctx, name)
	if err != nil {
		return err
	}
	if _, marked := object.Annotations[stoppedMark]; !marked {
		return n.await(ctx, name, ready)
	}
	if err := n.mark(ctx, name, stoppedMark, "null"); err != nil {
		return err
	}
	boot := object.Status.NodeInfo.BootID
	return n.await(ctx, name, func(o *corev1.Node) bool { return ready(o) && o.Status.NodeInfo.BootID != boot })
}

// RemoveNode implements [cluster.NodeMaker].
func (n nodes) RemoveNode(ctx context.Context, name string) error {
	if _, err := n.worker(ctx, name); err != nil {
		return err
	}
	if there, err := n.list(ctx); err != nil || len(there) <= 2 {
		if err == nil {
			err = i18n.Errorf(nil, i18n.M("sim.nodes-last", "Name", name))
		}
		return err
	}
	err := n.client.CoreV1().Nodes().Delete(ctx, name, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return n.failed(err)
	}
	// podium-plane removes the lease when everything else is gone.
	return n.poll(ctx, name, func(ctx context.Context) (bool, error) {
		_, err := n.client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
}

// worker returns a simulated node that may be switched.
func (n nodes) worker(ctx context.Context, name string) (*corev1.Node, error) {
	if name == controlPlane {
		return nil, cluster.ControlPlaneNode(name)
	}
	there, err := n.list(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range there {
		if there[i].Name == name {
			return &there[i], nil
		}
		if there[i].Name != controlPlane {
			names = append(names, there[i].Name)
		}
	}
	return nil, cluster.NoNode(name, strings.Join(names, ", "))
}

func (n nodes) list(ctx context.Context) ([]corev1.Node, error) {
	list, err := n.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: nodeLabel})
	if err != nil {
		return nil, n.failed(err)
	}
	return list.Items, nil
}

// SetSpeed implements [cluster.NodePacer].
func (n nodes) SetSpeed(ctx context.Context, speed float64) error {
	value := "null"
	if speed != 1 {
		value = strconv.Quote(strconv.FormatFloat(speed, 'f', -1, 64))
	}
	return n.mark(ctx, controlPlane, speedMark, value)
}

// mark sets an annotation of a node to a JSON value.
func (n nodes) mark(ctx context.Context, name, key, value string) error {
	patch := fmt.Appendf(nil, `{"metadata":{"annotations":{%q:%s}}}`, key, value)
	if _, err := n.client.CoreV1().Nodes().Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return n.failed(err)
	}
	return nil
}

func ready(o *corev1.Node) bool {
	return slices.ContainsFunc(o.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

// await waits until podium-plane has done what the Node object asks for.
func (n nodes) await(ctx context.Context, name string, done func(*corev1.Node) bool) error {
	return n.poll(ctx, name, func(ctx context.Context) (bool, error) {
		object, err := n.client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		return err == nil && done(object), err
	})
}

func (n nodes) poll(ctx context.Context, name string, done wait.ConditionWithContextFunc) error {
	err := wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, nodeLimit, true, done)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case wait.Interrupted(err):
		return i18n.Errorf(err, i18n.M("sim.nodes-slow", "Name", name))
	}
	return n.failed(err)
}

func (n nodes) failed(err error) error {
	return i18n.Errorf(err, i18n.M("sim.nodes-failed", "Why", plain(err.Error())))
}
