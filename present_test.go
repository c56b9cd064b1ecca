package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"podium/talk"
)

// talkLimit is how long the first steps of a talk may take on a machine that does
// much else; alone it takes twenty seconds.
const talkLimit = 4 * time.Minute

// A talk is given by one key on a control plane of its own, which is gone
// afterwards. Whoever gives it presses the key until the cluster has done its
// part, as this does.
func TestATalkIsGivenByOneKeyAndLeavesNothing(t *testing.T) {
	term := open(t, 120, 40, "present", "rollouts", "--pace", "0")
	defer term.close()
	said := func(keys string) {
		if _, err := term.pty.Write([]byte(keys)); err != nil {
			t.Fatal(err)
		}
	}
	h := home(term.home)
	stream, err := talk.Follow(t.Context(), h.live())
	if err != nil {
		t.Fatal(err)
	}
	const pageDown, f10, last = "\x1b[6~", "\x1b[21~", 3 // the fourth step scales, after a question
	limit := time.After(talkLimit)
	for live := (talk.Live{}); live.Step < last || !live.Met; {
		select {
		case live = <-stream:
		case <-time.After(time.Second / 2): // nothing moves: the speaker does
			switch {
			case live.Lesson == "" || live.Doing != "":
			case live.Step == 2 && !live.Met:
				said("2" + pageDown)
			default:
				said(pageDown)
			}
		case <-limit:
			t.Fatalf("at %+v the screen shows\n%s", live, term.screen.String())
		}
	}
	term.until(t, "4 ready of 4", talkLimit)
	if !talk.UnderWay(h.live()) {
		t.Error("no talk is under way")
	}
	said(f10)
	term.until(t, "once more ends the talk", talkLimit)
	said(f10)
	if err := term.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, term.screen.String())
	}
	if _, err := os.Stat(filepath.Join(string(h.talks()), "sim")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the talk's control plane is still there: %v", err)
	}
	var live talk.Live
	if talk.Read(h.live(), &live); !live.Ended || talk.UnderWay(h.live()) {
		t.Errorf("the notes were told %+v", live)
	}
}
