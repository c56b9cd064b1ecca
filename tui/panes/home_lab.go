package panes

import (
	"fmt"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// labRows say what there is to know of the cluster: whether it is up, and how
// to reach it from another terminal; while it comes up, its stages.
func labRows(s Scene, width, height int) []string {
	if !s.Lab.Ready && s.Lab.Lost.IsZero() {
		return stageRows(s, width, height)
	}
	state := s.Theme.Good.Render(s.Lang.Say(i18n.M("tui.lab.ready", "Count", len(s.Snapshot.Nodes))))
	switch {
	case !s.Lab.Lost.IsZero():
		state = s.Theme.Bad.Render(s.Lang.Say(s.Lab.Lost))
	case s.Lab.ReadOnly:
		state = s.Theme.Waiting.Render(s.Lang.Say(i18n.M("tui.lab.watching")))
	case len(s.Snapshot.Nodes) == 0:
		state = s.Theme.Waiting.Render(s.Lang.Say(i18n.M("tui.lab.listing")))
	}
	other := s.Lang.Next()
	facts := [][2]string{
		{"tui.lab.cluster", s.Theme.Strong.Render(Clean(s.Lab.Provider)) + "  " + state},
		{"tui.lab.language", s.Lang.Name() + s.Theme.Faint.Render("  F8 "+other.Name())},
	}
	export := ""
	if s.Lab.Kubeconfig != "" {
		facts = append(facts, [2]string{"tui.lab.elsewhere", s.Theme.Faint.Render(s.Lang.Say(i18n.M("tui.lab.own-tools")))})
		export = "export KUBECONFIG=" + Clean(s.Lab.Kubeconfig)
	}
	label := 0
	for _, f := range facts {
		label = max(label, cells(s.Lang.Say(i18n.M(f[0]))))
	}
	var rows []string
	for _, f := range facts {
		name := Fit(s.Lang.Say(i18n.M(f[0])), label, "")
		rows = append(rows, "   "+s.Theme.Faint.Render(name)+"  "+f[1])
	}
	for len(export) > 0 && len(rows) < height {
		n := min(len(export), max(10, width-6))
		rows = append(rows, "     "+s.Theme.Code.Render(export[:n]))
		export = export[n:]
	}
	return rows
}

// stageRows list the stages of opening, the newest ones where there is little
// room, each with how long it took.
func stageRows(s Scene, width, height int) []string {
	head := s.Lang.Say(i18n.M("tui.lab.opening", "Provider", s.Lab.Provider))
	rows := []string{"   " + s.Theme.Strong.Render(head)}
	stages := s.Lab.Stages
	if room := max(1, height-1); len(stages) > room {
		stages = stages[len(stages)-room:]
	}
	for i, stage := range stages {
		mark, style := s.Theme.Good.Render(s.Theme.Met), s.Theme.Faint
		if !stage.Done && i == len(stages)-1 {
			mark, style = s.Theme.Waiting.Render(s.Theme.Unmet), s.Theme.Text
		}
		text := Fit(s.Lang.Say(stage.Message), min(52, max(10, width-16)), s.Theme.Ellipsis)
		rows = append(rows, "   "+mark+" "+style.Render(text)+" "+s.Theme.Faint.Render(seconds(stage)))
	}
	return rows
}

func seconds(stage cluster.Stage) string {
	if stage.Elapsed <= 0 {
		return ""
	}
	return fmt.Sprintf("%.1f s", stage.Elapsed.Round(100*time.Millisecond).Seconds())
}
