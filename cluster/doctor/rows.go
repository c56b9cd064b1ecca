package doctor

// Pages that explain more.
const (
	knownIssues = "https://kind.sigs.k8s.io/docs/user/known-issues/"
	kindWSL     = "https://kind.sigs.k8s.io/docs/user/using-wsl2/"
	kindQuick   = "https://kind.sigs.k8s.io/docs/user/quick-start/"
	kindOffline = "https://kind.sigs.k8s.io/docs/user/working-offline/"
	dockerGet   = "https://docs.docker.com/get-started/get-docker/"
	dockerUsage = "https://docs.docker.com/docker-hub/usage/"
	dockerAfter = "https://docs.docker.com/engine/install/linux-postinstall/"
	podmanGet   = "https://podman.io/docs/installation"
	podmanPages = "https://docs.podman.io/en/latest/markdown/"
	nerdctlPage = "https://github.com/containerd/nerdctl/blob/main/docs/command-reference.md"
	kubeAccess  = "https://kubernetes.io/docs/reference/access-authn-authz/"
	kubeCgroups = "https://kubernetes.io/docs/concepts/architecture/cgroups/"
)

func all(command string) map[string]string { return map[string]string{"": command} }

// onLinux is a command that only a Linux machine has.
func onLinux(command string) map[string]string { return map[string]string{"linux": command} }

// alike is the same command of Podman's and nerdctl's.
func alike(args, podmanPage string) map[string]variant {
	return map[string]variant{
		"podman":  {paste: all("podman " + args), link: podmanPages + podmanPage},
		"nerdctl": {paste: all("nerdctl " + args), link: nerdctlPage},
	}
}

// inWords gives each variant words of its own.
func inWords(variants map[string]variant) map[string]variant {
	for engine, v := range variants {
		v.words = true
		variants[engine] = v
	}
	return variants
}

