//go:build realkind

package kind

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"podium/cluster"
	"podium/cluster/clustertest"
)

// These tests make real clusters: `make test-kind`. They need a container
// engine and the lessons' images.

// remains lists the containers, volumes, networks and processes of a cluster
// that are there and were not before.
func remains(t *testing.T, name string, before []string) []string {
	t.Helper()
	var left []string
	known := map[string]bool{}
	for _, line := range before {
		known[line] = true
	}
	for _, line := range everything(t, name) {
		if !known[line] {
			left = append(left, line)
		}
	}
	return left
}

func everything(t *testing.T, name string) []string {
	t.Helper()
	e, err := New(Options{Home: t.TempDir()}).engine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	var all []string
	for _, args := range [][]string{
		{"ps", "-a", "--filter", "label=" + labelCluster + "=" + name, "--format", "container {{.Names}} {{.Status}}"},
		{"network", "ls", "--format", "network {{.Name}}"},
		{"volume", "ls", "--format", "volume {{.Name}}"},
	} {
		listed, err := e.run(ctx, args...)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, lines(listed)...)
	}
	return all
}

func TestKindKeepsAProvidersPromises(t *testing.T) {
	dir, name := filepath.Join(t.TempDir(), "kind"), fmt.Sprintf("podium-test-%d", os.Getpid())
	before := everything(t, name)
	clustertest.Run(t, clustertest.Provider{
		New:     func() cluster.Keeper { return New(Options{Home: dir, Cluster: name, Workers: 1}) },
		Home:    dir,
		Remains: func(t *testing.T) []string { return remains(t, name, before) },
		Stages:  8,
	})
}

// TestACancelLeavesNothing cancels at twenty random moments of a creation.
func TestACancelLeavesNothing(t *testing.T) {
	name := fmt.Sprintf("podium-cancel-%d", os.Getpid())
	before := everything(t, name)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for i := range 20 {
		dir := filepath.Join(t.TempDir(), "kind")
		// Most of what can go wrong happens while containers come into being: half
		// of the moments fall into the first ten seconds.
		span := []time.Duration{10 * time.Second, 40 * time.Second}[i%2]
		moment := time.Duration(random.Int64N(int64(span)))
		ctx, cancel := context.WithTimeout(t.Context(), moment)
		var at []string
		c, err := New(Options{Home: dir, Cluster: name, Workers: 1}).Open(ctx, func(s cluster.Stage) {
			if !s.Done {
				at = append(at, s.Message.ID)
			}
		})
		cancel()
		if c != nil { // faster than the moment: then it is deleted
			_ = c.Close(context.Background())
			if err := New(Options{Home: dir, Cluster: name}).Delete(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", moment, err)
		}
		stage := "nothing"
		if len(at) > 0 {
			stage = strings.TrimPrefix(at[len(at)-1], "kind.stage.")
		}
		t.Logf("%2d: cancelled after %6.2f s, at %s", i+1, moment.Seconds(), stage)
		if left := remains(t, name, before); len(left) > 0 {
			t.Errorf("after %v, at %s: left %v", moment, stage, left)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			files, _ := os.ReadDir(dir)
			t.Errorf("after %v, at %s: left files %v", moment, stage, files)
		}
	}
}
