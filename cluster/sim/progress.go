package sim

import (
	"time"

	"podium/cluster"
	"podium/i18n"
)

// A progress turns podium-plane's stages into the learner's.
type progress struct {
	report func(cluster.Stage)
	now    func() time.Time
	began  time.Time
	open   []i18n.Message // begun and not yet done
}

func newProgress(report func(cluster.Stage), now func() time.Time) *progress {
	if report == nil {
		report = func(cluster.Stage) {}
	}
	return &progress{report: report, now: now, began: now()}
}

// begin reports that what came before is done and m has begun.
func (p *progress) begin(m i18n.Message) {
	p.finish()
	p.also(m)
}

// also reports that m has begun beside what is still going on.
func (p *progress) also(m i18n.Message) {
	p.open = append(p.open, m)
	p.say(m, false)
}

// finish reports everything begun as done.
func (p *progress) finish() {
	for _, m := range p.open {
		p.say(m, true)
	}
	p.open = nil
}

func (p *progress) say(m i18n.Message, done bool) {
	p.report(cluster.Stage{Message: m, Elapsed: p.now().Sub(p.began), Done: done})
}

// plane reports a stage of podium-plane's. One that this podium does not know
// comes from another version of it and says nothing.
func (p *progress) plane(line stageLine) {
	switch line.Stage {
	case "etcd":
		p.begin(i18n.M("sim.stage.etcd"))
	case "reset":
		p.say(i18n.M("sim.stage.reset", "Path", plain(line.Error)), true)
	case "apiserver":
		p.begin(i18n.M("sim.stage.apiserver"))
	case "controllers":
		p.begin(i18n.M("sim.stage.controllers"))
	case "nodes":
		p.also(i18n.M("sim.stage.nodes"))
	}
}
