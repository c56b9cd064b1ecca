// Package doctor knows what is wrong with a machine on which a cluster is to
// run, and what to do about it: [Look] gathers facts without changing anything,
// [Judge] turns them into findings, and [Advise] recognises the errors of
// container engines, kind and kubeconfig clusters.
package doctor

import (
	"regexp"
	"runtime"
	"sync"

	"podium/i18n"
)

// Advice is what to do about one known failure.
type Advice struct {
	ID     string            // names the row: "engine-missing"
	Cause  i18n.Message      // what is wrong
	Remedy i18n.Message      // what to do
	Paste  map[string]string // commands by GOOS, "" for every system; podium never runs them
	Link   string            // the official page
}

// Command is what can be pasted into a shell of this machine, or "".
func (a Advice) Command() string { return a.commandFor(runtime.GOOS) }

func (a Advice) commandFor(system string) string {
	if own, ok := a.Paste[system]; ok {
		return own
	}
	return a.Paste[""]
}

// Advise returns the advice for an error's text: what the engine, kind or a
// client printed, as whole as it is known. The first row that matches wins, so
// the rows go from the particular to the general.
func Advise(text string) (Advice, bool) {
	for _, r := range rows {
		if r.pattern != nil && r.pattern().MatchString(text) {
			return r.advice(), true
		}
	}
	return Advice{}, false
}

// Named returns the advice of one row; it panics for a name that isn't there,
// which the package's tests would show.
func Named(id string) Advice {
	for _, r := range rows {
		if r.id == id {
			return r.advice()
		}
	}
	panic("doctor: no advice " + id)
}

func (r row) advice() Advice {
	return Advice{ID: r.id, Cause: i18n.M("doctor.cause." + r.id), Remedy: i18n.M("doctor.remedy." + r.id), Paste: r.paste, Link: r.link}
}

// A row of the table; one without a pattern is advice for what Judge finds by itself.
type row struct {
	id      string
	pattern func() *regexp.Regexp
	paste   map[string]string
	link    string
}

