package kubelet

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// pull makes the image present on the node, with the events and states of
// pkg/kubelet/images/image_manager.go and CRI's words for an unknown image. It
// returns false only when life has ended. attempted is called once the first
// try has failed.
func (c *container) pull(life context.Context, attempted func()) bool {
	for {
		c.takeWanted()
		ok, reason, message := c.pullOnce(life)
		if ok || life.Err() != nil {
			return ok
		}
		c.event(corev1.EventTypeWarning, "Failed", "Error: %s", reason)
		c.wait(reason, message)
		attempted()
		wait := c.pod.nodes.pace.backOff(configRetry)
		switch reason {
		case "ErrImagePull":
			// the kubelet looks at the pod again soon and finds it in back-off
			wait = c.pod.nodes.pace.stage(c.pod.uid, "backoff"+strconv.Itoa(int(c.pulls.current.Seconds())))
			wait = max(wait, shortestBackOff)
		case "ImagePullBackOff":
			wait = c.pulls.left(c.pod.nodes.pace, c.pulls.last, time.Now())
		}
		if !c.pauseOrRenew(life, wait) {
			return false
		}
	}
}

// pullOnce tries once. reason is what the waiting state shows on failure.
func (c *container) pullOnce(life context.Context) (ok bool, reason, message string) {
	ref, err := parseImage(c.image)
	if errors.Is(err, errInvalidImageName) {
		message = fmt.Sprintf("Failed to apply default image tag %q: %v", c.image, err)
		c.event(corev1.EventTypeWarning, "InspectFailed", "%s", message)
		return false, "InvalidImageName", message
	}
	present := c.pod.node.images.has(ref)
	policy := c.spec.ImagePullPolicy
	switch {
	case present && policy != corev1.PullAlways:
		c.event(corev1.EventTypeNormal, "Pulled", "Container image %q already present on machine and can be accessed by the pod", c.image)
		return c.pulled(ref)
	case policy == corev1.PullNever:
		message = fmt.Sprintf("Container image %q is not present with pull policy of Never", c.image)
		c.event(corev1.EventTypeWarning, "ErrImageNeverPull", "%s", message)
		return false, "ErrImageNeverPull", message
	}
	if left := c.pulls.left(c.pod.nodes.pace, c.pulls.last, time.Now()); left > 0 {
		message = fmt.Sprintf("Back-off pulling image %q", c.image)
		c.event(corev1.EventTypeNormal, "BackOff", "%s", message)
		return false, "ImagePullBackOff", message + ": " + c.pullError
	}
	return c.download(life, ref, present)
}

// download takes the time a pull takes.
func (c *container) download(life context.Context, ref imageRef, present bool) (ok bool, reason, message string) {
	pace := c.pod.nodes.pace
	c.event(corev1.EventTypeNormal, "Pulling", "Pulling image %q", c.image)
	began := time.Now()
	wait := pace.stage(c.pod.uid, "pull"+c.spec.Name+ref.full)
	if present {
		wait /= 4 // only the manifest is compared
	}
	if !pause(life, wait) {
		return false, "", ""
	}
	im, known := c.pod.nodes.look(life, ref)
	if !known {
		c.pulls.next(pace, time.Now())
		message = fmt.Sprintf("rpc error: code = NotFound desc = failed to pull and unpack image %q: failed to resolve reference %q: %s: not found", ref.full, ref.full, ref.full)
		c.event(corev1.EventTypeWarning, "Failed", "Failed to pull image %q: %s", c.image, message)
		c.pullError = "ErrImagePull: " + message
		return false, "ErrImagePull", message
	}
	took := max(time.Since(began).Truncate(time.Millisecond), time.Millisecond)
	c.event(corev1.EventTypeNormal, "Pulled", "Successfully pulled image %q in %v (%v including waiting). Image size: %d bytes.",
		c.image, took, took, im.Size)
	c.pod.node.images.add(ref)
	return c.pulled(ref)
}

func (c *container) pulled(ref imageRef) (bool, string, string) {
	c.pulls = backOff{}
	c.pod.mu.Lock()
	c.imageID, c.imageName = ref.id(), ref.full
	c.pod.mu.Unlock()
	return true, "", ""
}
