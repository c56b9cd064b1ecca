package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed is the architecture: which of podium's packages each may import.
// Package main, which ties them together, may import any.
var allowed = map[string][]string{
	"i18n":                            {},
	"manifests":                       {},
	"ownfile":                         {},
	"cluster":                         {"i18n"},
	"cluster/watch":                   {"cluster", "i18n"},
	"cluster/record":                  {"cluster", "i18n"},
	"cluster/traffic":                 {"cluster", "i18n"},
	"cluster/why":                     {"cluster", "i18n"},
	"cluster/kubectl":                 {"i18n"},
	"cluster/doctor":                  {"cluster/enginelog", "i18n"},
	"cluster/enginelog":               {},
	"cluster/kubeconfig":              {"cluster", "i18n", "ownfile"},
	"cluster/sim":                     {"cluster", "manifests", "i18n"},
	"cluster/kind":                    {"cluster", "cluster/enginelog", "cluster/tunnel", "manifests", "i18n", "ownfile"},
	"cluster/tunnel":                  {},
	"cluster/clustertest":             {"cluster", "cluster/watch"},
	"cluster/conformance":             {"cluster"},
	"cluster/sim/network":             {},
	"cluster/sim/pack":                {},
	"cluster/sim/kubelet":             {"cluster/sim/kubelet/sandbox", "cluster/sim/network", "manifests"},
	"cluster/sim/kubelet/sandbox":     {},
	"cluster/sim/plane":               {"cluster/tunnel", "cluster/sim/kubelet", "cluster/sim/network", "manifests"},
	"cluster/kind/testimages":         {"manifests"},
	"cluster/kind/testimages/standin": {},
	"classroom":                       {"cluster/record", "ownfile"},
	"confine":                         {},
	"serve":                           {"i18n", "ownfile"},
	"serve/servetest":                 {},
	"prompt":                          {"cluster/kubectl", "i18n"},
	"lessons":                         {"cluster", "cluster/record", "manifests", "i18n", "ownfile"},
	"handout":                         {"lessons", "i18n"},
	"recall":                          {"cluster", "lessons", "i18n", "ownfile"},
	"lab":                             {"cluster", "cluster/traffic", "lessons", "prompt", "i18n"},
	"talk":                            {"lessons", "i18n", "ownfile"},
	"linemode":                        {"cluster", "cluster/record", "cluster/why", "handout", "lab", "lessons", "prompt", "recall", "i18n"},
	"tui":                             {"classroom", "cluster", "lab", "talk", "cluster/record", "cluster/traffic", "cluster/watch", "cluster/why", "lessons", "prompt", "recall", "tui/panes", "tui/theme", "i18n", "ownfile"},
	"tui/panes":                       {"classroom", "cluster", "cluster/record", "cluster/traffic", "cluster/why", "lessons", "prompt", "recall", "tui/theme", "i18n"},
	"tui/theme":                       {},
	"tui/editor":                      {"tui/theme", "i18n"},
}

// confined says under which folder alone a library may be used, so that it
// can't leak through the architecture.
var confined = map[string]string{
	"charm.land/bubbletea":   "tui",
	"charm.land/lipgloss":    "tui",
	"charm.land/bubbles":     "tui",
	"k8s.io/kubernetes":      "cluster/sim/plane",
	"go.etcd.io/etcd":        "cluster/sim/plane",
	"k8s.io/kubectl":         "cluster/kubectl",
	"sigs.k8s.io/kind":       "cluster/kind",
	"github.com/google/cel-": "lessons",
	"charm.land/ssh":         "serve",
	"golang.org/x/crypto":    "serve",
	"github.com/landlock":    "confine",
}

// sources calls visit for every Go file of the project that isn't a test, with
// its folder as a slash path.
func sources(t *testing.T, visit func(file, dir string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && file != ".") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
			visit(file, filepath.ToSlash(filepath.Dir(file)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fileHead(t, file), "//go:build keepmods") {
		return nil // imports only to hold versions in go.mod
	}
	var names []string
	for _, spec := range f.Imports {
		names = append(names, strings.Trim(spec.Path.Value, `"`))
	}
	return names
}

func fileHead(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data[:min(len(data), 200)])
}

func TestPackagesImportOnlyWhatTheArchitectureAllows(t *testing.T) {
	sources(t, func(file, dir string) {
		ours, known := allowed[dir]
		if dir != "." && !known {
			t.Errorf("%s: package %q is not in the import table", file, dir)
			return
		}
		for _, name := range imports(t, file) {
			if inner, ok := strings.CutPrefix(name, "podium/"); ok && dir != "." && !slices.Contains(ours, inner) {
				t.Errorf("%s imports %s; %s may import only %v", file, name, dir, ours)
			}
			for library, home := range confined {
				under := dir == home || strings.HasPrefix(dir, home+"/")
				if strings.HasPrefix(name, library) && !under {
					t.Errorf("%s imports %s, which belongs under %s alone", file, name, home)
				}
			}
		}
	})
}

func TestFilesAndFunctionsStayShort(t *testing.T) {
	const mostLines, mostFunction, mostUpdate = 400, 60, 40
	sources(t, func(file, dir string) {
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n := set.Position(f.End()).Line; n > mostLines {
			t.Errorf("%s has %d lines, more than %d", file, n, mostLines)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line + 1
			most := mostFunction
			if dir == "tui" && fn.Name.Name == "Update" {
				most = mostUpdate
			}
			if n > most {
				t.Errorf("%s: %s has %d lines, more than %d", file, fn.Name.Name, n, most)
			}
		}
		for _, bad := range []string{"util", "utils", "common", "helper", "helpers", "manager"} {
			if strings.TrimSuffix(path.Base(filepath.ToSlash(file)), ".go") == bad || path.Base(dir) == bad {
				t.Errorf("%s is named for nothing: say what is in it", file)
			}
		}
	})
}

func TestNothingSleepsOrIsSkipped(t *testing.T) {
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || file == "main_test.go" {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(data), "\n") {
			for _, bad := range []string{"t.Skip", "TODO", "FIXME"} {
				if strings.Contains(line, bad) {
					t.Errorf("%s:%d: %s", file, i+1, strings.TrimSpace(line))
				}
			}
			if strings.Contains(line, "time.Sleep(") && !strings.Contains(line, "// fake clock") {
				t.Errorf("%s:%d sleeps: %s", file, i+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
