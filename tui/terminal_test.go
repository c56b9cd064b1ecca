package tui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"
	"k8s.io/apimachinery/pkg/util/wait"

	"podium/cluster"
	"podium/i18n"
	"podium/lab"
	"podium/lessons"
	"podium/prompt"
)

// A terminal is podium in a terminal that exists only in memory.
type terminal struct {
	t     *testing.T
	mu    sync.Mutex // guards emu
	emu   *vt.Emulator
	keys  *os.File
	ended chan error
}

// Write does to line ends what a real terminal's driver does.
func (term *terminal) Write(p []byte) (int, error) {
	term.mu.Lock()
	defer term.mu.Unlock()
	if _, err := term.emu.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// screen is what the terminal shows.
func (term *terminal) screen() string {
	term.mu.Lock()
	defer term.mu.Unlock()
	return term.emu.String()
}

// start runs the screen with these options on a cluster that is there at once.
func start(t *testing.T, change func(*Options)) *terminal {
	t.Helper()
	term := &terminal{t: t, emu: vt.NewEmulator(100, 30), ended: make(chan error, 1)}
	input, keys, err := os.Pipe() // which holds what nobody has read yet, as a terminal does
	if err != nil {
		t.Fatal(err)
	}
	term.keys = keys
	go func() { _, _ = io.Copy(keys, term.emu) }() // the terminal's answers
	snapshots := make(chan cluster.Snapshot, 1)
	snapshots <- snapshot(1, "web-1").snapshot
	home, all := t.TempDir(), testLessons(t)
	options := Options{
		Open: func(context.Context, func(cluster.Stage)) (*cluster.Cluster, error) {
			c := opened().cluster
			c.Kubeconfig = filepath.Join(home, "kubeconfig")
			c.Close = func(context.Context) error { return nil }
			return c, nil
		},
		Watch:    func(context.Context, *cluster.Cluster) (<-chan cluster.Snapshot, error) { return snapshots, nil },
		Provider: "sim", LoadLessons: func() ([]lessons.Lesson, error) { return all, nil }, Lang: i18n.English, Log: filepath.Join(home, "crash.log"),
		ProgressPath: filepath.Join(home, "progress.json"),
		Prompt:       prompt.Options{Home: home, Folder: filepath.Join(home, "files"), History: filepath.Join(home, "history")},
		Program: []tea.ProgramOption{
			tea.WithInput(input), tea.WithOutput(term), tea.WithWindowSize(100, 30), tea.WithoutSignals(),
			tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}),
		},
	}
	change(&options)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { term.ended <- Run(ctx, options) }()
	t.Cleanup(func() {
		cancel()
		_ = term.emu.InputPipe().(io.Closer).Close() // ends what reads its answers
		_ = keys.Close()
		_ = input.Close()
	})
	return term
}

const patience = 20 * time.Second

func (term *terminal) sees(texts ...string) {
	term.t.Helper()
	for _, want := range texts {
		if !term.until(func(screen string) bool { return strings.Contains(screen, want) }) {
			term.t.Fatalf("the terminal never shows %q:\n%s", want, term.screen())
		}
	}
}

// loses waits until a text is no longer shown.
func (term *terminal) loses(text string) {
	term.t.Helper()
	if !term.until(func(screen string) bool { return !strings.Contains(screen, text) }) {
		term.t.Fatalf("the terminal always shows %q:\n%s", text, term.screen())
	}
}

// until polls the terminal; podium's end is a failure.
func (term *terminal) until(so func(screen string) bool) bool {
	term.t.Helper()
	return nil == wait.PollUntilContextTimeout(term.t.Context(), 5*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		select {
		case err := <-term.ended:
			term.t.Fatalf("podium ended: %v", err)
		default:
		}
		return so(term.screen()), nil
	})
}

func (term *terminal) types(text string) {
	term.t.Helper()
	if _, err := io.WriteString(term.keys, text); err != nil {
		term.t.Fatal(err)
	}
}

func (term *terminal) ends() error {
	term.t.Helper()
	select {
	case err := <-term.ended:
		return err
	case <-time.After(patience):
		term.t.Fatalf("podium does not end:\n%s", term.screen())
		return nil
	}
}

// The keys as terminals send them.
const (
	enterKey = "\r"
	ctrlC    = "\x03"
	f5       = "\x1b[15~"
	f10      = "\x1b[21~"
	tabKey   = "\t"
)

