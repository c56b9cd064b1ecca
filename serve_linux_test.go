package main

import (
	"bufio"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	gossh "golang.org/x/crypto/ssh"

	"podium/classroom"
	"podium/cluster/record"
	"podium/confine"
	"podium/serve/servetest"
)

// A guest is an SSH client with a terminal in memory.
type guest struct {
	servetest.Visit
	t       testing.TB
	screen  *vt.SafeEmulator
	drawn   chan struct{}
	stalled atomic.Pointer[chan struct{}]
}

// patience is for a machine that does much else.
const patience = 5 * time.Minute

func visit(t testing.TB, address, user string, key gossh.Signer, locale string) *guest {
	t.Helper()
	g := &guest{t: t, screen: vt.NewSafeEmulator(120, 40), drawn: make(chan struct{}, 1)}
	g.Visit = servetest.Enter(t, address, user, key, image.Pt(120, 40), map[string]string{"LANG": locale}, g)
	go func() { _, _ = io.Copy(g.In, g.screen) }() // the terminal's answers
	return g
}

// stall has the guest read nothing any more, until the test ends.
func (g *guest) stall() {
	stalled := make(chan struct{})
	g.t.Cleanup(func() { close(stalled) })
	g.stalled.Store(&stalled)
}

func (g *guest) Write(p []byte) (int, error) {
	if stalled := g.stalled.Load(); stalled != nil {
		<-*stalled
	}
	_, _ = g.screen.Write(p)
	select {
	case g.drawn <- struct{}{}:
	default:
	}
	return len(p), nil
}

// see waits until any of the texts is on the screen.
func (g *guest) see(texts ...string) {
	g.t.Helper()
	limit := time.After(patience)
	for {
		shown := g.screen.String()
		for _, text := range texts {
			if strings.Contains(shown, text) {
				return
			}
		}
		select {
		case <-g.drawn:
		case <-limit:
			g.t.Fatalf("%q isn't on the screen:\n%s", texts, shown)
		}
	}
}

func (g *guest) keys(text string) { _, _ = io.WriteString(g.In, text) }

// A student is a guest with a lab, and what their podium tells of it.
type student struct {
	*guest
	told *classroom.Reader
	last classroom.Standing
}

// await waits until the learner's podium tells what is wanted.
func (s *student) await(what string, done func(classroom.Standing) bool) {
	s.t.Helper()
	limit := time.After(patience)
	for {
		if s.last, _ = s.told.Look(); done(s.last) {
			return
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-limit:
			s.t.Fatalf("%s: %+v\n%s", what, s.last, s.screen.String())
		}
	}
}

// run types a line, waits until it has ended, and returns what became of it.
func (s *student) run(line string) record.Command {
	s.t.Helper()
	ran := s.last.Ran
	s.keys(line + "\r")
	s.await(line, func(now classroom.Standing) bool { return now.Ran > ran })
	return s.last.Commands[len(s.last.Commands)-1]
}

// does types a line that must succeed and say something.
func (s *student) does(line, want string) {
	s.t.Helper()
	if c := s.run(line); c.Line != line || c.Exit != 0 || !strings.Contains(c.Output, want) {
		s.t.Errorf("%s: %d %q", line, c.Exit, c.Output)
	}
}

// fails types a line that must fail with one of the reasons.
func (s *student) fails(line string, reasons ...string) {
	s.t.Helper()
	c := s.run(line)
	said := slices.ContainsFunc(reasons, func(r string) bool { return strings.Contains(c.Output, r) })
	if c.Line != line || c.Exit == 0 || !said {
		s.t.Errorf("%s: %d %q", line, c.Exit, c.Output)
	}
}

// served starts a cluster and podium serve on it.
func served(t testing.TB, home string, keys ...gossh.Signer) (address string, pid int) {
	t.Helper()
	podium, err := filepath.Abs(filepath.Join("bin", "podium"))
	if err != nil {
		t.Fatal(err)
	}
	var text []byte
	for _, k := range keys {
		text = append(text, gossh.MarshalAuthorizedKey(k.PublicKey())...)
	}
	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), podium, "serve", "--keys", file, "--listen", "127.0.0.1:0", "--lang", "en")
	cmd.Env = append(os.Environ(), "PODIUM_HOME="+home, "SECRET=in-the-environment")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "podium listens at "); ok {
			address, _, _ = strings.Cut(rest, ",")
		}
		if strings.HasPrefix(lines.Text(), "Labs, ") || strings.HasPrefix(lines.Text(), "Watch") && confine.Supported() != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return address, cmd.Process.Pid
		}
	}
	t.Fatal("podium serve ended")
	return "", 0
}

// refused types a line that the prompt doesn't run, for a reason it shows.
func (s *student) refused(line, reason string) {
	s.keys("clear\r" + line + "\r")
	s.see(reason)
}

// A hall under test: where podium serves, and for whom.
type classTest struct {
	testing.TB
	home, address string
}

func (c classTest) at(names ...string) string {
	return filepath.Join(append([]string{c.home, "serve"}, names...)...)
}

func (c classTest) enter(name string, key gossh.Signer) *student {
	c.Helper()
	l := &student{guest: visit(c.TB, c.address, name, key, "en_US.UTF-8"), told: classroom.NewReader(c.at("labs", name, "standing.json"))}
	l.see("ready, 4 nodes")
	l.keys("e")
	l.see("Exploring")
	return l
}

