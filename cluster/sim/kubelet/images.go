package kubelet

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/distribution/reference"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"podium/manifests"
)

// image is one entry of images.yaml, whose head explains each field.
type image struct {
	Name        string            `json:"name"`
	Tags        map[string]string `json:"tags"`
	Lessons     []string          `json:"lessons"` // for real clusters alone
	Size        int64             `json:"size"`
	Entrypoint  []string          `json:"entrypoint"`
	Command     []string          `json:"command"`
	Program     string            `json:"program"`
	Binary      string            `json:"binary"`
	Ports       []int32           `json:"ports"`
	GRPC        []int32           `json:"grpc"`
	StartDelay  metav1.Duration   `json:"startDelay"`
	StopDelay   metav1.Duration   `json:"stopDelay"`
	IgnoresTerm bool              `json:"ignoresTerm"`
	Shells      []string          `json:"shells"`
	Packages    []string          `json:"packages"`
	Env         map[string]string `json:"env"`
	Root        string            `json:"root"`
	Files       map[string]string `json:"files"`
	Text        string            `json:"text"`
	ExitCode    int               `json:"exitCode"`

	version string // of the tag that was asked for
}

// catalogue is every image that can be pulled, by repository and tag.
type catalogue map[string]map[string]image

// loadCatalogue reads podium's own images.yaml and extra, which may be empty.
func loadCatalogue(extra []byte) (catalogue, error) {
	own, err := manifests.FS.ReadFile("images.yaml")
	if err != nil {
		return nil, err
	}
	c := catalogue{}
	for _, file := range []struct {
		name string
		text []byte
	}{{"images.yaml", own}, {"the lesson's images", extra}} {
		var list struct {
			Images []image `json:"images"`
		}
		if err := yaml.UnmarshalStrict(file.text, &list); err != nil {
			return nil, fmt.Errorf("%s: %w", file.name, err)
		}
		for _, im := range list.Images {
			if err := c.add(im); err != nil {
				return nil, fmt.Errorf("%s: %w", file.name, err)
			}
		}
	}
	return c, nil
}

func (c catalogue) add(im image) error {
	if len(im.Tags) == 0 {
		return fmt.Errorf("image %q has no tags", im.Name)
	}
	if _, ok := programs[im.Program]; !ok {
		return fmt.Errorf("image %q: unknown program %q", im.Name, im.Program)
	}
	if c[im.Name] == nil {
		c[im.Name] = map[string]image{}
	}
	for tag, version := range im.Tags {
		tagged := im
		tagged.version = version
		tagged.Text = strings.ReplaceAll(im.Text, "{version}", version)
		tagged.Env = map[string]string{}
		for name, value := range im.Env {
			tagged.Env[name] = strings.ReplaceAll(value, "{version}", version)
		}
		c[im.Name][tag] = tagged
	}
	return nil
}

// imageRef is a parsed image reference.
type imageRef struct {
	asked string // as the container spec has it, with the default tag
	full  string // docker.io/library/nginx:1.27
	name  string // docker.io/library/nginx
	tag   string
}

// errInvalidImageName marks a reference that cannot be parsed.
var errInvalidImageName = errors.New("InvalidImageName")

// invalidImageName says why, in the words of k8s.io/kubernetes/pkg/util/parsers.
type invalidImageName struct {
	image string
	err   error
}

func (e invalidImageName) Error() string {
	return fmt.Sprintf("couldn't parse image name %q: %v", e.image, e.err)
}
func (e invalidImageName) Is(target error) bool { return target == errInvalidImageName }

func parseImage(text string) (imageRef, error) {
	named, err := reference.ParseNormalizedNamed(text)
	if err != nil {
		return imageRef{}, invalidImageName{text, err}
	}
	ref := imageRef{asked: text, name: named.Name(), tag: "latest"}
	tagged, hasTag := named.(reference.Tagged)
	if hasTag {
		ref.tag = tagged.Tag()
	}
	if d, ok := named.(reference.Digested); ok {
		ref.tag = d.Digest().String()
	} else if !hasTag {
		ref.asked += ":latest"
	}
	ref.full = ref.name + ":" + ref.tag
	return ref, nil
}

// find returns the catalogue's entry for a reference.
func (c catalogue) find(ref imageRef) (image, bool) {
	im, ok := c[ref.name][ref.tag]
	return im, ok
}

// id is the image's reference by digest, the same on every node and run.
func (r imageRef) id() string {
	sum := sha256.Sum256([]byte(r.full))
	return r.name + "@sha256:" + hex.EncodeToString(sum[:])
}

// imageStore is what one node has pulled.
type imageStore struct {
	mu   sync.Mutex
	have map[string]bool
}

func (s *imageStore) has(ref imageRef) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.have[ref.full]
}

func (s *imageStore) add(ref imageRef) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.have == nil {
		s.have = map[string]bool{}
	}
	s.have[ref.full] = true
}

// list returns the references the node has, for its status.
func (s *imageStore) list() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.have))
	for name := range s.have {
		names = append(names, name)
	}
	return names
}
