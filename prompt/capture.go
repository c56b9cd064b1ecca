package prompt

import (
	"bytes"
	"context"
	"io"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	"podium/i18n"
)

// Command is one statement that ran, as the lesson engine judges it.
type Command struct {
	Line           string
	Argv           [][]string // the arguments of each kubectl in it
	Verb           string     // the first kubectl's verb
	Exit           int
	Output         string // without sequences, the newest 64 KiB
	Started, Ended time.Time
}

// Record joins a script and how it ended.
func Record(s Script, o Outcome) Command {
	return Command{
		Line: s.Line(), Argv: s.Kubectl(), Verb: s.Verb(),
		Exit: o.Exit, Output: o.Output, Started: o.Started, Ended: o.Ended,
	}
}

// Capture runs a line without a terminal and without input, as the prompt
// would, and returns what it wrote. The error says that the line can't be run
// at all; a command that failed is told by Exit. Cancelling ctx interrupts it.
func Capture(ctx context.Context, o Options, line string) (Command, error) {
	return Follow(ctx, o, line, nil, nil)
}

// Follow runs a line as Capture does and meanwhile writes to out what it writes,
// without sequences. The line reads from keyboard; nil is no input.
func Follow(ctx context.Context, o Options, line string, keyboard *os.File, out io.Writer) (Command, error) {
	script, err := Parse(line)
	if err != nil {
		return Command{}, err
	}
	folder, err := openFolder(o.Folder)
	if err != nil {
		return Command{}, err
	}
	defer folder.root.Close()
	o.Folder = folder.path
	if keyboard == nil {
		if keyboard, err = os.Open(os.DevNull); err != nil {
			return Command{}, i18n.Errorf(err, i18n.M("prompt.file", "Path", os.DevNull, "Reason", reason(err)))
		}
		defer keyboard.Close()
	}
	output := &shared{live: out}
	started := time.Now()
	s := shell{options: o, folder: folder, term: "dumb"}
	exit := s.run(ctx, script, keyboard, output, output)
	output.flush()
	return Record(script, Outcome{Exit: exit, Output: output.String(), Started: started, Ended: time.Now()}), nil
}

// shared is a transcript that several commands of a pipe write to.
type shared struct {
	mu sync.Mutex
	transcript
	live    io.Writer // nil: nobody looks on
	pending []byte    // what may be the beginning of a sequence or of a character
}

// Write implements io.Writer.
func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(p)
	if s.live == nil {
		return len(p), nil
	}
	s.pending = append(s.pending, p...)
	// Sequences end within their line. A question has no end of line.
	whole := bytes.LastIndexByte(s.pending, '\n') + 1
	if rest := s.pending[whole:]; utf8.Valid(rest) && bytes.IndexByte(rest, 0x1b) < 0 || len(rest) > mostPending {
		whole = len(s.pending)
	}
	return len(p), s.show(whole)
}

// mostPending bounds what waits for its end.
const mostPending = 4 << 10

func (s *shared) show(n int) error {
	text := plain(s.pending[:n])
	s.pending = append(s.pending[:0], s.pending[n:]...)
	_, err := io.WriteString(s.live, text)
	return err
}

// flush shows what still waited for its end.
func (s *shared) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live != nil {
		_ = s.show(len(s.pending)) // whoever looked on has gone
	}
}

// String returns what was written.
func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transcript.String()
}
