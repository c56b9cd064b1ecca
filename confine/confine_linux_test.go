package confine

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An attempt is what the confined child tries, each by a name.
type attempt struct {
	Bounds Bounds
	Try    string
	With   string
}

const childWord = "confined-child"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == childWord {
		var a attempt
		if err := json.Unmarshal([]byte(os.Args[2]), &a); err != nil {
			fail(err)
		}
		if err := Enter(a.Bounds); err != nil {
			fail(err)
		}
		if err := a.run(); err != nil {
			fail(err)
		}
		fmt.Print("did it")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func fail(err error) {
	fmt.Print(err)
	os.Exit(1)
}

func (a attempt) run() error {
	switch a.Try {
	case "read":
		_, err := os.ReadFile(a.With)
		return err
	case "write":
		return os.WriteFile(a.With, []byte("x"), 0o600)
	case "list":
		_, err := os.ReadDir(a.With)
		return err
	case "link": // a name of one's own for somebody else's file
		own := filepath.Join(a.Bounds.Write[0], "link")
		if err := os.Symlink(a.With, own); err != nil {
			return err
		}
		_, err := os.ReadFile(own)
		return err
	case "move":
		return os.Rename(a.With, filepath.Join(a.Bounds.Write[0], "moved"))
	case "run":
		return exec.Command(a.With).Run() //nolint:noctx // it ends or is refused
	case "self":
		return exec.Command(os.Args[0], "-test.list", "none").Run() //nolint:noctx,gosec // this executable
	case "dial":
		c, err := net.Dial("tcp", a.With) //nolint:noctx // loopback
		if err == nil {
			_ = c.Close()
		}
		return err
	case "listen":
		l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // loopback
		if err == nil {
			_ = l.Close()
		}
		return err
	case "widen": // out of the bounds by entering larger ones
		if err := Enter(Bounds{Write: []string{"/"}}); err != nil {
			return err
		}
		_, err := os.ReadFile(a.With)
		return err
	}
	return errors.New("no such attempt")
}

func TestAConfinedProcessReachesWhatItMayAndNothingElse(t *testing.T) {
	if lacking := Supported(); lacking != nil { // an older kernel, or cgo: nobody is confined by half
		if err := Enter(Bounds{}); !errors.Is(err, lacking) {
			t.Errorf("want %v, have %v", lacking, err)
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	own, other, shared := t.TempDir(), t.TempDir(), t.TempDir()
	for _, dir := range []string{own, other, shared} {
		if err := os.WriteFile(filepath.Join(dir, "file"), []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	may, mayNot := listen(t), listen(t)
	port := uint16(may.Addr().(*net.TCPAddr).Port) //nolint:gosec,forcetypeassert // a TCP listener's
	bounds := Bounds{Write: []string{own}, Read: []string{shared}, Run: self, Port: port, Memory: 1 << 30, FileSize: 1 << 30}
	for _, try := range []struct {
		what, with string
		may        bool
	}{
		{"read", filepath.Join(own, "file"), true},
		{"write", filepath.Join(own, "new"), true},
		{"read", filepath.Join(shared, "file"), true},
		{"read", os.DevNull, true},
		{"self", "", true},
		{"dial", may.Addr().String(), true},
		{"write", filepath.Join(shared, "file"), false},
		{"read", filepath.Join(other, "file"), false},
		{"write", filepath.Join(other, "new"), false},
		{"list", other, false},
		{"list", "/", false},
		{"link", filepath.Join(other, "file"), false},
		{"move", filepath.Join(other, "file"), false},
		{"read", "/etc/passwd", false},
		{"read", "/proc/self/environ", false},
		{"read", "/proc/1/environ", false},
		{"read", "/dev/ptmx", false},
		{"run", "/bin/sh", false},
		{"dial", mayNot.Addr().String(), false},
		{"listen", "", false},
		{"widen", "/etc/passwd", false},
	} {
		text, err := json.Marshal(attempt{bounds, try.what, try.with})
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), self, childWord, string(text))
		cmd.Env = append(os.Environ(), "GODEBUG=multipathtcp=0")
		out, err := cmd.Output()
		switch denied := strings.Contains(string(out), "permission denied"); {
		case try.may && err != nil:
			t.Errorf("%s %s: %s, %v", try.what, try.with, out, err)
		case !try.may && (err == nil || !denied):
			t.Errorf("%s %s: %s, %v", try.what, try.with, out, err)
		}
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	return l
}
