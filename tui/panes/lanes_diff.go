package panes

import (
	appsv1 "k8s.io/api/apps/v1"

	"podium/cluster"
	"podium/i18n"
)

// diffRows draws what a revision's template changed against the one before, line
// by line.
func diffRows(s Scene, d *appsv1.Deployment, chosen, width int) []string {
	t := s.Theme
	revisions := s.Snapshot.Lanes(d)
	if len(revisions) == 0 {
		return nil
	}
	i := max(0, min(chosen, len(revisions)-1))
	now := revisions[i]
	if i+1 == len(revisions) {
		id := "lanes.diff.none"
		if now.Revision <= 1 {
			id = "lanes.diff.first"
		}
		return wrapped(s, s.Lang.Say(i18n.M(id, "Number", now.Revision)), width)
	}
	before := revisions[i+1]
	head := newLine(width, t.Ellipsis)
	head.put(t.Inks.Calm, "- "+s.Lang.Say(i18n.M("lanes.revision", "Number", before.Revision)))
	head.space(2)
	head.put(t.Inks.Accent, "+ "+s.Lang.Say(i18n.M("lanes.revision", "Number", now.Revision)))
	rows := []string{head.end(), textRow(t, "", "", width)}
	lines := cluster.TemplateDiff(&before.ReplicaSet.Spec.Template, &now.ReplicaSet.Spec.Template)
	for _, line := range lines {
		ink, mark := t.Inks.Text, " "
		switch line.Mark {
		case '+':
			ink, mark = t.Inks.Accent, "+"
		case '-':
			ink, mark = t.Inks.Calm, "-"
		case '@':
			rows = append(rows, textRow(t, t.Inks.Faint, t.Ellipsis, width))
			continue
		}
		rows = append(rows, textRow(t, ink, mark+" "+Clean(line.Text), width))
	}
	if len(lines) == 0 {
		rows = append(rows, wrapped(s, s.Lang.Say(i18n.M("lanes.diff.same")), width)...)
	}
	return rows
}

// wrapped draws a sentence over as many rows as it takes.
func wrapped(s Scene, text string, width int) []string {
	var rows []string
	for _, row := range wrap(text, width) {
		rows = append(rows, textRow(s.Theme, s.Theme.Inks.Text, row, width))
	}
	return rows
}
