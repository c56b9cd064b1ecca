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

// Vacant reports whether a namespace holds nothing but what every one is born
// with.
func Vacant(s cluster.Snapshot, namespace string) bool {
	for kind := range s.Objects {
		for _, o := range s.In(kind, namespace) {
			if o.GetName() != born[kind.Kind] && kind.Kind != "Event" {
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
			if o.GetName() != born[kind.Kind] && kind.Kind != "Event" && len(o.GetOwnerReferences()) == 0 {
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
