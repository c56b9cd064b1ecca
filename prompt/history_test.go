package prompt

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestHistorySurvives(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "history")
	h, err := OpenHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"one", "한글 <<'E'\nline\nE", "  ", "two", "two", "three"} {
		if err := h.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	again, err := OpenHistory(path)
	want := []string{"one", "한글 <<'E'\nline\nE", "two", "three"}
	if err != nil || !slices.Equal(again.Entries(), want) || !slices.Equal(h.Entries(), want) {
		t.Errorf("read back %q, %v", again.Entries(), err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestATornTailCostsOneEntry(t *testing.T) {
	for name, tail := range map[string]string{
		"half a string": `"tw`, "garbage": "\x00\x00\xff", "half a character": "\"\xed\x95", "another type": "12\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history")
			if err := os.WriteFile(path, []byte("\"one\"\n"+tail), 0o600); err != nil {
				t.Fatal(err)
			}
			h, err := OpenHistory(path)
			if err != nil || !slices.Equal(h.Entries(), []string{"one"}) {
				t.Fatalf("read %q, %v", h.Entries(), err)
			}
			if err := h.Add("three"); err != nil {
				t.Fatal(err)
			}
			again, err := OpenHistory(path)
			if err != nil || !slices.Equal(again.Entries(), []string{"one", "three"}) {
				t.Errorf("read %q, %v", again.Entries(), err)
			}
		})
	}
}

func TestHistoryIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var all strings.Builder
	for i := range historyEntries + historySlack + 1 {
		fmt.Fprintf(&all, "\"%d\"\n", i)
	}
	if err := os.WriteFile(path, []byte(all.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := OpenHistory(path)
	if err != nil || len(h.Entries()) != historyEntries {
		t.Fatalf("%d entries, %v", len(h.Entries()), err)
	}
	data, err := os.ReadFile(path)
	if lines := strings.Count(string(data), "\n"); err != nil || lines != historyEntries {
		t.Errorf("%d lines in the file, %v", lines, err)
	}
	if err := h.Add("newest"); err != nil || len(h.Entries()) != historyEntries {
		t.Errorf("%d entries after one more, %v", len(h.Entries()), err)
	}
}

func TestSeveralPodiumsShareAHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			h, err := OpenHistory(path)
			for j := range 25 {
				if err == nil {
					err = h.Add(fmt.Sprint(i, "-", j))
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if h, err := OpenHistory(path); err != nil || len(h.Entries()) != 100 {
		t.Errorf("%d entries, %v", len(h.Entries()), err)
	}
}

func TestAHistoryThatCantBeKeptWorksInMemory(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h, _ := OpenHistory(filepath.Join(blocked, "history"))
	if err := h.Add("one"); err == nil || !strings.Contains(err.Error(), "check the folder's permissions") {
		t.Errorf("error %v", err)
	}
	if !slices.Equal(h.Entries(), []string{"one"}) {
		t.Errorf("entries %q", h.Entries())
	}
}
