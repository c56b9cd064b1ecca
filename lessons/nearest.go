package lessons

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"podium/i18n"
)

// maxGaps is how many differences are counted to find the object that is
// closest to what is wanted.
const maxGaps = 20

// nearest says why no object matches: there is none of that name or with those
// labels, or the first difference of the one that is closest.
func nearest(want map[string]any, objects []*object) i18n.Message {
	identity := map[string]any{"kind": want["kind"]}
	if metadata, ok := want["metadata"]; ok {
		identity["metadata"] = metadata
	}
	var best *object
	var differs []gap
	for _, o := range objects {
		if !matches(identity, o.fields) {
			continue
		}
		if o.source.GetDeletionTimestamp() != nil {
			if best == nil {
				best, differs = o, make([]gap, maxGaps)
			}
			continue
		}
		if found := gaps(want, o.fields, maxGaps); best == nil || len(found) < len(differs) {
			best, differs = o, found
		}
	}
	switch {
	case best == nil:
		return none(want, objects)
	case best.source.GetDeletionTimestamp() != nil:
		return stillThere(best)
	}
	message := differs[0].message()
	if _, named := lookup(want, "metadata", "name").(string); !named {
		return i18n.M("goal.of", "Object", shortName(best), "Gap", message)
	}
	return message
}

// none says that nothing carries the wanted name or labels. An object of the
// wanted name whose labels differ is told by its difference.
func none(want map[string]any, objects []*object) i18n.Message {
	kind, _ := want["kind"].(string)
	if name, ok := lookup(want, "metadata", "name").(string); ok {
		for _, o := range objects {
			if o.source.GetName() == name && o.source.GetDeletionTimestamp() == nil {
				return gaps(want, o.fields, 1)[0].message()
			}
		}
		return i18n.M("goal.none", "Kind", kind, "Name", Plain(name))
	}
	labels, _ := lookup(want, "metadata", "labels").(map[string]any)
	if len(labels) == 0 {
		return i18n.M("goal.noneofkind", "Kind", kind)
	}
	var pairs []string
	for _, key := range sortedKeys(labels) {
		pairs = append(pairs, fmt.Sprintf("%s=%v", key, labels[key]))
	}
	return i18n.M("goal.nonelabelled", "Kind", kind, "Labels", Plain(strings.Join(pairs, ",")))
}

func (g gap) message() i18n.Message {
	path := Plain(g.where())
	want := short(g.want)
	switch {
	case g.unready():
		return i18n.M("goal.unready")
	case g.item:
		return i18n.M("goal.noitem", "Path", path, "Want", want)
	case g.want == nil:
		return i18n.M("goal.unwanted", "Path", path, "Have", short(g.have))
	case g.have == nil:
		return i18n.M("goal.missing", "Path", path, "Want", want)
	}
	return i18n.M("goal.differs", "Path", path, "Have", short(g.have), "Want", want)
}

// unready reports whether what is missing is that the object is Ready, which
// has a plainer name than its path.
func (g gap) unready() bool {
	switch path := strings.Join(g.path, "."); {
	case g.item && path == "status.conditions":
		wanted, _ := g.want.(map[string]any)
		return label(wanted) == "Ready" && wanted["status"] == "True"
	default:
		return path == "status.conditions.[Ready].status" && g.want == "True"
	}
}

// where writes a path as kubectl explain does, with list items by their names:
// spec.containers[web].image.
func (g gap) where() string {
	var b strings.Builder
	for i, part := range g.path {
		if i > 0 && !strings.HasPrefix(part, "[") {
			b.WriteByte('.')
		}
		if part == "[]" {
			continue
		}
		b.WriteString(part)
	}
	return b.String()
}

// short writes a value on one line, no longer than fits beside a goal.
func short(v any) string {
	var text string
	switch v := v.(type) {
	case map[string]any:
		var fields []string
		for _, key := range sortedKeys(v) {
			fields = append(fields, key+": "+short(v[key]))
		}
		text = "{" + strings.Join(fields, ", ") + "}"
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, short(item))
		}
		text = "[" + strings.Join(items, ", ") + "]"
	default:
		text = fmt.Sprint(v)
	}
	return cut(Plain(text), 60)
}

func stillThere(o *object) i18n.Message {
	if o.source.GetDeletionTimestamp() != nil {
		return i18n.M("goal.terminating", "Object", shortName(o))
	}
	return i18n.M("goal.there", "Object", shortName(o))
}

// shortName is an object's kind and name as kubectl writes them: pod/web.
func shortName(o *object) string {
	kind, _ := o.fields["kind"].(string)
	return Plain(strings.ToLower(kind) + "/" + o.source.GetName())
}

func lookup(m map[string]any, path ...string) any {
	var v any = m
	for _, name := range path {
		fields, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = fields[name]
	}
	return v
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
