package lessons

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"

	"podium/cluster"
	"podium/i18n"
)

// LessonLabel marks objects outside any namespace that a lesson's manifests
// make, with the lesson's ID as its value. Emptying deletes them too. A node that
// bears it is not deleted: its cordon, its taints and the label are taken off.
const LessonLabel = "podium.dev/lesson"

// stuckAfter is how long emptying may go on without anything going. Pods go at
// once, so what stays that long waits for a finalizer. How long all of it takes
// is the machine's affair: a busy one needs that long for a single pass.
const stuckAfter = 30 * time.Second

// A Ground is where a lesson is played.
type Ground struct {
	Namespace string   // podium's own
	Made      []string // the namespaces that the lesson has the learner make
	Whole     bool     // the whole cluster is podium's
}

// Empty deletes everything in the ground's namespace, of whatever kind the cluster
// knows, and waits until it is gone. It refuses a namespace without
// [cluster.OwnedLabel]. Pods get no time to end: a reset is waited for. Where the
// whole cluster is podium's, the namespaces that were made go too, and cordons and
// taints come off all its nodes; else off those with [LessonLabel].
func (g Ground) Empty(ctx context.Context, config *rest.Config) error {
	namespace := g.Namespace
	config = rest.CopyConfig(config)
	config.QPS = -1 // many small calls, and a learner who waits for them
	config.Timeout = stuckAfter
	found, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", namespace))
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", namespace))
	}
	return g.empty(ctx, found, client)
}

func (g Ground) empty(ctx context.Context, found discovery.DiscoveryInterface, client dynamic.Interface) error {
	if err := owned(ctx, client, g.Namespace); err != nil {
		return err
	}
	kinds, err := deletable(found)
	if err != nil {
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", g.Namespace))
	}
	if g.Whole {
		for _, name := range g.Made {
			if err := unmake(ctx, kinds, client, name); err != nil {
				return err
			}
		}
	}
	e := &emptier{client: client, namespace: g.Namespace, whole: g.Whole}
	return e.empty(ctx, kinds)
}

// empty goes over the kinds again and again until nothing is left.
func (e *emptier) empty(ctx context.Context, kinds []deletableKind) error {
	var left string
	var failed error
	since := time.Now()
	err := wait.PollUntilContextCancel(ctx, passEvery, true, func(ctx context.Context) (bool, error) {
		before := left
		left, failed = e.pass(ctx, kinds)
		if left == "" && failed == nil {
			return true, nil
		}
		if left != before {
			since = time.Now()
		}
		if time.Since(since) >= stuckAfter {
			return false, errStuck
		}
		return false, nil
	})
	if err != nil {
		return i18n.Errorf(errors.Join(err, failed), i18n.M("empty.stuck", "Namespace", e.namespace, "Left", cut(Plain(left), 200)))
	}
	return nil
}

// passEvery is the pause between two passes over all kinds.
const passEvery = 100 * time.Millisecond

var errStuck = errors.New("nothing went for a while")

// owned refuses a namespace that isn't podium's.
func owned(ctx context.Context, client dynamic.Interface, namespace string) error {
	ns, err := client.Resource(namespaceKind).Get(ctx, namespace, metav1.GetOptions{})
	switch {
	case err != nil:
		return i18n.Errorf(err, i18n.M("empty.failed", "Namespace", namespace))
	case ns.GetLabels()[cluster.OwnedLabel] != "true":
		return i18n.Errorf(nil, i18n.M("empty.notowned", "Namespace", namespace, "Label", cluster.OwnedLabel))
	}
	return nil
}

// A deletableKind is a kind whose objects can be listed and deleted.
type deletableKind struct {
	schema.GroupVersionResource
	namespaced bool
	atOnce     bool // all of them can be deleted by one call
}

