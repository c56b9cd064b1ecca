package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// Terminal is the far side of `kubectl exec -it`: it turns "\n" into "\r\n" and
// keys into lines, as a Linux terminal in cooked mode does.
type Terminal struct {
	in  io.Reader
	out io.Writer

	mu     sync.Mutex
	keys   chan []byte
	failed error
	cancel context.CancelFunc // of the command that runs; Ctrl-C ends it
	line   []byte
}

// NewTerminal reads keys from in until it ends and writes to out.
func NewTerminal(in io.Reader, out io.Writer) *Terminal {
	return &Terminal{in: in, out: out, keys: make(chan []byte, 16)}
}

// Write writes what a program prints.
func (t *Terminal) Write(p []byte) (int, error) {
	if _, err := t.out.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

const (
	keyInterrupt = 0x03
	keyEnd       = 0x04
	keyBackspace = 0x7f
	keyKillLine  = 0x15
	keyKillWord  = 0x17
	keyEscape    = 0x1b
)

// pump moves keys from the client to whoever reads, and acts on Ctrl-C at once.
// It ends with its input.
func (t *Terminal) pump(ctx context.Context) {
	defer close(t.keys)
	buf := make([]byte, 1024)
	for {
		n, err := t.in.Read(buf)
		if n > 0 {
			keys := bytes.Clone(buf[:n])
			if at := bytes.IndexByte(keys, keyInterrupt); at >= 0 && t.interrupt() {
				keys = keys[at+1:]
			}
			select {
			case t.keys <- keys:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// interrupt ends the command that runs and says whether there was one.
func (t *Terminal) interrupt() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel == nil {
		return false
	}
	_, _ = io.WriteString(t.out, "^C\r\n")
	t.cancel()
	t.cancel = nil
	return true
}

// foreground makes Ctrl-C end a command's context; the returned function ends
// that again.
func (t *Terminal) foreground(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	t.mu.Lock()
	t.cancel = cancel
	t.mu.Unlock()
	return ctx, func() {
		t.mu.Lock()
		t.cancel = nil
		t.mu.Unlock()
		cancel()
	}
}

var errInterrupted = errors.New("interrupted")

// readLine lets the user edit one line. It returns io.EOF for Ctrl-D on an
// empty line and errInterrupted for Ctrl-C.
func (t *Terminal) readLine(ctx context.Context, pending *[]byte) (string, error) {
	t.line = t.line[:0]
	for {
		for len(*pending) > 0 {
			key := (*pending)[0]
			*pending = (*pending)[1:]
			if done, err := t.key(key, pending); done {
				return string(t.line), err
			}
		}
		select {
		case keys, ok := <-t.keys:
			if !ok {
				return "", io.EOF
			}
			*pending = keys
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

func (t *Terminal) key(key byte, rest *[]byte) (done bool, err error) {
	switch key {
	case '\r', '\n':
		t.print("\r\n")
		return true, nil
	case keyInterrupt:
		t.print("^C\r\n")
		return true, errInterrupted
	case keyEnd:
		if len(t.line) == 0 {
			return true, io.EOF
		}
	case keyBackspace, '\b':
		t.erase(1)
	case keyKillLine:
		t.erase(utf8.RuneCount(t.line))
	case keyKillWord:
		trimmed := bytes.TrimRight(t.line, " ")
		at := bytes.LastIndexByte(trimmed, ' ') + 1
		t.erase(utf8.RuneCount(t.line[at:]))
	case keyEscape: // arrows and the like: there is no history to go through
		*rest = skipEscape(*rest)
	default:
		if key >= 0x20 && len(t.line) < maxScript {
			t.line = append(t.line, key)
			t.print(string([]byte{key}))
		}
	}
	return false, nil
}

func skipEscape(rest []byte) []byte {
	if len(rest) == 0 || rest[0] != '[' && rest[0] != 'O' {
		return rest
	}
	for i := 1; i < len(rest); i++ {
		if rest[i] >= 0x40 && rest[i] <= 0x7e {
			return rest[i+1:]
		}
	}
	return nil
}

func (t *Terminal) erase(runes int) {
	for range runes {
		r, size := utf8.DecodeLastRune(t.line)
		if size == 0 {
			return
		}
		t.line = t.line[:len(t.line)-size]
		cells := 1
		if r >= 0x1100 { // Hangul and other wide letters take two
			cells = 2
		}
		t.print(strings.Repeat("\b \b", cells))
	}
}

func (t *Terminal) print(s string) { _, _ = io.WriteString(t.out, s) }

// Read gives a program that reads the terminal one line at a time.
func (t *Terminal) Read(p []byte) (int, error) {
	if t.failed != nil {
		return 0, t.failed
	}
	var pending []byte
	line, err := t.readLine(context.Background(), &pending)
	if err != nil {
		t.failed = io.EOF
		return 0, io.EOF
	}
	n := copy(p, line+"\n")
	return n, nil
}

// interact is an interactive shell: prompt, line, run, until exit or Ctrl-D.
func (s *shell) interact(ctx context.Context, t *Terminal) int {
	var pending []byte
	script := ""
	for {
		prompt := "> "
		if script == "" {
			prompt = s.prompt()
		}
		t.print(prompt)
		line, err := t.readLine(ctx, &pending)
		switch {
		case errors.Is(err, errInterrupted):
			script = ""
			s.status = 130
			continue
		case err != nil:
			t.print("\r\n")
			return s.finish(ctx, nil)
		}
		script += line + "\n"
		if s.incomplete(script) {
			continue
		}
		running, done := t.foreground(ctx)
		flow := s.interactive(running, script)
		done()
		script = ""
		var exit exitFlow
		if errors.As(flow, &exit) && ctx.Err() == nil && running.Err() != nil {
			s.status = exit.code // only the command was interrupted
		}
		if flow != nil {
			return s.finish(ctx, flow)
		}
	}
}

// interactive runs one entry; a syntax error or Ctrl-C does not end the shell.
func (s *shell) interactive(ctx context.Context, script string) error {
	file, err := s.parse(script)
	if err != nil {
		s.complain("%s", err)
		s.status = 2
		return nil
	}
	flow := s.stmts(ctx, file.Stmts)
	var exit exitFlow
	if errors.As(flow, &exit) && exit.code == 130 && ctx.Err() != nil {
		s.status = 130
		return nil //nolint:nilerr // Ctrl-C ended ctx: that is no failure of the shell
	}
	return flow
}

func (s *shell) prompt() string {
	if s.name == "bash" {
		return fmt.Sprintf("%s@%s:%s# ", s.machine.user(), s.machine.Hostname, s.dir)
	}
	return s.dir + " # "
}

// incomplete says that a script ends inside a quote or a block.
func (s *shell) incomplete(script string) bool {
	if len(script) > maxScript {
		return false
	}
	parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
	_, err := parser.Parse(strings.NewReader(script), "")
	return syntax.IsIncomplete(err)
}
