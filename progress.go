package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"podium/i18n"
	"podium/lessons"
	"podium/recall"
)

func progressCommand(o *options, say func(string) string) *cobra.Command {
	asJSON, yes := false, false
	c := &cobra.Command{Use: "progress", Short: say("progress"), Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.progress(c.OutOrStdout(), asJSON) }}
	c.Flags().BoolVar(&asJSON, "json", false, say("flag-json"))
	reset := &cobra.Command{Use: "reset [LESSON]", Short: say("progress-reset"), Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return o.forget(c.InOrStdin(), c.OutOrStdout(), args, yes)
		}}
	reset.Flags().BoolVar(&yes, "yes", false, say("flag-yes"))
	c.AddCommand(reset)
	return c
}

// reached reads the chosen learner's progress in the chosen course.
func (o *options) reached() (all []lessons.Lesson, p lessons.Progress, file string, err error) {
	h, err := findHome()
	if err != nil {
		return nil, p, "", err
	}
	if all, err = o.named(nil, true); err != nil {
		return nil, p, "", err
	}
	file = o.desk(h).progress()
	p, err = lessons.LoadProgress(file)
	return all, p, file, err
}

// progress says how far the learner has come.
func (o *options) progress(out io.Writer, asJSON bool) error {
	all, p, _, err := o.reached()
	if err != nil {
		return err
	}
	told := p.Export(o.learner, o.course, all, o.lang)
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(told)
	}
	say := func(id string, pairs ...any) string { return o.lang.Say(i18n.M("cli.progress-"+id, pairs...)) }
	rows := [][]string{{say("lesson"), say("title"), say("steps"), say("state"), say("time"), say("hints"), say("solutions")}}
	for _, l := range told.Lessons {
		spent := time.Duration(l.Seconds * float64(time.Second)).Round(time.Second)
		rows = append(rows, []string{
			l.ID, ansi.Strip(l.Title), fmt.Sprintf("%d/%d", l.StepsDone, l.StepsTotal), say("state-" + string(l.State)),
			spent.String(), fmt.Sprint(l.Hints), fmt.Sprint(l.Solutions),
		})
	}
	fmt.Fprintln(out, say("head", "Learner", o.learner))
	printTable(out, rows)
	return nil
}

// printTable prints rows in columns of cells, not of bytes: Korean letters are two
// wide.
func printTable(out io.Writer, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(column(cell, widths[i]) + "  ")
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// column is text made as wide as its column.
func column(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
}

// forget removes what the learner reached in a lesson, or in all of the course,
// once the learner has agreed to it.
func (o *options) forget(in io.Reader, out io.Writer, ids []string, yes bool) error {
	if len(ids) > 0 {
		if _, err := o.named(ids, true); err != nil {
			return err
		}
	}
	_, p, file, err := o.reached()
	if err != nil {
		return err
	}
	kept := p
	for id := range p.Lessons {
		if len(ids) == 0 || slices.Contains(ids, id) {
			kept = kept.Reset(id)
		}
	}
	gone := len(p.Lessons) - len(kept.Lessons)
	if gone == 0 {
		fmt.Fprintln(out, o.lang.Say(i18n.M("cli.progress-nothing", "Learner", o.learner)))
		return nil
	}
	if !yes {
		if f, ok := in.(*os.File); !ok || !term.IsTerminal(f.Fd()) {
			return usage("progress-unasked")
		}
		fmt.Fprint(out, o.lang.Say(i18n.M("cli.progress-ask", "Learner", o.learner, "Count", gone))+" ")
		answer, _ := bufio.NewReader(in).ReadString('\n')
		if !slices.Contains([]string{"y", "yes", "네", "예"}, strings.ToLower(strings.TrimSpace(answer))) {
			fmt.Fprintln(out, o.lang.Say(i18n.M("cli.progress-kept")))
			return nil
		}
	}
	if err := kept.Save(file); err != nil {
		return err
	}
	if err := o.forgetCards(ids); err != nil {
		return err
	}
	fmt.Fprintln(out, o.lang.Say(i18n.M("cli.progress-gone", "Learner", o.learner, "Count", gone)))
	return nil
}

// forgetCards removes how well what the lessons asked is remembered, everything
// if there are none.
func (o *options) forgetCards(ids []string) error {
	h, err := findHome()
	if err != nil {
		return err
	}
	file := o.desk(h).cards()
	deck, err := recall.Load(file)
	if err != nil || len(deck.Cards) == 0 {
		return err
	}
	if len(ids) == 0 {
		deck = recall.Deck{}
	}
	for _, id := range ids {
		deck = deck.Without(id)
	}
	return deck.Save(file)
}
