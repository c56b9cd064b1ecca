package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"podium": main})
}

// The whole program, as scripts that read like a session at a shell. Each has a
// home of its own; the control plane is the one that make build made.
func TestScripts(t *testing.T) {
	testscript.Run(t, scripts(t, filepath.Join("testdata", "script")))
}

// scripts are those of a folder, each with a home of its own.
func scripts(t *testing.T, dir string) testscript.Params {
	t.Helper()
	plane, err := filepath.Abs(filepath.Join("bin", "podium-plane"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(plane); err != nil {
		t.Fatalf("%v: run make build first", err)
	}
	return testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			// A unix socket's path has about a hundred bytes, which a test's
			// folder can exceed.
			home, err := os.MkdirTemp("", "podium")
			if err != nil {
				return err
			}
			env.Defer(func() { os.RemoveAll(home) })
			env.Setenv("PODIUM_HOME", home)
			env.Setenv("PODIUM_PLANE", plane)
			env.Setenv("BUILT", filepath.Join(filepath.Dir(plane), "podium")) // with the linker's versions
			env.Setenv("LANG", "en_US.UTF-8")
			return nil
		},
	}
}
