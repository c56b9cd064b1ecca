//go:build kind

package conformance

import (
	"context"
	"os"
	"testing"

	"k8s.io/client-go/tools/clientcmd"

	"podium/cluster"
)

// TestARealClusterDoesWhatIsRecorded plays every scenario on the cluster that
// PODIUM_CONFORMANCE_KUBECONFIG names: one control plane, two workers, nothing
// else on it. With UPDATE=1 what it does is added to the recordings; UPDATE=new
// begins them anew.
func TestARealClusterDoesWhatIsRecorded(t *testing.T) {
	path := os.Getenv("PODIUM_CONFORMANCE_KUBECONFIG")
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	player := newPlayer(t, &cluster.Cluster{Name: "kind", Provider: "kind", Namespace: "default", Config: config, Kubeconfig: path})
	all := chosen(t)
	warmUp(t, player)
	update := os.Getenv("UPDATE")
	known, err := Known(recordings)
	if err != nil {
		t.Fatal(err)
	}
	results := perform(t.Context(), all, 8, func(ctx context.Context, s Scenario, attempt int) (Verdict, error) {
		recorded, err := Read(goldenFile(s))
		if err != nil {
			return Verdict{}, err
		}
		tracks, err := player.Play(ctx, s, namespaceOf(s, attempt), func(t Tracks) bool {
			return update == "" && Compare(recorded, t, s.Endless, known).Equal()
		})
		keep(s, attempt, tracks)
		if err != nil {
			return Verdict{}, err
		}
		if update == "" {
			return Compare(recorded, tracks, s.Endless, known), nil
		}
		if update == "new" {
			recorded = Tracks{}
		}
		recorded.Merge(tracks)
		return Verdict{}, recorded.Write(goldenFile(s))
	})
	judge(t, all, results)
}
