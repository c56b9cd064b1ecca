package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"github.com/charmbracelet/x/xpty"
)

// The first frame is whole and leaves the cursor where the shell left it.
func TestTheFirstFrameIsDrawnBeforeBubbleTeaBegins(t *testing.T) {
	const width, height = 80, 24
	pty, err := xpty.NewPty(width, height)
	if err != nil {
		t.Fatal(err)
	}
	defer pty.Close()
	unix, ok := pty.(*xpty.UnixPty)
	if !ok {
		return // a console of Windows has no file to draw on
	}
	m := New(t.Context(), Options{Provider: "sim", Look: Look{Background: Dark}})
	g := &guard{model: m}
	defer m.end()
	drawn := make(chan struct{})
	go func() {
		defer close(drawn)
		g.first(unix.Slave())
	}()

	screen := vt.NewEmulator(width, height)
	buffer := make([]byte, 4096)
	for !strings.Contains(screen.String(), "F1 help") {
		n, err := pty.Read(buffer)
		if err != nil {
			t.Fatalf("%v after:\n%s", err, screen.String())
		}
		_, _ = screen.Write(buffer[:n])
	}
	<-drawn
	if rows := strings.Split(screen.String(), "\n"); len(rows) != height || !strings.Contains(rows[0], "podium") {
		t.Errorf("drawn:\n%s", screen.String())
	}
}
