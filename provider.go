package main

import (
	"os"
	"path/filepath"

	"podium/cluster"
	"podium/cluster/kind"
	"podium/cluster/kubeconfig"
	"podium/cluster/sim"
	"podium/lessons"
)

// providerVariable names the environment variable with the provider to use
// where --provider names none, and for podium kubectl, which takes no flags.
const providerVariable = "PODIUM_PROVIDER"

// mostWorkers are the providers by name, and how many workers each can have:
// what the sim's node names and addresses are made for, and as many containers
// as a large laptop carries.
var mostWorkers = map[string]int{"sim": 50, "kind": 10, kubeconfig.Name: 1}

func defaultProvider() string {
	if name := os.Getenv(providerVariable); name != "" {
		return name
	}
	return "sim"
}

// A hold says what this process wants of a cluster.
type hold int

const (
	drive  hold = iota // use it, and end it at last
	look               // look on while another podium drives
	detach             // let it go on running after this process
)

// keeper returns the provider that was chosen, for the cluster under h.
func (o *options) keeper(h home, want hold) cluster.Keeper {
	dir := h.provider(o.provider)
	if o.provider == "kind" {
		return kind.New(kind.Options{
			Home: dir, Cluster: o.cluster, Workers: o.workers, Image: o.nodeImage, Watch: want == look, Detach: want == detach,
		})
	}
	if o.provider == kubeconfig.Name {
		return o.shared(h)
	}
	return sim.New(sim.Options{
		Home: dir, Workers: o.workers, Speed: o.speed, Plane: o.plane, Watch: want == look, Detach: want == detach,
		Course: o.images,
	})
}

// images are the further images of the course that was chosen.
func (o *options) images() map[string]string {
	if o.course == "" {
		return nil
	}
	course, err := openCourse(o.course)
	if err != nil {
		return nil // loading its lessons says why
	}
	return lessons.Images(course)
}

// provider is the directory of a provider's cluster.
func (h home) provider(name string) string { return filepath.Join(string(h), name) }
