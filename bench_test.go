package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/charmbracelet/x/xpty"
)

// built returns the path of an executable that make build made.
func built(b testing.TB, name string) string {
	b.Helper()
	path, err := filepath.Abs(filepath.Join("bin", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		b.Fatalf("%v: run make build first", err)
	}
	return path
}

// A terminal runs podium as a learner's terminal does.
type terminal struct {
	pty    xpty.Pty
	screen *vt.SafeEmulator
	drawn  chan struct{} // something was drawn
	cancel context.CancelFunc
	cmd    *exec.Cmd
	home   string
}

func open(b testing.TB, width, height int, args ...string) *terminal {
	b.Helper()
	pty, err := xpty.NewPty(width, height)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	// A short path: a unix socket's has about a hundred bytes.
	home, err := os.MkdirTemp("", "podium")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(home) })
	t := &terminal{pty: pty, screen: vt.NewSafeEmulator(width, height), drawn: make(chan struct{}, 1), cancel: cancel, home: home}
	t.cmd = exec.CommandContext(ctx, built(b, "podium"), args...)
	t.cmd.Cancel = func() error { return t.cmd.Process.Signal(os.Interrupt) }
	t.cmd.WaitDelay = 20 * time.Second
	t.cmd.Env = append(os.Environ(), "PODIUM_HOME="+home, "TERM=xterm-256color", "LANG=en_US.UTF-8")
	if err := pty.Start(t.cmd); err != nil {
		b.Fatal(err)
	}
	go func() { // the terminal's answers
		buffer := make([]byte, 4096)
		for {
			n, err := t.screen.Read(buffer)
			if n > 0 {
				_, _ = pty.Write(buffer[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, err := pty.Read(buffer)
			if n > 0 {
				_, _ = t.screen.Write(buffer[:n])
				select {
				case t.drawn <- struct{}{}:
				default:
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return t
}

// until waits for text on the screen.
func (t *terminal) until(b testing.TB, text string, most time.Duration) {
	b.Helper()
	t.await(b, most, func(screen string) bool { return strings.Contains(screen, text) })
}

// await waits until the screen shows what is wanted.
func (t *terminal) await(b testing.TB, most time.Duration, wanted func(screen string) bool) {
	b.Helper()
	limit := time.After(most)
	for !wanted(t.screen.String()) {
		select {
		case <-t.drawn:
		case <-limit:
			b.Fatalf("what is waited for isn't on the screen after %v:\n%s", most, t.screen.String())
		}
	}
}

func (t *terminal) close() {
	t.cancel()
	_ = t.cmd.Wait()
	_ = t.pty.Close()
	_ = t.screen.Close()
}

func median(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2].Microseconds()) / 1000
}

// From exec to the first frame with podium's name, in milliseconds; and, as a
// peer in the same run, from exec to the end of `podium --version`, which draws
// nothing.
func BenchmarkFirstFrame(b *testing.B) {
	var frames []time.Duration
	var versions spent
	for b.Loop() {
		for range 9 {
			began := time.Now()
			t := open(b, 120, 40)
			t.until(b, "podium", 10*time.Second)
			frames = append(frames, time.Since(began))
			t.close()
			versions.run(b, built(b, "podium"), "--version")
		}
	}
	b.ReportMetric(median(frames), "ms-first-frame")
	b.ReportMetric(median(versions.wall), "ms-version")
	b.ReportMetric(median(versions.cpu), "ms-cpu-version")
}

// What `podium kubectl version --client` takes, beside a bare kubectl of the
// same version in the same run.
func BenchmarkKubectl(b *testing.B) {
	bare := filepath.Join(b.TempDir(), "kubectl")
	build := exec.CommandContext(b.Context(), "go", "build", "-ldflags=-s -w", "-o", bare, "k8s.io/kubernetes/cmd/kubectl")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	var ours, peers spent
	for b.Loop() {
		for range 21 {
			ours.run(b, built(b, "podium"), "kubectl", "version", "--client")
			peers.run(b, bare, "version", "--client")
		}
	}
	b.ReportMetric(median(ours.wall), "ms-podium-kubectl")
	b.ReportMetric(median(peers.wall), "ms-kubectl")
	b.ReportMetric(median(ours.cpu), "ms-cpu-podium-kubectl")
	b.ReportMetric(median(peers.cpu), "ms-cpu-kubectl")
	b.ReportMetric(median(ours.cpu)/median(peers.cpu), "times-kubectl")
}

// spent is what runs of a command took: time that passed, and time of a
// processor, which says more on a machine that does other things as well.
type spent struct{ wall, cpu []time.Duration }

func (s *spent) run(b *testing.B, name string, args ...string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), name, args...)
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	s.wall = append(s.wall, time.Since(began))
	s.cpu = append(s.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
}
