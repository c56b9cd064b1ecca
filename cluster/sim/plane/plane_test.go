package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func TestParseRefusesWithOneSentence(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"--home h", ""},
		{"--home h --workers 50 --speed 0 --lifeline", ""},
		{"", "--home"},
		{"--home h --workers 0", ""},
		{"--home h --workers -1", "1 to 50"},
		{"--home h --workers 51", "1 to 50"},
		{"--home h --speed -1", "0 to 100"},
		{"--home h --speed NaN", "0 to 100"},
		{"--home h more", `"more"`},
		{"--home h --unknown", "unknown"},
		{"--home h --protocol 1", "protocol"},
	} {
		_, err := parse(strings.Fields(test.args))
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%q gives %v", test.args, err)
		}
	}
}

func TestStagesAreLinesWithTheTimeSinceTheStart(t *testing.T) {
	now := time.Unix(100, 0)
	var out bytes.Buffer
	s := newStages(&out, func() time.Time { return now })
	s.begin(stageEtcd)
	now = now.Add(1500 * time.Millisecond)
	s.failed(errors.New("no"))
	want := `{"stage":"etcd","ms":0}` + "\n" + `{"stage":"failed","ms":1500,"error":"no"}` + "\n"
	if out.String() != want {
		t.Errorf("it says %s", &out)
	}
}

func TestTheLogStaysWithinItsLimitWhoeverWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), fileLog)
	other, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	fmt.Fprintln(other, "from the last run")
	log, err := openLog(path, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if old, err := os.ReadFile(path + ".old"); err != nil || string(old) != "from the last run\n" {
		t.Errorf("the old log holds %q, %v", old, err)
	}
	for i := range 200 {
		fmt.Fprintf(log, "line %d\n", i)
		fmt.Fprintf(other, "another %d\n", i)
		for _, file := range []string{path, path + ".old"} {
			if info, err := os.Stat(file); err != nil || info.Size() > 1020 {
				t.Fatalf("%s has %d bytes, %v", file, info.Size(), err)
			}
		}
	}
	if data, _ := os.ReadFile(path); !strings.HasSuffix(string(data), "line 199\nanother 199\n") {
		t.Errorf("the log ends in %q", data)
	}
}

