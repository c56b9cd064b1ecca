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

func TestAStateIsAtRestOnceRequestsGoToWhoIsReady(t *testing.T) {
	const (
		ready    = `{apiVersion: v1, kind: Pod, metadata: {name: a, uid: a, labels: {app: web}}, spec: {nodeName: worker}, status: {phase: Running, conditions: [{type: Ready, status: "True"}]}}`
		lacking  = `{apiVersion: v1, kind: Pod, metadata: {name: a, uid: a, labels: {app: web}}, spec: {nodeName: worker}, status: {phase: Pending, containerStatuses: [{state: {waiting: {reason: ErrImagePull}}}]}}`
		web      = `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}`
		by       = `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}, endpoints: `
		byReady  = by + `[{conditions: {ready: true}, targetRef: {kind: Pod, name: a, uid: a}}]}`
		byLeaver = by + `[{conditions: {ready: false}, targetRef: {kind: Pod, name: a, uid: a}}]}`
	)
	for name, tc := range map[string]struct {
		objects []string
		missing bool
		rest    bool
	}{
		"routed":                     {[]string{ready, web, byReady}, false, true},
		"not yet routed":             {[]string{ready, web}, false, false},
		"still routed":               {[]string{lacking, web, byReady}, false, false},
		"unready and not asked":      {[]string{lacking, web, byLeaver}, false, true},
		"another namespace's":        {[]string{ready, `{apiVersion: v1, kind: Service, metadata: {name: web, namespace: other}, spec: {selector: {app: web}}}`}, false, true},
		"unready asked on purpose":   {[]string{lacking, `{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, publishNotReadyAddresses: true}}`, byReady}, false, true},
		"without a selector":         {[]string{ready, `{apiVersion: v1, kind: Service, metadata: {name: web}}`, byReady}, false, true},
		"no right to read endpoints": {[]string{ready, web}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			var objects []cluster.Object
			for _, manifest := range tc.objects {
				objects = append(objects, read(t, manifest))
			}
			s := state(objects...)
			if tc.missing {
				s.Missing = append(s.Missing, endpointSliceKind)
			}
			if got := atRest(s, "lab"); got != tc.rest {
				t.Errorf("at rest: %v", got)
			}
		})
	}
}
