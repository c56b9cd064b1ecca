package why

import (
	"strings"
	"time"

	"podium/cluster"
	"podium/i18n"
)

// who says who did something to an object: the command that did, or what the
// object has on record.
func (e *explainer) who(o cluster.Object, what What, at time.Time, fields ...string) {
	d := Deed{Time: at, What: what, About: objectOf(cluster.KindOf(o).Kind, o)}
	if d.About.Kind == "" {
		d.About.Kind = kindOf(o)
	}
	if seen, ok := e.p.newest(o.GetUID(), what); ok {
		d.Time = seen.Time
	}
	if e.command(d) {
		return
	}
	// Who set a field later than the object was made did not make it.
	if m, ok := cluster.ManagerOf(o, fields...); ok && what == Created && m.Time.Sub(o.GetCreationTimestamp().Time) > 2*time.Second {
		e.unknown(i18n.M("why.by.unknown", "Time", e.clock(d.Time)))
		return
	}
	e.record(o, d.Time, fields...)
}

// did says who did a deed that was seen.
func (e *explainer) did(d Deed) {
	if e.command(d) {
		return
	}
	if d.Who.ID == "" {
		name, _ := d.Who.Args["Text"].(string)
		e.say(i18n.M("why.by.manager", "Manager", name, "Time", e.clock(d.Time)))
		return
	}
	e.unknown(i18n.M("why.by.unknown", "Time", e.clock(d.Time)))
}

// command says which command did a deed, and reports whether one is known.
func (e *explainer) command(d Deed) bool {
	c, ok := e.p.cause(d)
	if !ok && !d.Time.IsZero() && d.Time.Nanosecond() == 0 {
		// A time stamp of the API server's is cut down to the second.
		d.Time = d.Time.Add(time.Second - 1)
		c, ok = e.p.cause(d)
	}
	if !ok {
		return false
	}
	id := "why.by.you"
	if c.Lesson {
		id = "why.by.lesson"
	}
	e.say(i18n.M(id, "Line", strings.TrimSpace(c.Line), "Time", e.clock(c.Started), "Ago", Ago(e.at.Sub(c.Started))))
	return true
}

// record says who set a field as the object itself has it on record.
func (e *explainer) record(o cluster.Object, at time.Time, fields ...string) {
	if m, ok := cluster.ManagerOf(o, fields...); ok {
		e.say(i18n.M("why.by.manager", "Manager", m.Name, "Time", e.clock(m.Time)))
		return
	}
	e.unknown(i18n.M("why.by.unknown", "Time", e.clock(at)))
}

// clock writes a time of day.
func (e *explainer) clock(t time.Time) string { return t.In(e.at.Location()).Format(time.TimeOnly) }

// Ago says how long ago something was, in its largest unit.
func Ago(d time.Duration) i18n.Message {
	switch {
	case d < 2*time.Minute:
		return i18n.M("why.seconds", "Seconds", int(max(0, d).Seconds()))
	case d < 2*time.Hour:
		return i18n.M("why.minutes", "Minutes", int(d.Minutes()))
	}
	return i18n.M("why.hours", "Hours", int(d.Hours()))
}
