package main

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"podium/lessons"
	"podium/manifests"
)

func practiceCommand(o *options, say func(string) string) *cobra.Command {
	round := lessons.Round{}
	c := &cobra.Command{Use: "practice [FAULT]", Short: say("practice"), Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if round.Seed > lessons.MostSeed {
				return usage("seed", "Most", lessons.MostSeed)
			}
			if len(args) > 0 {
				all, err := o.faults(1)
				if err == nil {
					_, err = pick(all, args)
				}
				if err != nil {
					return err
				}
				round.Fault = args[0]
			}
			return o.screen(c.Context(), start{round: &round})
		}}
	c.Flags().Uint64Var(&round.Seed, "seed", 0, say("flag-seed"))
	c.Flags().BoolVar(&round.Timed, "timed", false, say("flag-timed"))
	return c
}

// faults returns the faults of the course that was chosen, with what a seed
// makes of them. Those of podium's own are taken as proven: its tests have made
// every check.
func (o *options) faults(seed uint64) ([]lessons.Lesson, error) { return o.loadFaults(seed, true) }

func (o *options) loadFaults(seed uint64, proven bool) ([]lessons.Lesson, error) {
	how := lessons.Options{Manifests: manifests.FS, Safe: safe, Seed: seed, Strict: !proven}
	if o.course == "" {
		how.Proven = proven
		return lessons.Load(lessons.Faults(), how)
	}
	course, err := openCourse(o.course)
	if err != nil {
		return nil, err
	}
	all, err := lessons.Load(course, how)
	all = slices.DeleteFunc(all, func(l lessons.Lesson) bool { return !l.IsFault() })
	if len(all) == 0 {
		return nil, cmp.Or(err, usage("no-faults", "Dir", o.course))
	}
	return all, err
}
