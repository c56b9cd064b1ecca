package cluster

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPodIsReadAsKubectlPrintsIt(t *testing.T) {
	want := map[string]string{ // state, STATUS, READY
		"01-new":             "unplaced Pending 0/1",
		"02-gated":           "unplaced SchedulingGated 0/1",
		"03-bound":           "starting Pending 0/1",
		"04-creating":        "starting ContainerCreating 0/1",
		"05-pull-error":      "failing ErrImagePull 0/1",
		"06-pull-backoff":    "failing ImagePullBackOff 0/1",
		"07-config-error":    "failing CreateContainerConfigError 0/1",
		"08-unready":         "unready Running 0/1",
		"09-ready":           "ready Running 1/1",
		"10-half":            "starting ContainerCreating 1/2",
		"11-two":             "ready Running 2/2",
		"12-crashloop":       "failing CrashLoopBackOff 0/1",
		"13-oom":             "failing OOMKilled 0/1",
		"14-exit-code":       "failing ExitCode:3 0/1",
		"15-signal":          "failing Signal:9 0/1",
		"16-completed":       "completed Completed 0/1",
		"17-failed":          "failed Error 0/1",
		"18-evicted":         "failed Evicted 0/1",
		"19-one-done":        "unready NotReady 1/2",
		"20-one-done-first":  "unready NotReady 1/2",
		"21-init-waiting":    "starting Init:0/2 0/1",
		"22-init-second":     "starting Init:1/2 0/1",
		"23-init-crash":      "failing Init:CrashLoopBackOff 0/1",
		"24-init-error":      "failing Init:Error 0/1",
		"25-init-done":       "starting PodInitializing 0/1",
		"26-sidecar":         "ready Running 2/2",
		"27-sidecar-unready": "unready Running 1/2",
		"28-leaving":         "terminating Terminating 1/1",
		"29-leaving-done":    "terminating Completed 0/1",
		"30-node-lost":       "terminating Unknown 1/1",
	}
	got := map[string]string{}
	for _, p := range fixture(t, "pods.yaml").Pods {
		state, word := StateOf(p)
		ready, defined := ReadyContainers(p)
		got[p.Name] = fmt.Sprintf("%s %s %d/%d", state, word, ready, defined)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
