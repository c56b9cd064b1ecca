package kind

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	"sigs.k8s.io/yaml"

	"podium/cluster"
	"podium/i18n"
)

// fakeEngine puts an executable named docker before all others. Its script sees
// the arguments as a shell does.
func fakeEngine(t *testing.T, script string) {
	t.Helper()
	fake(t, "docker", script)
}

// fake puts an engine before all others.
func fake(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv(engineVariable, name)
}

// inspected is what docker inspect says of two nodes.
const inspected = `[
 {"Id":"b2","Name":"/c-worker","Created":"2026-05-01T12:00:02Z","State":{"Running":false},
  "Config":{"Labels":{"io.x-k8s.kind.cluster":"c","io.x-k8s.kind.role":"worker"}}},
 {"Id":"a1","Name":"/c-control-plane","Created":"2026-05-01T12:00:01Z","State":{"Running":true},
  "Config":{"Labels":{"io.x-k8s.kind.cluster":"c","io.x-k8s.kind.role":"control-plane"}},
  "NetworkSettings":{"Ports":{"6444/tcp":[{"HostIp":"127.0.0.1","HostPort":"32768"}]}}}]`

const twoNodes = `case $1 in
info) echo linux ;;
ps) echo b2; echo a1 ;;
inspect) cat <<'END'
` + inspected + `
END
;;
*) echo "unexpected $*" >&2; exit 1 ;;
esac
`

func message(err error) string {
	var said *i18n.Error
	if errors.As(err, &said) {
		return said.Message.ID
	}
	return ""
}

func TestNodesAreListedTheControlPlaneFirst(t *testing.T) {
	fakeEngine(t, twoNodes)
	nodes, err := engines()[0].nodes(t.Context(), "c")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range nodes {
		got = append(got, n.Name+" "+n.ID)
	}
	if diff := cmp.Diff([]string{"c-control-plane a1", "c-worker b2"}, got); diff != "" {
		t.Error(diff)
	}
	if port := nodes[0].NetworkSettings.Ports["6444/tcp"][0].HostPort; port != "32768" {
		t.Errorf("port %q", port)
	}
}

func TestOnlyItsOwnContainersAreTouched(t *testing.T) {
	fakeEngine(t, twoNodes) // which refuses rm, stop and start
	made := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		record record
		want   string
	}{
		{"no record", record{}, "kind.taken"},
		{"of another cluster", record{Cluster: "d", Nodes: map[string]string{"c-worker": "b2", "c-control-plane": "a1"}}, "kind.taken"},
		{"of other containers", record{Cluster: "c", Nodes: map[string]string{"c-worker": "x", "c-control-plane": "y"}}, "kind.taken"},
		{"half of them", record{Cluster: "c", Nodes: map[string]string{"c-worker": "b2"}}, "kind.taken"},
		{"killed long before", record{Cluster: "c", Began: made.Add(-time.Hour)}, "kind.taken"},
		{"killed while making them", record{Cluster: "c", Began: made}, ""},
		{"its own", record{Cluster: "c", Nodes: map[string]string{"c-worker": "b2", "c-control-plane": "a1"}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := New(Options{Home: t.TempDir(), Cluster: "c"})
			if err := p.write(test.record); err != nil {
				t.Fatal(err)
			}
			_, err := p.mine(t.Context(), p.engines[0])
			if got := message(err); got != test.want {
				t.Errorf("mine: %v, want %q", err, test.want)
			}
			if test.want == "" || test.record.Cluster != "c" {
				return
			}
			if err := p.Delete(t.Context()); message(err) != test.want {
				t.Errorf("Delete: %v", err)
			}
			if err := p.Down(t.Context()); message(err) != test.want {
				t.Errorf("Down: %v", err)
			}
		})
	}
}

func TestAnEngineThatCannotBeUsedIsNamed(t *testing.T) {
	for _, test := range []struct{ name, script, want, output string }{
		{"not started", "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 1",
			"kind.engine-silent", "Cannot connect to the Docker daemon"},
		{"Windows containers", "echo windows", "kind.engine-windows", ""},
		{"fine", "echo linux", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			fakeEngine(t, test.script)
			err := New(Options{Home: t.TempDir()}).Check(t.Context())
			if got := message(err); got != test.want {
				t.Errorf("%v, want %q", err, test.want)
			}
			var failed *CommandError
			if test.output != "" && (!errors.As(err, &failed) || !strings.Contains(failed.Output, test.output)) {
				t.Errorf("what the engine said is lost: %v", err)
			}
		})
	}
	t.Setenv("PATH", t.TempDir())
	t.Setenv(engineVariable, "")
	if err := New(Options{Home: t.TempDir()}).Check(t.Context()); message(err) != "kind.engine-missing" || !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("none installed: %v", err)
	}
	t.Setenv(engineVariable, "lxc")
	if err := New(Options{Home: t.TempDir()}).Check(t.Context()); message(err) != "kind.engine-unknown" {
		t.Errorf("an unknown one: %v", err)
	}
}

