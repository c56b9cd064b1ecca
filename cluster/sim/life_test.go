package sim

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"podium/cluster"
	"podium/i18n"
)

func TestTheNextStartKeepsDataAddressAndOldKubeconfigs(t *testing.T) {
	dir := home(t)
	first, client := open(t, Options{Home: dir, Workers: 2})
	old := *first.Config
	if _, err := client.CoreV1().ConfigMaps(cluster.Namespace).Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "kept"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	open(t, Options{Home: dir})
	client, err := kubernetes.NewForConfig(&old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CoreV1().ConfigMaps(cluster.Namespace).Get(t.Context(), "kept", metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
	if nodes := readyNodes(t, client); len(nodes) != 3 {
		t.Errorf("ready nodes: %v, want as many as last time", nodes)
	}
}

func TestCancellingOpenLeavesNothingRunning(t *testing.T) {
	for _, stage := range []string{"sim.stage.process", "sim.stage.etcd", "sim.stage.apiserver", "sim.stage.nodes"} {
		t.Run(stage, func(t *testing.T) {
			p := New(Options{Home: home(t), Plane: plane(t)})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c, err := p.Open(ctx, func(s cluster.Stage) {
				if s.Message.ID == stage {
					cancel()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("Open gives %v, %v", c, err)
			}
			if running, err := p.running(); running || err != nil {
				t.Errorf("running: %v, %v", running, err)
			}
			if pid := p.state().PID; pid != 0 && !gone(pid) {
				t.Errorf("process %d is still there", pid)
			}
		})
	}
}

func TestNothingOutlivesAKilledPodium(t *testing.T) {
	dir := home(t)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentVariable+"="+dir, planeVariable+"="+plane(t))
	said, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 256)
	if n, err := said.Read(line); string(line[:n]) != "open\n" {
		t.Fatalf("the parent says %q, %v", line[:n], err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	p := New(Options{Home: dir})
	if stopped, err := p.awaitStopped(t.Context()); !stopped || err != nil {
		t.Errorf("its control plane still runs: %v", err)
	}
	// And the next podium starts as if nothing had been.
	open(t, Options{Home: dir})
}

func TestDataThatCannotBeReadIsSetAside(t *testing.T) {
	for name, spoil := range map[string]string{"log": "etcd/member/wal/*.wal", "database": "etcd/member/snap/db"} {
		t.Run(name, func(t *testing.T) {
			dir := home(t)
			c, _ := open(t, Options{Home: dir})
			if err := c.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			files, err := filepath.Glob(filepath.Join(dir, spoil))
			if err != nil || len(files) == 0 {
				t.Fatalf("nothing to spoil: %v", err)
			}
			for _, file := range files {
				if err := os.WriteFile(file, []byte(strings.Repeat("torn", 5000)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			messages := map[string]bool{}
			for range 2 { // a crash in the middle of etcd is seen by the next start
				c, err = New(Options{Home: dir, Plane: plane(t)}).Open(t.Context(), func(s cluster.Stage) { messages[s.Message.ID] = true })
				if err == nil {
					break
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
			aside, err := filepath.Glob(filepath.Join(dir, "etcd.broken-*"))
			if err != nil || len(aside) != 1 || !messages["sim.stage.reset"] {
				t.Errorf("aside: %v, said: %v", aside, slices.Collect(maps.Keys(messages)))
			}
		})
	}
}

func TestAHomeWithAnyNameWorks(t *testing.T) {
	for _, name := range []string{strings.Repeat("long", 30), "내 실습실, 50% #1"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(home(t), name)
			c, client := open(t, Options{Home: dir})
			if len(readyNodes(t, client)) != 4 {
				t.Error("nodes are missing")
			}
			conn, err := c.Dial(t.Context(), "tcp", "10.96.0.1:443")
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
			outside := filepath.Dir(New(Options{Home: dir}).state().Network)
			if _, err := os.Stat(outside); outside == dir || !os.IsNotExist(err) {
				t.Errorf("%s is left: %v", outside, err)
			}
		})
	}
}

func TestAFailedStartSaysWhyInOneSentence(t *testing.T) {
	dir := home(t)
	images := filepath.Join(t.TempDir(), "none.yaml")
	_, err := New(Options{Home: dir, Plane: plane(t), Images: images}).Open(t.Context(), nil)
	sentence := i18n.English.Say(i18n.Explain(err))
	if !strings.Contains(sentence, "none.yaml") || !strings.Contains(sentence, filepath.Join(dir, fileLog)) || strings.Contains(sentence, "\n") {
		t.Errorf("it says %q", sentence)
	}
}
