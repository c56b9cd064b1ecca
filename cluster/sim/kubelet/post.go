package kubelet

import (
	"context"
	"encoding/json"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiequality "k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// post reports the pod's status when the API server's differs from it and says
// whether the API server now has it.
func (p *pod) post(ctx context.Context) bool {
	if p.inSync() {
		return false
	}
	status := p.status(stamp())
	object, _ := p.latest()
	if sameStatus(status, object.Status) {
		return true
	}
	select {
	case p.nodes.posting <- struct{}{}:
		defer func() { <-p.nodes.posting }()
	case <-ctx.Done():
		return false
	}
	fresh, err := p.send(ctx, object, status)
	switch {
	case err == nil:
		p.posted(fresh)
		return true
	case ctx.Err() != nil:
		return false
	case apierrors.IsNotFound(err) || apierrors.IsConflict(err):
		p.removed() // gone, or another pod of that name: the uid in the patch did not match
		return false
	default:
		p.nodes.log.Warn("pod status not posted", "pod", p.name.String(), "error", err)
		p.retry.set(time.Now().Add(time.Second))
		return false
	}
}

// send updates the status of the object we know, which costs the API server
// least. When somebody has changed the pod meanwhile, it patches instead, which
// leaves their change alone.
func (p *pod) send(ctx context.Context, object *corev1.Pod, status corev1.PodStatus) (*corev1.Pod, error) {
	pods := p.nodes.options.Client.CoreV1().Pods(p.name.Namespace)
	update := object.DeepCopy()
	update.Status = merged(status, object.Status)
	fresh, err := pods.UpdateStatus(ctx, update, metav1.UpdateOptions{})
	if !apierrors.IsConflict(err) {
		return fresh, err
	}
	patch, err := statusPatch(p.uid, status, object.Status)
	if err != nil {
		return nil, err
	}
	return pods.Patch(ctx, p.name.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
}

// merged is status with what others have set in old.
func merged(status, old corev1.PodStatus) corev1.PodStatus {
	status.QOSClass, status.NominatedNodeName, status.Resize = old.QOSClass, old.NominatedNodeName, old.Resize
	status.ResourceClaimStatuses, status.ExtendedResourceClaimStatus = old.ResourceClaimStatuses, old.ExtendedResourceClaimStatus
	status.AllocatedResources, status.Resources = old.AllocatedResources, old.Resources
	for _, c := range old.Conditions {
		if findCondition(status, c.Type) == nil {
			status.Conditions = append(status.Conditions, c)
		}
	}
	return status
}

// posted takes the API server's answer as the newest object, unless the watch
// has brought a newer one meanwhile.
func (p *pod) posted(fresh *corev1.Pod) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if newer(fresh, p.object) {
		fresh.ManagedFields = nil
		p.object = fresh
	}
}

// statusPatch encodes status as a strategic merge patch. Conditions merge by
// type, so that a condition set by somebody else meanwhile survives; what is
// empty now and was not before is null, or the merge would keep it.
func statusPatch(uid types.UID, status, old corev1.PodStatus) ([]byte, error) {
	fields, err := toMap(status)
	if err != nil {
		return nil, err
	}
	was, err := toMap(old)
	if err != nil {
		return nil, err
	}
	// set by the API server, the scheduler or the resize subresource alone
	for _, others := range []string{"qosClass", "nominatedNodeName", "resize", "resourceClaimStatuses", "conditions"} {
		delete(was, others)
	}
	for name := range was {
		if _, ok := fields[name]; !ok {
			fields[name] = nil
		}
	}
	conditions := make([]map[string]any, 0, len(status.Conditions))
	for _, c := range status.Conditions {
		m, err := toMap(c)
		if err != nil {
			return nil, err
		}
		for _, name := range []string{"reason", "message"} {
			if _, ok := m[name]; !ok {
				m[name] = nil
			}
		}
		conditions = append(conditions, m)
	}
	fields["conditions"] = conditions
	for _, list := range []string{"podIPs", "hostIPs"} { // merged by ip otherwise
		if items, ok := fields[list].([]any); ok {
			fields[list] = append(items, map[string]any{"$patch": "replace"})
		}
	}
	return json.Marshal(map[string]any{"metadata": map[string]any{"uid": uid}, "status": fields})
}

func toMap(v any) (map[string]any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	return m, json.Unmarshal(text, &m)
}

// sameStatus says that posting fresh would change nothing in old.
func sameStatus(fresh, old corev1.PodStatus) bool {
	for _, c := range fresh.Conditions {
		if was := findCondition(old, c.Type); was == nil || !apiequality.Semantic.DeepEqual(c, *was) {
			return false
		}
	}
	a, b := fresh, old
	a.Conditions, b.Conditions = nil, nil
	for _, s := range []*corev1.PodStatus{&a, &b} {
		s.QOSClass, s.NominatedNodeName, s.Resize, s.ResourceClaimStatuses = "", "", "", nil
		s.AllocatedResources, s.Resources = nil, nil
	}
	return apiequality.Semantic.DeepEqual(a, b)
}

// newer compares two objects of one pod.
func newer(a, b *corev1.Pod) bool {
	return len(a.ResourceVersion) > len(b.ResourceVersion) ||
		len(a.ResourceVersion) == len(b.ResourceVersion) && a.ResourceVersion >= b.ResourceVersion
}
