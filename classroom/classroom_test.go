//go:build !windows

package classroom

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"podium/cluster/record"
)

func TestAStandingIsFollowed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "standing.json")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	follow := Follow(ctx, file)
	teller := NewTeller(file)
	s := Standing{Open: true, Namespace: "lab", Place: record.Place{Lesson: "pod", Step: "make", Detail: []byte(`{"step":"make"}`)}, Number: 2, Steps: 5}
	for i := range 7 {
		s = s.With(record.Command{Line: strings.Repeat("k", i+1)})
		teller.Tell(s)
	}
	wait := func(done func(Standing) bool) Standing {
		limit := time.After(3 * time.Minute)
		for {
			select {
			case got := <-follow:
				if done(got) {
					return got
				}
			case <-limit:
				t.Fatal("nothing was told")
			}
		}
	}
	got := wait(func(s Standing) bool { return s.Ran == 7 })
	if len(got.Commands) != MostCommands || got.Commands[4].Line != "kkkkkkk" || got.Place.Step != "make" {
		t.Errorf("%+v", got)
	}
	if news := got.News(5); len(news) != 2 || news[0].Line != "kkkkkk" {
		t.Errorf("%+v", news)
	}
	if news := got.News(100); len(news) != MostCommands {
		t.Errorf("another podium's: %+v", news)
	}
	teller.Close()
	teller.Tell(s) // too late, and no harm
	if got := wait(func(s Standing) bool { return !s.Open }); got.Ran != 7 {
		t.Errorf("%+v", got)
	}
	cancel()
	for range follow { // until it is closed
	}
}

func TestWhoTellsNothingWritesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "standing.json")
	NewTeller(file).Close()
	if _, err := os.Stat(file); err == nil {
		t.Error("a standing of nobody")
	}
}

func TestAHostileFileHurtsNobody(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(secret, `{"open":true}`)
	file := filepath.Join(dir, "standing.json")
	if err := os.Symlink(secret, file); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file); err == nil {
		t.Error("a link was followed")
	}
	_ = os.Remove(file)
	if err := syscall.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file); err == nil {
		t.Error("a pipe was read")
	}
	_ = os.Remove(file)
	write(file, `{"open":true,"namespace":"`+strings.Repeat("x", largest)+`"}`)
	if _, err := Read(file); err == nil {
		t.Error("any size was read")
	}
	write(file, `{"open":true,"ran":-5,"number":99,"steps":-1,"place":{"lesson":"a\u001b[2J","detail":{"reply":{"Args":{"Text":"\u001b]0;x\u0007y"}}}},"commands":[{"line":"\u001b[31mred"},{},{},{},{},{},{},{"line":"b\u009b2J"}]}`)
	s, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if s.Steps != 0 || s.Number > 1 || s.Ran != MostCommands || len(s.Commands) != MostCommands || s.Commands[4].Line != "b2J" || s.Place.Lesson != "a[2J" ||
		strings.Contains(string(s.Place.Detail), `\u001b`) || !strings.Contains(string(s.Place.Detail), "]0;xy") {
		t.Errorf("%+v %s", s, s.Place.Detail)
	}
}

func TestStuck(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	at := func(minutes int, met bool, exits ...int) Learner {
		l := Learner{Name: "min", Present: true, Standing: Standing{Open: true, Since: now.Add(-time.Duration(minutes) * time.Minute)}}
		l.Place = record.Place{Lesson: "pod", Step: "make", Met: met}
		for _, exit := range exits {
			l.Standing = l.With(record.Command{Line: "k", Exit: exit, Ended: now})
		}
		return l
	}
	away := at(9, false)
	away.Present = false
	for name, c := range map[string]struct {
		l    Learner
		want bool
	}{
		"just begun":        {at(1, false), false},
		"long":              {at(6, false), true},
		"long, but met":     {at(6, true), false},
		"away":              {away, false},
		"three failures":    {at(1, false, 0, 1, 1, 1), true},
		"two failures":      {at(1, false, 1, 1), false},
		"mended in between": {at(1, false, 1, 0, 1, 1), false},
	} {
		if got := c.l.Stuck(now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