func TestTheConfigurationHasAsManyWorkersAsAskedFor(t *testing.T) {
	for asked, want := range map[int]int{0: 3, 1: 1, 10: 10} {
		text, err := New(Options{Workers: asked}).config(engineNamed(t, "docker"))
		if err != nil {
			t.Fatal(err)
		}
		var config v1alpha4.Cluster
		if err := yaml.UnmarshalStrict([]byte(text), &config); err != nil {
			t.Fatal(err)
		}
		workers := 0
		for _, n := range config.Nodes {
			if n.Role == v1alpha4.WorkerRole {
				workers++
			}
		}
		if workers != want || len(config.Nodes) != want+1 || config.Networking.APIServerPort != -1 {
			t.Errorf("asked for %d: %s", asked, text)
		}
	}
}

func TestStagesOfKindAreTold(t *testing.T) {
	var said []line
	l := &logger{say: func(l line) { said = append(said, l) }}
	l.V(0).Infof("Creating cluster %q ...\n", "c")
	l.V(0).Infof(" • %s  ...\n", "Preparing nodes 📦 📦 ")
	l.V(0).Infof(" ✓ %s\n", "Preparing nodes 📦 📦 ")
	l.V(0).Infof(" • %s  ...\n", "Starting control-plane 🕹️")
	l.V(5).Infof(" • %s  ...\n", "Joining worker nodes")
	var stages []string
	p := newProgress(func(s cluster.Stage) {
		if !s.Done {
			stages = append(stages, s.Message.ID)
		}
	}, time.Now)
	for _, s := range said {
		p.kind(s.Stage)
	}
	if diff := cmp.Diff([]string{"kind.stage.nodes", "kind.stage.control-plane"}, stages); diff != "" {
		t.Error(diff)
	}
}

func TestImagesAreKnownByEveryNameAManifestGivesThem(t *testing.T) {
	want := []string{"docker.io/library/nginx", "docker.io/library/nginx:latest", "docker.io/nginx", "docker.io/nginx:latest",
		"library/nginx", "library/nginx:latest", "nginx", "nginx:latest"}
	if diff := cmp.Diff(want, spellings("docker.io/library/nginx:latest")); diff != "" {
		t.Error(diff)
	}
	images, err := LessonImages()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"docker.io/library/nginx:latest", "docker.io/gihyodocker/echo:patched", "ghcr.io/stefanprodan/podinfo:6.9.0"} {
		if !slices.Contains(images, name) {
			t.Errorf("%s is not among %v", name, images)
		}
	}
}

func TestNamesAreLookedUpAsAPodDoes(t *testing.T) {
	for host, want := range map[string][]string{
		"web":                       {"web.lab.svc.cluster.local.", "web.svc.cluster.local.", "web.cluster.local."},
		"web.lab.svc":               {"web.lab.svc.lab.svc.cluster.local.", "web.lab.svc.svc.cluster.local.", "web.lab.svc.cluster.local."},
		"web.lab.svc.cluster.local": {"web.lab.svc.cluster.local."},
		"example.com.":              {"example.com."},
	} {
		if diff := cmp.Diff(want, candidates(host)); diff != "" {
			t.Errorf("%s: %s", host, diff)
		}
	}
}

// TestTheRelayJoins runs relay.pl as a node does, with the host's own Perl.
func TestTheRelayJoins(t *testing.T) {
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer echo.Close()
	go func() {
		for {
			conn, err := echo.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				var word [4]byte
				if _, err := conn.Read(word[:]); err == nil {
					_, _ = conn.Write(append([]byte("you said "), word[:]...))
				}
			}()
		}
	}()
	r := startPerl(t)
	conn, err := r.dial(t.Context(), "tcp", echo.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("ping")); err != nil {
		t.Fatal(err)
	}
	var said [13]byte
	if _, err := conn.Read(said[:]); err != nil || string(said[:]) != "you said ping" {
		t.Errorf("%q, %v", said, err)
	}
	if _, err := conn.Read(said[:]); err == nil {
		t.Error("the other side has hung up and the connection has not ended")
	}
	_ = conn.Close()
	if _, err := r.dial(t.Context(), "tcp", "127.0.0.1:1"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("nothing listens: %v", err)
	}
	stranger := &relay{address: r.address, token: "guessed"}
	if _, err := stranger.connect(t.Context(), echo.Addr().String()); err == nil {
		t.Error("a caller without the token was let in")
	}
}

func startPerl(t *testing.T) *relay {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(secret, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, "perl", "relay.pl", port, secret)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
	})
	r := &relay{address: address, token: "secret", known: map[string]answer{}}
	deadline, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for !r.answers(deadline) {
		if deadline.Err() != nil {
			t.Fatal("the relay does not answer")
		}
	}
	return r
}

func TestTheRecordIsReadAsWritten(t *testing.T) {
	p := New(Options{Home: t.TempDir(), Cluster: "c"})
	want := record{Cluster: "c", Engine: "docker", Nodes: map[string]string{"c-worker": "b2"}, Token: "x"}
	if err := p.write(want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, p.record()); diff != "" {
		t.Error(diff)
	}
	data, err := os.ReadFile(p.path(fileRecord))
	if err != nil || !json.Valid(data) {
		t.Errorf("%s, %v", data, err)
	}
}
