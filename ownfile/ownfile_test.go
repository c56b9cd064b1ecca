package ownfile

import (
	"os"
	"path/filepath"
	"reflect"
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

type kept struct {
	Version int            `json:"version"`
	Cards   map[string]int `json:"cards"`
}

func TestAValueComesBack(t *testing.T) {
	file := filepath.Join(t.TempDir(), "made", "cards.json")
	var none kept
	if aside, err := Load(file, 2, &none); aside != "" || err != nil || none.Version != 0 {
		t.Errorf("of no file: %+v, %q, %v", none, aside, err)
	}
	want := kept{2, map[string]int{"pod": 3}}
	if err := Save(file, want); err != nil {
		t.Fatal(err)
	}
	var got kept
	if aside, err := Load(file, 2, &got); aside != "" || err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("saved %+v, read %+v, %q, %v", want, got, aside, err)
	}
}

func TestWhatCantBeUnderstoodIsSetAside(t *testing.T) {
	for name, text := range map[string]string{
		"cut":      `{"version": 1, "cards": {"po`,
		"later":    `{"version": 3, "cards": {}}`,
		"nothing":  `{"cards": {}}`,
		"not ours": `{"version": 1, "cards": [1]}`,
	} {
		file := filepath.Join(t.TempDir(), "cards.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var v kept
		aside, err := Load(file, 2, &v)
		if aside == "" || err == nil {
			t.Errorf("%s: %q, %v", name, aside, err)
			continue
		}
		if data, err := os.ReadFile(aside); err != nil || string(data) != text {
			t.Errorf("%s: aside is %q, %v", name, data, err)
		}
		if _, err := os.Stat(file); !os.IsNotExist(err) {
			t.Errorf("%s: still there: %v", name, err)
		}
	}
}
