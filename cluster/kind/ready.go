package kind

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"podium/i18n"
)

// readyLimit is how long a cluster whose containers run may take to be ready: a
// slow machine that also pulls images.
const readyLimit = 10 * time.Minute

// awaitReady waits until every node, every system pod and the default
// ServiceAccount are there. fresh are the nodes that were started just now: what
// the API server says of them may be what was true before they stopped.
func (p *Provider) awaitReady(ctx context.Context, client kubernetes.Interface, nodes int, fresh map[string]bool) error {
	return p.await(ctx, func(ctx context.Context, seen map[string]string) (string, error) {
		what, err := unready(ctx, client, nodes)
		if err == nil && what == "" {
			what, err = stale(ctx, client, fresh, seen)
		}
		return what, err
	})
}

// awaitNode waits until a node that was started just now is ready.
func (p *Provider) awaitNode(ctx context.Context, client kubernetes.Interface, name string) error {
	return p.await(ctx, func(ctx context.Context, seen map[string]string) (string, error) {
		node, err := client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		if err != nil || !nodeReady(*node) {
			return "node " + name, err
		}
		return stale(ctx, client, map[string]bool{name: true}, seen)
	})
}

// await calls what until it names nothing that is still waited for.
func (p *Provider) await(ctx context.Context, what func(context.Context, map[string]string) (string, error)) error {
	limited, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	waiting, seen := "", map[string]string{}
	err := wait.PollUntilContextCancel(limited, 200*time.Millisecond, true, func(ctx context.Context) (bool, error) {
		now, err := what(ctx, seen)
		if err != nil && limited.Err() == nil {
			now = plain(err.Error())
		}
		if now != "" {
			waiting = now
		}
		return err == nil && now == "", nil
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return i18n.Errorf(err, i18n.M("kind.slow", "What", waiting, "Log", p.path(fileLog)))
	}
	return nil
}

// unready names something that isn't ready yet, or "".
func unready(ctx context.Context, client kubernetes.Interface, nodes int) (string, error) {
	list, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	for _, n := range list.Items {
		if !nodeReady(n) {
			return "node " + n.Name, nil
		}
	}
	if len(list.Items) < nodes {
		return fmt.Sprintf("%d of %d nodes", len(list.Items), nodes), nil
	}
	pods, err := client.CoreV1().Pods(metav1.NamespaceSystem).List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	for _, pod := range pods.Items {
		if pod.DeletionTimestamp == nil && !podReady(pod) {
			return "pod " + pod.Name, nil
		}
	}
	if len(pods.Items) < nodes { // each node has at least its kube-proxy
		return "the system pods", nil
	}
	_, err = client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return "the default ServiceAccount", nil
	}
	return "", err
}

// stale names a fresh node whose kubelet has not been heard of since, or "".
// A kubelet renews its lease every 10 s.
func stale(ctx context.Context, client kubernetes.Interface, fresh map[string]bool, seen map[string]string) (string, error) {
	var old error
	for name := range fresh {
		lease, err := client.CoordinationV1().Leases(corev1.NamespaceNodeLease).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		if seen[name] == "" {
			seen[name] = lease.ResourceVersion
		}
		if seen[name] == lease.ResourceVersion {
			old = errors.Join(old, fmt.Errorf("node %s", name))
		}
	}
	if old != nil {
		return old.Error(), nil
	}
	return "", nil
}

func nodeReady(n corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}

func podReady(p corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}
