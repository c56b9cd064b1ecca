package tui

import (
	"context"
	"image"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// stillSize is what a picture holds that can still be read on a small page.
var stillSize = image.Pt(96, 28)

// Stills draws the cluster of o.Replay as it was at each of the given moments: the
// board, the revisions and what happened, without anything to work with.
func Stills(ctx context.Context, o Options, at []time.Time) ([]string, error) {
	m := New(ctx, o)
	defer m.end()
	m.past.still = true
	m.Update(tea.WindowSizeMsg{Width: stillSize.X, Height: stillSize.Y + 2}) // two rows are the header's and the footer's
	m.Update(m.loadProgress()())
	m.Update(m.replay()())
	var all []string
	for _, when := range at {
		moment, err := o.Replay.Seek(when)
		if err != nil {
			return nil, err
		}
		m.Update(momentMsg{number: m.past.number, at: moment, moved: true})
		rows := strings.Split(m.View().Content, "\n")
		all = append(all, strings.Join(rows[1:1+stillSize.Y], "\n"))
	}
	return all, ctx.Err()
}

// stillPlan is what a picture shows.
//
//	┌ board ─────┐
//	├ lanes ─────┤
//	├ traffic ───┤  while requests are sent
//	├ why ───────┤
//	└────────────┘
func stillPlan(body image.Rectangle, w wish) []tile {
	names := []string{"board", "lanes", "why"}
	shares := []share{{min: 7, weight: 3}, {min: 5, weight: 2}, {min: 5, weight: 2}}
	if w.load {
		names = []string{"board", "lanes", "traffic", "why"}
		shares = []share{{min: 6, weight: 3}, {min: 5, weight: 2}, {min: 4, weight: 1}, {min: 3, weight: 1}}
	}
	var tiles []tile
	for i, r := range rows(body, shares...) {
		tiles = append(tiles, tile{names[i], r})
	}
	return tiles
}
