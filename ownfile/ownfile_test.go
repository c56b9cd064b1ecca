package ownfile

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAFileIsReplacedWhole(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "progress.json")
	for _, text := range []string{"a longer first text", "second"} {
		if err := Write(file, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("read %q, %v", got, err)
		}
	}
	if err := Write(filepath.Join(dir, "nowhere", "file"), nil); err == nil {
		t.Error("a folder that isn't there was written to")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
