package panes

import (
	"fmt"
	"image"
	"slices"
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	corev1 "k8s.io/api/core/v1"

	"podium/cluster/traffic"
	"podium/cluster/why"
	"podium/i18n"
	"podium/tui/theme"
)

// Traffic shows live requests through a Service: which version answers, over
// time, what fails, and who may get requests.
type Traffic struct {
	bands []memberBand // as last drawn
	spots []spot       // where they are
}

// NewTraffic returns the pane.
func NewTraffic() *Traffic { return &Traffic{} }

// Name implements [Pane].
func (*Traffic) Name() string { return "traffic" }

// Title implements [Pane]: "Traffic ▸ web:80 ∙ 50 a second ∙ service network".
func (*Traffic) Title(s Scene) string {
	title := s.Lang.Say(i18n.M("pane.traffic"))
	switch svc := serviceOf(s); {
	case s.Load.Service != "":
		title += " " + s.Theme.Here + " " + Clean(s.Load.Service) + ":" + strconv.Itoa(s.Load.Port) + " " + s.Theme.Dot + " " +
			s.Lang.Say(i18n.M("traffic.rate", "Count", s.Load.Rate))
	case svc != nil:
		title += " " + s.Theme.Here + " " + Clean(svc.Name)
	}
	if !s.Load.Via.IsZero() {
		title += " " + s.Theme.Dot + " " + Clean(s.Lang.Say(s.Load.Via))
	}
	return title
}

// Summary implements [Summarizer].
func (*Traffic) Summary(s Scene, width int) string {
	if s.Load.Total == 0 {
		return ""
	}
	l := newLine(width, s.Theme.Ellipsis)
	if s.Load.Failed > 0 {
		l.put(s.Theme.Inks.Bad, s.Lang.Say(i18n.M("traffic.bad", "Failed", s.Load.Failed)))
	} else {
		l.put(s.Theme.Inks.Text, s.Lang.Say(i18n.M("traffic.ok")))
	}
	return l.text()
}

// sendRate is how many requests a second the pane asks for: enough for a smooth
// chart, too few to trouble a laptop.
const sendRate = 20

// Update implements [Pane]: Space sends requests, and stops them; arrow keys and
// clicks choose a pod.
func (t *Traffic) Update(s Scene, msg tea.Msg) (Action, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return t.press(s, Keystroke(msg)), nil
	case tea.MouseClickMsg:
		for _, sp := range t.spots {
			if msg.Y == sp.y && msg.X >= sp.x && msg.X < sp.x+sp.width {
				return Select{Selection: sp.selection}, nil
			}
		}
	}
	return nil, nil
}

func (t *Traffic) press(s Scene, name string) Action {
	switch name {
	case "space":
		if svc := serviceOf(s); svc != nil && sendable(svc) {
			return Send{Service: svc.Name, Port: int(svc.Spec.Ports[0].Port), Rate: sendRate}
		}
	case "enter":
		return open(t, s)
	case "up", "down":
		if len(t.bands) == 0 {
			return nil
		}
		at := memberAt(s.Selected.UID, t.bands) + map[string]int{"up": -1, "down": 1}[name]
		return Select{Selection: t.bands[max(0, min(at, len(t.bands)-1))].selection()}
	}
	return nil
}

// sendable reports whether requests can be sent to a Service at all.
func sendable(svc *corev1.Service) bool {
	return len(svc.Spec.Ports) > 0 && svc.Spec.Type != corev1.ServiceTypeExternalName
}

// Keys implements [Pane].
func (t *Traffic) Keys(s Scene) []key.Binding {
	svc := serviceOf(s)
	if svc == nil {
		return nil
	}
	var keys []key.Binding
	if sendable(svc) && s.Then == nil {
		id := "traffic.key.send"
		if s.Load.Service != "" {
			id = "traffic.key.stop"
		}
		keys = append(keys, key.NewBinding(key.WithKeys("space"), key.WithHelp("Space", s.Lang.Say(i18n.M(id)))))
	}
	if len(t.bands) > 0 {
		keys = append(keys, chooseKey(s, "up", "down"))
	}
	return append(keys, openKey(t, s)...)
}

