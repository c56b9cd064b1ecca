package lessons

import (
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	corev1 "k8s.io/api/core/v1"

	"podium/cluster"
)

// A Measure says which row of a comparison a step's run fills.
type Measure struct {
	Row  string
	Back bool // the run goes back to what was there before: only its time counts
}

// A Run is what one run of a step measured on the learner's cluster.
type Run struct {
	At       time.Time `json:"at"`       // when it was done
	Seconds  float64   `json:"seconds"`  // from the learner's first change to the cluster's last
	Downtime float64   `json:"downtime"` // the longest time without a good answer, in seconds
	Failed   int       `json:"failed"`   // requests
	Total    int       `json:"total"`    // requests
	MostPods int       `json:"mostPods"` // at once, those that are leaving not counted
}

// A Compared is one row of a comparison.
type Compared struct {
	Row  string
	Run  *Run // nil: not run yet
	Back *Run // nil: not run yet, or nothing measures it
}

// Compare fills the rows of a comparison from what the learner's own runs
// measured, in whichever lesson. Where several steps measure one row, its
// figures are those of all of them together, and it is run when all are.
func Compare(rows []string, all []Lesson, p Progress) []Compared {
	table := make([]Compared, len(rows))
	for i, row := range rows {
		table[i].Row = row
		for _, l := range all {
			runs := p.Lessons[l.ID].Runs
			table[i].Run = newer(table[i].Run, l.together(Measure{Row: row}, runs))
			table[i].Back = newer(table[i].Back, l.together(Measure{Row: row, Back: true}, runs))
		}
	}
	return table
}

// together adds up the runs of the steps that measure the same; nil until all
// of them were run.
func (l *Lesson) together(m Measure, runs map[string]Run) *Run {
	var sum *Run
	for i := range l.Steps {
		if l.Steps[i].Measure == nil || *l.Steps[i].Measure != m {
			continue
		}
		run, ok := runs[l.Steps[i].ID]
		if !ok {
			return nil
		}
		if sum == nil {
			sum = &Run{}
		}
		sum.add(run)
	}
	return sum
}

func (r *Run) add(other Run) {
	r.At = later(r.At, other.At)
	r.Seconds += other.Seconds
	r.Downtime = max(r.Downtime, other.Downtime)
	r.Failed += other.Failed
	r.Total += other.Total
	r.MostPods = max(r.MostPods, other.MostPods)
}

func newer(a, b *Run) *Run {
	if a == nil || b != nil && b.At.After(a.At) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// measured is what the step that has just been met measured.
func (s Session) measured() Run {
	run := Run{
		At: later(s.last.Time, s.span.settled), Downtime: s.load.Downtime,
		Failed: s.load.Failed, Total: s.load.Total, MostPods: s.span.past.MostStaying,
	}
	if !s.span.meant.IsZero() {
		run.Seconds = s.span.settled.Sub(s.span.meant).Seconds()
	}
	return run
}

// meant reports whether a change is one that a person made and not one that
// follows from it: what has no controller was made, removed or told something
// else.
func meant(c cluster.Change) bool {
	if metav1.GetControllerOfNoCopy(c.Object) != nil {
		return false
	}
	if c.Before == nil || c.Verb == cluster.Deleted {
		return c.Kind != eventKind
	}
	if c.Before.GetDeletionTimestamp() == nil && c.Object.GetDeletionTimestamp() != nil {
		return true
	}
	switch now := c.Object.(type) {
	case *corev1.Service: // the API server counts no generations of these two
		before, ok := c.Before.(*corev1.Service)
		return ok && !equality.Semantic.DeepEqual(before.Spec, now.Spec)
	case *corev1.Pod:
		before, ok := c.Before.(*corev1.Pod)
		return ok && before.Spec.NodeName == now.Spec.NodeName && !equality.Semantic.DeepEqual(before.Spec, now.Spec)
	}
	return c.Object.GetGeneration() != c.Before.GetGeneration()
}
