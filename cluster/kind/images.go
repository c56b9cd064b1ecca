package kind

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/yaml"

	"podium/i18n"
	"podium/manifests"
)

// LessonImages lists the images that lessons use, by their full names: what a
// real cluster has on its nodes before a learner begins. They are those of
// manifests/images.yaml that say so.
func LessonImages() ([]string, error) {
	data, err := manifests.FS.ReadFile("images.yaml")
	if err != nil {
		return nil, err
	}
	var list struct {
		Images []struct {
			Name    string   `json:"name"`
			Lessons []string `json:"lessons"`
		} `json:"images"`
	}
	if err := yaml.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	var names []string
	for _, image := range list.Images {
		for _, tag := range image.Lessons {
			names = append(names, image.Name+":"+tag)
		}
	}
	slices.Sort(names)
	return names, nil
}

// lines splits what a command wrote.
func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
}

// images lists what the engine keeps, by full names.
func (e engine) images(ctx context.Context) (map[string]bool, error) {
	listed, err := e.run(ctx, "images", "--format", "{{.Repository}}:{{.Tag}}")
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, name := range lines(listed) {
		if named, err := reference.ParseNormalizedNamed(name); err == nil {
			there[named.String()] = true
		}
	}
	return there, nil
}

// nodeImage makes sure of the node image, pulling it if need be, and returns
// the name that the engine knows it by.
func (p *Provider) nodeImage(ctx context.Context, e engine, progress *progress) (string, error) {
	if name := e.find(ctx, p.options.Image); name != "" {
		return name, nil
	}
	if err := ctx.Err(); err != nil {
		return "", context.Cause(ctx)
	}
	name := e.names(p.options.Image)[0]
	progress.begin(i18n.M("kind.stage.node-image", "Image", tagOnly(p.options.Image)))
	if _, err := e.run(ctx, "pull", name); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", i18n.Errorf(err, i18n.M("kind.node-image", "Image", tagOnly(p.options.Image), "Why", plain(lastWords(err))))
	}
	return name, nil
}

// pullLessons pulls the lessons' images that the engine hasn't. The first that
// can't be had ends it: without a registry, lessons whose images are there
// still work, and for the rest the nodes try themselves.
func (p *Provider) pullLessons(ctx context.Context, e engine, progress *progress) error {
	missing, err := p.missing(ctx, e)
	if err != nil {
		return err
	}
	for i, name := range missing {
		progress.begin(i18n.M("kind.stage.pull", "Image", familiar(name), "Number", i+1, "Of", len(missing)))
		if _, err := e.run(ctx, "pull", name); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			progress.begin(i18n.M("kind.stage.offline", "Image", familiar(name)))
			return nil
		}
	}
	return nil
}

// missing lists the lessons' images that the engine hasn't.
func (p *Provider) missing(ctx context.Context, e engine) ([]string, error) {
	names, err := LessonImages()
	if err != nil {
		return nil, err
	}
	there, err := e.images(ctx)
	if err != nil {
		return nil, p.failed(err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return there[name] }), nil
}

// load brings the lessons' images that the engine has to the nodes that have
// them not, and returns the names of those that all nodes have.
func (p *Provider) load(ctx context.Context, e engine, nodes []node) ([]string, error) {
	names, err := LessonImages()
	if err != nil {
		return nil, err
	}
	kept, err := e.images(ctx)
	if err != nil {
		return nil, p.failed(err)
	}
	there, err := e.imagesOf(ctx, nodes)
	if err != nil {
		return nil, p.failed(err)
	}
	lacking, wanted := map[string]bool{}, map[string]bool{}
	for i, n := range nodes {
		for _, name := range names {
			if kept[name] && !slices.Contains(there[i], name) {
				lacking[n.Name], wanted[name] = true, true
			}
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !kept[name] })
	if len(wanted) == 0 {
		return names, nil
	}
	return names, p.bring(ctx, e, slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !wanted[name] }), lacking)
}

