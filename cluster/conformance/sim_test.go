package conformance

import (
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"podium/cluster"
	"podium/cluster/kubectl"
	"podium/cluster/sim"
	"podium/cluster/watch"
)

var only = flag.String("scenario", "", "play these scenarios only, separated by commas")

// TestMain lets the test binary be podium's executable, whose child kubectl is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == kubectl.Word {
		os.Exit(kubectl.Main(os.Args[2:], kubectl.Sentences{}))
	}
	os.Exit(m.Run())
}

// newPlayer follows an open cluster until the test ends.
func newPlayer(t *testing.T, c *cluster.Cluster) *Player {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stream, err := watch.Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	first := <-stream.Snapshots()
	options := kubectl.Options{Kubeconfig: c.Kubeconfig, Home: t.TempDir(), Folder: t.TempDir()}
	p := &Player{Kubectl: func(ctx context.Context, namespace, input string, args ...string) (string, error) {
		if namespace != "" {
			args = append([]string{"--namespace", namespace}, args...)
		}
		child := kubectl.Command(ctx, options, args...)
		child.Stdin = strings.NewReader(input)
		out, err := child.CombinedOutput()
		return string(out), err
	}}
	for _, node := range first.Nodes {
		p.Nodes = append(p.Nodes, node.Name)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for snapshot := range stream.Snapshots() {
			p.Observe(snapshot.Changes)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return p
}

// chosen are the scenarios that the flag names, or all.
func chosen(t *testing.T) []Scenario {
	t.Helper()
	all, err := Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	if *only == "" {
		return all
	}
	var some []Scenario
	for _, s := range all {
		for _, name := range strings.Split(*only, ",") {
			if s.Name == name {
				some = append(some, s)
			}
		}
	}
	return some
}

// openSim opens a simulated cluster of two workers that runs fast.
func openSim(t *testing.T) *cluster.Cluster {
	t.Helper()
	plane := os.Getenv("PODIUM_PLANE")
	if plane == "" {
		plane = filepath.Join("..", "..", "bin", "podium-plane")
		if runtime.GOOS == "windows" {
			plane += ".exe"
		}
	}
	plane, err := filepath.Abs(plane)
	if err == nil {
		_, err = exec.LookPath(plane)
	}
	if err != nil {
		t.Fatalf("the scenarios are played on the real podium-plane: run `make build` first (%v)", err)
	}
	c, err := sim.New(sim.Options{Home: filepath.Join(t.TempDir(), "sim"), Plane: plane, Workers: 2, Speed: simSpeed}).Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// simSpeed is how much faster than life the simulated nodes are: a back-off of
// 20 s takes 4.
const simSpeed = 5

// plays is how often a scenario is played until one play equals a recording: on
// a busy machine a state of a few milliseconds may be passed over, on a real
// node as on a simulated one.
const plays = 3

func TestTheSimulatorDoesWhatARealClusterDid(t *testing.T) {
	player := newPlayer(t, openSim(t))
	all := chosen(t)
	warmUp(t, player)
	allowed, err := Differences()
	if err != nil {
		t.Fatal(err)
	}
	known, err := Known(recordings)
	if err != nil {
		t.Fatal(err)
	}
	results := perform(t.Context(), all, 12, func(ctx context.Context, s Scenario, attempt int) (Verdict, error) {
		recorded, err := Read(goldenFile(s))
		if err != nil {
			return Verdict{}, err
		}
		recorded, _ = recorded.Allowing(allowed, s.Name)
		compare := func(played Tracks) Verdict {
			played, _ = played.Allowing(allowed, s.Name)
			return Compare(recorded, played, s.Endless, known)
		}
		tracks, err := player.Play(ctx, s, namespaceOf(s, attempt), func(t Tracks) bool { return compare(t).Equal() })
		keep(s, attempt, tracks)
		return compare(tracks), err
	})
	judge(t, all, results)
}

// keep writes a play to the folder that PODIUM_PLAYS names, for a look at it.
func keep(s Scenario, attempt int, tracks Tracks) {
	if dir := os.Getenv("PODIUM_PLAYS"); dir != "" {
		_ = tracks.Write(filepath.Join(dir, namespaceOf(s, attempt)+".yaml"))
	}
}