// deletable lists every kind that can be emptied: what makes others first and
// pods last, so that an empty list of pods stays empty.
func deletable(found discovery.DiscoveryInterface) ([]deletableKind, error) {
	// An aggregated API that is down fails only its own group: go on with the rest.
	groups, err := discovery.ServerPreferredResources(found)
	if len(groups) == 0 {
		return nil, err
	}
	var kinds []deletableKind
	for _, group := range groups {
		gv, err := schema.ParseGroupVersion(group.GroupVersion)
		if err != nil {
			continue
		}
		for _, r := range group.APIResources {
			twin := r.Kind == "Event" && gv.Group != "" // the same objects under a second name
			if !twin && slices.Contains(r.Verbs, "list") && slices.Contains(r.Verbs, "delete") {
				kinds = append(kinds, deletableKind{gv.WithResource(r.Name), r.Namespaced, slices.Contains(r.Verbs, "deletecollection")})
			}
		}
	}
	slices.SortStableFunc(kinds, func(a, b deletableKind) int { return rank(a) - rank(b) })
	return kinds, nil
}

// rank puts what makes other objects before what is made.
func rank(k deletableKind) int {
	switch k.Resource {
	case "deployments", "cronjobs":
		return 0
	case "replicasets", "daemonsets", "statefulsets", "jobs", "services":
		return 1
	case "pods":
		return 3
	case "events", "endpointslices", "endpoints":
		return 4
	}
	return 2
}

// An emptier deletes.
type emptier struct {
	client    dynamic.Interface
	namespace string
	whole     bool // the cluster is podium's
	leaving   bool // the namespace itself goes: all that is in it, and nothing beside it
}

// pass deletes what there is of each kind, some of a rank at a time, and says what
// it found.
func (e *emptier) pass(ctx context.Context, kinds []deletableKind) (string, error) {
	left, errs := make([][]string, len(kinds)), make([]error, len(kinds))
	var asked errgroup.Group // each leaves an error of its own
	asked.SetLimit(askedAtOnce)
	for i, kind := range kinds {
		if i > 0 && rank(kind) > rank(kinds[i-1]) {
			_ = asked.Wait()
			if errors.Is(errors.Join(errs...), context.DeadlineExceeded) {
				break // nothing answers: the other kinds would only wait as long
			}
		}
		asked.Go(func() error {
			left[i], errs[i] = e.drop(ctx, kind)
			return nil
		})
	}
	_ = asked.Wait()
	return strings.Join(slices.Concat(left...), ", "), errors.Join(errs...)
}

// drop deletes what there is of a kind and lists what has to be waited for.
func (e *emptier) drop(ctx context.Context, kind deletableKind) (left []string, err error) {
	var objects dynamic.ResourceInterface = e.client.Resource(kind.GroupVersionResource)
	options := metav1.ListOptions{LabelSelector: LessonLabel}
	if e.leaving && !kind.namespaced {
		return nil, nil
	}
	nodes := kind.Group == "" && kind.Resource == "nodes"
	if nodes && e.whole {
		options.LabelSelector = ""
	}
	if kind.namespaced {
		objects, options = e.client.Resource(kind.GroupVersionResource).Namespace(e.namespace), metav1.ListOptions{}
	}
	// A lesson leaves hundreds of events. Whoever may not delete them so deletes one by one.
	if kind.Resource == "events" && kind.atOnce && objects.DeleteCollection(ctx, metav1.DeleteOptions{}, options) == nil {
		return nil, nil
	}
	list, err := objects.List(ctx, options)
	if err != nil {
		return nil, unlessSkippable(err)
	}
	var errs []error
	for i := range list.Items {
		o := &list.Items[i]
		if nodes {
			errs = append(errs, unlessSkippable(restoreNode(ctx, objects, o)))
			continue
		}
		if !e.leaving && stays(o, kind) {
			continue
		}
		// A lease, slice or event comes and goes by itself: it is deleted, not waited for.
		if kind.Resource != "events" && rank(kind) < 4 {
			left = append(left, strings.ToLower(o.GetKind())+"/"+o.GetName())
		}
		errs = append(errs, remove(ctx, objects, o))
	}
	return left, errors.Join(errs...)
}

