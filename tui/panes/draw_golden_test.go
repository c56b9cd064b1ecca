package panes

import (
	"os"
	"path/filepath"
	"testing"
)

// keepsGolden compares a drawing with the one kept in testdata. With UPDATE=1
// in the environment it is kept anew. What is kept can be looked at with cat.
func keepsGolden(t *testing.T, name, drawn string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	drawn += "\n"
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: keep it with UPDATE=1", err)
	}
	if string(kept) != drawn {
		t.Errorf("%s differs:\n%s\nwant\n%s", file, drawn, kept)
	}
}
