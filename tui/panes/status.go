package panes

import (
	"strings"

	"charm.land/bubbles/v2/key"

	"podium/i18n"
	"podium/tui/theme"
)

// A Header draws the screen's first row: where the learner is, and on which
// cluster. What stands in it seldom changes, so it is kept.
type Header struct {
	from heading
	row  string
}

// A heading is what a header is drawn from while the cluster is there.
type heading struct {
	place, moment, provider, namespace string
	width                              int
	readOnly                           bool
	nodes                              list
	lang                               i18n.Language
	theme                              theme.Key
}

// View returns the row.
func (h *Header) View(s Scene, place string, width int) string {
	if !s.Lab.Ready || !s.Lab.Lost.IsZero() || !s.Failed.IsZero() {
		h.from = heading{}
		return header(s, place, width)
	}
	now := heading{
		place: place, provider: s.Lab.Provider, namespace: s.Lab.Namespace, width: width, readOnly: s.Lab.ReadOnly,
		nodes: listOf(s.Snapshot.Nodes), lang: s.Lang, theme: s.Theme.Key(),
	}
	if s.Then != nil {
		now.moment = Moment(s)
	}
	if now != h.from {
		h.from, h.row = now, header(s, place, width)
	}
	return h.row
}

func header(s Scene, place string, width int) string {
	left := " " + s.Theme.Accent.Bold(true).Render("podium")
	if s.Then != nil {
		left += "  " + s.Theme.Chosen.Render(" "+Moment(s)+" ")
	}
	if place != "" {
		left += "  " + s.Theme.Strong.Render(place)
	}
	right := clusterState(s) + "  " + s.Theme.Faint.Render(string(s.Lang)) + " "
	free := width - Cells(left) - Cells(right)
	if free < 1 {
		right = s.Theme.Faint.Render(string(s.Lang)) + " "
		free = width - Cells(left) - Cells(right)
	}
	return Fit(left+strings.Repeat(" ", max(0, free))+right, width, s.Theme.Ellipsis)
}

// clusterState says in a few words what the cluster is or is doing.
func clusterState(s Scene) string {
	dot := s.Theme.Faint.Render(" " + s.Theme.Dot + " ")
	name := s.Theme.Calm.Render(Clean(s.Lab.Provider))
	switch {
	case !s.Lab.Lost.IsZero():
		return s.Theme.Bad.Render(s.Theme.Broken + " " + s.Lang.Say(i18n.M("tui.lab.gone")))
	case !s.Failed.IsZero():
		return s.Theme.Bad.Render(s.Theme.Broken + " " + s.Lang.Say(i18n.M("tui.lab.failed")))
	case !s.Lab.Ready:
		doing := s.Lang.Say(i18n.M("tui.lab.starting"))
		if !s.Lab.Stage.Message.IsZero() {
			doing = s.Lang.Say(s.Lab.Stage.Message)
		}
		return name + dot + s.Theme.Waiting.Render(s.Theme.Unmet+" "+Clean(doing)+" "+seconds(s.Lab.Stage))
	}
	planes, workers := 0, 0
	for _, n := range s.Snapshot.Nodes {
		if _, control := n.Labels["node-role.kubernetes.io/control-plane"]; control {
			planes++
		} else {
			workers++
		}
	}
	text := name
	if planes+workers > 0 {
		text += dot + s.Theme.Faint.Render(s.Lang.Say(i18n.M("tui.lab.nodes", "Planes", planes, "Count", workers)))
	}
	if s.Lab.ReadOnly {
		text += dot + s.Theme.Waiting.Render(s.Lang.Say(i18n.M("tui.lab.watching")))
	}
	return text + dot + s.Theme.Faint.Render("ns ") + s.Theme.Calm.Render(Clean(s.Lab.Namespace))
}

// Footer draws the screen's last row: the keys that work now as far as there is
// room, or a sentence if there is one to say, which may take more rows.
func Footer(s Scene, keys []key.Binding, status i18n.Message, width int) string {
	if !status.IsZero() {
		return spoken(s, status, width)
	}
	row := " "
	used := 1
	for _, k := range keys {
		help := k.Help()
		n := cells(help.Key) + cells(help.Desc) + 3
		if help.Key == "" || used+n > width {
			continue
		}
		row += s.Theme.Accent.Render(help.Key) + " " + s.Theme.Faint.Render(help.Desc) + "  "
		used += n
	}
	return Fit(row, width, "")
}

// spoken is a sentence of the screen's own in as many rows as it needs.
func spoken(s Scene, status i18n.Message, width int) string {
	mark := " " + s.Theme.Waiting.Render(s.Theme.Here) + " "
	var rows []string
	for _, row := range wrap(Clean(s.Lang.Say(status)), width-4) {
		rows = append(rows, Fit(mark+s.Theme.Strong.Render(row), width, ""))
		mark = "   "
	}
	return strings.Join(rows, "\n")
}

// TooSmall fills a screen that has no room for anything with a sentence.
func TooSmall(s Scene, width, height, needWidth, needHeight int) string {
	text := s.Lang.Say(i18n.M("tui.too-small", "Width", needWidth, "Height", needHeight))
	rows := wrap(text, width)
	for i := range rows {
		rows[i] = Fit(rows[i], width, "")
	}
	return stack(rows, 0, width, max(1, height))
}