// View implements [Pane].
func (t *Traffic) View(s Scene, width, height int) string {
	t.bands, t.spots = nil, nil
	if width <= 0 || height <= 0 {
		return ""
	}
	svc := serviceOf(s)
	sending := s.Load.Total > 0 || len(s.Load.Buckets) > 0
	if !sending && svc == nil {
		return empty(s, i18n.M("traffic.empty"), width, height)
	}
	var members []why.Member
	if svc != nil {
		members = why.Members(s.Snapshot, svc)
	}
	if sending && width >= beside { // the way of the requests: who answers beside who may
		left := width * 11 / 20
		return stack(sideBySide(chartLines(s, left, height), t.members(s, svc, members, image.Rect(left+3, 0, width, height)), left, width-left-3, 3), 0, width, height)
	}
	var rows []string
	if sending {
		rows = chartLines(s, width, height-min(1, absent(members)))
	}
	return stack(append(rows, t.members(s, svc, members, image.Rect(0, len(rows), width, height))...), 0, width, height)
}

// chartLines draws each version's share over time, and the figures.
func chartLines(s Scene, width, height int) []string {
	versions := versionsOf(s)
	label := 0
	for _, v := range versions {
		label = max(label, cells(v.name))
	}
	label = min(label, max(6, width/4))
	chart := width - label - 2 - len("  100 %")
	stats := statsLine(s)
	beside := height < len(versions)+1 && chart-cells(stats) > 14
	if beside {
		chart -= cells(stats) + 2
	}
	columns := merge(s.Load.Buckets, min(chart, 60))
	percent := shares(versions, s.Load.Buckets)
	var rows []string
	for i, v := range versions {
		l := newLine(width, s.Theme.Ellipsis)
		l.put(v.ink, Fit(v.name, label, s.Theme.Ellipsis))
		l.space(2)
		spark(l, s.Theme, v.ink, columns, v.of)
		if percent != nil {
			l.to(label + 2 + min(chart, 60))
			l.put(s.Theme.Inks.Text, fmt.Sprintf("%4d %%", percent[i]))
		}
		if beside && i == len(versions)-1 {
			l.right(statsInk(s), stats)
		}
		rows = append(rows, l.end())
	}
	if !beside {
		rows = append(rows, statsRow(s, width, label, columns, stats)...)
	}
	return rows
}

// statsRow is what failed, as a chart of its own when something did, and why.
func statsRow(s Scene, width, label int, columns []traffic.Bucket, stats string) []string {
	t := s.Theme
	var rows []string
	if s.Load.Failed > 0 {
		l := newLine(width, t.Ellipsis)
		l.put(t.Inks.Bad, Fit(t.Failing, label, t.Ellipsis))
		l.space(2)
		spark(l, t, t.Inks.Bad, columns, func(b traffic.Bucket) int { return b.Failed })
		rows = append(rows, l.end())
	}
	l := newLine(width, t.Ellipsis)
	l.put(statsInk(s), stats)
	rows = append(rows, l.end())
	if n := len(s.Load.Failures); n > 0 {
		last := s.Load.Failures[n-1]
		l := newLine(width, t.Ellipsis)
		l.put(t.Inks.Faint, last.Time.In(s.Now.Location()).Format(time.TimeOnly)+"  ")
		l.put(t.Inks.Bad, Clean(s.Lang.Say(last.Say)))
		if last.Count > 1 {
			l.put(t.Inks.Faint, " x"+strconv.Itoa(last.Count))
		}
		rows = append(rows, l.end())
	}
	return rows
}

func statsInk(s Scene) theme.Ink {
	if s.Load.Failed > 0 {
		return s.Theme.Inks.Bad
	}
	return s.Theme.Inks.Faint
}

// statsLine is the figures in words.
func statsLine(s Scene) string {
	text := s.Lang.Say(i18n.M("traffic.failed", "Failed", s.Load.Failed, "Total", s.Load.Total))
	if s.Load.P95 > 0 {
		text += "  p95 " + short(s.Load.P95)
	}
	if s.Load.Downtime >= traffic.Width/5 { // less is one request
		text += "  " + s.Lang.Say(i18n.M("traffic.downtime", "Time", short(s.Load.Downtime)))
	}
	return text
}

