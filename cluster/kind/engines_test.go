package kind

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	"sigs.k8s.io/yaml"
)

// playback is an engine that answers what a real one answered, as recorded in
// testdata, and writes down what it is asked to change. Once it was asked to
// remove containers there are none.
const playback = `case "$1 $2" in
"ps -a") grep -q '^rm ' "$ASKED" || cat ps.txt ;;
"inspect --type=container") cat inspect.json ;;
"volume ls") cat volumes.json ;;
"network ls") cat networks.txt ;;
"images --format") cat images.txt ;;
"image inspect") for name; do :; done; grep -qx "$name" images.txt ;;
"info --format") echo linux ;;
*) echo "$*" >>"$ASKED" ;;
esac
`

// played puts such an engine before all others and returns it with what it was
// asked to change.
func played(t *testing.T, name string) (engine, func() []string) {
	t.Helper()
	recording, err := filepath.Abs(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	asked := filepath.Join(t.TempDir(), "asked")
	if err := os.WriteFile(asked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ASKED", asked)
	fake(t, name, "cd '"+recording+"'\n"+playback)
	return engineNamed(t, name), func() []string {
		text, err := os.ReadFile(asked)
		if err != nil {
			t.Fatal(err)
		}
		return lines(string(text))
	}
}

func engineNamed(t *testing.T, name string) engine {
	t.Helper()
	i := slices.IndexFunc(engines(), func(e engine) bool { return e.name == name })
	if i < 0 {
		t.Fatal("no engine", name)
	}
	return engines()[i]
}

// made is when the recorded clusters were made.
var made = map[string]time.Time{
	"podman":  time.Date(2026, 11, 21, 23, 53, 45, 0, time.UTC),
	"nerdctl": time.Date(2026, 11, 22, 0, 22, 52, 0, time.UTC),
}

func TestNodesOfEveryEngineAreUnderstood(t *testing.T) {
	for name, began := range made {
		t.Run(name, func(t *testing.T) {
			e, _ := played(t, name)
			p := New(Options{Home: t.TempDir()})
			if err := p.write(record{Cluster: "podium", Engine: name, Began: began}); err != nil {
				t.Fatal(err)
			}
			nodes, err := p.mine(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			var names, ids []string
			for _, n := range nodes {
				names, ids = append(names, n.Name), append(ids, n.ID)
				if !n.State.Running {
					t.Errorf("%s runs and is taken for stopped", n.Name)
				}
			}
			if diff := cmp.Diff([]string{"podium-control-plane", "podium-worker", "podium-worker2", "podium-worker3"}, names); diff != "" {
				t.Error(diff)
			}
			listed, err := os.ReadFile(filepath.Join("testdata", name, "ps.txt"))
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(ids)
			if diff := cmp.Diff(slices.Sorted(slices.Values(lines(string(listed)))), ids); diff != "" {
				t.Error(diff)
			}
			for _, port := range []string{"6443/tcp", relayPort + "/tcp"} {
				if at := nodes[0].NetworkSettings.Ports[port]; len(at) != 1 || at[0].HostPort == "" {
					t.Errorf("port %s: %v", port, at)
				}
			}
		})
	}
}

func TestPodmansVolumesGoWithTheCluster(t *testing.T) {
	_, asked := played(t, "podman")
	p := New(Options{Home: t.TempDir()})
	if err := p.write(record{Cluster: "podium", Engine: "podman", Began: made["podman"], Network: true}); err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	did := asked()
	var words []string
	for _, line := range did {
		words = append(words, strings.Join(strings.Fields(line)[:2], " "))
	}
	if len(words) != 4 || !strings.HasPrefix(words[0], "kill ") || words[1] != "rm -f" || words[2] != "volume rm" || words[3] != "network rm" {
		t.Fatalf("asked for %q", did)
	}
	if got := len(strings.Fields(did[2])) - 2; got != 4 {
		t.Errorf("%d volumes are removed, not those of four nodes: %s", got, did[2])
	}
}

func TestNerdctlLetsStoppedNodesBeStopped(t *testing.T) {
	e, asked := played(t, "nerdctl")
	p := New(Options{Home: t.TempDir()})
	r := record{Cluster: "podium", Engine: "nerdctl", Began: made["nerdctl"], Network: true}
	if err := p.write(r); err != nil {
		t.Fatal(err)
	}
	if err := p.note(t.Context(), e, r); err != nil {
		t.Fatal(err)
	}
	if did := asked(); len(did) != 1 || !strings.HasPrefix(did[0], "update --restart=no ") || len(strings.Fields(did[0])) != 6 {
		t.Errorf("once the nodes are there, nerdctl is asked for %q", did)
	}
	if err := p.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if did := asked(); len(did) != 4 || !strings.HasPrefix(did[2], "rm -f -v ") || did[3] != "network rm kind" {
		t.Errorf("nerdctl is asked for %q", did)
	}
}

func TestNerdctlIsGivenPorts(t *testing.T) {
	text, err := New(Options{}).config(engineNamed(t, "nerdctl"))
	if err != nil {
		t.Fatal(err)
	}
	var config v1alpha4.Cluster
	if err := yaml.UnmarshalStrict([]byte(text), &config); err != nil {
		t.Fatal(err)
	}
	// To nerdctl 0 is a port and not a wish; kind takes 0 as a wish and gives it one.
	if config.Networking.APIServerPort != 0 || config.Nodes[0].ExtraPortMappings[0].HostPort != 0 {
		t.Error(text)
	}
}

func TestNerdctlsNetworkIsMadeForKind(t *testing.T) {
	for name, want := range map[string][]string{"nerdctl": {"network create --driver=bridge kind"}, "podman": {}} {
		e, asked := played(t, name)
		p := New(Options{Home: t.TempDir()})
		for _, r := range []record{{Network: true}, {Network: false}} { // the second found one
			if err := p.makeNetwork(t.Context(), e, r); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, asked()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestOnlyItsOwnVolumesAreRemoved(t *testing.T) {
	p := New(Options{Home: t.TempDir(), Cluster: "c"})
	for label, want := range map[string]bool{
		"c-control-plane": true, "c-worker": true, "c-worker2": true, "c-worker10": true,
		"c-worker11": false, "cd-worker": false, "c": false, "worker": false,
	} {
		if got := p.ofNode(volume{Labels: map[string]string{label: "true"}}); got != want {
			t.Errorf("%s: %v", label, got)
		}
	}
	r := record{Cluster: "c", Began: made["podman"]}
	if r.made(r.Began.Add(-time.Hour)) || r.made(r.Began.Add(24*time.Hour)) || !r.made(r.Began.Add(time.Minute)) {
		t.Error("volumes are not told apart by when they were made")
	}
}

func TestPodmanIsToldWholeNames(t *testing.T) {
	podman, docker := engineNamed(t, "podman"), engineNamed(t, "docker")
	digest := "@sha256:" + strings.Repeat("a", 64)
	for image, want := range map[string][]string{
		"kindest/node:v1":                {"docker.io/kindest/node:v1", "localhost/kindest/node:v1"},
		"kindest/node:v1" + digest:       {"docker.io/kindest/node" + digest, "docker.io/kindest/node:v1", "localhost/kindest/node:v1"},
		"docker.io/kindest/node:v1":      {"docker.io/kindest/node:v1"},
		"localhost/mine:1":               {"localhost/mine:1"},
		"nginx":                          {"docker.io/library/nginx", "localhost/nginx"},
		"registry:5000/node:v1" + digest: {"registry:5000/node" + digest, "registry:5000/node:v1"},
	} {
		if diff := cmp.Diff(want, podman.names(image)); diff != "" {
			t.Errorf("%s: %s", image, diff)
		}
	}
	if diff := cmp.Diff([]string{"kindest/node:v1" + digest, "kindest/node:v1"}, docker.names("kindest/node:v1"+digest)); diff != "" {
		t.Error(diff)
	}
}

func TestImagesThatPodmanPutUnderLocalhostGetTheirNames(t *testing.T) {
	e, asked := played(t, "podman")
	p := New(Options{Home: t.TempDir(), Image: "kindest/node:local-v1.36.3"})
	if name := e.find(t.Context(), p.options.Image); name != "localhost/kindest/node:local-v1.36.3" {
		t.Errorf("the node image is known as %q", name)
	}
	if err := p.adopt(t.Context(), e, map[string]bool{"localhost/httpd:2.4": true}); err != nil { // which somebody built
		t.Fatal(err)
	}
	var want []string
	for _, name := range []string{"gihyodocker/echo:patched", "library/nginx:latest", "kindest/node:local-v1.36.3"} {
		local := "localhost/" + strings.TrimPrefix(name, "library/")
		want = append(want, "tag "+local+" docker.io/"+name, "untag "+local+" "+local)
	}
	if diff := cmp.Diff(want, asked()); diff != "" {
		t.Error(diff)
	}
}

func TestTheEngineThatMadeTheClusterIsUsed(t *testing.T) {
	t.Setenv(engineVariable, "")
	p := New(Options{Home: t.TempDir()})
	for _, test := range []struct {
		name, variable, maker string
		want                  []string
	}{
		{"no wish", "", "", []string{"docker", "nerdctl", "podman"}},
		{"a variable", "podman", "", []string{"podman"}},
		{"a cluster", "", "nerdctl", []string{"nerdctl"}},
		{"both", "docker", "podman", []string{"podman"}},
	} {
		t.Setenv(engineVariable, test.variable)
		if err := p.write(record{Cluster: "podium", Engine: test.maker}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, p.Engines()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestTheLastWordsOfEveryEngineAreFound(t *testing.T) {
	for output, want := range map[string]string{
		`time="2026-11-22T00:16:01Z" level=fatal msg="subnet fc00:f853:ccd:e793::/64 overlaps with other one on this address space"`:                   "subnet fc00:f853:ccd:e793::/64 overlaps with other one on this address space",
		`time="2026-11-22T00:08:37Z" level=fatal msg="cannot access containerd socket \"/run/containerd/containerd.sock\": no such file or directory"`: `cannot access containerd socket "/run/containerd/containerd.sock": no such file or directory`,
		"Trying to pull docker.io/kindest/node:v1...\nError: initializing source docker://kindest/node:v1: pinging container registry":                 "Error: initializing source docker://kindest/node:v1: pinging container registry",
		"docker: permission denied.\nSee 'docker run --help'.":                                                                                         "docker: permission denied.",
	} {
		if got := lastWords(&CommandError{Output: output, Err: os.ErrInvalid}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAClusterOfAnEngineThatIsGoneIsForgottenByTheUserAlone(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	p := New(Options{Home: filepath.Join(t.TempDir(), "kind")})
	if err := os.Mkdir(p.options.Home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := p.write(record{Cluster: "podium", Engine: "podman", Nodes: map[string]string{"podium-worker": "a"}}); err != nil {
		t.Fatal(err)
	}
	if err := p.Check(t.Context()); message(err) != "kind.engine-gone" {
		t.Errorf("Check: %v", err)
	}
	if err := p.Delete(t.Context()); message(err) != "kind.engine-gone" || p.record().Cluster == "" {
		t.Errorf("Delete: %v, and %+v is noted", err, p.record())
	}
	if err := os.RemoveAll(p.options.Home); err != nil {
		t.Fatal(err)
	}
	if err := p.Check(t.Context()); message(err) != "kind.engine-missing" {
		t.Errorf("Check of nothing: %v", err)
	}
}
