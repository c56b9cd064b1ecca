package kind

import (
	"context"
	"slices"
	"strings"

	"github.com/distribution/reference"
)

// full is an image's name with its registry: nginx is docker.io/library/nginx.
func full(image string) string {
	if named, err := reference.ParseNormalizedNamed(image); err == nil {
		return named.String()
	}
	return image
}

// familiar is an image's name as people write it.
func familiar(image string) string {
	if named, err := reference.ParseNormalizedNamed(image); err == nil {
		return reference.FamiliarString(named)
	}
	return image
}

// tagOnly is an image's name without its digest, as an archive keeps it.
func tagOnly(image string) string {
	name, _, _ := strings.Cut(image, "@")
	return name
}

// localhost is where Podman keeps an image that was built, or loaded from an
// archive, under a name without a registry.
const localhost = "localhost/"

// names are those under which an engine may keep an image, the first being the
// one to pull it by.
func (e engine) names(image string) []string {
	if e.name != "podman" {
		return slices.Compact([]string{image, tagOnly(image)})
	}
	// Podman guesses no registry, and kind leaves out the tag beside a digest.
	names := []string{full(image), full(tagOnly(image))}
	if name, digest, found := strings.Cut(full(image), "@"); found {
		if slash, colon := strings.LastIndexByte(name, '/'), strings.LastIndexByte(name, ':'); colon > slash {
			name = name[:colon]
		}
		names[0] = name + "@" + digest
	}
	if tagged := tagOnly(image); !strings.HasPrefix(tagged, "docker.io/") && strings.HasPrefix(names[1], "docker.io/") {
		names = append(names, localhost+tagged)
	}
	return slices.Compact(names)
}

// find returns the name by which the engine keeps an image, or "".
func (e engine) find(ctx context.Context, image string) string {
	for _, name := range e.names(image) {
		if _, err := e.run(ctx, "image", "inspect", "--format", "{{.Id}}", name); err == nil {
			return name
		}
	}
	return ""
}

// adopt gives the images that were not there before, and that Podman has put
// under localhost, the names that lessons and kind call them by.
func (p *Provider) adopt(ctx context.Context, e engine, before map[string]bool) error {
	names, err := LessonImages()
	if err != nil {
		return err
	}
	there, err := e.images(ctx)
	if err != nil {
		return err
	}
	for _, name := range append(names, full(tagOnly(p.options.Image))) {
		local := localhost + familiar(name)
		if before[local] || !there[local] {
			continue
		}
		if _, err := e.run(ctx, "tag", local, name); err != nil {
			return err
		}
		if _, err := e.run(ctx, "untag", local, local); err != nil {
			return err
		}
	}
	return nil
}

// spellings are the ways in which a manifest may name an image.
func spellings(image string) []string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return []string{image}
	}
	names := []string{named.String(), reference.FamiliarString(named)}
	if rest, ok := strings.CutPrefix(names[0], "docker.io/library/"); ok {
		names = append(names, "docker.io/"+rest, "library/"+rest)
	}
	for _, name := range slices.Clone(names) {
		if untagged, ok := strings.CutSuffix(name, ":latest"); ok {
			names = append(names, untagged)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