func TestALineRunsInAChildAndItsOutputIsShown(t *testing.T) {
	term := start(t, func(*Options) {})
	term.sees("ready, 4 nodes")
	term.types("e")
	term.sees("Exploring", "$ ")
	term.types("echo one two | wc -w" + enterKey)
	term.sees("$ echo one two | wc -w", "\n│ 2 ")
	term.types("sleep 0.2" + enterKey + "echo typed ahead" + enterKey)
	term.sees("│ typed ahead ")
	term.types("rm -rf /" + enterKey)
	term.sees("✗2 $ ")
	term.types("\x1b[200~echo first\necho second\n\x1b[201~")
	term.sees("│ first ", "│ second ")
	term.types("echo 'one" + enterKey)
	term.sees("│ > ")
	term.types("inside'" + enterKey)
	term.sees("│ inside ")
	term.types("his" + tabKey)
	term.sees("$ history")
	term.types(ctrlC + f10)
	if err := term.ends(); err != nil {
		t.Error(err)
	}
}

func TestAKeyReachesTheRunningChildAndCtrlCEndsIt(t *testing.T) {
	term := start(t, func(*Options) {})
	term.sees("ready, 4 nodes")
	term.types("e")
	term.sees("Exploring", "$ ")
	term.types("cat" + enterKey)
	term.sees("Ctrl-C end command")
	term.types("typed to cat" + enterKey)
	term.sees("typed to cat ")
	term.types(f10)
	term.sees("A command is still running")
	term.types(ctrlC)
	term.sees("F1 help")
	term.loses("end command")
	term.types(f10)
	if err := term.ends(); err != nil {
		t.Error(err)
	}
}

func TestAPanicEndsInOneSentenceAndALog(t *testing.T) {
	for name, broken := range map[string]func(*Options){
		"in a command": func(o *Options) {
			o.Watch = func(context.Context, *cluster.Cluster) (<-chan cluster.Snapshot, error) { panic("broken watch") }
		},
		"in Update or View": func(o *Options) {
			calls := 0
			o.Now = func() time.Time {
				if calls++; calls > 2 {
					panic("broken clock")
				}
				return noon
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log string
			term := start(t, func(o *Options) { broken(o); log = o.Log })
			err := term.ends()
			var said *i18n.Error
			if !errors.As(err, &said) || said.Message.ID != "tui.crashed" {
				t.Fatalf("Run returned %v", err)
			}
			data, err := os.ReadFile(log)
			if err != nil || !strings.Contains(string(data), "broken") || !strings.Contains(string(data), "goroutine") {
				t.Errorf("the log is %q: %v", data, err)
			}
			if strings.Contains(term.screen(), "goroutine") || term.emu.IsAltScreen() {
				t.Errorf("the terminal was left so:\n%s", term.screen())
			}
		})
	}
}

func TestEndingWhileTheClusterOpensUndoesIt(t *testing.T) {
	undone := make(chan struct{})
	term := start(t, func(o *Options) {
		o.Open = func(ctx context.Context, _ func(cluster.Stage)) (*cluster.Cluster, error) {
			<-ctx.Done()
			close(undone)
			return nil, ctx.Err()
		}
	})
	term.sees("sim is coming up")
	term.types(f10)
	if err := term.ends(); err != nil {
		t.Error(err)
	}
	select {
	case <-undone:
	default:
		t.Error("podium ended before opening was undone")
	}
}

func TestProgressIsKept(t *testing.T) {
	var path string
	term := start(t, func(o *Options) {
		o.StartLesson, path = "mini", o.ProgressPath
		if err := lab.NoteLesson(filepath.Join(o.Prompt.Folder, ".lesson"), filepath.Join(o.Prompt.Folder, "mini")); err != nil {
			t.Fatal(err)
		}
	})
	term.sees("First read", "$ ")
	term.types(f5)
	term.sees("step 2 of 4")
	term.types(f10)
	if err := term.ends(); err != nil {
		t.Error(err)
	}
	progress, err := lessons.LoadProgress(path)
	if reached := progress.Lessons["mini"]; err != nil || reached.Step != "guess" || len(reached.Done) != 1 {
		t.Errorf("progress is %+v: %v", reached, err)
	}
}
