package sim

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"podium/cluster"
)

// A fakePlane fails as often as the test says, and counts how often it was started.
const fakePlane = `#!/bin/sh
echo started >> "$2/tries"
if [ "$(wc -l < "$2/tries")" -le FAILURES ]; then
	echo '{"stage":"failed","error":"WHY"}'
	exit 1
fi
echo '{"stage":"ready"}'
exec cat
`

func TestAControlPlaneThatLackedTimeIsStartedOnceMore(t *testing.T) {
	const etcd = "error creating storage factory: context deadline exceeded"
	for name, tc := range map[string]struct {
		failures, why string
		started       int
		up            bool
	}{
		"at once":     {"0", etcd, 1, true},
		"too busy":    {"1", etcd, 2, true},
		"etcd late":   {"1", "etcd was not ready within 1m0s", 2, true},
		"still busy":  {"2", etcd, 2, false},
		"another why": {"1", "no space left on device", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			script := filepath.Join(dir, "plane.sh")
			if err := os.WriteFile(script, []byte(strings.NewReplacer("FAILURES", tc.failures, "WHY", tc.why).Replace(fakePlane)), 0o700); err != nil {
				t.Fatal(err)
			}
			var told []string
			report := func(s cluster.Stage) { told = append(told, s.Message.ID) }
			child, err := New(Options{Home: dir}).bringUp(t.Context(), script, false, newProgress(report, time.Now))
			if (err == nil) != tc.up {
				t.Errorf("up: %v", err)
			}
			if child != nil {
				if err := child.stop(t.Context()); err != nil && !errors.Is(err, os.ErrClosed) {
					t.Error(err)
				}
			}
			tries, err := os.ReadFile(filepath.Join(dir, "tries"))
			if err != nil || strings.Count(string(tries), "started") != tc.started {
				t.Errorf("started %q (%v), want %d times", tries, err, tc.started)
			}
			if slices.Contains(told, "sim.stage.again") != (tc.started > 1) {
				t.Errorf("told %q", told)
			}
		})
	}
}
