package why

import (
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"podium/cluster"
	"podium/i18n"
)

// An Object is what a deed is about, by what identifies it for good.
type Object struct {
	Kind, Namespace, Name string
	UID                   types.UID
}

func objectOf(kind string, o metav1.Object) Object {
	return Object{Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName(), UID: o.GetUID()}
}

// A What is the sort of thing that happened.
type What string

// The sorts. Those up to Deleted may be a person's doing.
const (
	Created  What = "created"
	Template What = "template" // of a controller's pods
	Scaled   What = "scaled"   // a person's or a controller's number of replicas
	Paused   What = "paused"   // or resumed
	Changed  What = "changed"  // another field of the specification
	Selector What = "selector" // a Service's
	Labelled What = "labelled" // a pod's labels
	Fenced   What = "fenced"   // a node, for new pods; or opened
	Deleted  What = "deleted"

	Ran      What = "ran"      // a command
	Revision What = "revision" // a Deployment has a new one
	Steps    What = "steps"    // a Deployment moves a ReplicaSet on
	Made     What = "made"     // a controller made a pod in another's place
	Ready    What = "ready"
	Unready  What = "unready"
	Failing  What = "failing"
	Restart  What = "restart"
	Ended    What = "ended"
	Stalled  What = "stalled"
	Finished What = "finished"
	Warned   What = "warned" // by an event
	NodeDown What = "node"
	Anew     What = "anew" // a lesson made the state that a step starts from
)

// A Deed is one thing that happened.
type Deed struct {
	Time  time.Time
	Who   i18n.Message // who did or reports it: you, deployment, worker-1
	Say   i18n.Message
	What  What
	About Object // of a command what it changed first, if that is known
	Owner Object // the controller of what it is about, if it has one
	Bad   bool
	Count int // how many in a row, told as one

	node string
	of   i18n.Message // whose pod it is about: revision 3, or the owner's name
}

func (d Deed) when() time.Time { return d.Time }

// do notes a deed.
func (f *fold) do(d Deed) {
	d.Count = 1
	f.made = append(f.made, d)
}

// together is how close pods of one controller follow each other to be told in
// one line.
const together = 1500 * time.Millisecond

// Anew returns p with the note that a lesson has made a step's state at a time:
// the story begins there. What was removed for it was nobody's doing that a
// learner asks about.
func (p Past) Anew(at time.Time) Past {
	if p.began.IsZero() {
		return p
	}
	p.deeds = p.deeds.append(mostDeeds, Deed{Time: at, Who: i18n.M("why.lesson"), Say: i18n.M("why.anew"), What: Anew, Count: 1})
	return p
}

// Story returns what happened in a namespace and to nodes, oldest first, at most
// so many deeds: the newest. A line that the learner ran stands for what it did.
func (p Past) Story(namespace string, most int) []Deed {
	var deeds []Deed
	did := map[time.Time]Object{} // what a line changed first, by when it was run
	since := time.Time{}
	for d := range p.deeds.back() {
		if len(deeds) >= 3*most {
			break
		}
		if d.What == Anew {
			deeds, since = append(deeds, d), d.Time
			break
		}
		if d.About.Namespace != namespace && d.About.Namespace != "" {
			continue
		}
		if c, found := p.cause(d); found {
			if said(d.What) {
				did[c.Started] = d.About
				continue
			}
			d.Who = c.who()
		}
		deeds = append(deeds, d)
	}
	for c := range p.commands.back() {
		if c.Exit == 0 && c.changes() && !c.Started.Before(since) {
			d := c.deed()
			d.About = did[c.Started]
			deeds = append(deeds, d)
		}
	}
	slices.Reverse(deeds)
	slices.SortStableFunc(deeds, func(a, b Deed) int { return a.Time.Compare(b.Time) })
	deeds = merge(deeds)
	return deeds[max(0, len(deeds)-most):]
}

// said reports whether the line that caused a deed tells it all.
func said(w What) bool {
	switch w {
	case Created, Template, Scaled, Paused, Changed, Fenced, Deleted, Labelled:
		return true
	}
	return false
}

