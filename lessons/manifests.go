package lessons

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"podium/cluster"
	"podium/i18n"
)

// checkManifests checks the objects in a file that a lesson gives to the learner. A
// file that isn't YAML is none of its business: a lesson may well be about that.
func checkManifests(file, text string, m *mistakes) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); err != nil {
			return
		}
		var o struct {
			Kind     string
			Metadata struct {
				Namespace string
				Labels    map[string]string
			}
		}
		if err := node.Decode(&o); err != nil {
			continue
		}
		outside := slices.ContainsFunc(cluster.Kinds(), func(k cluster.Kind) bool { return k.Kind == o.Kind && !k.Namespaced })
		switch {
		case o.Metadata.Namespace != "":
			m.at(place{file, node.Line, node.Column}, i18n.M("lesson.namespace"))
		case outside && o.Metadata.Labels[LessonLabel] == "":
			m.at(place{file, node.Line, node.Column}, i18n.M("lesson.nolabel", "Kind", Plain(o.Kind), "Label", LessonLabel))
		}
	}
}
