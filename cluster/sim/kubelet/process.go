package kubelet

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"podium/cluster/sim/kubelet/sandbox"
)

// exit is how a process ended. An empty reason is Completed or Error.
type exit struct {
	code            int
	reason, message string
}

// signalExit is how a process ends that a signal killed.
func signalExit(signal int) exit { return exit{code: 128 + signal} }

const sigKill, sigTerm = 9, 15

// process is one run of a container's first process.
type process struct {
	container *container
	asked     string // for this image, as the spec had it
	replaced  bool   // stopped for another image; guarded by the pod's mutex
	unhealthy bool   // stopped by a probe; guarded by the pod's mutex
	image     image
	known     bool // the image is in the catalogue
	args      []string
	env       []string
	dir       string
	resumed   bool
	refused   string // why the runtime can't start it, or ""

	ctx   context.Context // ends with SIGKILL
	kill  context.CancelFunc
	term  context.Context // ends with SIGTERM
	ask   context.CancelFunc
	done  chan struct{}
	logs  *logBook
	out   *lineWriter
	input *inputPipe
	meter meter

	once    sync.Once
	looked  atomic.Bool // the sandbox is there
	machine *sandbox.Machine
}

func newProcess(machine context.Context, c *container, resumed bool) *process {
	p := &process{container: c, asked: c.image, resumed: resumed, done: make(chan struct{}), logs: &logBook{}}
	p.out = &lineWriter{book: p.logs}
	p.ctx, p.kill = context.WithCancel(machine)
	p.term, p.ask = context.WithCancel(context.Background())
	if ref, err := parseImage(p.asked); err == nil {
		p.image, p.known = c.pod.nodes.images.find(ref)
	}
	p.env = c.pod.environment(c, p.image)
	p.args = commandLine(p.image, c.spec.Command, c.spec.Args, p.env)
	p.dir = c.spec.WorkingDir
	if p.dir == "" {
		p.dir = "/"
	}
	p.input = newInputPipe(c.spec.Stdin)
	if !resumed {
		p.refused = p.refusal()
	}
	return p
}

// refusal is the runtime's error for a command line that can't be started.
func (p *process) refusal() string {
	if len(p.args) == 0 {
		return "failed to generate container spec: no command specified"
	}
	if p.runsProgram(p.args) || p.sandbox().Executable(p.args, p.env, p.dir) {
		return ""
	}
	why := "executable file not found in $PATH"
	if strings.Contains(p.args[0], "/") {
		why = "no such file or directory"
	}
	return fmt.Sprintf("failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "+
		"unable to start container process: error during container init: exec: %q: %s", p.args[0], why)
}

// abandon ends a process that is not to run.
func (p *process) abandon() {
	p.kill()
	p.ask()
	p.input.Close()
	p.logs.close()
	close(p.done)
}

// commandLine combines the image's and the container's, as the table in the
// Kubernetes documentation ("Define a Command and Arguments") says, and expands
// $(NAME).
func commandLine(im image, command, args, env []string) []string {
	line := append(slices.Clone(im.Entrypoint), im.Command...)
	if len(args) > 0 {
		line = append(slices.Clone(im.Entrypoint), args...)
	}
	if len(command) > 0 {
		line = append(slices.Clone(command), args...)
	}
	for i := range line {
		line[i] = expandRefs(line[i], env)
	}
	return line
}

// run runs the process to its end.
func (p *process) run() exit {
	defer close(p.done)
	defer p.kill()
	defer p.ask()
	defer p.input.Close()
	end := p.start()
	if p.ctx.Err() != nil {
		end = signalExit(sigKill)
	}
	p.out.flush()
	p.logs.close()
	if end.message == "" {
		end.message = p.lastWords(end.code)
	}
	return end
}

func (p *process) start() exit {
	if p.runsProgram(p.args) {
		return programs[p.image.Program](p.ctx, p, p.args, p.out)
	}
	m := p.sandbox()
	if p.container.spec.TTY && p.container.spec.Stdin {
		env := append([]string{"TERM=xterm"}, p.env...)
		return exit{code: m.RunTerminal(p.ctx, p.args, env, p.dir, sandbox.NewTerminal(p.input, p.out))}
	}
	code := m.Run(p.ctx, p.args, p.env, p.dir, sandbox.Streams{In: p.input, Out: p.out, Err: p.out}, p.term.Done())
	return exit{code: code}
}

