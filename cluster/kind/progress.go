package kind

import (
	"strings"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// A progress turns kind's stages and this package's into the learner's.
type progress struct {
	report func(cluster.Stage)
	now    func() time.Time
	began  time.Time
	open   i18n.Message // begun and not yet done
}

func newProgress(report func(cluster.Stage), now func() time.Time) *progress {
	if report == nil {
		report = func(cluster.Stage) {}
	}
	return &progress{report: report, now: now, began: now()}
}

// begin reports that what came before is done and m has begun.
func (p *progress) begin(m i18n.Message) {
	if p.open.ID != m.ID {
		p.finish()
	}
	p.open = m
	p.say(m, false)
}

// finish reports what has begun as done.
func (p *progress) finish() {
	if !p.open.IsZero() {
		p.say(p.open, true)
	}
	p.open = i18n.Message{}
}

func (p *progress) say(m i18n.Message, done bool) {
	p.report(cluster.Stage{Message: m, Elapsed: p.now().Sub(p.began), Done: done})
}

// kindStages are kind's stages by how it names them
// (sigs.k8s.io/kind/pkg/cluster/internal/create/actions and .../providers).
var kindStages = []struct{ begins, id string }{
	{"Preparing nodes", "kind.stage.nodes"},
	{"Writing configuration", "kind.stage.configuration"},
	{"Starting control-plane", "kind.stage.control-plane"},
	{"Installing CNI", "kind.stage.network"},
	{"Installing StorageClass", "kind.stage.storage"},
	{"Joining worker nodes", "kind.stage.workers"},
}

// kind reports a stage of kind's. One that isn't known says nothing.
func (p *progress) kind(stage string) {
	for _, s := range kindStages {
		if strings.HasPrefix(stage, s.begins) {
			p.begin(i18n.M(s.id))
		}
	}
}