// A learner over SSH works as at home, reaches nothing of the host's or of
// another learner's, and finds everything again after a disconnect. Where the
// kernel can't keep them in, nobody gets a lab, and watching works.
func TestLearnersOverSSHAreAtHomeAndKeptIn(t *testing.T) {
	home, err := os.MkdirTemp("", "podium") // short, for the sockets in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	min, jun, eye := servetest.Key(t), servetest.Key(t), servetest.Key(t)
	address, _ := served(t, home, min, jun, eye)
	c := classTest{t, home, address}
	if confine.Supported() != nil {
		visit(t, c.address, "min", min, "C").see("There are no labs here")
	} else {
		c.enter("jun", jun)
		l := c.enter("min", min)
		c.atHome(l)
		c.keptIn(l)
		c.comeBack(l, min)
	}
	c.watch(eye)
}

func (c classTest) atHome(l *student) {
	l.does("kubectl run web --image=nginx:1.27", "pod/web created")
	l.does("kubectl wait --for=condition=Ready pod/web --timeout=180s", "condition met")
	l.does("kubectl get pod web -o yaml > mine.yaml", "")
	l.does("kubectl create configmap own --from-file=mine.yaml", "configmap/own created")
	l.does("kubectl exec web -- hostname", "web")
}

func (c classTest) keptIn(l *student) {
	secret := c.at("labs", "jun", "secret.yaml")
	if err := os.WriteFile(secret, []byte("kind: ConfigMap\napiVersion: v1\nmetadata: {name: stolen}\n"), 0o600); err != nil {
		c.Fatal(err)
	}
	const denied = "permission denied"
	for _, file := range []string{
		"/etc/passwd", "/etc/ssh", "/proc/1/environ", "/dev/pts", secret, filepath.Join(c.home, "sim", "kubeconfig"),
		c.at("host_key"), c.at("names.json"), c.at("seats", "jun", "jun.kubeconfig"), c.at("labs", "jun", "standing.json"),
	} {
		l.fails("kubectl create configmap stolen --from-file="+file, denied)
	}
	for _, line := range []string{
		"kubectl create secret generic stolen --from-env-file=/proc/self/environ",
		"kubectl apply -f " + secret, "kubectl apply -f /etc/passwd",
		"kubectl apply -f /etc",
		"kubectl patch pod web --patch-file=/etc/passwd",
		"kubectl replace --raw /api/v1/namespaces/podium-min/pods/web -f /etc/passwd",
		"curl http://" + c.address, // another port of the host's
		"kubectl cluster-info dump --output-directory=" + filepath.Join(c.home, "escaped"),
	} {
		l.fails(line, denied)
	}
	l.fails("kubectl cp /etc/passwd web:/tmp/x", denied, "doesn't exist in local filesystem")
	l.fails("kubectl apply -k /etc", "unable to find one of 'kustomization.yaml'")
	l.fails("cat /etc/passwd", "outside the lesson's folder")
	l.refused("kubectl --kubeconfig="+filepath.Join(c.home, "sim", "kubeconfig")+" get secrets -A", "would leave the lab's own cluster")
	for _, line := range []string{"kubectl port-forward pod/web 8080", "kubectl proxy"} {
		l.fails(line, "so it isn't possible here")
	}
	for _, line := range []string{
		"kubectl get pods -n podium-jun", "kubectl get secrets -A", "kubectl get --raw /api/v1/secrets", "kubectl create token podium -n lab",
	} {
		l.fails(line, "orbidden")
	}
	l.does("kubectl get pods --cache-dir="+filepath.Join(c.home, "escaped"), "web")
	if _, err := os.Stat(filepath.Join(c.home, "escaped")); err == nil {
		c.Error("kubectl wrote outside the learner's folder")
	}
	if out := l.run("kubectl get configmaps").Output; strings.Contains(out, "stolen") || !strings.Contains(out, "own") {
		c.Errorf("after what was refused there is %q", out)
	}
}

// comeBack leaves in a lesson, without a word, and returns.
func (c classTest) comeBack(l *student, key gossh.Signer) {
	l.keys("\x1b[20~") // F9
	l.see("start here")
	l.keys("2")
	l.see("F5 goes on and removes what is in namespace podium-min")
	l.keys("\x1b[15~") // F5
	l.see("F5 next")
	l.keys("\x1b[15~")
	l.see("step 2 of")
	l.await("the second step", func(s classroom.Standing) bool { return s.Number == 2 })
	_ = l.Client.Close()
	visit(c.TB, c.address, "lab", key, "ko_KR.UTF-8").see("20단계 중 2단계")
}

// watch looks on at the presenter, who is a file that podium writes.
func (c classTest) watch(key gossh.Signer) {
	teller := classroom.NewTeller(filepath.Join(c.home, "standing.json"))
	defer teller.Close()
	teller.Tell(classroom.Standing{Open: true, Namespace: "lab", Place: record.Place{Lesson: "pod", Step: "create", Detail: []byte(`{"step":"create"}`)}}.
		With(record.Command{Line: "kubectl get nodes", Output: "as seen by the presenter\n"}))
	english, korean := visit(c.TB, c.address, "watch", key, "C"), visit(c.TB, c.address, "watch", key, "ko_KR.UTF-8")
	english.see("as seen by the presenter")
	english.see("A pod from a file")
	korean.see("as seen by the presenter")
	korean.see("파일로 파드 만들기")
	fmt.Fprint(english.In, "\x1b[19~") // F8
	english.see("파일로 파드 만들기")
}
