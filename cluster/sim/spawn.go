package sim

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"podium/i18n"
)

// stopGrace is how long a control plane may take to stop; its own limit is 3 s.
const stopGrace = 5 * time.Second

// A stageLine is what podium-plane says on its standard output.
type stageLine struct {
	Stage string `json:"stage"`
	Error string `json:"error"`
}

// A child is a control plane that this process started.
type child struct {
	process  *os.Process
	lifeline io.Closer        // its standard input: it ends when this closes, or this process dies
	lines    <-chan stageLine // closed when it has said its last
	done     chan struct{}    // closed when the process is gone
}

// start starts the executable in a process group of its own, so that a Ctrl-C
// at the terminal is podium's alone.
func (p *Provider) start(executable string, detach bool) (*child, error) {
	log, err := os.OpenFile(p.path(fileLog), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, p.homeError(err)
	}
	defer log.Close()
	said, says, err := os.Pipe()
	if err != nil {
		return nil, p.failed(err.Error())
	}
	defer says.Close()
	//nolint:noctx // the control plane outlives the call that starts it; Down and the lifeline end it
	command := exec.Command(executable, p.arguments(detach)...)
	command.Stdout, command.Stderr = says, log
	command.Env = withoutProxies(os.Environ())
	command.SysProcAttr = ownGroup(detach)
	var lifeline io.Closer = io.NopCloser(nil)
	if !detach {
		if lifeline, err = command.StdinPipe(); err != nil {
			return nil, errors.Join(p.failed(err.Error()), said.Close())
		}
	}
	if err := startFresh(command); err != nil {
		return nil, errors.Join(p.failed(err.Error()), lifeline.Close(), said.Close())
	}
	lines := make(chan stageLine)
	c := &child{process: command.Process, lifeline: lifeline, lines: lines, done: make(chan struct{})}
	go listen(said, lines, c.done)
	go func() {
		defer close(c.done)
		// How it ended is told by its last stage line or by its log.
		_ = command.Wait()
	}()
	return c, nil
}

// protocol is podium-plane's, which says what it numbers.
const protocol = 3

// strange reports whether a podium-plane of another build refused to start.
func strange(why string) bool {
	return strings.Contains(why, "unknown flag: --protocol") || strings.HasPrefix(why, "protocol ")
}

func (p *Provider) arguments(detach bool) []string {
	arguments := []string{
		"--home", p.options.Home, "--workers", strconv.Itoa(p.options.Workers),
		"--speed", strconv.FormatFloat(p.options.Speed, 'f', -1, 64),
	}
	arguments = append(arguments, "--protocol", strconv.Itoa(protocol))
	if p.options.Images != "" {
		arguments = append(arguments, "--images", p.options.Images)
	}
	if !detach {
		arguments = append(arguments, "--lifeline")
	}
	return arguments
}

// startFresh starts command. A file that was just written is busy for as long
// as another goroutine's fork holds it open.
func startFresh(command *exec.Cmd) error {
	attempt := *command
	return wait.PollUntilContextTimeout(context.Background(), 10*time.Millisecond, time.Second, true, func(context.Context) (bool, error) {
		err := command.Start()
		if errors.Is(err, syscall.ETXTBSY) {
			*command = attempt
			return false, nil
		}
		return true, err
	})
}

// listen passes on the lines until the child's output ends. Nobody need take
// them: what is said after done is dropped.
func listen(from io.ReadCloser, lines chan<- stageLine, done <-chan struct{}) {
	defer from.Close()
	defer close(lines)
	for scanner := bufio.NewScanner(from); scanner.Scan(); {
		var line stageLine
		if json.Unmarshal(scanner.Bytes(), &line) != nil {
			continue
		}
		select {
		case lines <- line:
		case <-done:
			// It is gone and may have said why: give the reader that chance.
			select {
			case lines <- line:
			case <-time.After(time.Second):
				return
			}
		}
	}
}

