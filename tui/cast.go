package tui

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"podium/i18n"
)

// A Cast is a span of a recording to be drawn frame by frame.
type Cast struct {
	From, To      time.Time
	Width, Height int
	Speed         float64 // 2 is twice as fast as it was
}

// castEvery is how far apart frames are, as they are shown.
const castEvery = time.Second / 10

// WriteCast draws o.Replay as its screen would show it and writes what a
// terminal would have got, in asciinema's format
// (docs.asciinema.org/manual/asciicast/v2).
func WriteCast(ctx context.Context, o Options, c Cast, out io.Writer) error {
	m := New(ctx, o)
	defer m.end()
	m.Update(tea.WindowSizeMsg{Width: c.Width, Height: c.Height})
	m.Update(m.loadProgress()())
	m.Update(m.replay()())
	m.past.playing, m.past.speed = true, nearestSpeed(c.Speed)
	w := bufio.NewWriter(out)
	head, err := json.Marshal(map[string]any{
		"version": 2, "width": c.Width, "height": c.Height, "timestamp": c.From.Unix(), "title": "podium",
		"env": map[string]string{"TERM": "xterm-256color"},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s\n", head)
	var shown []string
	for after := time.Duration(0); ctx.Err() == nil; after += castEvery {
		at := c.From.Add(time.Duration(float64(after) * c.Speed))
		last := !at.Before(c.To)
		if last {
			at = c.To
		}
		moment, err := o.Replay.Seek(at)
		if err != nil {
			return err
		}
		m.Update(momentMsg{number: m.past.number, at: moment, moved: true})
		rows := strings.Split(m.View().Content, "\n")
		if text := repaint(shown, rows); text != "" {
			event, err := json.Marshal([]any{after.Seconds(), "o", text})
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "%s\n", event)
		}
		if shown = rows; last {
			break
		}
	}
	if err := w.Flush(); err != nil {
		return i18n.Errorf(err, i18n.M("cli.export-unwritable", "Problem", err.Error()))
	}
	return ctx.Err()
}

// repaint is what makes a terminal that shows the old rows show the new ones.
func repaint(old, rows []string) string {
	var b strings.Builder
	if old == nil {
		b.WriteString("\x1b[?25l\x1b[2J")
	}
	for y, row := range rows {
		if y >= len(old) || old[y] != row {
			fmt.Fprintf(&b, "\x1b[%d;1H%s\x1b[m", y+1, row)
		}
	}
	return b.String()
}

// nearestSpeed is the speed that the timeline names.
func nearestSpeed(speed float64) int {
	nearest := 0
	for i, s := range speeds {
		if s <= speed {
			nearest = i
		}
	}
	return nearest
}