// runsProgram says that a command line is the image's own program: its binary,
// or its entrypoint as it stands.
func (p *process) runsProgram(args []string) bool {
	if !p.known || p.image.Program == "shell" {
		return false
	}
	if path.Base(args[0]) == p.image.Binary {
		return p.image.Program != "nginx" && p.image.Program != "proxy" || !onlyAsks(args[1:])
	}
	n := len(p.image.Entrypoint)
	return n > 0 && len(args) > n && slices.Equal(args[:n], p.image.Entrypoint) && path.Base(args[n]) == p.image.Binary
}

// onlyAsks says that a command line asks a server something instead of starting
// it: nginx -v.
func onlyAsks(args []string) bool {
	return len(args) > 0 && slices.Contains([]string{"-v", "-V", "-t", "-T", "-h", "-s"}, args[0])
}

// sandbox is the container's file system and commands, made when first needed:
// most containers are never looked into.
func (p *process) sandbox() *sandbox.Machine {
	p.once.Do(func() {
		defer p.looked.Store(true)
		c := p.container
		dial := c.pod.dialer()
		p.machine = &sandbox.Machine{
			FS: c.pod.fileSystem(c, p), Hostname: c.pod.hostname(), Dial: dial.DialContext, Lookup: dial.LookupHost,
			Commands: map[string]sandbox.Command{}, Has: p.image.has, PIDOne: strings.Join(c.pod.firstOf(p).args, " "), Start: time.Now(),
			Kill: func(hard bool) {
				if !hard {
					c.pod.firstOf(p).ask()
				}
			},
		}
		if binary := p.image.Binary; binary != "" {
			p.machine.Commands[binary] = p.programCommand
		}
	})
	return p.machine
}

// programCommand lets a script start the image's program.
func (p *process) programCommand(ctx context.Context, c *sandbox.Call) int {
	if onlyAsks(c.Args[1:]) {
		fmt.Fprintf(c.Stderr, "%s version: %s/%s\n", p.image.Binary, p.image.Binary, p.image.version)
		return 0
	}
	return programs[p.image.Program](ctx, p, c.Args, c.Stdout).code
}

// has says whether a command of the sandbox is in this image.
func (im image) has(command string) bool {
	switch command {
	case "sh", "ash", "bash":
		return slices.Contains(im.Shells, command)
	case "curl", "wget", "nslookup":
		return slices.Contains(im.Packages, command)
	default:
		return len(im.Shells) > 0
	}
}

// stop ends the container's process: preStop hook, SIGTERM, and SIGKILL when
// the grace period is over. It returns when the process has ended.
func (c *container) stop(machine context.Context, message string, grace time.Duration) {
	c.pod.mu.Lock()
	proc, running := c.process, c.state.Running != nil
	c.pod.mu.Unlock()
	if proc == nil || !running {
		return
	}
	c.event("Normal", "Killing", "%s", message)
	deadline := time.Now().Add(grace)
	if hook := c.spec.Lifecycle; hook != nil && hook.PreStop != nil && grace > 0 {
		ctx, cancel := context.WithDeadline(proc.ctx, deadline)
		if err := proc.hook(ctx, hook.PreStop); err != nil && ctx.Err() == nil {
			c.event("Warning", "FailedPreStopHook", "PreStopHook failed")
		}
		cancel()
	}
	proc.ask()
	left := max(time.Until(deadline), shortestGrace)
	t := time.NewTimer(left)
	defer t.Stop()
	select {
	case <-proc.done:
	case <-machine.Done():
	case <-t.C:
		proc.kill()
		<-proc.done
	}
	c.awaitRecorded(machine)
}

// awaitRecorded waits until the container's own goroutine has noted the end.
func (c *container) awaitRecorded(machine context.Context) {
	for machine.Err() == nil {
		c.pod.mu.Lock()
		running, changed := c.state.Running != nil, c.recorded
		c.pod.mu.Unlock()
		if !running {
			return
		}
		select {
		case <-changed:
		case <-machine.Done():
		}
	}
}

// inputPipe is a container's standard input: what `kubectl attach -i` and
// `run -i` send. A container without `stdin` reads the end of file.
type inputPipe struct {
	r *io.PipeReader
	w *io.PipeWriter
}

func newInputPipe(open bool) *inputPipe {
	if !open {
		return &inputPipe{}
	}
	r, w := io.Pipe()
	return &inputPipe{r, w}
}

func (i *inputPipe) Read(p []byte) (int, error) {
	if i.r == nil {
		return 0, io.EOF
	}
	return i.r.Read(p)
}

// Close ends the input; who waits to read or write it goes on.
func (i *inputPipe) Close() {
	if i.r != nil {
		_ = i.w.Close()
		_ = i.r.Close()
	}
}
