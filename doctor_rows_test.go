package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"podium/cluster/doctor"
	"podium/i18n"
)

// engineScript is a container engine that fails as a real one did: the command
// that FAIL_AT begins with prints the recorded text and ends with 1. What podium
// and kind ask before that is answered as by an engine with nothing in it.
const engineScript = `#!/bin/sh
case "$*" in
"$FAIL_AT"*) cat "$FAIL_TEXT" >&2; exit 1 ;;
"info --format {{.OSType}}" | "info --format {{.Host.OS}}") echo linux ;;
"info --format json") echo '{"host":{"cgroupVersion":"v2","memTotal":8589934592,"os":"linux"},"store":{"graphRoot":"/"},"version":{"Version":"5.4.2"}}' ;;
--version) echo "podman version 5.4.2" ;;
"volume ls"*) echo '[]' ;;
"info --format {{json .}}") echo '{"ServerVersion":"28.2.2","OSType":"linux","CgroupVersion":"2","MemTotal":8589934592,"DockerRootDir":"/"}' ;;
"info --format '{{json .SecurityOptions}}'") echo "'[]'" ;;
"info "*"Driver"*) echo overlay2 ;;
"context inspect"*) echo '{}' ;;
"image inspect"*) [ "$FAIL_AT" != pull ] ;; # what is there isn't pulled
esac
`

// An engineCommand is the beginning of a command of an engine's.
type engineCommand struct{ engine, command string }

// engineErrors says which command each recorded error came from. What is in none
// of the lists is no engine's.
var engineErrors = map[engineCommand][]string{
	{"docker", "info"}: {"engine-stopped", "socket-denied", "socket-denied-28", "desktop-stopped",
		"desktop-stopped-linux-engine", "windows-containers"},
	{"docker", "pull"}:           {"disk-full", "image-missing", "offline", "proxy-reset", "rate-limit"},
	{"docker", "network create"}: {"subnets", "subnets-27"},
	{"docker", "run"}: {"proxy", "inotify", "inotify-stopped", "kubelet", "memory", "nodes-exist", "port-taken", "port-taken-windows", "rootless",
		"rootless-cgroup", "wsl-cgroups"},
	{"podman", "info"}:            {"podman-stopped", "podman-stopped-machine", "podman-programs"},
	{"podman", "pull"}:            {"offline-podman", "podman-ids", "podman-ids-layer", "disk-full", "rate-limit"},
	{"podman", "run"}:             {"podman-cgroups", "podman-names", "port-kept", "port-taken", "memory"},
	{"nerdctl", "info"}:           {"containerd-stopped", "containerd-rootless"},
	{"nerdctl", "network create"}: {"network-plugins-missing", "subnets"},
	{"nerdctl", "pull"}:           {"offline-nerdctl"},
	{"nerdctl", "run"}:            {"network-plugins", "memory"},
}

// TestEveryRowOfTheDoctorIsSaidToTheLearner runs podium with an engine that says
// what real ones said, and looks at what a learner then reads.
func TestEveryRowOfTheDoctorIsSaidToTheLearner(t *testing.T) {
	seen := map[string]bool{"engine-missing": true, "engine-wished": true} // in testdata/script/doctor.txtar
	for failing, names := range engineErrors {
		for _, name := range names {
			seen[name] = true
			t.Run(failing.engine+"/"+name, func(t *testing.T) {
				t.Parallel()
				recorded, err := filepath.Abs(filepath.Join("cluster", "doctor", "testdata", "errors", name+".txt"))
				if err != nil {
					t.Fatal(err)
				}
				text, err := os.ReadFile(recorded)
				if err != nil {
					t.Fatal(err)
				}
				l := newLearner(t)
				l.environment = append(l.environment, "FAIL_AT="+failing.command, "FAIL_TEXT="+recorded)
				l.install(t, failing.engine)
				l.advised(t, string(text), "up", "--provider", "kind")
				if failing.command == "info" {
					l.examined(t, string(text))
				}
			})
		}
	}
	for name := range clientErrors {
		seen[name] = true
	}
	files, err := filepath.Glob("cluster/doctor/testdata/errors/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded errors", err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".txt"); !seen[name] {
			t.Errorf("%s is never said to a learner: add it to engineErrors or clientErrors", name)
		}
	}
}

// A learner is a podium with a home of its own.
type learner struct {
	dir         string
	engine      string // the container engine that fails
	environment []string
}

func newLearner(t *testing.T) *learner {
	t.Helper()
	dir, err := os.MkdirTemp("", "podium") // a short path, for sockets in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return &learner{dir: dir, environment: append(os.Environ(), "PODIUM_HOME="+filepath.Join(dir, "home"), "PODIUM_PROVIDER=",
		"PODIUM_NODE_IMAGE=kindest/node:test", "KUBECONFIG="+filepath.Join(dir, "config"))}
}

