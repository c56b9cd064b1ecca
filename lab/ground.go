package lab

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"podium/cluster"
	"podium/i18n"
)

// born is what every namespace has from the start, by kind.
var born = map[string]string{"ConfigMap": "kube-root-ca.crt", "ServiceAccount": "default"}

// made reports whether an object is the learner's: it wasn't born with the
// namespace, and it isn't podium's own, such as a shared cluster's quota.
func made(kind string, o cluster.Object) bool {
	return o.GetName() != born[kind] && kind != "Event" && o.GetLabels()[cluster.OwnedLabel] != "true"
}

// Vacant reports whether a namespace holds nothing that a learner made.
func Vacant(s cluster.Snapshot, namespace string) bool {
	for kind := range s.Objects {
		for _, o := range s.In(kind, namespace) {
			if made(kind.Kind, o) {
				return false
			}
		}
	}
	return true
}

// Contents names what is in a namespace, as kubectl does, sorted. What something
// else owns is left out. The names are as the cluster gave them.
func Contents(s cluster.Snapshot, namespace string) []string {
	var names []string
	for kind := range s.Objects {
		for _, o := range s.In(kind, namespace) {
			if made(kind.Kind, o) && len(o.GetOwnerReferences()) == 0 {
				names = append(names, strings.ToLower(kind.Kind)+"/"+o.GetName())
			}
		}
	}
	slices.Sort(names)
	return names
}

// LastLesson reads from a note the folder of the lesson that was the last one on
// the cluster; "" if that is unknown, and then the step's state is made anew.
func LastLesson(note string) string {
	data, err := os.ReadFile(note)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// NoteLesson writes that note.
func NoteLesson(note, folder string) error {
	err := os.MkdirAll(filepath.Dir(note), 0o700)
	if err == nil {
		err = os.WriteFile(note, []byte(folder+"\n"), 0o600)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return i18n.Errorf(err, i18n.M("lab.files", "Path", note, "Problem", err.Error()))
	}
	return nil
}
