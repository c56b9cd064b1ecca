package tui

import (
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// first draws the first frame at once: Bubble Tea writes nothing before the
// first tick of its clock, a thirtieth of a second after it has begun, and then
// draws over this.
func (g *guard) first(out *os.File) {
	width, height, err := term.GetSize(out.Fd())
	if err != nil {
		return // there is no terminal, which Bubble Tea will say
	}
	profile := colorprofile.Detect(out, os.Environ())
	_, dressed := g.Update(tea.ColorProfileMsg{Profile: profile})
	_, sized := g.Update(tea.WindowSizeMsg{Width: width, Height: height})
	g.early = tea.Batch(dressed, sized)

	// Some terminals have one place to save the cursor in. Restored, it is saved
	// again as it was when Bubble Tea changes to the alternate screen.
	rows := strings.ReplaceAll(g.View().Content, "\n", "\r\n")
	w := colorprofile.Writer{Forward: out, Profile: profile}
	_, _ = w.WriteString(ansi.SetModeAltScreenSaveCursor + ansi.HideCursor + ansi.CursorHomePosition + rows + ansi.RestoreCursor)
}

// undoFirst takes the first frame off a terminal on which nothing else is drawn.
func undoFirst(out *os.File) {
	_, _ = out.WriteString(ansi.ResetModeAltScreenSaveCursor + ansi.ShowCursor)
}
