package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"mvdan.cc/sh/v3/shell"
	"sigs.k8s.io/yaml"

	"podium/cluster"
)

const (
	// untilLimit is how long a line may be waited for: the minute of a CronJob,
	// and a machine that is busy with something else.
	untilLimit = 4 * time.Minute
	// quiet is for how long nothing may change before a play that is as expected
	// counts as over, and quietLimit the same for any other: a busy machine sends
	// events late.
	quiet      = time.Second
	quietLimit = 30 * time.Second
)

// A Player plays scenarios on one cluster, each in a namespace of its own. Feed
// it every change of the cluster with Observe.
type Player struct {
	// Kubectl runs kubectl in a namespace and returns what it printed to both of
	// its outputs.
	Kubectl func(ctx context.Context, namespace, input string, args ...string) (output string, err error)
	Nodes   []string // the cluster's

	mu    sync.Mutex
	plays map[string]*recording
	homes map[string]bool // namespaces whose default service account is there
	woken chan struct{}   // closed and replaced when homes grows
}

// Observe hands changes to the plays under way.
func (p *Player) Observe(changes []cluster.Change) {
	for _, c := range changes {
		p.mu.Lock()
		r := p.plays[c.Object.GetNamespace()]
		if account, ok := c.Object.(*corev1.ServiceAccount); ok && account.Name == "default" && c.Verb == cluster.Added && r != nil {
			p.homes[account.Namespace] = true
			close(p.woken)
			p.woken = make(chan struct{})
		}
		p.mu.Unlock()
		if r != nil {
			r.observe(c)
		}
	}
}

// Play plays a scenario in a namespace, which it makes and deletes, and returns
// what was recorded. expected says whether that is all that is waited for. The
// error says which step came to nothing.
func (p *Player) Play(ctx context.Context, s Scenario, namespace string, expected func(Tracks) bool) (tracks Tracks, err error) {
	r, err := p.begin(ctx, namespace)
	if err != nil {
		return nil, err
	}
	defer func() {
		err = errors.Join(err, p.finish(context.WithoutCancel(ctx), s, namespace))
	}()
	for i, step := range s.Steps {
		if err := p.step(ctx, r, namespace, i, step); err != nil {
			return r.end(), fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	r.settle(ctx, expected)
	return r.end(), nil
}

// begin makes the namespace and waits until pods can be made in it.
func (p *Player) begin(ctx context.Context, namespace string) (*recording, error) {
	r := newRecording(namespace, p.Nodes)
	p.mu.Lock()
	if p.plays == nil {
		p.plays, p.homes, p.woken = map[string]*recording{}, map[string]bool{}, make(chan struct{})
	}
	p.plays[namespace] = r
	p.mu.Unlock()
	if out, err := p.Kubectl(ctx, "", "", "create", "namespace", namespace); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	timeout := time.NewTimer(untilLimit)
	defer timeout.Stop()
	for {
		p.mu.Lock()
		there, woken := p.homes[namespace], p.woken
		p.mu.Unlock()
		if there {
			return r, nil
		}
		select {
		case <-woken:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-timeout.C:
			return nil, errors.New("the namespace's default service account is not there")
		}
	}
}

func (p *Player) finish(ctx context.Context, s Scenario, namespace string) error {
	p.mu.Lock()
	delete(p.plays, namespace)
	p.mu.Unlock()
	var failed error
	for _, line := range s.Cleanup {
		if out, err := p.line(ctx, namespace, line); err != nil && !strings.Contains(out, "not found") {
			failed = errors.Join(failed, fmt.Errorf("clean up with %q: %w: %s", line, err, out))
		}
	}
	out, err := p.Kubectl(ctx, "", "", "delete", "namespace", namespace, "--wait=false")
	if err != nil {
		failed = errors.Join(failed, fmt.Errorf("%w: %s", err, out))
	}
	return failed
}

func (p *Player) step(ctx context.Context, r *recording, namespace string, index int, step Step) error {
	if len(step.Until) > 0 {
		return r.await(ctx, step.Until)
	}
	r.act()
	switch {
	case len(step.Apply) > 0:
		text, err := documents(step)
		if err != nil {
			return err
		}
		if out, err := p.Kubectl(ctx, namespace, text, "apply", "-f", "-"); err != nil {
			return fmt.Errorf("kubectl apply: %w: %s", err, out)
		}
	case step.Run != "":
		line, fails := strings.CutPrefix(step.Run, "! ")
		out, err := p.line(ctx, namespace, line)
		if fails != (err != nil) {
			return fmt.Errorf("kubectl %s ends with %v: %s", step.Run, err, out)
		}
	default:
		out, err := p.line(ctx, namespace, step.Says)
		track := fmt.Sprintf("step %d: kubectl %s", index+1, step.Says)
		for _, line := range strings.Split(strings.TrimRight(out, "\n"), "\n") {
			r.note(track, strings.TrimRight(line, " \r"))
		}
		if err != nil {
			r.note(track, err.Error())
		}
	}
	return nil
}

func (p *Player) line(ctx context.Context, namespace, text string) (string, error) {
	args, err := shell.Fields(text, func(string) string { return "" })
	if err != nil {
		return "", err
	}
	return p.Kubectl(ctx, namespace, "", args...)
}

// documents is a step's manifests as one YAML stream.
func documents(step Step) (string, error) {
	var b bytes.Buffer
	for _, raw := range step.Apply {
		text, err := yaml.JSONToYAML(raw)
		if err != nil {
			return "", err
		}
		b.WriteString("---\n")
		b.Write(text)
	}
	return b.String(), nil
}

// await waits for lines to be recorded.
func (r *recording) await(ctx context.Context, lines []string) error {
	timeout := time.NewTimer(untilLimit)
	defer timeout.Stop()
	for {
		left, changed := r.missing(lines)
		if len(left) == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-timeout.C:
			return fmt.Errorf("not seen within %v: %q", untilLimit, left)
		}
	}
}

// settle waits until the play is as expected and stays so for a while, or
// nothing has changed for long.
func (r *recording) settle(ctx context.Context, expected func(Tracks) bool) {
	limit := time.NewTimer(untilLimit)
	defer limit.Stop()
	for {
		_, changed := r.missing(nil)
		wait := quietLimit
		if expected(r.tracks()) {
			wait = quiet
		}
		calm := time.NewTimer(wait)
		select {
		case <-changed:
			calm.Stop()
			continue
		case <-calm.C:
		case <-ctx.Done():
		case <-limit.C:
		}
		calm.Stop()
		return
	}
}