func TestOnlyOneClaimsAHome(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	lock, err := claim(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(home); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("home has mode %v, %v", info.Mode(), err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := claim(ctx, home); err == nil || !strings.Contains(err.Error(), "another control plane") {
		t.Errorf("a second claim gives %v", err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := claim(t.Context(), home)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Unlock()
}

func TestTheAuthorityIsKeptAndReplacedWhenSpoilt(t *testing.T) {
	dir := t.TempDir()
	first, err := loadAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := loadAuthority(dir)
	if err != nil || !bytes.Equal(first.cert, second.cert) {
		t.Errorf("the authority changed: %v", err)
	}
	pair, err := second.issue(holder{name: "web", ips: []net.IP{net.IPv4(127, 0, 0, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	cert, err := parsePEM(pair.cert)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cert.Verify(x509.VerifyOptions{DNSName: "127.0.0.1", Roots: first.pool()}); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	third, err := loadAuthority(dir)
	if err != nil || bytes.Equal(first.cert, third.cert) {
		t.Errorf("a spoilt authority is not replaced: %v", err)
	}
}

func TestTheKubeletsCertificateHoldsForEveryNode(t *testing.T) {
	c, err := issueAll(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range []string{"172.18.0.2", "172.18.0.52", "172.18.0.62"} {
		if err := c.kubelet.Leaf.VerifyHostname(ip); err != nil {
			t.Error(err)
		}
	}
}

func TestTheLastPortIsTakenAgainIfItIsFree(t *testing.T) {
	first, err := state{}.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := state{URL: "https://" + first.Addr().String()}
	other, err := last.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if other.Addr().String() == first.Addr().String() {
		t.Error("a port in use is given out")
	}
	first.Close()
	other.Close()
	again, err := last.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.Addr().String() != first.Addr().String() {
		t.Errorf("it listens on %s, not %s", again.Addr(), first.Addr())
	}
}

func TestEveryControllerExists(t *testing.T) {
	known := app.KnownControllers()
	for i, name := range controllers {
		if !slices.Contains(known, name) {
			t.Errorf("%s is unknown", name)
		}
		if slices.Contains(controllers[:i], name) {
			t.Errorf("%s is there twice", name)
		}
	}
}

func TestTheFirstComponentToEndEndsAll(t *testing.T) {
	ctx, run := newComponents(t.Context(), io.Discard)
	failure := errors.New("gone")
	ended := make(chan struct{})
	run.run(ctx, "steady", func(ctx context.Context) error {
		<-ctx.Done()
		close(ended)
		return nil
	})
	run.run(ctx, "weak", func(context.Context) error { return failure })
	<-ended
	if cause := context.Cause(ctx); !errors.Is(cause, failure) || !strings.Contains(cause.Error(), "weak") {
		t.Errorf("the cause is %v", cause)
	}
	run.stop()
}

func TestOnlyWhatLiesInTheDataCountsAsSpoilt(t *testing.T) {
	for text, want := range map[string]bool{
		"wal: crc mismatch":                               true,
		"etcd: failed to open database":                   true,
		"write /x/wal: no space left on device":           false,
		"open /x/db: permission denied":                   false,
		"listen unix /x: bind: address already in use":    false,
		"accept: too many open files":                     false,
		"mkdir /x: read-only file system":                 false,
		"fatal error: runtime: out of memory":             false,
		"SIGQUIT: quit":                                   false,
		"panic: tocommit(5) is out of range [lastIndex(0": true,
	} {
		if spoilt(errors.New(text)) != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
	if spoilt(errors.Join(errLate, nil)) {
		t.Error("data is set aside because the machine is slow")
	}
}

func TestSocketsMoveWhereTheirPathFits(t *testing.T) {
	temporary, err := os.MkdirTemp("/tmp", "sockets-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temporary)
	t.Setenv("TMPDIR", temporary)
	short, err := socketPath("/home/a", fileNetwork)
	if err != nil || short != "/home/a/network.sock" {
		t.Errorf("a short one is %s, %v", short, err)
	}
	for _, name := range []string{"/home/a b", "/home/홍길동", "/home/a,b", "/home/50%"} {
		if path, err := socketPath(name, fileNetwork); err != nil || strings.HasPrefix(path, name) {
			t.Errorf("for %s it is %s, %v", name, path, err)
		}
	}
	home := "/" + strings.Repeat("long", 30)
	long, err := socketPath(home, fileNetwork)
	if err != nil || len(long) > socketLimit {
		t.Fatalf("a long one is %s, %v", long, err)
	}
	if again, err := socketPath(home, fileNetwork); err != nil || again != long {
		t.Errorf("the second time it is %s, %v", again, err)
	}
	if err := os.Chmod(filepath.Dir(long), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := socketPath(home, fileNetwork); err == nil {
		t.Error("a directory that others can write to is taken")
	}
}

// openTestDoor serves a door whose network holds one address, "echo:1", and
// returns a client connection to it.
func openTestDoor(t *testing.T) (dial func() net.Conn, stopped context.Context, end func()) {
	t.Helper()
	temporary, err := os.MkdirTemp("/tmp", "door-") // a test's own may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temporary) })
	path := filepath.Join(temporary, "door.sock")
	stopped, stop := context.WithCancelCause(context.Background())
	ctx, run := newComponents(t.Context(), io.Discard)
	err = openDoor(ctx, run, path, door{stop: stop, dial: func(_ context.Context, _, address string) (net.Conn, error) {
		if address != "echo:1" {
			return nil, fmt.Errorf("nobody at %s", address)
		}
		here, there := net.Pipe()
		go func() { _, _ = io.Copy(there, there) }()
		return here, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	end = func() { run.stop() }
	t.Cleanup(end)
	return func() net.Conn {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}, stopped, end
}

func ask(t *testing.T, conn net.Conn, method, target string) (*http.Response, *bufio.Reader) {
	t.Helper()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: echo:1\r\n\r\n", method, target)
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	return response, reader
}

func TestTheDoorLeadsIntoTheNetwork(t *testing.T) {
	dial, stopped, end := openTestDoor(t)
	conn := dial()
	response, reader := ask(t, conn, http.MethodConnect, "echo:1")
	if response.StatusCode != http.StatusOK {
		t.Fatalf("CONNECT gives %s", response.Status)
	}
	fmt.Fprintln(conn, "hello")
	if line, err := reader.ReadString('\n'); line != "hello\n" {
		t.Errorf("back comes %q, %v", line, err)
	}
	response, _ = ask(t, dial(), http.MethodConnect, "other:1")
	if why, _ := io.ReadAll(response.Body); response.StatusCode != http.StatusBadGateway || !strings.Contains(string(why), "nobody at other:1") {
		t.Errorf("an unknown address gives %s: %s", response.Status, why)
	}
	if response, _ = ask(t, dial(), http.MethodGet, "/"); response.StatusCode != http.StatusNotFound {
		t.Errorf("anything else gives %s", response.Status)
	}
	alive, _ := ask(t, dial(), http.MethodGet, "/alive")
	if response, _ = ask(t, dial(), http.MethodPost, "/stop"); response.StatusCode != http.StatusAccepted {
		t.Errorf("/stop gives %s", response.Status)
	}
	<-stopped.Done()
	if cause := context.Cause(stopped); !errors.Is(cause, errAsked) {
		t.Errorf("stopped because %v", cause)
	}
	end()
	if said, _ := io.ReadAll(alive.Body); len(said) > 0 { // that it ends at all is the point
		t.Errorf("/alive says %q", said)
	}
	if _, err := reader.ReadByte(); err == nil {
		t.Error("a tunnel outlives the door")
	}
}