// rows is the table of known failures. Each has a recorded text in
// testdata/errors, named as the row.
var rows = []row{
	{id: "engine-wished", pattern: match(`is the engine to use: exec: `),
		paste: map[string]string{"": "unset KIND_EXPERIMENTAL_PROVIDER", "windows": "Remove-Item Env:KIND_EXPERIMENTAL_PROVIDER"}, link: kindQuick},
	{id: "engine-missing", pattern: match(`exec: "(docker|podman|nerdctl)(\.exe)?": executable file not found|no container engine was found`),
		paste: map[string]string{"linux": "curl -fsSL https://get.docker.com | sh", "darwin": "brew install --cask docker-desktop", "windows": "winget install Docker.DockerDesktop"}, link: dockerGet},
	{id: "windows-containers", pattern: match(`server OS is "?windows|OSType["=: ]+windows|image operating system "linux" cannot be used on this platform|no matching manifest for windows`),
		paste: map[string]string{"windows": `& "$Env:ProgramFiles\Docker\Docker\DockerCli.exe" -SwitchLinuxEngine`}, link: knownIssues + "#windows-containers"},
	{id: "desktop-stopped", pattern: match(`(docker_engine|dockerDesktopLinuxEngine): The system cannot find the file specified`),
		paste: map[string]string{"windows": `Start-Process "$Env:ProgramFiles\Docker\Docker\Docker Desktop.exe"`}, link: "https://docs.docker.com/desktop/"},
	{id: "socket-denied", pattern: match(`(?i)permission denied while trying to connect to the docker (API|daemon socket)|docker\.sock: connect: permission denied`),
		paste: onLinux("sudo usermod -aG docker \"$USER\" && newgrp docker"), link: dockerAfter},
	{id: "engine-stopped", pattern: match(`(?i)cannot connect to the docker daemon|is the docker daemon running|failed to connect to the docker API`),
		paste: map[string]string{"linux": "sudo systemctl start docker", "darwin": "open -a Docker"}, link: "https://docs.docker.com/engine/daemon/troubleshoot/"},
	{id: "podman-stopped", pattern: match(`(?i)cannot connect to podman|unable to connect to podman socket`),
		paste: map[string]string{"": "podman machine start", "linux": "podman system connection list"}, link: podmanGet},
	{id: "podman-ids", pattern: match(`no sub[ug]id ranges found|insufficient UIDs or GIDs available in user namespace`),
		paste: onLinux("sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \"$USER\" && podman system migrate"),
		link:  "https://github.com/containers/podman/blob/main/docs/tutorials/rootless_tutorial.md"},
	{id: "podman-programs", pattern: match(`could not find "(netavark|aardvark-dns|conmon|slirp4netns|pasta|gvproxy)" in one of`),
		paste: onLinux("sudo apt-get install netavark aardvark-dns"), link: podmanGet},
	{id: "podman-cgroups", pattern: match(`cgroups in hybrid mode not supported`),
		paste: onLinux("sudo mkdir -p /etc/containers/containers.conf.d && printf '[engine]\\nruntime = \"runc\"\\n' | sudo tee /etc/containers/containers.conf.d/runtime.conf"), link: kubeCgroups},
	{id: "containerd-stopped", pattern: match(`cannot access containerd socket`),
		paste: onLinux("sudo systemctl start containerd"), link: "https://github.com/containerd/containerd/blob/main/docs/getting-started.md"},
	{id: "containerd-rootless", pattern: match(`rootless containerd not running`),
		paste: onLinux("containerd-rootless-setuptool.sh install"), link: "https://rootlesscontaine.rs/getting-started/containerd/"},
	{id: "network-plugins", pattern: match(`failed to find plugin \S+ in path|needs CNI plugin`), link: "https://github.com/containernetworking/plugins/releases"},
	{id: "podman-names", pattern: match(`lookup \S+-control-plane\b.*(no such host|server misbehaving)`),
		paste: onLinux("sudo apt-get install aardvark-dns && podman network rm kind"), link: podmanGet},
	{id: "wsl-cgroups", pattern: match(`error adding pid \d+ to cgroups`), link: kindWSL},
	{id: "rootless", pattern: match(`requires cgroup v2|Delegate=yes`),
		paste: onLinux("sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=yes\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload"),
		link:  "https://kind.sigs.k8s.io/docs/user/rootless/"},
	{id: "disk-full", pattern: match(`no space left on device|disk quota exceeded`), paste: all("docker system df"), link: "https://docs.docker.com/engine/manage-resources/pruning/",
		others: map[string]variant{
			"podman":  {paste: all("podman system df"), link: podmanPages + "podman-image-prune.1.html"},
			"nerdctl": {paste: all("nerdctl images"), link: nerdctlPage},
		}},
	{id: "inotify", pattern: match(`(?i)too many open files|could not find a log line that matches "Reached target|failed to create fsnotify watcher|container \S+ is not running`),
		paste: onLinux("sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512"), link: knownIssues + "#pod-errors-due-to-too-many-open-files"},
	{id: "nodes-exist", pattern: match(`node\(s\) already exist for a cluster with the name`), paste: all("podium down --provider kind --delete"), link: kindQuick + "#deleting-a-cluster"},
	{id: "port-kept", pattern: match(`unable to start container \S+ cannot listen on the TCP port`),
		paste: map[string]string{"linux": "ss -ltnp", "darwin": "lsof -nP -iTCP -sTCP:LISTEN", "windows": "netstat -abno"}, link: podmanPages + "podman-port.1.html"},
	{id: "port-taken", pattern: match(`port is already allocated|address already in use|access a socket in a way forbidden`),
		paste: all("docker ps --format '{{.Names}}\\t{{.Ports}}'"), link: "https://docs.docker.com/engine/network/port-publishing/",
		others: alike("ps --format '{{.Names}}\\t{{.Ports}}'", "podman-port.1.html")},
	{id: "rate-limit", pattern: match(`toomanyrequests|429 Too Many Requests`), paste: all("docker login"), link: dockerUsage,
		others: map[string]variant{
			"podman":  {paste: all("podman login docker.io"), link: dockerUsage},
			"nerdctl": {paste: all("nerdctl login"), link: dockerUsage},
		}},
	{id: "subnets", pattern: match(`non-overlapping (IPv4 address pool|subnet)|all predefined address pools have been fully subnetted|could not find free subnet`),
		paste: all("docker network ls"), link: "https://docs.docker.com/engine/network/drivers/bridge/",
		others: alike("network ls", "podman-network-rm.1.html")},
	{id: "memory", pattern: match(`(?i)exit (code|status):? 137|exited \(137\)|out of memory|oom-?kill`), paste: all("docker stats --no-stream"),
		link: knownIssues + "#failing-to-properly-start-cluster", others: inWords(alike("stats --no-stream", "podman-machine-set.1.html"))},
	{id: "proxy", pattern: match(`tls: oversized record|first record does not look like a TLS handshake|server gave HTTP response to HTTPS client|connection reset by peer|proxyconnect tcp`),
		paste: map[string]string{"": "export NO_PROXY=\"$NO_PROXY,localhost,127.0.0.1,.svc,.cluster.local,10.96.0.0/16,10.244.0.0/16,172.16.0.0/12\"",
			"windows": `$Env:NO_PROXY += ",localhost,127.0.0.1,.svc,.cluster.local,10.96.0.0/16,10.244.0.0/16,172.16.0.0/12"`}, link: kindQuick + "#configure-kind-to-use-a-proxy"},
	{id: "offline", pattern: match(`no such host|Temporary failure in name resolution|server misbehaving|network is unreachable|TLS handshake timeout|Client\.Timeout exceeded while awaiting headers`),
		paste: all("podium images load lesson-images.tar"), link: kindOffline},
	{id: "image-missing", pattern: match(`pull access denied|repository does not exist|manifest( for \S+)? (unknown|not found)|failed to resolve reference`),
		paste: all("podium images pull"), link: kindQuick + "#loading-an-image-into-your-cluster"},
	{id: "kubelet", pattern: match(`(?i)kubelet is not healthy|kubelet check: .* timed out|localhost:10248/healthz`),
		paste: all("podium down --provider kind --delete"), link: knownIssues + "#troubleshooting-kind"},
	{id: "refused", pattern: match(`connection to the server (127\.0\.0\.1|localhost|\[::1\]):\d+ was refused|dial tcp (127\.0\.0\.1|\[::1\]):\d+: connect(ex)?: (connection refused|No connection could be made)`),
		paste: all("podium up --provider kind"), link: kindQuick + "#interacting-with-your-cluster"},
	{id: "certificate", pattern: match(`x509: certificate (signed by unknown authority|has expired)`), paste: all("podium up --provider kind"), link: kubeAccess + "authentication/"},
	{id: "unauthorized", pattern: match(`(?i)you must be logged in to the server|\bUnauthorized\b`), paste: all("kubectl auth whoami"), link: kubeAccess + "authentication/"},
	{id: "forbidden", pattern: match(`is forbidden: User "[^"]*" cannot`), paste: all("podium rbac"), link: kubeAccess + "rbac/"},
	// what [Judge] finds by itself
	{id: "home", paste: map[string]string{"": "export PODIUM_HOME=\"$HOME/podium\"", "windows": `$Env:PODIUM_HOME = "$HOME\podium"`}},
	{id: "home-full", paste: onLinux("df -h")},
	{id: "plane", paste: all("make build")},
	{id: "ports"},
	{id: "cgroup-v1", link: kubeCgroups},
	{id: "leftovers", paste: all("podium up --provider kind")},
}
