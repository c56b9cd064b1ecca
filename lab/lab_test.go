package lab

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"podium/cluster"
	"podium/cluster/traffic"
)

func snapshot(seq uint64) cluster.Snapshot {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web", Generation: int64(seq)}}
	return cluster.Snapshot{Seq: seq, Changes: []cluster.Change{{Verb: cluster.Modified, Object: pod}}}
}

func TestEveryReaderOfAHubGetsEveryChangeHoweverLateItReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		stream := make(chan cluster.Snapshot)
		hub := Follow(stream)
		early := hub.Subscribe(ctx)
		for seq := range uint64(100) {
			stream <- snapshot(seq)
		}
		synctest.Wait()
		late := hub.Subscribe(ctx)
		if s := <-late; s.Seq != 99 || len(s.Changes) != 0 {
			t.Errorf("a late reader begins at %d with %d changes, want 99 with none", s.Seq, len(s.Changes))
		}
		s := <-early
		if s.Seq != 99 || len(s.Changes) != 100 {
			t.Fatalf("the early reader got state %d with %d changes, want 99 with 100", s.Seq, len(s.Changes))
		}
		for i, c := range s.Changes {
			if c.Object.GetGeneration() != int64(i) {
				t.Fatalf("change %d is number %d", i, c.Object.GetGeneration())
			}
		}
		cancel()
		synctest.Wait()
		if _, open := <-late; open {
			t.Error("the channel outlives its context")
		}
		close(stream)
		synctest.Wait()
		if _, open := <-hub.Subscribe(t.Context()); open {
			t.Error("a hub whose stream ended hands out a stream")
		}
	})
}

func TestPlacingFilesKeepsTheLearnersWork(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	if err := Place(folder, map[string]string{"web.yaml": "a: 1\n"}, Restore); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "web.yaml"), []byte("a: 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Place(folder, map[string]string{"web.yaml": "a: 1\n"}, Restore); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"web.yaml": "a: 1\n", "web.yaml.yours": "a: 2\n"} {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
		}
	}
	if err := Place(folder, map[string]string{"web.yaml": "a: 3\n"}, Keep); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "web.yaml")); err != nil || string(got) != "a: 1\n" {
		t.Errorf("Keep left %q (%v)", got, err)
	}
	if err := Place(folder, map[string]string{"../escape": "x"}, Restore); err == nil {
		t.Error("a lesson wrote outside its folder")
	}
}

func TestTrafficHasRecoveredWhenTheNewestAnswersAreGoodAgain(t *testing.T) {
	good, bad, open := traffic.Bucket{Answered: 5}, traffic.Bucket{Failed: 5}, traffic.Bucket{}
	for name, test := range map[string]struct {
		stats traffic.Stats
		want  bool
	}{
		"nothing sent":       {traffic.Stats{}, false},
		"never failed":       {traffic.Stats{Buckets: []traffic.Bucket{good}}, false},
		"failing":            {traffic.Stats{Failed: 5, Buckets: []traffic.Bucket{good, bad}}, false},
		"good again":         {traffic.Stats{Failed: 5, Buckets: []traffic.Bucket{bad, good}}, true},
		"good, none pending": {traffic.Stats{Failed: 5, Buckets: []traffic.Bucket{bad, good, open}}, true},
	} {
		if got := Load(test.stats).Recovered; got != test.want {
			t.Errorf("%s: recovered is %v", name, got)
		}
	}
}

func TestAServiceAnswersWhenAWholeSecondOfRequestsIsGood(t *testing.T) {
	good, bad, open := traffic.Bucket{Answered: 5}, traffic.Bucket{Failed: 5}, traffic.Bucket{}
	for name, test := range map[string]struct {
		buckets []traffic.Bucket
		want    bool
	}{
		"nothing sent":   {nil, false},
		"too short":      {[]traffic.Bucket{good, good, good}, false},
		"a second":       {[]traffic.Bucket{bad, good, good, good, good}, true},
		"the end fails":  {[]traffic.Bucket{good, good, good, good, bad}, false},
		"one in between": {[]traffic.Bucket{good, good, bad, good, good}, false},
		"none pending":   {[]traffic.Bucket{good, good, good, good, open}, true},
	} {
		if got := Load(traffic.Stats{Buckets: test.buckets}).Answered; got != test.want {
			t.Errorf("%s: answered is %v", name, got)
		}
	}
}