// who ran it.
func (c Command) who() i18n.Message {
	if c.Lesson {
		return i18n.M("why.lesson")
	}
	return i18n.M("why.you")
}

func (c Command) deed() Deed {
	line := strings.TrimPrefix(strings.TrimSpace(c.Line), "kubectl ")
	return Deed{Time: c.Started, Who: c.who(), Say: i18n.Text(line), What: Ran, Count: 1}
}

// merge tells what happened to several pods of one controller at once in one
// line, and what keeps happening to one object too.
func merge(deeds []Deed) []Deed {
	var merged []Deed
	last := map[string]int{} // where the newest deed of a sort stands
	for _, d := range deeds {
		key := string(d.What) + " " + string(d.Owner.UID)
		if d.What == Warned || d.What == Restart {
			key = string(d.What) + " " + string(d.About.UID) + " " + d.Say.ID + d.Who.ID
		}
		if at, ok := last[key]; ok && alike(merged[at], d, at == len(merged)-1) {
			merged[at] = several(merged[at], d)
			continue
		}
		last[key] = len(merged)
		merged = append(merged, d)
	}
	return merged
}

func alike(a, b Deed, adjacent bool) bool {
	switch b.What {
	case Ready, Unready, Made, Deleted, Ended:
		return adjacent && b.Owner.UID != "" && b.Time.Sub(a.Time) < together
	case Warned, Restart:
		return adjacent && a.About == b.About
	}
	return false
}

// several is two deeds told as one.
func several(a, b Deed) Deed {
	if b.What == Warned || b.What == Restart {
		b.Count += a.Count
		return b
	}
	a.Count += b.Count
	if a.node != b.node {
		a.Who = i18n.M("why.nodes")
	}
	say, ok := map[What]string{
		Ready: "why.ready.many", Unready: "why.unready.many", Made: "why.made.many", Deleted: "why.deleted.many", Ended: "why.ended.many",
	}[a.What]
	if ok {
		a.Say = i18n.M(say, "Count", a.Count, "Owner", a.of)
	}
	a.About = a.Owner
	return a
}

// newest returns the newest deed of these sorts about an object.
func (p Past) newest(uid types.UID, what ...What) (Deed, bool) {
	for d := range p.deeds.back() {
		if d.About.UID == uid && slices.Contains(what, d.What) {
			return d, true
		}
	}
	return Deed{}, false
}

// newestUntil is newest among what was done until a time, by a clock that may be
// another one: where nothing was, the first thing after it.
func (p Past) newestUntil(at time.Time, uid types.UID, what ...What) (found Deed, ok bool) {
	for d := range p.deeds.back() {
		if d.About.UID != uid || !slices.Contains(what, d.What) {
			continue
		}
		if found, ok = d, true; !d.Time.After(at) {
			break
		}
	}
	return found, ok
}

// changed makes the words for what differs between two templates.
func changed(changes []cluster.TemplateChange) i18n.Message {
	const told = 2
	var all i18n.Message
	for i, c := range changes {
		if i == told {
			return i18n.M("why.and-more", "First", all, "Count", len(changes)-told)
		}
		one := fieldChanged(c)
		if all.IsZero() {
			all = one
			continue
		}
		all = i18n.M("why.and", "First", all, "Second", one)
	}
	return all
}

func fieldChanged(c cluster.TemplateChange) i18n.Message {
	before, after := brief(c.Before), brief(c.After)
	switch {
	case c.Before == "":
		return i18n.M("why.field.set", "Path", c.Path, "After", after)
	case c.After == "":
		return i18n.M("why.field.gone", "Path", c.Path, "Before", before)
	case before == after:
		return i18n.M("why.field.other", "Path", c.Path)
	}
	return i18n.M("why.field.changed", "Path", c.Path, "Before", before, "After", after)
}

// brief cuts a value to what a line has room for.
func brief(value string) string {
	if r := []rune(value); len(r) > 32 {
		return string(r[:31]) + "…"
	}
	return value
}
