package kubectl

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

const noCluster = "there is no cluster"

var said = Sentences{None: noCluster, Gone: func(server string) string { return "nothing at " + server }}

// TestMain lets the test binary be podium's executable.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case Word:
			os.Exit(Main(os.Args[2:], said))
		case "wait":
			fmt.Println("waiting")
			<-time.After(time.Hour)
		}
	}
	os.Exit(m.Run())
}

// child is kubectl with a home of its own, whose ~ and PATH are the test's.
type child struct {
	home, user, path string
	Options
}

func newChild(t *testing.T) child {
	t.Helper()
	c := child{home: t.TempDir(), user: t.TempDir(), path: t.TempDir()}
	t.Setenv("HOME", c.user)
	t.Setenv("USERPROFILE", c.user)
	t.Setenv("PATH", c.path)
	c.Options = Options{Home: c.home}
	return c
}

func (c child) run(t *testing.T, args ...string) (output string, exit int) {
	t.Helper()
	cmd := Command(t.Context(), c.Options, args...)
	out, _ := cmd.CombinedOutput()
	return string(out), cmd.ProcessState.ExitCode()
}

func TestWithoutAClusterOneSentenceSaysSo(t *testing.T) {
	c := newChild(t)
	for _, args := range [][]string{{"get", "pods"}, {"delete", "pod", "web"}, {"top", "nodes"}} {
		if output, exit := c.run(t, args...); output != noCluster+"\n" || exit != 1 {
			t.Errorf("%s ended with %d and said\n%s", args, exit, output)
		}
	}
	if output, exit := c.run(t, "version", "--client"); exit != 0 {
		t.Errorf("what needs no cluster ended with %d: %s", exit, output)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil { // nobody listens there now
		t.Fatal(err)
	}
	c.Kubeconfig = c.kubeconfig(t, server)
	if output, exit := c.run(t, "get", "pods"); output != "nothing at "+server+"\n" || exit != 1 {
		t.Errorf("where nothing listens it ended with %d and said\n%s", exit, output)
	}
}

func (c child) kubeconfig(t *testing.T, server string) string {
	t.Helper()
	path := filepath.Join(c.home, "kubeconfig")
	text := fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"lab",
		"clusters":[{"name":"lab","cluster":{"server":%q}}],"users":[{"name":"lab"}],
		"contexts":[{"name":"lab","context":{"cluster":"lab","user":"lab","namespace":"lab"}}]}`, server)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestItIsKubectl(t *testing.T) {
	c := newChild(t)
	for _, test := range []struct {
		args []string
		want string
		exit int
	}{
		{[]string{"version", "--client"}, "Client Version: ", 0},
		{[]string{"--help"}, "kubectl controls the Kubernetes cluster manager", 0},
		{nil, "kubectl controls the Kubernetes cluster manager", 0},
		{[]string{"create", "deployment", "web", "--image=nginx", "--dry-run=client", "-o", "yaml"}, "image: nginx", 0},
		{[]string{"get"}, "You must specify the type of resource to get", 1},
		{[]string{"nonsense"}, `error: unknown command "nonsense" for "kubectl"`, 1},
		{[]string{"get", "pods", "--nonsense"}, "error: unknown flag: --nonsense", 1},
	} {
		out, exit := c.run(t, test.args...)
		if !strings.Contains(out, test.want) || exit != test.exit {
			t.Errorf("%q exits with %d and says %q", test.args, exit, out)
		}
	}
}

func TestNoPluginIsRunOrOffered(t *testing.T) {
	c := newChild(t)
	for _, name := range []string{"kubectl-spy", "kubectl-create-spy", "kubectl_complete-spy"} {
		script := "#!/bin/sh\necho RAN; touch " + filepath.Join(c.home, "ran") + "\n"
		if err := os.WriteFile(filepath.Join(c.path, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"spy"}, {"create", "spy"}, {"--help"}, {"__complete", "sp"}, {"__complete", "spy", ""}} {
		if out, _ := c.run(t, args...); strings.Contains(out, "RAN") || slices.Contains(strings.Fields(out), "spy") && args[0] != "spy" && args[0] != "create" {
			t.Errorf("%q says %q", args, out)
		}
	}
	if _, err := os.Stat(filepath.Join(c.home, "ran")); err == nil {
		t.Error("a plugin ran")
	}
}

func TestItStaysAwayFromTheUsersOwnClustersAndFiles(t *testing.T) {
	foreign := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the user's own cluster was asked for %s", r.URL)
	}))
	defer foreign.Close()
	c := newChild(t)
	t.Setenv("KUBECONFIG", "")
	t.Setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
	t.Setenv("KUBERNETES_SERVICE_PORT", foreign.URL[strings.LastIndex(foreign.URL, ":")+1:])
	if err := os.MkdirAll(filepath.Join(c.user, ".kube"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(c.kubeconfig(t, foreign.URL), filepath.Join(c.user, ".kube", "config")); err != nil {
		t.Fatal(err)
	}
	kuberc := filepath.Join(c.user, ".kube", "kuberc")
	if err := os.WriteFile(kuberc, []byte("apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\naliases:\n- name: mine\n  command: version\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, exit := c.run(t, "get", "pods"); exit == 0 {
		t.Error("without a kubeconfig it found a cluster")
	}
	if out, exit := c.run(t, "mine", "--client"); exit == 0 {
		t.Errorf("an alias of the user's was used: %s", out)
	}
	before := tree(t, c.user)

	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answers := map[string]string{
			"/api":    `{"kind":"APIVersions","versions":["v1"]}`,
			"/apis":   `{"kind":"APIGroupList","apiVersion":"v1","groups":[]}`,
			"/api/v1": `{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get","list"]}]}`,
		}
		fmt.Fprint(w, answers[r.URL.Path])
	}))
	defer own.Close()
	c.Kubeconfig = c.kubeconfig(t, own.URL)
	if out, exit := c.run(t, "api-resources"); exit != 0 || !strings.Contains(out, "pods") {
		t.Errorf("exit %d: %s", exit, out)
	}
	if after := tree(t, c.user); !slices.Equal(before, after) {
		t.Errorf("the user's home has changed from %q to %q", before, after)
	}
	if cached := tree(t, filepath.Join(c.home, "cache", "kubectl")); len(cached) < 2 {
		t.Errorf("nothing is cached in podium's home: %q", cached)
	}
}

