package panes

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"podium/i18n"
)

// unplaced draws the pods that have no node yet, and what the scheduler says
// about the first of them, in at most so many rows of the board's.
func (b *Board) unplaced(s Scene, m manner, width, height, most int) ([]string, []spot) {
	if height < 3 {
		return nil, nil
	}
	if len(b.waiting.groups) == 0 {
		return noPods(s, width, height), nil
	}
	t := s.Theme
	m.zoom, m.width = tight, width
	p := painter{block: newBlock(width, t.Ellipsis, false), t: t, m: m, home: s.Lab.Namespace, glowing: b.waiting.glowing}
	n, reason := 0, ""
	for _, g := range b.waiting.groups {
		n += len(g.tiles)
		for _, tile := range g.tiles {
			if reason == "" {
				reason = scheduler(tile.pod)
			}
		}
	}
	if height >= 9 {
		p.begin()
		p.finish()
	}
	if height >= 6 {
		p.begin()
		p.put(t.Inks.Strong, s.Lang.Say(i18n.M("board.unplaced", "Count", n)))
		p.finish()
	}
	room := max(1, most)
	for _, g := range b.waiting.groups {
		p.tiles(g)
	}
	if len(p.rows) > room-1 {
		p.rows = p.rows[:max(1, room-1)]
	}
	why := wrap(reason, width-1)
	for i, row := range why {
		if len(p.rows) == max(room, 2) {
			break
		}
		if len(p.rows) == max(room, 2)-1 {
			row = strings.Join(why[i:], " ") // cut where it ends, not where it broke
		}
		p.word(t.Inks.Faint, row)
	}
	var spots []spot
	for _, sp := range p.spots {
		if sp.y < len(p.rows) {
			spots = append(spots, sp)
		}
	}
	return p.rows, spots
}

// noPods says that the learner's namespace is empty, where there is room.
func noPods(s Scene, width, height int) []string {
	if height < 9 || s.Lab.Namespace == "" {
		return nil
	}
	for _, p := range s.Snapshot.Pods {
		if p.Namespace == s.Lab.Namespace {
			return nil
		}
	}
	l := newLine(width, s.Theme.Ellipsis)
	l.put(s.Theme.Inks.Faint, s.Lang.Say(i18n.M("board.nopods", "Namespace", Clean(s.Lab.Namespace))))
	return []string{l.end()}
}

// scheduler returns why a pod has no node, in the scheduler's own words.
func scheduler(p *corev1.Pod) string {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			// What follows is what could not be taken from others for it: seldom of use.
			why, _, _ := strings.Cut(Clean(c.Message), " preemption:")
			why, _, _ = strings.Cut(why, " no new claims to deallocate")
			return why
		}
	}
	return ""
}
