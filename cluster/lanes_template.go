package cluster

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// A TemplateChange is one field of a pod template that differs from another's.
type TemplateChange struct {
	Path          string // as short as it can be told: image, env[LOG], resources.limits.cpu
	Before, After string // "" where the field isn't there
}

// TemplateChanges returns what differs between two pod templates, images first.
// The label that the Deployment controller adds to tell its ReplicaSets apart is
// no difference.
func TemplateChanges(before, after *corev1.PodTemplateSpec) []TemplateChange {
	var w walk
	w.short = len(before.Spec.Containers) == 1 && len(after.Spec.Containers) == 1
	w.compare("", fields(before), fields(after))
	slices.SortStableFunc(w.found, func(a, b TemplateChange) int { return cmp.Compare(imageFirst(a), imageFirst(b)) })
	return w.found
}

func imageFirst(c TemplateChange) int {
	if strings.HasSuffix(c.Path, "image") {
		return 0
	}
	return 1
}

// fields is a template as its YAML's fields, without what no learner wrote.
func fields(t *corev1.PodTemplateSpec) any {
	t = t.DeepCopy()
	delete(t.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
	t.CreationTimestamp.Reset()
	data, err := json.Marshal(t)
	if err != nil {
		return nil
	}
	var read any
	if json.Unmarshal(data, &read) != nil {
		return nil
	}
	return read
}

// A walk goes through two trees of fields side by side.
type walk struct {
	short bool // there is one container, whose name needs no saying
	found []TemplateChange
}

func (w *walk) compare(path string, before, after any) {
	a, isMap := keyed(before)
	b, both := keyed(after)
	if !isMap && before != nil || !both && after != nil || !isMap && !both {
		if x, y := scalar(before), scalar(after); x != y {
			w.found = append(w.found, TemplateChange{Path: w.tell(path), Before: x, After: y})
		}
		return
	}
	names := map[string]bool{}
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		w.compare(path+name, a[name], b[name])
	}
}

// keyed is a field with fields of its own, by their names: a map's keys, or the
// names in a list whose items have one.
func keyed(field any) (map[string]any, bool) {
	switch f := field.(type) {
	case map[string]any:
		named := make(map[string]any, len(f))
		for name, value := range f {
			named["."+name] = value
		}
		return named, true
	case []any:
		named := map[string]any{}
		for _, item := range f {
			fields, ok := item.(map[string]any)
			name, said := fields["name"].(string)
			if !ok || !said || named["["+name+"]"] != nil {
				return nil, false
			}
			named["["+name+"]"] = item
		}
		return named, true
	}
	return nil, false
}

func scalar(field any) string {
	switch f := field.(type) {
	case nil:
		return ""
	case string:
		return f
	}
	data, err := json.Marshal(field)
	if err != nil {
		return fmt.Sprint(field)
	}
	return string(data)
}

// tell shortens a path to what a learner would call the field.
func (w *walk) tell(path string) string {
	path = strings.TrimPrefix(path, ".spec.")
	path = strings.TrimPrefix(path, ".metadata.")
	if rest, ok := strings.CutPrefix(path, "containers["); ok {
		name, field, _ := strings.Cut(rest, "].")
		if path = field; !w.short {
			path = name + " " + field
		}
	}
	path = strings.TrimSuffix(path, ".value") // env[LOG].value
	if name, ok := strings.CutPrefix(path, "annotations.kubectl.kubernetes.io/"); ok {
		return name // restartedAt
	}
	return path
}

// A DiffLine is one line of a diff of two texts.
type DiffLine struct {
	Mark byte // '+', '-', ' ' for what is in both, '@' where equal lines are left out
	Text string
}

// TemplateDiff returns the line-by-line difference between two pod templates as
// YAML, with three lines around each change; nil when they are equal.
func TemplateDiff(before, after *corev1.PodTemplateSpec) []DiffLine {
	old, fresh := lines(before), lines(after)
	var diff []DiffLine
	end := 0
	for _, group := range difflib.NewMatcher(old, fresh).GetGroupedOpCodes(3) {
		if group[0].I1 > end {
			diff = append(diff, DiffLine{Mark: '@'})
		}
		for _, op := range group {
			if op.Tag == 'e' {
				diff = appendLines(diff, ' ', old[op.I1:op.I2])
			} else {
				diff = appendLines(diff, '-', old[op.I1:op.I2])
				diff = appendLines(diff, '+', fresh[op.J1:op.J2])
			}
		}
		end = group[len(group)-1].I2
	}
	if len(diff) > 0 && end < len(old) {
		diff = append(diff, DiffLine{Mark: '@'})
	}
	return diff
}

func lines(t *corev1.PodTemplateSpec) []string {
	data, err := yaml.Marshal(fields(t))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
}

func appendLines(diff []DiffLine, mark byte, lines []string) []DiffLine {
	for _, line := range lines {
		diff = append(diff, DiffLine{Mark: mark, Text: line})
	}
	return diff
}

// SameTemplate reports whether two revisions make the same pods.
func SameTemplate(a, b *corev1.PodTemplateSpec) bool { return len(TemplateChanges(a, b)) == 0 }
