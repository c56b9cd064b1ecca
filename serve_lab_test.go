package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"podium/classroom"
	"podium/cluster/record"
	"podium/lessons"
)

func TestALearnersFolderHasRoomForSoMuch(t *testing.T) {
	dir := t.TempDir()
	if err := roomLeft(filepath.Join(dir, "none")); err != nil {
		t.Errorf("before the first visit: %v", err)
	}
	if err := roomLeft(dir); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, largestFolder+1); err != nil { // takes no room on the disk
		t.Fatal(err)
	}
	if roomLeft(dir) == nil {
		t.Error("any size is kept")
	}
	if err := os.Remove(large); err != nil {
		t.Fatal(err)
	}
	for i := range mostFiles + 1 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if roomLeft(dir) == nil {
		t.Error("any number of files is kept")
	}
}

func TestWhoComesBackIsWhereTheyWere(t *testing.T) {
	h := &hall{home: home(t.TempDir()), lessons: []lessons.Lesson{{ID: "pod"}}}
	was := func(lesson string, number int) []string {
		if err := os.MkdirAll(string(h.lab("min")), 0o700); err != nil {
			t.Fatal(err)
		}
		teller := classroom.NewTeller(h.lab("min").standing())
		teller.Tell(classroom.Standing{Open: true, Number: number, Steps: 3, Place: record.Place{Lesson: lesson}})
		teller.Close()
		return h.where("min")
	}
	if got := h.where("min"); got != nil {
		t.Errorf("at the first visit: %v", got)
	}
	if got := was("pod", 3); !slices.Equal(got, []string{"lesson", "pod"}) {
		t.Errorf("in a lesson: %v", got)
	}
	for _, other := range []string{"", "--provider=sim", "no-such"} {
		if got := was(other, 3); got != nil {
			t.Errorf("in %q: %v", other, got)
		}
	}
	if got := was("pod", 4); got != nil {
		t.Errorf("at a lesson's end: %v", got)
	}
}
