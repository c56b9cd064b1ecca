package prompt

import (
	"context"
	"os"
	"sync"
	"time"

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
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return Command{}, i18n.Errorf(err, i18n.M("prompt.file", "Path", os.DevNull, "Reason", reason(err)))
	}
	defer nothing.Close()
	output := &shared{}
	started := time.Now()
	s := shell{options: o, folder: folder, term: "dumb"}
	exit := s.run(ctx, script, nothing, output, output)
	return Record(script, Outcome{Exit: exit, Output: output.String(), Started: started, Ended: time.Now()}), nil
}

// shared is a transcript that several commands of a pipe write to.
type shared struct {
	mu sync.Mutex
	transcript
}

// Write implements io.Writer.
func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.write(p)
	return len(p), nil
}

// String returns what was written.
func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transcript.String()
}
