package kind

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"

	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	"sigs.k8s.io/yaml"

	"podium/manifests"
)

// child is the process that creates the cluster.
type child struct {
	process  *os.Process
	lifeline io.Closer
	lines    *bufio.Scanner
	wait     func() error
}

// spawn starts the child with its order.
func (p *Provider) spawn(e engine, image string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	config, err := p.config(e)
	if err != nil {
		return nil, err
	}
	asked, err := json.Marshal(order{
		Cluster: p.options.Cluster, Engine: e.name, Image: image, Config: config, Kubeconfig: p.path(fileKubeconfig),
	})
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(p.path(fileLog), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, p.homeError(err)
	}
	defer log.Close()
	command := exec.Command(self, Word) //nolint:gosec // our own executable
	command.Stderr, command.SysProcAttr = log, ownGroup()
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, p.failed(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 4<<20) // a failed command's whole output is one line
	c := &child{process: command.Process, lifeline: in, lines: lines, wait: command.Wait}
	if _, err := in.Write(append(asked, '\n')); err != nil {
		c.kill()
		return nil, p.failed(err)
	}
	return c, nil
}

// follow reports the child's stages until the cluster is made, or says why it
// isn't. When ctx ends the child is killed.
func (p *Provider) follow(ctx context.Context, c *child, progress *progress) error {
	defer context.AfterFunc(ctx, func() { _ = c.process.Kill() })()
	var said line
	for c.lines.Scan() {
		said = line{}
		if json.Unmarshal(c.lines.Bytes(), &said) == nil && said.Stage != "" {
			progress.kind(said.Stage)
		}
	}
	_ = c.lifeline.Close()
	ended := c.wait()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case said.Made:
		return nil
	case said.Failed != nil:
		return p.failed(&CommandError{Command: said.Failed.Command, Output: said.Failed.Output, Err: errors.New(said.Failed.Error)})
	}
	return p.failed(errors.Join(errors.New("the process that creates the cluster ended"), ended))
}

// kill ends the child at once.
func (c *child) kill() {
	_ = c.process.Kill()
	_ = c.lifeline.Close()
	_ = c.wait()
}

// config is manifests/kind.yaml with as many workers as asked for, for an engine.
func (p *Provider) config(e engine) (string, error) {
	data, err := manifests.FS.ReadFile("kind.yaml")
	if err != nil {
		return "", err
	}
	var config v1alpha4.Cluster
	if err := yaml.UnmarshalStrict(data, &config); err != nil {
		return "", err
	}
	workers := p.options.Workers
	if workers == 0 {
		workers = defaultWorkers
	}
	control, worker := config.Nodes[0], config.Nodes[1]
	if e.name == "nerdctl" { // it can't pick a free port; 0 lets kind do so
		config.Networking.APIServerPort = 0
		for i := range control.ExtraPortMappings {
			control.ExtraPortMappings[i].HostPort = 0
		}
	}
	config.Nodes = []v1alpha4.Node{control}
	for range workers {
		config.Nodes = append(config.Nodes, worker)
	}
	data, err = yaml.Marshal(config)
	return string(data), err
}
