package prompt

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folderOf writes files into a new folder.
func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	webNow   = "kind: Pod\nmetadata:\n  name: web\nspec:\n  image: nginx:1.27\n"
	webThen  = "kind: Pod\nmetadata:\n  name: web\nspec:\n  image: nginx:1.28\n"
	webShown = "--- pod/web as it is\n+++ pod/web after apply\n@@ -2,4 +2,4 @@\n metadata:\n   name: web\n spec:\n-  image: nginx:1.27\n+  image: nginx:1.28\n"
)

func TestDiffOfFoldersShowsWhatApplyWouldChange(t *testing.T) {
	for _, test := range []struct {
		name      string
		now, then map[string]string
		want      string
		code      int
	}{
		{"nothing", map[string]string{"v1.Pod.lab.web": webNow}, map[string]string{"v1.Pod.lab.web": webNow}, "", 0},
		{"a field", map[string]string{"v1.Pod.lab.web": webNow}, map[string]string{"v1.Pod.lab.web": webThen}, webShown, 1},
		{
			"a new object", nil, map[string]string{"x": "kind: Pod\n"},
			"--- pod/ isn't there yet\n+++ pod/ after apply\n@@ -0,0 +1 @@\n+kind: Pod\n", 1,
		},
		{
			"no YAML, and what commands a terminal", nil, map[string]string{"x": "a\x1b[2Jb\u009b\n"},
			"--- x isn't there yet\n+++ x after apply\n@@ -0,0 +1 @@\n+ab\n", 1,
		},
	} {
		var out bytes.Buffer
		code, err := diffFolders(&out, folderOf(t, test.now), folderOf(t, test.then), "en", false)
		if err != nil || code != test.code || out.String() != test.want {
			t.Errorf("%s: %d %v\n%s", test.name, code, err, out.String())
		}
	}
	if code := DiffMain([]string{"/nowhere/a", "/nowhere/b"}, "ko"); code != trouble {
		t.Errorf("folders that aren't there: %d", code)
	}
}

func TestDiffHasColoursOnATerminal(t *testing.T) {
	var out bytes.Buffer
	if _, err := diffFolders(&out, folderOf(t, map[string]string{"x": webNow}), folderOf(t, map[string]string{"x": webThen}), "ko", true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[1m--- pod/web 현재\x1b[0m\n", "\x1b[36m@@", "\x1b[31m-  image: nginx:1.27\x1b[0m\n", "\x1b[32m+  image: nginx:1.28\x1b[0m\n", "\n   name: web\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q lacks %q", out.String(), want)
		}
	}
}

func TestDiffComparesTwoFiles(t *testing.T) {
	o := lab(t)
	if err := os.WriteFile(filepath.Join(o.Folder, "new.yaml"), []byte("kind: Pod\nname: web\nimage: nginx:1.28\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	change := "--- web.yaml\n+++ new.yaml\n@@ -1,3 +1,3 @@\n kind: Pod\n name: web\n-image: nginx:1.27\n+image: nginx:1.28\n"
	for _, test := range []run{
		{"diff web.yaml new.yaml", change, 1},
		{"diff -u web.yaml new.yaml | grep 1.28", "+image: nginx:1.28\n", 0},
		{"cat new.yaml | diff web.yaml - | tail -1", "+image: nginx:1.28\n", 0},
		{"diff web.yaml in", "", 0},
		{"diff web.yaml", "Which two files? Type diff web.yaml web-new.yaml; what apply would change shows kubectl diff -f web.yaml.\n", 1},
		{"diff -f web.yaml", "That is kubectl's to do: type kubectl diff -f web.yaml (k is short for kubectl).\n", 1},
		{"diff web.yaml out", "out is outside the lesson's folder: name files in it only, without / or .. in front.\n", 1},
	} {
		test.check(t, o)
	}
}
