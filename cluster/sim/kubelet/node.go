package kubelet

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/record"
)

// node is one simulated node, whether its machine is on or off.
type node struct {
	name     string
	index    int
	ip       string
	cidr     netip.Prefix
	uid      string // of the Node object; guarded by Nodes.mu
	boot     string
	images   imageStore
	recorder record.EventRecorder // of the machine that is on
	machine  *machine             // nil while it is off; guarded by Nodes.mu
}

func nodeName(index int) string {
	if index == 0 {
		return controlPlaneName
	}
	return "worker-" + strconv.Itoa(index)
}

func newNode(index int) *node {
	return &node{
		name:  nodeName(index),
		index: index,
		ip:    netip.AddrFrom4([4]byte{172, 18, 0, byte(2 + index)}).String(),
		cidr:  netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 244, byte(index), 0}), 24),
	}
}

// register brings the API server's nodes in line with the options and switches
// on those that are not to be off.
func (n *Nodes) register(ctx context.Context) error {
	there, err := n.options.Client.CoreV1().Nodes().List(ctx, metav1.ListOptions{LabelSelector: simulatedLabel})
	if err != nil {
		return fmt.Errorf("list nodes: %w", err)
	}
	off := map[int]string{} // the UIDs of those that stay off
	workers := []int{}
	for i := range there.Items {
		object := &there.Items[i]
		index, ours := indexOf(object)
		if !ours {
			if err := n.removeNode(ctx, object.Name); err != nil {
				return err
			}
			continue
		}
		if wantsStop(object) {
			off[index] = string(object.UID)
		}
		if index > 0 {
			workers = append(workers, index)
		}
	}
	missing, surplus := lineUp(workers, n.options.Workers)
	for _, index := range surplus {
		if err := n.removeNode(ctx, nodeName(index)); err != nil {
			return err
		}
	}
	workers = slices.DeleteFunc(workers, func(i int) bool { return slices.Contains(surplus, i) })
	defer n.count()
	var group errgroup.Group
	for _, index := range slices.Concat([]int{0}, workers, missing) {
		nd := n.list(index)
		if uid, stay := off[index]; stay {
			nd.uid = uid
			continue
		}
		group.Go(func() error { return n.switchOn(ctx, nd, false) })
	}
	return group.Wait()
}

// registerNode makes the node known to the API server, or known again.
func (n *Nodes) registerNode(ctx context.Context, nd *node, rebooted bool) error {
	if err := n.renewLease(ctx, nd); err != nil {
		return err
	}
	nodes := n.options.Client.CoreV1().Nodes()
	object, err := nodes.Get(ctx, nd.name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		object, err = nodes.Create(ctx, n.nodeObject(nd), metav1.CreateOptions{})
	}
	if err == nil && object.Spec.PodCIDR == "" { // made by somebody who asked for one more
		object, err = n.complete(ctx, nd)
	}
	if err != nil {
		return fmt.Errorf("register node %s: %w", nd.name, err)
	}
	nd.boot = object.Status.NodeInfo.BootID
	if nd.boot == "" || rebooted {
		nd.boot = bootID(nd.name, time.Now())
	}
	for _, im := range object.Status.Images {
		for _, name := range im.Names {
			if ref, err := parseImage(name); err == nil {
				nd.images.add(ref)
			}
		}
	}
	n.mu.Lock()
	nd.uid = string(object.UID)
	n.mu.Unlock()
	return n.postNodeStatus(ctx, nd, object)
}

// complete gives a Node object that is little more than a name what a kubelet
// and the node IPAM controller give it.
func (n *Nodes) complete(ctx context.Context, nd *node) (*corev1.Node, error) {
	full := n.nodeObject(nd)
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"labels": full.Labels},
		"spec":     map[string]any{"podCIDR": full.Spec.PodCIDR, "podCIDRs": full.Spec.PodCIDRs},
	})
	if err != nil {
		return nil, err
	}
	return n.options.Client.CoreV1().Nodes().Patch(ctx, nd.name, types.MergePatchType, patch, metav1.PatchOptions{})
}

// newRecorder gives a node its own event queue, as every kubelet has; a shared
// one would drop events when a thousand pods start at once.
func (n *Nodes) newRecorder(ctx context.Context, work *sync.WaitGroup, host string) record.EventRecorder {
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: n.options.Client.CoreV1().Events("")})
	work.Go(func() {
		<-ctx.Done()
		broadcaster.Shutdown()
	})
	return broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "kubelet", Host: host})
}