// short writes a duration with the digits that matter: 3 ms, 6.2 s.
func short(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatInt(max(1, d.Milliseconds()), 10) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

// spark draws a chart's columns, each as high as its share of the busiest one.
func spark(l *line, t *theme.Theme, ink theme.Ink, columns []traffic.Bucket, of func(traffic.Bucket) int) {
	most := 1
	for _, b := range columns {
		most = max(most, b.Answered+b.Failed)
	}
	for _, b := range columns {
		n := of(b)
		if n == 0 {
			l.space(1)
			continue
		}
		l.put(ink, t.Spark[min(n*len(t.Spark)/(most+1), len(t.Spark)-1)])
	}
}

// merge sums buckets into at most n columns. Which buckets fall together depends
// on their time alone, so that the chart moves on without changing its shape.
func merge(buckets []traffic.Bucket, n int) []traffic.Bucket {
	if n <= 0 || len(buckets) == 0 {
		return nil
	}
	each := time.Duration((int(traffic.Span/traffic.Width) + n - 1) / n)
	span := each * traffic.Width
	var columns []traffic.Bucket
	for _, b := range buckets {
		start := b.Start.Truncate(span)
		if len(columns) == 0 || !columns[len(columns)-1].Start.Equal(start) {
			columns = append(columns, traffic.Bucket{Start: start, ByVersion: map[string]int{}})
		}
		c := &columns[len(columns)-1]
		c.Answered += b.Answered
		c.Failed += b.Failed
		for v, k := range b.ByVersion {
			c.ByVersion[v] += k
		}
	}
	// A column whose time is not over would look like a fall in traffic.
	if last := buckets[len(buckets)-1].Start.Add(traffic.Width); len(columns) > 1 && columns[len(columns)-1].Start.Add(span).After(last) {
		columns = columns[:len(columns)-1]
	}
	return columns[max(0, len(columns)-n):]
}

// A version is one row of the chart.
type version struct {
	key  string
	name string
	ink  theme.Ink
	all  bool // every answer, where answers don't say their version
}

func (v version) of(b traffic.Bucket) int {
	if v.all {
		return b.Answered
	}
	return b.ByVersion[v.key]
}

// shares are the versions' parts of the last five seconds' answers in percent.
// They make a hundred together; nil without answers.
func shares(versions []version, buckets []traffic.Bucket) []int {
	counts := make([]int, len(versions))
	all := 0
	for _, b := range buckets[max(0, len(buckets)-int(5*time.Second/traffic.Width)):] {
		for i, v := range versions {
			counts[i] += v.of(b)
			all += v.of(b)
		}
	}
	if all == 0 {
		return nil
	}
	percent, before := make([]int, len(versions)), 0
	sum := 0
	for i, n := range counts {
		sum += n
		percent[i] = (sum*100+all/2)/all - before
		before += percent[i]
	}
	return percent
}

// versionsOf returns the versions that answered, old before new, in the inks of
// the revisions that run them.
func versionsOf(s Scene) []version {
	t := s.Theme
	var found []version
	for v := range s.Load.ByVersion {
		if v != "" {
			found = append(found, version{key: v, name: Clean(v)})
		}
	}
	if len(found) == 0 {
		return []version{{name: s.Lang.Say(i18n.M("traffic.answered")), ink: t.Inks.Accent, all: true}}
	}
	slices.SortFunc(found, func(a, b version) int { return natural(a.key, b.key) })
	ages := revisionAges(s)
	for i := range found {
		age, known := ageOfVersion(ages, found[i].key)
		if !known {
			age = min(len(found)-1-i, 2)
		}
		found[i].ink = [...]theme.Ink{t.Inks.Accent, t.Inks.Calm, t.Inks.Faint}[age]
	}
	return found
}

// ageOfVersion finds the age of what runs a version: of its tag, or of one that
// leaves the last numbers open (nginx:1.27 answers as 1.27.5).
func ageOfVersion(ages map[string]int, version string) (int, bool) {
	for tag := version; tag != ""; {
		if age, ok := ages[tag]; ok {
			return age, true
		}
		i := strings.LastIndexByte(tag, '.')
		if i < 0 {
			break
		}
		tag = tag[:i]
	}
	return 0, false
}

// revisionAges finds the age of the revision that runs each image tag in the
// learner's namespace.
func revisionAges(s Scene) map[string]int {
	ages := map[string]int{}
	known := ownersOf(s.Snapshot)
	for _, rs := range s.Snapshot.ReplicaSets {
		age := known[rs.UID].age
		if rs.Namespace != s.Lab.Namespace || age == loose {
			continue
		}
		for _, c := range rs.Spec.Template.Spec.Containers {
			tag := tagOf(c.Image)
			if before, ok := ages[tag]; !ok || age < before {
				ages[tag] = age
			}
		}
	}
	return ages
}

func tagOf(image string) string {
	for i := len(image) - 1; i >= 0; i-- {
		switch image[i] {
		case ':':
			return image[i+1:]
		case '/':
			return "latest"
		}
	}
	return "latest"
}
