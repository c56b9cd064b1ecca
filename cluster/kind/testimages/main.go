// Command testimages makes stand-ins of the images in manifests/images.yaml for
// machines that can pull none, as an archive that `podium images load` and any
// container engine take:
//
//	go run ./cluster/kind/testimages -o bin/testimages.tar
//
// nginx, Apache, curl and the shells are Debian's, in one layer that all images
// share; what Debian doesn't have is [podium/cluster/kind/testimages/standin].
// It needs debootstrap, and root for it, the first time; the layer is kept in
// the user's cache.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"podium/manifests"
)

// An entry is what is needed here of one in images.yaml, whose head explains
// the fields.
type entry struct {
	Name       string            `json:"name"`
	Tags       map[string]string `json:"tags"`
	Entrypoint []string          `json:"entrypoint"`
	Command    []string          `json:"command"`
	Program    string            `json:"program"`
	Ports      []int32           `json:"ports"`
	StartDelay string            `json:"startDelay"`
	Env        map[string]string `json:"env"`
	Root       string            `json:"root"`
	Files      map[string]string `json:"files"`
	Text       string            `json:"text"`
	ExitCode   int               `json:"exitCode"`
}

func main() {
	out := flag.String("o", "", "the archive to write")
	flag.Parse()
	if err := build(*out); err != nil {
		fmt.Fprintln(os.Stderr, "testimages:", err)
		os.Exit(1)
	}
}

func build(out string) error {
	if out == "" {
		return fmt.Errorf("-o FILE is missing")
	}
	data, err := manifests.FS.ReadFile("images.yaml")
	if err != nil {
		return err
	}
	var list struct {
		Images []entry `json:"images"`
	}
	if err := yaml.Unmarshal(data, &list); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "testimages")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	made, err := newMaker(work)
	if err != nil {
		return err
	}
	for _, e := range list.Images {
		if ofControlPlane(e.Name) {
			continue // every node image brings its own
		}
		if err := made.images(e); err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return made.write(out)
}

func ofControlPlane(name string) bool {
	return strings.HasPrefix(name, "registry.k8s.io/") && name != "registry.k8s.io/pause" || name == "docker.io/kindest/kindnetd"
}

// familiar is a name as people and engines write it: docker.io/library/nginx
// is nginx.
func familiar(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/library/"), "docker.io/")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
