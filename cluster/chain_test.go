package cluster

import (
	"fmt"
	"testing"
)

func TestChainsRunFromTheTopmostOwnerDown(t *testing.T) {
	for kind, want := range map[string]string{
		"pod":         "[[Deployment ReplicaSet Pod] [DaemonSet Pod] [StatefulSet Pod] [CronJob Job Pod]]",
		"rs":          "[[Deployment ReplicaSet Pod]]",
		"Deployments": "[[Deployment ReplicaSet Pod]]",
		"job":         "[[CronJob Job Pod]]",
		"svc":         "[[Service EndpointSlice]]",
		"cm":          "[]",
	} {
		k, ok := FindKind(kind)
		if !ok {
			t.Fatalf("no kind %s", kind)
		}
		if got := fmt.Sprint(k.Chains()); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
}

func TestEachWordNamesOneKind(t *testing.T) {
	seen := map[string]string{}
	for _, k := range Kinds() {
		for _, name := range k.Names() {
			if other := seen[name]; other != "" {
				t.Errorf("%s names %s and %s", name, other, k.Kind)
			}
			seen[name] = k.Kind
		}
	}
	if _, ok := FindKind("podd"); ok {
		t.Error("podd names a kind")
	}
}