func (n *Nodes) nodeObject(nd *node) *corev1.Node {
	object := &corev1.Node{ObjectMeta: metav1.ObjectMeta{
		Name: nd.name,
		Labels: map[string]string{
			corev1.LabelHostname:      nd.name,
			corev1.LabelOSStable:      "linux",
			corev1.LabelArchStable:    runtime.GOARCH,
			"beta.kubernetes.io/os":   "linux",
			"beta.kubernetes.io/arch": runtime.GOARCH,
			simulatedLabel:            strconv.Itoa(nd.index),
		},
	}}
	if nd.index == 0 {
		object.Labels[controlPlaneRole] = ""
		object.Labels[corev1.LabelNodeExcludeBalancers] = ""
		object.Spec.Taints = []corev1.Taint{{Key: controlPlaneRole, Effect: corev1.TaintEffectNoSchedule}}
	}
	object.Spec.PodCIDR = nd.cidr.String()
	object.Spec.PodCIDRs = []string{nd.cidr.String()}
	return object
}

// nodeStatus is what a healthy node reports. Conditions keep the transition
// times of old.
func (n *Nodes) nodeStatus(nd *node, old corev1.NodeStatus, now time.Time) corev1.NodeStatus {
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("4"),
		corev1.ResourceMemory:           resource.MustParse("8Gi"),
		corev1.ResourceEphemeralStorage: resource.MustParse("50Gi"),
		corev1.ResourcePods:             resource.MustParse("110"), // a kubelet's default maxPods
	}
	return corev1.NodeStatus{
		Capacity:    capacity,
		Allocatable: capacity,
		Conditions:  nodeConditions(old.Conditions, metav1.NewTime(now)),
		Addresses: []corev1.NodeAddress{
			{Type: corev1.NodeInternalIP, Address: nd.ip},
			{Type: corev1.NodeHostName, Address: nd.name},
		},
		DaemonEndpoints: corev1.NodeDaemonEndpoints{KubeletEndpoint: corev1.DaemonEndpoint{Port: kubeletPort}},
		NodeInfo: corev1.NodeSystemInfo{
			MachineID: contentID("machine", nd.name)[:32], SystemUUID: contentID("system", nd.name)[:32],
			BootID:         nd.boot,
			KernelVersion:  "simulated",
			OSImage:        "podium simulated node",
			KubeletVersion: n.options.Version, ContainerRuntimeVersion: runtimeName + "://" + n.options.Version,
			OperatingSystem: "linux", Architecture: runtime.GOARCH,
		},
		Images: n.nodeImages(nd),
	}
}

func nodeConditions(old []corev1.NodeCondition, now metav1.Time) []corev1.NodeCondition {
	conditions := []corev1.NodeCondition{ // texts of pkg/kubelet/nodestatus/setters.go
		{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionFalse, Reason: "KubeletHasSufficientMemory", Message: "kubelet has sufficient memory available"},
		{Type: corev1.NodeDiskPressure, Status: corev1.ConditionFalse, Reason: "KubeletHasNoDiskPressure", Message: "kubelet has no disk pressure"},
		{Type: corev1.NodePIDPressure, Status: corev1.ConditionFalse, Reason: "KubeletHasSufficientPID", Message: "kubelet has sufficient PID available"},
		{Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "KubeletReady", Message: "kubelet is posting ready status"},
	}
	for i := range conditions {
		c := &conditions[i]
		c.LastHeartbeatTime, c.LastTransitionTime = now, now
		for _, was := range old {
			if was.Type == c.Type && was.Status == c.Status {
				c.LastTransitionTime = was.LastTransitionTime
			}
		}
	}
	return conditions
}

// nodeImages lists what the node has pulled; a node that comes back learns from
// it which images it need not pull again.
func (n *Nodes) nodeImages(nd *node) []corev1.ContainerImage {
	var list []corev1.ContainerImage
	for _, name := range nd.images.list() {
		ref, err := parseImage(name)
		if err != nil {
			continue
		}
		if im, ok := n.images.find(ref); ok {
			list = append(list, corev1.ContainerImage{Names: []string{ref.id(), ref.full}, SizeBytes: im.Size})
		}
	}
	return sortedImages(list)
}

// removeNode deletes a node that no machine stands for, with the pods bound to
// it: nobody would ever report their end.
func (n *Nodes) removeNode(ctx context.Context, name string) error {
	err := n.options.Client.CoreV1().Nodes().Delete(ctx, name, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove node %s: %w", name, err)
	}
	return n.removePodsOn(ctx, name)
}

func (n *Nodes) removePodsOn(ctx context.Context, name string) error {
	client := n.options.Client.CoreV1()
	pods, err := client.Pods("").List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=" + name})
	if err != nil {
		return fmt.Errorf("list the pods of node %s: %w", name, err)
	}
	now := int64(0)
	for _, p := range pods.Items {
		if p.Spec.NodeName != name {
			continue
		}
		err := client.Pods(p.Namespace).Delete(ctx, p.Name, metav1.DeleteOptions{GracePeriodSeconds: &now})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("remove pod %s/%s: %w", p.Namespace, p.Name, err)
		}
	}
	return nil
}