// remove deletes an object at once, and lets go of it if it is leaving already.
func remove(ctx context.Context, objects dynamic.ResourceInterface, o *unstructured.Unstructured) error {
	released := release(ctx, objects, o)
	deleted := objects.Delete(ctx, o.GetName(), metav1.DeleteOptions{
		GracePeriodSeconds: ptr.To[int64](0),
		PropagationPolicy:  ptr.To(metav1.DeletePropagationBackground),
		Preconditions:      &metav1.Preconditions{UID: ptr.To(o.GetUID())},
	})
	var errs []error
	for _, err := range []error{released, deleted} {
		if !apierrors.IsConflict(err) { // the next pass finds it as it then is
			errs = append(errs, unlessSkippable(err))
		}
	}
	return errors.Join(errs...)
}

// stays reports whether an object is no learner's work: podium's own, as the quota
// of a shared cluster's namespace, or what every namespace has.
func stays(o *unstructured.Unstructured, kind deletableKind) bool {
	return o.GetLabels()[cluster.OwnedLabel] == "true" || kind.namespaced && givenByCluster(o.GetKind(), o.GetName())
}

// release takes off an object that is being deleted the finalizers that an
// exercise has put there and nobody answers for: those of example.com, which
// belongs to nobody (RFC 2606). Any other may stand for something to be cleaned
// up first, as a cloud's load balancer.
func release(ctx context.Context, objects dynamic.ResourceInterface, o *unstructured.Unstructured) error {
	kept := slices.DeleteFunc(slices.Clone(o.GetFinalizers()), func(name string) bool {
		domain, _, _ := strings.Cut(name, "/")
		return domain == "example.com" || strings.HasSuffix(domain, ".example.com")
	})
	if o.GetDeletionTimestamp() == nil || len(kept) == len(o.GetFinalizers()) {
		return nil
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"finalizers": kept, "resourceVersion": o.GetResourceVersion()},
	})
	if err == nil {
		_, err = objects.Patch(ctx, o.GetName(), types.MergePatchType, patch, metav1.PatchOptions{})
	}
	return err
}

// restoreNode takes off a node what a lesson or a learner put on it: taints that
// aren't Kubernetes' own, and a cordon.
func restoreNode(ctx context.Context, nodes dynamic.ResourceInterface, node *unstructured.Unstructured) error {
	taints, _, err := unstructured.NestedSlice(node.Object, "spec", "taints")
	if err != nil {
		return err
	}
	own := slices.DeleteFunc(slices.Clone(taints), func(t any) bool {
		taint, _ := t.(map[string]any)
		key, _ := taint["key"].(string)
		return !strings.Contains(key, "kubernetes.io/")
	})
	_, labelled := node.GetLabels()[LessonLabel]
	if cordoned, _, _ := unstructured.NestedBool(node.Object, "spec", "unschedulable"); !cordoned && !labelled && len(own) == len(taints) {
		return nil
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"labels": map[string]any{LessonLabel: nil}, "resourceVersion": node.GetResourceVersion()},
		"spec":     map[string]any{"taints": own, "unschedulable": nil},
	})
	if err != nil {
		return err
	}
	_, err = nodes.Patch(ctx, node.GetName(), types.MergePatchType, patch, metav1.PatchOptions{})
	if apierrors.IsConflict(err) { // a heartbeat came between: the next pass finds it again
		return fmt.Errorf("node %s: %w", node.GetName(), err)
	}
	return err
}

// unlessSkippable leaves out errors that mean that there is nothing to do.
func unlessSkippable(err error) error {
	if skippable(err) {
		return nil
	}
	return err
}

// skippable reports whether an error means that there is nothing to do: it is
// gone, the kind can't be listed after all, or others' objects are none of ours.
func skippable(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsMethodNotSupported(err) || apierrors.IsForbidden(err)
}
