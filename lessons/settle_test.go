package lessons

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
)

func TestAStateIsAtRestOnceNothingIsOnItsWay(t *testing.T) {
	const (
		running = `state: {running: {startedAt: "2026-05-01T12:00:00Z"}}`
		scaled  = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, generation: 1}, spec: {replicas: 1}, status: {observedGeneration: 1, replicas: 1`
	)
	for name, tc := range map[string]struct {
		pod, deployment string
		rest            bool
	}{
		"ready": {
			`{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{ready: true, ` + running + `}]}`,
			scaled + `, readyReplicas: 1}}`, true,
		},
		"starting": {
			`{phase: Running, conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-05-01T11:59:58Z"}], containerStatuses: [{` + running + `}]}`,
			scaled + `}}`, false,
		},
		"no longer ready": {
			`{phase: Running, conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-05-01T12:00:03Z"}], containerStatuses: [{` + running + `}]}`,
			scaled + `}}`, true,
		},
		"no longer ready, as of the second in which it started": {
			`{phase: Running, conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-05-01T12:00:00Z"}], containerStatuses: [{` + running + `}]}`,
			scaled + `}}`, false,
		},
		"without its image": {
			`{phase: Pending, containerStatuses: [{state: {waiting: {reason: ImagePullBackOff}}}]}`,
			scaled + `}}`, true,
		},
		"about to be scaled": {
			`{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{ready: true, ` + running + `}]}`,
			`{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, generation: 2}, spec: {replicas: 2}, status: {observedGeneration: 1, replicas: 1, readyReplicas: 1}}`, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			pod := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {nodeName: a-node}, status: `+tc.pod+`}`).(*corev1.Pod)
			s := state(pod, read(t, tc.deployment))
			if got := atRest(s, "lab"); got != tc.rest {
				t.Errorf("at rest: %v (the pod is %v)", got, cluster.PodState(pod))
			}
		})
	}
}
