package kind

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	kindcluster "sigs.k8s.io/kind/pkg/cluster"

	"podium/i18n"
)

// engineVariable is what kind's own command line looks at to choose an engine.
const engineVariable = "KIND_EXPERIMENTAL_PROVIDER"

// An engine is a program that runs containers.
type engine struct {
	name   string // the executable, and kind's word for it
	option func() kindcluster.ProviderOption
	os     string // the format of `info` that tells which system containers run on
}

// engines are those that kind knows, in its order of preference.
func engines() []engine {
	return []engine{
		{"docker", kindcluster.ProviderWithDocker, "{{.OSType}}"},
		{"nerdctl", func() kindcluster.ProviderOption { return kindcluster.ProviderWithNerdctl("nerdctl") }, "{{.OSType}}"},
		{"podman", kindcluster.ProviderWithPodman, "{{.Host.OS}}"},
	}
}

// answerLimit is how long an engine may take to say that it is there.
const answerLimit = 10 * time.Second

// engine returns the engine to use: the one that made the cluster, else the one
// that KIND_EXPERIMENTAL_PROVIDER names, else the first that answers.
func (p *Provider) engine(ctx context.Context) (engine, error) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	wish := p.Wish()
	var first error
	for _, e := range p.candidates() {
		err := e.check(ctx, p.lacking(e))
		if err == nil {
			return e, nil
		}
		if first == nil || errors.Is(first, exec.ErrNotFound) && !errors.Is(err, exec.ErrNotFound) {
			first = err
		}
	}
	if first == nil {
		return engine{}, i18n.Errorf(nil, i18n.M("kind.engine-unknown", "Engine", wish, "Variable", engineVariable))
	}
	return engine{}, first
}

// Wish is the engine that has to be used: the one that made the cluster, else the
// one that KIND_EXPERIMENTAL_PROVIDER names, else "" for any.
func (p *Provider) Wish() string {
	return cmp.Or(p.record().Engine, os.Getenv(engineVariable))
}

// candidates are the engines that may be used, the preferred one first.
func (p *Provider) candidates() []engine {
	wish := p.Wish()
	return slices.DeleteFunc(slices.Clone(p.engines), func(e engine) bool { return wish != "" && e.name != wish })
}

// Engines names the container engines that may be used, the preferred one first:
// none but [Provider.Wish] where there is one.
func (p *Provider) Engines() []string {
	var names []string
	for _, e := range p.candidates() {
		names = append(names, e.name)
	}
	return names
}

// lacking says what it means that an engine is not installed. Of a cluster that was
// made with it nobody can tell whether its containers are gone too: so it is the
// user who has it forgotten.
func (p *Provider) lacking(e engine) i18n.Message {
	switch {
	case p.record().Engine != "":
		return i18n.M("kind.engine-gone", "Engine", e.name, "Dir", p.options.Home)
	case p.Wish() != "":
		return i18n.M("kind.engine-wished", "Engine", e.name, "Variable", engineVariable)
	}
	return i18n.M("kind.engine-missing")
}

// check says why the engine can't run Linux containers; lacking, that it isn't
// there.
func (e engine) check(ctx context.Context, lacking i18n.Message) error {
	if _, err := exec.LookPath(e.name); err != nil {
		if lacking.ID != "kind.engine-missing" {
			err = fmt.Errorf("%s is the engine to use: %w", e.name, err)
		}
		return i18n.Errorf(&CommandError{Command: []string{e.name}, Err: err}, lacking)
	}
	said, err := e.run(ctx, "info", "--format", e.os)
	if err != nil {
		return i18n.Errorf(err, i18n.M("kind.engine-silent", "Engine", e.name, "Why", plain(lastWords(err))))
	}
	if system := strings.TrimSpace(said); system == "windows" {
		return i18n.Errorf(nil, i18n.M("kind.engine-windows", "Engine", e.name))
	}
	return nil
}