// install puts the failing engine before all others.
func (l *learner) install(t *testing.T, engine string) {
	t.Helper()
	l.engine = engine
	bin := filepath.Join(l.dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, engine), []byte(engineScript), 0o755); err != nil {
		t.Fatal(err)
	}
	l.environment = append(l.environment, "KIND_EXPERIMENTAL_PROVIDER="+engine, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// podium runs podium and returns what it wrote. It must fail.
func (l *learner) podium(t *testing.T, args ...string) (out, complaint string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "podium", args...)
	var stdout, stderr bytes.Buffer
	command.Env, command.Stdout, command.Stderr = l.environment, &stdout, &stderr
	if err := command.Run(); command.ProcessState == nil || command.ProcessState.ExitCode() != 1 {
		t.Fatalf("podium %v: %v\n%s%s", args, err, &stdout, &stderr)
	}
	return stdout.String(), stderr.String()
}

// advised checks, in every language, that podium says the cause and the remedy
// of an error in one sentence each, and nothing of the error itself.
func (l *learner) advised(t *testing.T, text string, args ...string) {
	t.Helper()
	advice, ok := doctor.Advise(text, l.engine)
	if !ok {
		t.Fatalf("no advice for %q", text)
	}
	for _, lang := range i18n.Languages {
		_, said := l.podium(t, append(args, "--lang", string(lang))...)
		for _, want := range []string{lang.Say(advice.Cause), lang.Say(advice.Remedy), advice.Command(), advice.Link} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not in\n%s", lang, want, said)
			}
		}
		if lines := strings.Count(strings.TrimSpace(said), "\n"); lines > 0 {
			t.Errorf("%s: %d lines more than a sentence:\n%s", lang, lines, said)
		}
	}
}

// examined checks that podium doctor says the same.
func (l *learner) examined(t *testing.T, text string) {
	t.Helper()
	advice, _ := doctor.Advise(text, l.engine)
	for _, lang := range i18n.Languages {
		out, _ := l.podium(t, "doctor", "--provider", "kind", "--lang", string(lang))
		told := strings.Join(strings.Fields(out), " ") // it is set in lines
		for _, want := range []string{lang.Say(advice.Cause), advice.Link, lang.Say(i18n.M("doctor.kind-not"))} {
			if !strings.Contains(told, want) {
				t.Errorf("%s: %q is not in\n%s", lang, want, out)
			}
		}
	}
}

// clientErrors are what an API server, or something in its place, makes a client
// say: each returns the server's address.
var clientErrors = map[string]func(*testing.T) string{
	"certificate": func(t *testing.T) string { return answering(t, http.StatusOK, "{}").URL },
	"unauthorized": func(t *testing.T) string {
		return answering(t, http.StatusUnauthorized, status("Unauthorized", "Unauthorized", 401)).URL
	},
	"forbidden": func(t *testing.T) string {
		return answering(t, http.StatusForbidden, status("Forbidden", `selfsubjectaccessreviews.authorization.k8s.io is forbidden: User "min" cannot create`, 403)).URL
	},
	"proxy-plain": func(t *testing.T) string {
		plain := httptest.NewServer(http.NotFoundHandler())
		t.Cleanup(plain.Close)
		return strings.Replace(plain.URL, "http:", "https:", 1)
	},
	"refused": func(t *testing.T) string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		return "https://" + listener.Addr().String()
	},
}

func status(reason, message string, code int) string {
	return fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":%q,"message":%q,"code":%d}`, reason, message, code)
}

func answering(t *testing.T, code int, body string) *httptest.Server {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a client that hangs up on it is the point
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// TestAnAPIServerThatRefusesIsExplained opens a context whose server fails in
// each of the ways the doctor knows, for real.
func TestAnAPIServerThatRefusesIsExplained(t *testing.T) {
	for name, serve := range clientErrors {
		t.Run(name, func(t *testing.T) {
			recorded, err := os.ReadFile(filepath.Join("cluster", "doctor", "testdata", "errors", name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			trust := "insecure-skip-tls-verify: true"
			if name == "certificate" {
				trust = "tls-server-name: 127.0.0.1"
			}
			l := newLearner(t)
			config := fmt.Sprintf("{apiVersion: v1, kind: Config, contexts: [{name: class, context: {cluster: c, user: u}}], "+
				"clusters: [{name: c, cluster: {server: %q, %s}}], users: [{name: u, user: {token: t}}]}",
				serve(t), trust)
			if err := os.WriteFile(filepath.Join(l.dir, "config"), []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			l.advised(t, string(recorded), "up", "--provider", "kubeconfig", "--context", "class")
		})
	}
}
