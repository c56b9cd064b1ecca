package kind

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"
	"unicode"

	"podium/cluster/enginelog"
)

// A CommandError is a command of a container engine's, or of kind's, that
// failed. Output is what it said, as it said it: hostile text.
type CommandError struct {
	Command []string
	Output  string
	Err     error
}

// Error implements error. All of the output is there for whoever looks for a
// known cause in it.
func (e *CommandError) Error() string {
	return strings.TrimSpace(strings.Join(e.Command, " ") + ": " + e.Err.Error() + "\n" + e.Output)
}

// Unwrap returns how the command ended.
func (e *CommandError) Unwrap() error { return e.Err }

// run runs a command of the engine's and returns what it wrote to its standard
// output. It is killed when ctx ends.
func (e engine) run(ctx context.Context, args ...string) (string, error) {
	return e.feed(ctx, nil, args...)
}

// feed is run with something to read for the command.
func (e engine) feed(ctx context.Context, in io.Reader, args ...string) (string, error) {
	var out bytes.Buffer
	err := e.pipe(ctx, in, io.Writer(&out), args...)
	if err != nil {
		return "", err
	}
	return out.String(), nil
}

// pipe is feed with somewhere to write what the command does.
func (e engine) pipe(ctx context.Context, in io.Reader, out io.Writer, args ...string) error {
	command := exec.CommandContext(ctx, e.name, args...) //nolint:gosec // the engine's name and our own words
	command.WaitDelay = time.Second
	var said bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = in, out, &said
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return &CommandError{Command: command.Args, Output: said.String(), Err: err}
	}
	return nil
}

// The labels that kind puts on node containers
// (sigs.k8s.io/kind/pkg/cluster/internal/providers/docker/constants.go).
const (
	labelCluster = "io.x-k8s.kind.cluster"
	labelRole    = "io.x-k8s.kind.role"
)

// controlPlane is kind's word for the role.
const controlPlane = "control-plane"

// A node is a container that is a node, as the engine describes it.
type node struct {
	ID      string
	Name    string
	Created time.Time
	State   struct{ Running bool }
	Config  struct{ Labels map[string]string }

	NetworkSettings struct {
		Ports map[string][]struct{ HostIP, HostPort string }
	}
}

func (n node) controlPlane() bool { return n.Config.Labels[labelRole] == controlPlane }

// nodes lists a cluster's containers, running or not, the control plane first.
func (e engine) nodes(ctx context.Context, cluster string) ([]node, error) {
	listed, err := e.run(ctx, "ps", "-a", "-q", "--no-trunc", "--filter", "label="+labelCluster+"="+cluster)
	ids := strings.Fields(listed)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	described, err := e.run(ctx, append([]string{"inspect", "--type=container"}, ids...)...)
	if err != nil {
		var failed *CommandError
		if errors.As(err, &failed) && strings.Contains(strings.ToLower(failed.Output), "no such") {
			return e.nodes(ctx, cluster) // one has gone in between
		}
		return nil, err
	}
	var nodes []node
	if err := json.Unmarshal([]byte(described), &nodes); err != nil {
		return nil, &CommandError{Command: []string{e.name, "inspect"}, Output: described, Err: err}
	}
	for i := range nodes {
		nodes[i].Name = strings.TrimPrefix(nodes[i].Name, "/")
	}
	slices.SortFunc(nodes, func(a, b node) int {
		if a.controlPlane() != b.controlPlane() {
			if a.controlPlane() {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return nodes, nil
}

// leaveStopped makes containers stay stopped once they are. Only nerdctl has to be
// told: its restart policy on-failure, which kind asks for, starts a node again
// that was stopped on purpose.
func (e engine) leaveStopped(ctx context.Context, nodes []node) error {
	if e.name != "nerdctl" {
		return nil
	}
	args := []string{"update", "--restart=no"}
	for _, n := range nodes {
		args = append(args, n.ID)
	}
	_, err := e.run(ctx, args...)
	return err
}

// lastWords returns the line of a command's output that most likely says why it
// failed: the last that calls itself an error, as kubeadm's does above its stack,
// else the last one.
func lastWords(err error) string {
	var failed *CommandError
	if !errors.As(err, &failed) {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(failed.Output), "\n")
	for i, line := range lines {
		lines[i], _ = enginelog.Said(line)
	}
	for _, line := range slices.Backward(lines) {
		if lower := strings.ToLower(line); strings.HasPrefix(lower, "error") || strings.HasPrefix(lower, "[error") {
			return strings.TrimSpace(line)
		}
	}
	for _, line := range slices.Backward(lines) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "See '") {
			return line
		}
	}
	return failed.Err.Error()
}

// plain makes text from outside fit to be part of a sentence on the screen: one
// line, no control characters, not too long.
func plain(text string) string {
	const longest = 300
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return strings.TrimRight(strings.TrimSpace(text), ".")
}
