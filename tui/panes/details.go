package panes

import (
	"regexp"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"podium/cluster"
	"podium/i18n"
)

// Details is the page of one object: its YAML, what kubectl describe says of it
// and, for a pod, its logs.
type Details struct {
	subject Selection
	sheet   int
	offset  int
	rows    int
	height  int

	yaml    sheetText         // of the object as last drawn
	fetched map[string]string // what kubectl printed, by its line
	waiting string            // the line that was asked for and not answered yet
}

// NewDetails returns the page with nothing on it.
func NewDetails() *Details { return &Details{} }

// Open puts another object on the page, at its YAML.
func (d *Details) Open(subject Selection) { *d = Details{subject: subject} }

// The sheets of the page.
const (
	yamlSheet = iota
	describeSheet
	logsSheet
)

// Inspect opens the page of an object; Fetch runs a read-only kubectl line and
// answers with [Fetched].
type (
	Inspect struct{ Selection Selection }
	Fetch   struct{ Line string }
)

func (Inspect) isAction() {}
func (Fetch) isAction()   {}

// Fetched is what a line printed, sent to every pane.
type Fetched struct {
	Line   string
	Output string
}

// Name implements [Pane].
func (d *Details) Name() string { return "details" }

// Title implements [Pane]: what the object is, and how much is below.
func (d *Details) Title(s Scene) string {
	title := s.Lang.Say(i18n.M("pane.details"))
	if o := objectOf(s.Snapshot, d.subject); o != nil {
		title = d.subject.Kind + " " + Clean(o.GetName())
		if ns := o.GetNamespace(); ns != "" && ns != s.Lab.Namespace {
			title += " " + s.Theme.Here + " " + Clean(ns)
		}
	}
	if below := d.rows - d.offset - d.height; below > 0 {
		title += " " + s.Theme.Here + " " + s.Lang.Say(i18n.M("tui.lesson.more", "Count", below))
	}
	return title
}

// sheets are the sheets that this object has now. What kubectl would say is said
// of the present only.
func (d *Details) sheets(s Scene) []int {
	switch {
	case !s.Lab.Ready || s.Then != nil || objectOf(s.Snapshot, d.subject) == nil:
		return []int{yamlSheet}
	case d.subject.Kind == "Pod":
		return []int{yamlSheet, describeSheet, logsSheet}
	}
	return []int{yamlSheet, describeSheet}
}

// Update implements [Pane].
func (d *Details) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case Fetched:
		if msg.Line == d.waiting {
			d.waiting = ""
			if d.fetched == nil {
				d.fetched = map[string]string{}
			}
			d.fetched[msg.Line] = msg.Output
		}
	case tea.KeyPressMsg:
		return d.press(s, msg.Keystroke()), nil
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			d.turn(-3)
		case tea.MouseWheelDown:
			d.turn(3)
		}
	}
	return nil, nil
}

func (d *Details) press(s Scene, name string) Action {
	switch name {
	case "left":
		return d.leaf(s, -1)
	case "right", "enter":
		return d.leaf(s, 1)
	case "up":
		d.turn(-1)
	case "down":
		d.turn(1)
	case "pgup":
		d.turn(1 - d.height)
	case "pgdown":
		d.turn(d.height - 1)
	case "home":
		d.turn(-d.rows)
	case "end":
		d.turn(d.rows)
	case "space":
		return d.fetch(s)
	}
	return nil
}

func (d *Details) turn(by int) { d.offset = max(0, min(d.offset+by, d.rows-d.height)) }

// leaf goes to the sheet beside this one and asks for its text.
func (d *Details) leaf(s Scene, by int) Action {
	n := len(d.sheets(s))
	d.sheet, d.offset = (d.sheet+by+n)%n, 0
	if line := d.line(s); line != "" && d.fetched[line] == "" {
		return d.fetch(s)
	}
	return nil
}

// fetch asks for the sheet's text as it is now.
func (d *Details) fetch(s Scene) Action {
	line := d.line(s)
	if line == "" || line == d.waiting {
		return nil
	}
	d.waiting = line
	return Fetch{Line: line}
}

// lastLines bounds a log: what is older than this is for kubectl at the prompt.
const lastLines = "500"

// line is the kubectl line behind the sheet, or "".
func (d *Details) line(s Scene) string {
	o := objectOf(s.Snapshot, d.subject)
	if o == nil || d.sheet == yamlSheet {
		return ""
	}
	where := ""
	if ns := o.GetNamespace(); ns != "" {
		where = " -n " + quoted(ns)
	}
	if d.sheet == logsSheet {
		return "kubectl logs " + quoted(o.GetName()) + where + " --all-containers --prefix --tail=" + lastLines
	}
	resource := strings.ToLower(d.subject.Kind)
	if group := cluster.KindOf(o).Group; group != "" {
		resource += "." + group
	}
	return "kubectl describe " + quoted(resource) + " " + quoted(o.GetName()) + where
}

// ordinary are the names that most kinds may have; roles may be called anything.
var ordinary = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// quoted makes one word of a name, whatever is in it.
func quoted(name string) string {
	if ordinary.MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// Keys implements [Pane].
func (d *Details) Keys(s Scene) []key.Binding {
	said := func(id string) string { return s.Lang.Say(i18n.M(id)) }
	var keys []key.Binding
	if len(d.sheets(s)) > 1 {
		keys = append(keys, key.NewBinding(key.WithKeys("left", "right"), key.WithHelp("← →", said("details.key.sheet"))))
	}
	if d.line(s) != "" {
		keys = append(keys, key.NewBinding(key.WithKeys("space"), key.WithHelp("Space", said("details.key.again"))))
	}
	if d.rows > d.height {
		keys = append(keys, scrollKey(s))
	}
	return keys
}

// objectOf finds what a selection means, or nil when it is no more.
func objectOf(snap cluster.Snapshot, selected Selection) cluster.Object {
	if selected.UID == "" {
		return nil
	}
	for kind, all := range snap.Objects {
		if kind.Kind != selected.Kind {
			continue
		}
		for _, o := range all {
			if o.GetUID() == selected.UID {
				return o
			}
		}
	}
	return nil
}
