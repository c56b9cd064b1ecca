package talk

import (
	"context"
	"path/filepath"
	"testing"
)

func TestWhoFollowsATalkIsToldOfEveryChangeInTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "present", "live.json")
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := Follow(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if first := <-stream; first.Lesson != "" {
		t.Errorf("before the talk: %+v", first)
	}
	for step := range 20 {
		if err := Write(path, Live{Lesson: "pod", Step: step}); err != nil {
			t.Fatal(err)
		}
	}
	for live := range stream {
		if live.Step == 19 {
			break
		}
	}
	if err := Write(path, Live{Lesson: "pod", Step: 19, Ended: true}); err != nil {
		t.Fatal(err)
	}
	for live := range stream {
		if live.Ended {
			break
		}
	}
	cancel()
	for range stream { // closed
	}
}

func TestAPlaceIsRememberedAndADamagedOneForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pod.json")
	place := Place{Pace: 2}
	if Read(path, &place); place.Pace != 2 {
		t.Errorf("nothing became %+v", place)
	}
	if err := Write(path, Place{Marks: []string{"create"}, Pace: 1}); err != nil {
		t.Fatal(err)
	}
	if Read(path, &place); place.Pace != 1 || len(place.Marks) != 1 {
		t.Errorf("remembered %+v", place)
	}
}
