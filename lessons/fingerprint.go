package lessons

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"podium/cluster"
)

// A fingerprint is what is essential of a namespace: kinds, names, labels, specs
// and whether pods are well. Two states that a learner can't tell apart have the
// same one: what the cluster makes up anew each time is left out.
type fingerprint map[string][]string // the objects' essentials, by kind/name

// fleeting are the kinds that only follow from others or from time.
var fleeting = map[string]bool{"Event": true, "EndpointSlice": true}

// madeUp are the spec fields that the cluster fills in as it pleases.
var madeUp = [][]string{
	{"spec", "nodeName"}, {"spec", "clusterIP"}, {"spec", "clusterIPs"}, {"spec", "healthCheckNodePort"}, {"spec", "volumeName"},
}

// kept are the annotations that tell states apart.
var kept = []string{cluster.RevisionAnnotation, "kubernetes.io/change-cause"}

var (
	uid    = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	access = regexp.MustCompile(`kube-api-access-[a-z0-9]{5}`) // the service account admission plugin's volume
	ports  = regexp.MustCompile(`"nodePort":[0-9]+,?`)
)

func fingerprintOf(s cluster.Snapshot, namespace string) fingerprint {
	f := fingerprint{}
	for kind, objects := range s.Objects {
		for _, o := range objects {
			ours := o.GetNamespace() == namespace || (o.GetNamespace() == "" && o.GetLabels()[LessonLabel] != "")
			if !ours || fleeting[kind.Kind] || o.GetDeletionTimestamp() != nil || givenByCluster(kind.Kind, o.GetName()) {
				continue
			}
			name := o.GetName()
			if generated := o.GetGenerateName(); generated != "" {
				name = generated + "*"
			}
			name = strings.ToLower(kind.Kind) + "/" + name
			f[name] = append(f[name], essentials(o))
		}
	}
	for _, all := range f {
		slices.Sort(all)
	}
	return f
}

// givenByCluster reports whether every namespace holds such an object from its
// birth.
func givenByCluster(kind, name string) bool {
	return kind == "ConfigMap" && name == "kube-root-ca.crt" || kind == "ServiceAccount" && name == "default"
}

func essentials(o cluster.Object) string {
	fields := maps.Clone(fieldsOf(o))
	annotations := map[string]string{}
	for _, name := range kept {
		if value, ok := o.GetAnnotations()[name]; ok {
			annotations[name] = value
		}
	}
	fields["metadata"] = map[string]any{"labels": o.GetLabels(), "annotations": annotations}
	delete(fields, "status")
	if spec, ok := fields["spec"].(map[string]any); ok {
		fields["spec"] = maps.Clone(spec)
	}
	for _, path := range madeUp {
		unstructured.RemoveNestedField(fields, path...)
	}
	if pod, ok := o.(*corev1.Pod); ok {
		state := cluster.PodState(pod)
		fields["state"] = string(state)
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return err.Error() // differs from every other, which is the safe mistake
	}
	text := uid.ReplaceAllString(string(data), "uid")
	text = access.ReplaceAllString(text, "kube-api-access")
	return ports.ReplaceAllString(text, "")
}

// differs returns the first objects in which two fingerprints differ: those that
// are missing, those too many, and those that are otherwise. It is "" for equal
// ones.
func (f fingerprint) differs(now fingerprint) string {
	names := slices.Sorted(maps.Keys(f))
	for name := range now {
		if _, ok := f[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var found []string
	for _, name := range names {
		was, is := f[name], now[name]
		switch {
		case slices.Equal(was, is):
		case len(was) > len(is):
			found = append(found, "-"+name)
		case len(was) < len(is):
			found = append(found, "+"+name)
		default:
			found = append(found, "~"+name+firstDifference(was, is))
		}
	}
	return cut(Plain(strings.Join(found, " ")), 300)
}

// firstDifference names the field in which two objects of one name differ.
func firstDifference(was, is []string) string {
	for i := range was {
		var a, b map[string]any
		if was[i] == is[i] || json.Unmarshal([]byte(was[i]), &a) != nil || json.Unmarshal([]byte(is[i]), &b) != nil {
			continue
		}
		for _, found := range [][]gap{gaps(a, b, 1), gaps(b, a, 1)} {
			if len(found) > 0 {
				return " (" + found[0].where() + ")"
			}
		}
	}
	return ""
}
