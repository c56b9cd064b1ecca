package kind

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync"

	kindcluster "sigs.k8s.io/kind/pkg/cluster"
	"sigs.k8s.io/kind/pkg/exec"
	kindlog "sigs.k8s.io/kind/pkg/log"
)

// Word is the first argument that makes podium's executable the child that
// creates a cluster: see [Main].
const Word = "kind-create"

// An order is what the child reads: one line of JSON. When its standard input
// ends, so does the child.
type order struct {
	Cluster    string `json:"cluster"`
	Engine     string `json:"engine"`
	Image      string `json:"image"`
	Config     string `json:"config"`
	Kubeconfig string `json:"kubeconfig"`
}

// A line is what the child says: a stage that has begun, or how it ended.
type line struct {
	Stage  string       `json:"stage,omitempty"`
	Made   bool         `json:"made,omitempty"`
	Failed *lineFailure `json:"failed,omitempty"`
}

// A lineFailure is a [CommandError] on its way.
type lineFailure struct {
	Error   string   `json:"error"`
	Command []string `json:"command,omitempty"`
	Output  string   `json:"output,omitempty"`
}

// Main is the child: it creates the cluster that is asked for at its standard
// input, tells of it at its standard output and logs to its standard error. It
// returns the exit code.
func Main() int {
	in := bufio.NewReader(os.Stdin)
	asked, err := in.ReadBytes('\n')
	var o order
	if err == nil {
		err = json.Unmarshal(asked, &o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		os.Exit(1) // podium has gone; its next start removes what is there
	}()
	out := json.NewEncoder(os.Stdout)
	if err := o.create(&logger{say: func(l line) { _ = out.Encode(l) }}); err != nil {
		f := failure(err)
		log.Printf("error: %s\n%s", f.Error, f.Output)
		_ = out.Encode(line{Failed: f})
		return 1
	}
	_ = out.Encode(line{Made: true})
	return 0
}

func (o order) create(l *logger) error {
	for _, e := range engines() {
		if e.name != o.Engine {
			continue
		}
		return kindcluster.NewProvider(e.option(), kindcluster.ProviderWithLogger(l)).Create(o.Cluster,
			kindcluster.CreateWithRawConfig([]byte(o.Config)),
			kindcluster.CreateWithNodeImage(o.Image),
			kindcluster.CreateWithKubeconfigPath(o.Kubeconfig),
			kindcluster.CreateWithRetain(true), // podium removes what is there, in one place
			kindcluster.CreateWithDisplayUsage(false),
			kindcluster.CreateWithDisplaySalutation(false))
	}
	return fmt.Errorf("kind knows no engine %q", o.Engine)
}

// failure takes the command and its output out of an error of kind's.
func failure(err error) *lineFailure {
	f := &lineFailure{Error: err.Error()}
	var list interface{ Errors() []error }
	if errors.As(err, &list) && len(list.Errors()) > 0 {
		err = list.Errors()[0]
	}
	if ran := exec.RunErrorForError(err); ran != nil {
		f.Command, f.Output = ran.Command, string(ran.Output)
	}
	return f
}

// A logger is kind's logger: it picks the stages out and logs the rest.
type logger struct {
	mu  sync.Mutex
	say func(line)
}

var _ kindlog.Logger = (*logger)(nil)

// Warn implements kind's log.Logger.
func (l *logger) Warn(message string) { log.Print("warning: " + message) }

// Warnf implements kind's log.Logger.
func (l *logger) Warnf(format string, args ...any) { l.Warn(fmt.Sprintf(format, args...)) }

// Error implements kind's log.Logger.
func (l *logger) Error(message string) { log.Print("error: " + message) }

// Errorf implements kind's log.Logger.
func (l *logger) Errorf(format string, args ...any) { l.Error(fmt.Sprintf(format, args...)) }

// V implements kind's log.Logger.
func (l *logger) V(level kindlog.Level) kindlog.InfoLogger { return infoLogger{l, level} }

// An infoLogger is a logger at a level: 0 is what people read.
type infoLogger struct {
	logger *logger
	level  kindlog.Level
}

// Enabled implements kind's log.InfoLogger.
func (i infoLogger) Enabled() bool { return i.level <= 1 }

// Infof implements kind's log.InfoLogger.
func (i infoLogger) Infof(format string, args ...any) { i.Info(fmt.Sprintf(format, args...)) }

// Info implements kind's log.InfoLogger. A stage begins with a bullet
// (sigs.k8s.io/kind/pkg/internal/cli/status.go).
func (i infoLogger) Info(message string) {
	if !i.Enabled() {
		return
	}
	log.Print(strings.TrimSpace(message))
	if stage, begins := strings.CutPrefix(message, " • "); begins {
		i.logger.mu.Lock()
		defer i.logger.mu.Unlock()
		i.logger.say(line{Stage: strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(stage), "..."))})
	}
}