// bringUp starts the executable and returns it once it is ready. One that the
// machine was too busy to start in time is started once more.
func (p *Provider) bringUp(ctx context.Context, executable string, detach bool, progress *progress) (*child, error) {
	progress.begin(i18n.M("sim.stage.process"))
	for again := true; ; again = false {
		child, err := p.start(executable, detach)
		if err != nil {
			return nil, err
		}
		if err = p.follow(ctx, child, progress); err == nil {
			return child, nil
		}
		child.kill()
		if !again || !errors.Is(err, errLate) {
			return nil, err
		}
		progress.begin(i18n.M("sim.stage.again"))
	}
}

// errLate is a part of the control plane that another of its parts gave up waiting
// for: all it lacked was time.
var errLate = errors.New("the control plane gave up waiting for a part of itself")

func late(why string) bool {
	return strings.Contains(why, context.DeadlineExceeded.Error()) || strings.Contains(why, "was not ready within")
}

// follow reports the child's stages until it is ready, and otherwise says in
// one sentence why it is not.
func (p *Provider) follow(ctx context.Context, c *child, progress *progress) error {
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	for {
		select {
		case line, more := <-c.lines:
			switch {
			case !more:
				return p.failed(lastWords(p.path(fileLog)))
			case line.Stage == "failed" && strange(line.Error):
				return i18n.Errorf(nil, i18n.M("sim.plane.other"))
			case line.Stage == "failed" && late(line.Error):
				return i18n.Errorf(errLate, i18n.M("sim.failed", "Why", plain(line.Error), "Log", p.path(fileLog)))
			case line.Stage == "failed":
				return p.failed(plain(line.Error))
			case line.Stage == "ready":
				progress.finish()
				return nil
			}
			progress.plane(line)
		case <-limit.C:
			return i18n.Errorf(nil, i18n.M("sim.slow", "Log", p.path(fileLog)))
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// stop ends the child in order, by force if it takes too long or ctx ends.
func (c *child) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopGrace)
	defer cancel()
	err := c.lifeline.Close()
	if errors.Is(err, os.ErrClosed) { // it ended first
		err = nil
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		c.kill()
	}
	return err
}

// kill ends the child at once and returns when it is gone.
func (c *child) kill() {
	select {
	case <-c.done: // its number may be another's by now
	default:
		killGroup(c.process)
		<-c.done
	}
	_ = c.lifeline.Close()
}

// release stops listening to a child that goes on by itself. It is still waited
// for in the background, so that it leaves no zombie while this process lives.
func (c *child) release() {
	go func() {
		for range c.lines {
		}
	}()
}

// withoutProxies drops the proxy settings: the API server would send requests
// for simulated pods to them.
func withoutProxies(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		switch strings.ToUpper(name) {
		case "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY":
			return true
		}
		return false
	})
}

// lastWords returns the line of the log that most likely says why the control
// plane ended: of a crash its first line, else the last one.
func lastWords(path string) string {
	const tail = 256 << 10
	file, err := os.Open(path)
	if err != nil {
		return plain(err.Error())
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > tail {
		if _, err := file.Seek(-tail, io.SeekEnd); err != nil {
			return plain(err.Error())
		}
	}
	data, err := io.ReadAll(io.LimitReader(file, tail))
	if err != nil {
		return plain(err.Error())
	}
	last := ""
	for line := range bytes.Lines(data) {
		text := strings.TrimSpace(string(line))
		switch {
		case strings.HasPrefix(text, "panic: "), strings.HasPrefix(text, "fatal error: "), fatalLine(text):
			return plain(text)
		case text != "":
			last = text
		}
	}
	if last == "" {
		return "it said nothing"
	}
	return plain(last)
}

// fatalLine reports whether text is klog's line for a fatal error: F1121 ….
func fatalLine(text string) bool {
	return len(text) > 6 && text[0] == 'F' && text[5] == ' ' && strings.Trim(text[1:5], "0123456789") == ""
}

// plain makes text fit to be part of a sentence on the screen: one line, no
// control characters, not too long.
func plain(text string) string {
	const longest = 300
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "..."
	}
	return strings.TrimRight(strings.TrimSpace(text), ".")
}
