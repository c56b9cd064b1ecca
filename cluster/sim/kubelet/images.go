package kubelet

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/distribution/reference"

	"podium/manifests"
)

// image is one entry of a catalogue, for one tag.
type image struct {
	manifests.Image
	version string // of the tag that was asked for
}

// catalogue is every image that can be pulled, by repository and tag.
type catalogue map[string]map[string]image

// loadCatalogue reads podium's own images.yaml and then further ones, whose
// entries replace those of the same name and tag.
func loadCatalogue(further ...string) (catalogue, error) {
	own, err := manifests.FS.ReadFile("images.yaml")
	if err != nil {
		return nil, err
	}
	c := catalogue{}
	for i, text := range append([]string{string(own)}, further...) {
		images, err := manifests.ParseImages(text)
		if err != nil {
			return nil, fmt.Errorf("catalogue %d: %w", i, err)
		}
		for _, im := range images {
			c.add(im)
		}
	}
	return c, nil
}

func (c catalogue) add(im manifests.Image) {
	if c[im.Name] == nil {
		c[im.Name] = map[string]image{}
	}
	for tag, version := range im.Tags {
		tagged := image{im, version}
		tagged.Text = strings.ReplaceAll(im.Text, "{version}", version)
		tagged.Env = map[string]string{}
		for name, value := range im.Env {
			tagged.Env[name] = strings.ReplaceAll(value, "{version}", version)
		}
		c[im.Name][tag] = tagged
	}
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
