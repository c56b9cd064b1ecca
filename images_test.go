package main

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/distribution/reference"
	"sigs.k8s.io/yaml"

	"podium/cluster/kind"
	"podium/manifests"
)

// mentioned finds an image in a manifest or on a command line.
var mentioned = regexp.MustCompile(`(?:image: *|--image=|=)"?([a-z][a-z0-9./-]*(?::[A-Za-z0-9._-]+)?)(:\$)?`)

// TestRealClustersGetTheImagesThatLessonsUse reads the lessons' files for images
// that the catalogue has: each must be among those that are put on the nodes.
func TestRealClustersGetTheImagesThatLessonsUse(t *testing.T) {
	there, err := kind.LessonImages()
	if err != nil {
		t.Fatal(err)
	}
	data, err := manifests.FS.ReadFile("images.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var catalogue struct {
		Images []struct {
			Name string            `json:"name"`
			Tags map[string]string `json:"tags"`
		} `json:"images"`
	}
	if err := yaml.Unmarshal(data, &catalogue); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, image := range catalogue.Images {
		for tag := range image.Tags {
			known[image.Name+":"+tag] = true
		}
	}
	for _, name := range there {
		if !known[name] {
			t.Errorf("%s is no image of images.yaml", name)
		}
	}
	found := 0
	check := func(file, text string) {
		for _, match := range mentioned.FindAllStringSubmatch(text, -1) {
			named, err := reference.ParseNormalizedNamed(match[1])
			if err != nil || match[2] != "" { // a fault's tag that varies is one that isn't there
				continue
			}
			full := reference.TagNameOnly(named).String()
			if !known[full] || strings.HasPrefix(full, "podium.dev/") {
				continue
			}
			found++
			if !slices.Contains(there, full) {
				t.Errorf("%s uses %s, which images.yaml doesn't list under lessons", file, full)
			}
		}
	}
	for _, root := range []string{"lessons", "manifests/apps"} {
		err := fs.WalkDir(os.DirFS("."), root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") || strings.Contains(name, "testdata") {
				return err
			}
			text, err := os.ReadFile(name)
			check(name, string(text))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 20 {
		t.Errorf("only %d images were found in the lessons' files", found)
	}
}
