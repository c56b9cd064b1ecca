package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"podium/i18n"
	"podium/serve/servetest"
)

// labWord makes this very executable a learner's lab, which says who it is,
// repeats what is typed, and ends upon "bye".
const labWord = "test-lab"

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == labWord {
		fmt.Printf("lab of %s\n", os.Args[2])
		buffer := make([]byte, 100)
		for {
			n, err := os.Stdin.Read(buffer)
			if err != nil || strings.HasPrefix(string(buffer[:n]), "bye") {
				os.Exit(0)
			}
			fmt.Printf("heard %s\n", bytes.TrimSpace(buffer[:n]))
		}
	}
	os.Exit(m.Run())
}

// patience is for a machine that does much else.
const patience = 3 * time.Minute

// A host is a server under test.
type host struct {
	address string
	options Options
	server  *Server
}

// watching is what the tests' Watch draws: everything it is told.
func watching(ctx context.Context, g Guest) error {
	fmt.Fprintf(g.Out, "watch %s %v %v\n", g.Lang, g.Env, g.Size)
	for {
		select {
		case size, ok := <-g.Sizes:
			if !ok {
				return nil
			}
			fmt.Fprintf(g.Out, "now %v\n", size)
		case <-ctx.Done():
			return nil
		}
	}
}

func start(t *testing.T, change func(*Options), keys ...gossh.Signer) *host {
	t.Helper()
	dir := t.TempDir()
	o := Options{
		HostKey: filepath.Join(dir, "serve", "host_key"), Keys: filepath.Join(dir, "keys"), Names: filepath.Join(dir, "serve", "names.json"),
		Watch: watching, MostWatchers: 3, MostLabs: 2,
		Lab: func(ctx context.Context, g Guest) (*exec.Cmd, error) {
			self, err := os.Executable()
			return exec.CommandContext(ctx, self, labWord, g.Name), err
		},
	}
	if err := os.WriteFile(o.Keys, servetest.Keys(keys...), 0o600); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&o)
	}
	return resume(t, o)
}

func resume(t *testing.T, o Options) *host {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(i18n.English.Say(i18n.Explain(err)))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &host{l.Addr().String(), o, s}
}

func (h *host) dial(user string, auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return servetest.Dial(h.address, user, auth...)
}

// A visit is a client's session and what it was shown.
type visit struct {
	servetest.Visit
	t     *testing.T
	mu    sync.Mutex
	shown bytes.Buffer
	more  chan struct{}
}

func (v *visit) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	select {
	case v.more <- struct{}{}:
	default:
	}
	return v.shown.Write(p)
}

// see waits until what was shown holds a text.
func (v *visit) see(text string) {
	v.t.Helper()
	limit := time.After(patience)
	for {
		v.mu.Lock()
		shown := v.shown.String()
		v.mu.Unlock()
		if strings.Contains(shown, text) {
			return
		}
		select {
		case <-v.more:
		case <-limit:
			v.t.Fatalf("%q is not in %q", text, shown)
		}
	}
}

func (h *host) visit(t *testing.T, user string, key gossh.Signer, env map[string]string) *visit {
	t.Helper()
	v := &visit{t: t, more: make(chan struct{}, 1)}
	v.Visit = servetest.Enter(t, h.address, user, key, image.Pt(100, 30), env, v)
	return v
}

func TestOnlyKnownKeysComeIn(t *testing.T) {
	known := servetest.Key(t)
	h := start(t, nil, known)
	if _, err := h.dial("watch", gossh.PublicKeys(servetest.Key(t))); err == nil {
		t.Error("an unknown key came in")
	}
	if _, err := h.dial("watch", gossh.Password("")); err == nil {
		t.Error("a password came in")
	}
	if _, err := h.dial("watch"); err == nil {
		t.Error("nothing at all came in")
	}
	h.visit(t, "watch", known, nil).see("watch en")
	if err := os.WriteFile(h.options.Keys, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := h.dial("watch", gossh.PublicKeys(known)); err == nil {
		t.Error("a key that was removed came in")
	}
}

func TestAServerNeedsKeysItCanHoldTo(t *testing.T) {
	line := string(gossh.MarshalAuthorizedKey(servetest.Key(t).PublicKey()))
	for text, want := range map[string]string{
		"# none\n\n":              "holds no public key",
		line + "no key\n":         "Line 2",
		`from="10.0.0.1" ` + line: "Line 1",
	} {
		file := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Keys: file}); !strings.Contains(i18n.English.Say(i18n.Explain(err)), want) {
			t.Errorf("%q: %v", text, i18n.English.Say(i18n.Explain(err)))
		}
	}
	if _, err := New(Options{Keys: filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a server without keys")
	}
}

func TestTheHostKeyIsKept(t *testing.T) {
	h := start(t, nil, servetest.Key(t))
	info, err := os.Stat(h.options.HostKey)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	again, err := New(h.options)
	if err != nil || again.HostKey() != h.server.HostKey() {
		t.Errorf("another key, %v", err)
	}
}

func TestWatchersHaveTheirOwnWindowAndLanguage(t *testing.T) {
	key := servetest.Key(t)
	h := start(t, nil, key)
	v := h.visit(t, "watch", key, map[string]string{"LANG": "ko_KR.UTF-8", "COLORTERM": "truecolor", "LD_PRELOAD": "/tmp/evil.so"})
	v.see("watch ko [TERM=xterm-256color COLORTERM=truecolor] (100,30)\r\n")
	if err := v.Session.WindowChange(50, 160); err != nil {
		t.Fatal(err)
	}
	v.see("now (160,50)\r\n")
	if err := v.Session.WindowChange(1<<20, 1<<20); err != nil {
		t.Fatal(err)
	}
	v.see("now (500,200)\r\n")
	h.visit(t, "watch", key, map[string]string{"LANG": "C"}).see("watch en")
	h.visit(t, "watch", key, nil).see("watch en")
	h.visit(t, "watch", key, nil).see("There are 3 people watching already")
}