func tree(t *testing.T, root string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheEnvironmentIsChosen(t *testing.T) {
	for name, value := range map[string]string{
		"PATH": "/bin", "LANG": "ko_KR.UTF-8", "LC_ALL": "C", "AWS_PROFILE": "class", "NO_PROXY": "corp", "HTTPS_PROXY": "http://proxy",
		"KUBE_EDITOR": "evil", "KUBECONFIG": "/mine", "KUBECTL_EXTERNAL_DIFF": "evil", "SECRET": "x", "KUBECTL_KUBERC": "true", "GODEBUG": "x=1",
	} {
		t.Setenv(name, value)
	}
	env := Options{Self: "/opt/podium", Kubeconfig: "/lab/kubeconfig", Home: "/lab", Extra: []string{"TERM=dumb"}}.Environ()
	for _, want := range []string{
		"PATH=/bin", "LANG=ko_KR.UTF-8", "LC_ALL=C", "AWS_PROFILE=class", "HTTPS_PROXY=http://proxy",
		"NO_PROXY=localhost,127.0.0.1,::1,corp", "KUBECONFIG=/lab/kubeconfig", "KUBECTL_KUBERC=false",
		"KUBECACHEDIR=" + filepath.Join("/lab", "cache", "kubectl"), "KUBE_EDITOR=/opt/podium edit", "PODIUM_HOME=/lab",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, pair := range env {
		if strings.HasPrefix(pair, "SECRET=") || strings.HasPrefix(pair, "KUBECTL_EXTERNAL_DIFF=") || strings.HasPrefix(pair, "GODEBUG=") || pair == "KUBE_EDITOR=evil" || pair == "KUBECONFIG=/mine" {
			t.Errorf("%s is inherited", pair)
		}
	}
	if env[len(env)-1] != "TERM=dumb" {
		t.Error("Extra does not win")
	}
	t.Setenv(boundsVariable, "1")
	if env := (Options{}).Environ(); !slices.Contains(env, "GODEBUG=x=1") {
		t.Error("what bounds a served learner's programs doesn't reach them")
	}
}

func TestTheEditorsPathMayHaveSpaces(t *testing.T) {
	for self, want := range map[string]string{
		"/opt/podium": "/opt/podium edit", "/my apps/podium": `"/my apps/podium" edit`,
	} {
		if got := (Options{Self: self}).editor(); got != want {
			t.Errorf("%s: %s", self, got)
		}
	}
	if got := (Options{Self: "/x", Editor: "code -w"}).editor(); got != "code -w" {
		t.Errorf("the learner's own editor is %s", got)
	}
}

func TestCancellingInterrupts(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // there is no interrupt to send: the child is killed
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := Self(ctx, Options{}, "wait")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 7)
	if _, err := out.Read(line); err != nil || !bytes.Equal(line, []byte("waiting")) {
		t.Fatalf("%q, %v", line, err)
	}
	began := time.Now()
	cancel()
	if err := cmd.Wait(); err == nil || time.Since(began) > Grace {
		t.Errorf("ended with %v after %s", err, time.Since(began))
	}
}

// BenchmarkVersionBesideABareKubectl runs `kubectl version --client` as podium
// and as kubectl alone, built here from the same modules, in turns.
func BenchmarkVersionBesideABareKubectl(b *testing.B) {
	dir := b.TempDir()
	build := func(name, pkg string) string {
		path := filepath.Join(dir, name)
		cmd := exec.Command("go", "build", "-ldflags", "-X k8s.io/component-base/version.gitVersion="+Version, "-o", path, pkg)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		return path
	}
	bare, podium := build("bare", "./testdata/bare"), build("podium", "podium")
	env := Options{Self: podium, Home: dir}.Environ()
	took := func(path string, args ...string) time.Duration {
		cmd := exec.Command(path, append(args, "version", "--client")...)
		cmd.Env = env
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte(Version)) {
			b.Fatalf("%s: %v: %s", path, err, out)
		}
		return time.Since(began)
	}
	took(bare)
	took(podium, Word)
	var alone, ours []time.Duration
	for b.Loop() {
		alone, ours = append(alone, took(bare)), append(ours, took(podium, Word))
	}
	slices.Sort(alone)
	slices.Sort(ours)
	a, o := alone[len(alone)/2], ours[len(ours)/2]
	b.ReportMetric(float64(a.Microseconds())/1000, "bare-ms")
	b.ReportMetric(float64(o.Microseconds())/1000, "podium-ms")
	b.ReportMetric(float64(o)/float64(a), "ratio")
}