// match compiles a pattern when it is first needed: the screen starts without.
func match(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// Pages that explain more.
const (
	knownIssues = "https://kind.sigs.k8s.io/docs/user/known-issues/"
	kindWSL     = "https://kind.sigs.k8s.io/docs/user/using-wsl2/"
	kindOffline = "https://kind.sigs.k8s.io/docs/user/working-offline/"
	dockerGet   = "https://docs.docker.com/get-started/get-docker/"
	dockerAfter = "https://docs.docker.com/engine/install/linux-postinstall/"
)

func all(command string) map[string]string { return map[string]string{"": command} }

// onLinux is a command that only a Linux machine has.
func onLinux(command string) map[string]string { return map[string]string{"linux": command} }

// rows is the table of known failures. Each has a recorded text in
// testdata/errors, named as the row.
var rows = []row{
	{"engine-missing", match(`exec: "(docker|podman|nerdctl)(\.exe)?": executable file not found|no container engine was found`),
		map[string]string{"linux": "curl -fsSL https://get.docker.com | sh", "darwin": "brew install --cask docker-desktop", "windows": "winget install Docker.DockerDesktop"}, dockerGet},
	{"windows-containers", match(`server OS is "?windows|OSType["=: ]+windows|image operating system "linux" cannot be used on this platform|no matching manifest for windows`),
		map[string]string{"windows": `& "$Env:ProgramFiles\Docker\Docker\DockerCli.exe" -SwitchLinuxEngine`}, knownIssues + "#windows-containers"},
	{"desktop-stopped", match(`(docker_engine|dockerDesktopLinuxEngine): The system cannot find the file specified`),
		map[string]string{"windows": `Start-Process "$Env:ProgramFiles\Docker\Docker\Docker Desktop.exe"`}, "https://docs.docker.com/desktop/"},
	{"socket-denied", match(`(?i)permission denied while trying to connect to the docker (API|daemon socket)|docker\.sock: connect: permission denied`),
		onLinux("sudo usermod -aG docker \"$USER\" && newgrp docker"), dockerAfter},
	{"engine-stopped", match(`(?i)cannot connect to the docker daemon|is the docker daemon running|cannot connect to podman|failed to connect to the docker API`),
		map[string]string{"linux": "sudo systemctl start docker", "darwin": "open -a Docker"}, "https://docs.docker.com/engine/daemon/troubleshoot/"},
	{"wsl-cgroups", match(`error adding pid \d+ to cgroups`), nil, kindWSL},
	{"rootless", match(`requires cgroup v2|Delegate=yes`),
		onLinux("sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=yes\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload"),
		"https://kind.sigs.k8s.io/docs/user/rootless/"},
	{"disk-full", match(`no space left on device|disk quota exceeded`), all("docker system df"), "https://docs.docker.com/engine/manage-resources/pruning/"},
	{"inotify", match(`(?i)too many open files|could not find a log line that matches "Reached target|failed to create fsnotify watcher|container \S+ is not running`),
		onLinux("sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512"), knownIssues + "#pod-errors-due-to-too-many-open-files"},
	{"nodes-exist", match(`node\(s\) already exist for a cluster with the name`), all("podium down --provider kind --delete"), "https://kind.sigs.k8s.io/docs/user/quick-start/#deleting-a-cluster"},
	{"port-taken", match(`port is already allocated|address already in use|access a socket in a way forbidden`),
		map[string]string{"": "docker ps --format '{{.Names}}\\t{{.Ports}}'"}, "https://docs.docker.com/engine/network/port-publishing/"},
	{"rate-limit", match(`toomanyrequests|429 Too Many Requests`), all("docker login"), "https://docs.docker.com/docker-hub/usage/"},
	{"subnets", match(`non-overlapping (IPv4 address pool|subnet)|all predefined address pools have been fully subnetted`),
		all("docker network ls"), "https://docs.docker.com/engine/network/drivers/bridge/"},
	{"memory", match(`(?i)exit (code|status):? 137|exited \(137\)|out of memory|oom-?kill`), all("docker stats --no-stream"), knownIssues + "#failing-to-properly-start-cluster"},
	{"proxy", match(`tls: oversized record|first record does not look like a TLS handshake|server gave HTTP response to HTTPS client|connection reset by peer|proxyconnect tcp`),
		map[string]string{"": "export NO_PROXY=\"$NO_PROXY,localhost,127.0.0.1,.svc,.cluster.local,10.96.0.0/16,10.244.0.0/16,172.16.0.0/12\"",
			"windows": `$Env:NO_PROXY += ",localhost,127.0.0.1,.svc,.cluster.local,10.96.0.0/16,10.244.0.0/16,172.16.0.0/12"`}, "https://kind.sigs.k8s.io/docs/user/quick-start/#configure-kind-to-use-a-proxy"},
	{"image-missing", match(`pull access denied|repository does not exist|manifest( for \S+)? (unknown|not found)|failed to resolve reference`),
		all("podium images pull"), "https://kind.sigs.k8s.io/docs/user/quick-start/#loading-an-image-into-your-cluster"},
	{"offline", match(`no such host|Temporary failure in name resolution|server misbehaving|network is unreachable|TLS handshake timeout|Client\.Timeout exceeded while awaiting headers`),
		all("podium images load lesson-images.tar"), kindOffline},
	{"kubelet", match(`(?i)kubelet is not healthy|kubelet check: .* timed out|localhost:10248/healthz`), all("podium down --provider kind --delete"), knownIssues + "#troubleshooting-kind"},
	{"refused", match(`connection to the server (127\.0\.0\.1|localhost|\[::1\]):\d+ was refused|dial tcp (127\.0\.0\.1|\[::1\]):\d+: connect(ex)?: (connection refused|No connection could be made)`),
		all("podium up --provider kind"), "https://kind.sigs.k8s.io/docs/user/quick-start/#interacting-with-your-cluster"},
	{"certificate", match(`x509: certificate (signed by unknown authority|has expired)`), all("podium up --provider kind"), "https://kubernetes.io/docs/reference/access-authn-authz/authentication/"},
	{"unauthorized", match(`(?i)you must be logged in to the server|\bUnauthorized\b`), all("kubectl auth whoami"), "https://kubernetes.io/docs/reference/access-authn-authz/authentication/"},
	{"forbidden", match(`is forbidden: User "[^"]*" cannot`), all("podium rbac"), "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"},
	// what [Judge] finds by itself
	{"home", nil, map[string]string{"": "export PODIUM_HOME=\"$HOME/podium\"", "windows": `$Env:PODIUM_HOME = "$HOME\podium"`}, ""},
	{"home-full", nil, onLinux("df -h"), ""},
	{"plane", nil, all("make build"), ""},
	{"ports", nil, nil, ""},
	{"cgroup-v1", nil, nil, "https://kubernetes.io/docs/concepts/architecture/cgroups/"},
	{"leftovers", nil, all("podium up --provider kind"), ""},
}