func TestNothingButAScreenIsServed(t *testing.T) {
	key := servetest.Key(t)
	h := start(t, nil, key)
	client, err := h.dial("watch", gossh.PublicKeys(key))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Dial("tcp", h.address); err == nil {
		t.Error("a port was forwarded")
	}
	if l, err := client.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close()
		t.Error("a port was listened at")
	}
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.RequestSubsystem("sftp"); err == nil {
		t.Error("sftp is served")
	}
	if _, err := client.NewSession(); err == nil {
		t.Error("two sessions on one connection")
	}
	out, err := session.Output("cat /etc/passwd")
	if err == nil || !strings.Contains(string(out), "podium runs no command over SSH") {
		t.Errorf("%q, %v", out, err)
	}
	plain, err := h.dial("lab", gossh.PublicKeys(key))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if session, err = plain.NewSession(); err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	session.Stdout = &shown
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	if err := session.Wait(); err == nil || !strings.Contains(shown.String(), "connect with ssh -t") {
		t.Errorf("%q, %v", shown.String(), err)
	}
}

func TestAKeyHasOneNameAndANameOneKey(t *testing.T) {
	min, jun := servetest.Key(t), servetest.Key(t)
	h := start(t, nil, min, jun)
	h.visit(t, "min", min, nil).see("lab of min\r\n")
	h.visit(t, "min", jun, nil).see("Somebody else's key has the name min")
	h.visit(t, "jun", min, nil).see("Your key's name here is min")
	for _, bad := range []string{"../min", "Min", "a--b", "learner-01", "x", "최민"} {
		h.visit(t, bad, jun, nil).see("A name has 2 to 32 small letters")
	}
	h.visit(t, "lab", jun, nil).see("lab of guest-")
	again := resume(t, h.options)
	again.visit(t, "min", jun, nil).see("Your key's name here is guest-")
	again.visit(t, "lab", min, nil).see("lab of min")
	if names := again.server.Names(); len(names) != 2 {
		t.Error(names)
	}
}

func TestALearnerTakesTheLabOverFromTheirOtherWindow(t *testing.T) {
	min, jun, sol := servetest.Key(t), servetest.Key(t), servetest.Key(t)
	h := start(t, nil, min, jun, sol)
	first := h.visit(t, "min", min, nil)
	first.see("lab of min")
	second := h.visit(t, "min", min, nil)
	second.see("lab of min")
	first.see("Your lab is open in your other window now")
	var exit *gossh.ExitError
	if err := first.Session.Wait(); err != nil && !errors.As(err, &exit) {
		t.Error(err)
	}
	fmt.Fprintln(second.In, "hello")
	second.see("heard hello")
	h.visit(t, "jun", jun, nil).see("lab of jun")
	h.visit(t, "sol", sol, nil).see("All 2 labs are taken")
	fmt.Fprintln(second.In, "bye")
	if err := second.Session.Wait(); err != nil {
		t.Error(err)
	}
	h.visit(t, "sol", sol, nil).see("lab of sol")
	if h.server.Present("min") || !h.server.Present("jun") {
		t.Error("who is present is not known")
	}
}

func TestALabCanBeEndedForAReason(t *testing.T) {
	key := servetest.Key(t)
	h := start(t, nil, key)
	v := h.visit(t, "min", key, nil)
	v.see("lab of min")
	h.server.End("jun", errors.New("nobody's"))
	h.server.End("min", i18n.Errorf(nil, i18n.M("serve.watch-only")))
	v.see("There are no labs here")
}

// Somebody who watches and doesn't read is written to without end, and neither
// holds up others nor the server's end.
func TestWhoDoesNotReadHoldsNobodyUp(t *testing.T) {
	key := servetest.Key(t)
	full := make(chan struct{})
	h := start(t, func(o *Options) {
		o.Watch = func(ctx context.Context, g Guest) error {
			if g.Lang == i18n.English {
				return watching(ctx, g)
			}
			page := bytes.Repeat([]byte("x"), 1<<16)
			for n := 0; ; n++ {
				if n == 16 {
					close(full)
				}
				if _, err := g.Out.Write(page); err != nil {
					return nil
				}
			}
		}
	}, key)
	h.server.grace = 10 * time.Millisecond
	stalled, err := h.dial("watch", gossh.PublicKeys(key))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stalled.Close() })
	session, err := stalled.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.StdoutPipe(); err != nil { // that nobody reads
		t.Fatal(err)
	}
	if err := errors.Join(session.Setenv("LANG", "ko_KR.UTF-8"), session.RequestPty("xterm", 24, 80, nil), session.Shell()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-full: // half of what the client would buffer
	case <-time.After(patience):
		t.Fatal("the guest wasn't written to")
	}
	h.visit(t, "watch", key, nil).see("watch en")
	// That the server ends is what start's cleanup waits for.
}

func TestWithoutLabsThereIsWatching(t *testing.T) {
	key := servetest.Key(t)
	h := start(t, func(o *Options) { o.Lab = nil }, key)
	h.visit(t, "lab", key, nil).see("There are no labs here")
	h.visit(t, "watch", key, nil).see("watch en")
}
