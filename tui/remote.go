package tui

import (
	"context"
	"image"
	"io"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// A Remote is a terminal that isn't this process's own.
type Remote struct {
	In    io.Reader
	Out   io.Writer
	Env   []string // what says which colours it draws: TERM, COLORTERM
	Size  image.Point
	Sizes <-chan image.Point // what its size becomes, until it is closed
}

// remoteFPS is how often a remote terminal is written to at most: there may be
// dozens of them.
const remoteFPS = 12

func (r *Remote) options() []tea.ProgramOption {
	return []tea.ProgramOption{
		tea.WithInput(r.In), tea.WithOutput(r.Out), tea.WithEnvironment(r.Env), tea.WithColorProfile(colorprofile.Env(r.Env)),
		tea.WithWindowSize(r.Size.X, r.Size.Y), tea.WithFPS(remoteFPS),
	}
}

// follow tells the program what the terminal's size becomes, until ctx ends.
func (r *Remote) follow(ctx context.Context, p *tea.Program) {
	for {
		select {
		case size, ok := <-r.Sizes:
			if !ok {
				return
			}
			p.Send(tea.WindowSizeMsg{Width: size.X, Height: size.Y})
		case <-ctx.Done():
			return
		}
	}
}