// imagesOf lists what each node has, all nodes at once.
func (e engine) imagesOf(ctx context.Context, nodes []node) ([][]string, error) {
	there := make([][]string, len(nodes))
	all, ctx := errgroup.WithContext(ctx)
	for i, n := range nodes {
		all.Go(func() error {
			listed, err := e.run(ctx, "exec", n.Name, "ctr", "--namespace=k8s.io", "images", "ls", "-q")
			there[i] = lines(listed)
			return err
		})
	}
	return there, all.Wait()
}

// bring copies images from the engine into nodes, all nodes at once.
func (p *Provider) bring(ctx context.Context, e engine, images []string, nodes map[string]bool) error {
	archive := p.path(fileArchive)
	defer os.Remove(archive)
	if err := e.save(ctx, archive, images); err != nil {
		return p.failed(err)
	}
	all, ctx := errgroup.WithContext(ctx)
	for name := range nodes {
		all.Go(func() error {
			file, err := os.Open(archive)
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = e.feed(ctx, file, "exec", "-i", name, "sh", "-c", importImages)
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return p.failed(err)
	}
	return nil
}

// importImages reads an archive in a node. Unpacking waits until a pod needs it, as
// with the images that a node is born with. Read by ctr itself an archive takes half
// the time that it takes containerd's transfer service, which containerd 2 asks
// otherwise; ctr of older ones knows no other way and no --local.
const importImages = `ctr images import --help | grep -q -e --local && local=--local
exec ctr --namespace=k8s.io images import $local --no-unpack -`

// save writes images to an archive. The engine doesn't do so by itself: killed,
// it would leave a file of its own beside it.
func (e engine) save(ctx context.Context, path string, images []string) error {
	args := []string{"save"}
	if e.name == "podman" {
		args = append(args, "--multi-image-archive")
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(e.pipe(ctx, nil, file, append(args, images...)...), file.Close())
}

// PullImages pulls the node image and the lessons' images that the engine
// hasn't, and tells report of each before it begins.
func (p *Provider) PullImages(ctx context.Context, report func(image string)) error {
	e, err := p.engine(ctx)
	if err != nil {
		return err
	}
	names, err := p.missing(ctx, e)
	if err != nil {
		return err
	}
	if e.find(ctx, p.options.Image) == "" {
		names = append(e.names(p.options.Image)[:1], names...)
	}
	for _, name := range names {
		report(familiar(name))
		if _, err := e.run(ctx, "pull", name); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return i18n.Errorf(err, i18n.M("kind.pull", "Image", familiar(name), "Why", plain(lastWords(err))))
		}
	}
	return nil
}

// SaveImages writes the node image and the lessons' images to a file, for
// [Provider.LoadImages] on a machine without internet. All must be there.
func (p *Provider) SaveImages(ctx context.Context, path string) error {
	e, err := p.engine(ctx)
	if err != nil {
		return err
	}
	missing, err := p.missing(ctx, e)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return i18n.Errorf(nil, i18n.M("kind.save-missing", "Image", familiar(missing[0]), "Count", len(missing)))
	}
	names, err := LessonImages()
	if err != nil {
		return err
	}
	tag := full(tagOnly(p.options.Image))
	// One that was pulled by its digest has no tag, and an archive keeps no digest.
	if _, err := e.run(ctx, "tag", e.find(ctx, p.options.Image), tag); err != nil {
		return i18n.Errorf(err, i18n.M("kind.save-missing", "Image", tagOnly(p.options.Image), "Count", 1))
	}
	if err := e.save(ctx, path, append(names, tag)); err != nil {
		_ = os.Remove(path)
		return p.failed(err)
	}
	return nil
}

// LoadImages gives the engine the images in an archive. The next Open brings
// them to the nodes.
func (p *Provider) LoadImages(ctx context.Context, archive io.Reader) error {
	e, err := p.engine(ctx)
	if err != nil {
		return err
	}
	before, err := e.images(ctx)
	if err != nil {
		return p.failed(err)
	}
	if _, err := e.feed(ctx, archive, "load"); err != nil {
		return i18n.Errorf(err, i18n.M("kind.load", "Why", plain(lastWords(err))))
	}
	if err := p.adopt(ctx, e, before); err != nil {
		return p.failed(err)
	}
	return nil
}
