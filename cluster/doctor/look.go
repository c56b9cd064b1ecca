package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// engineTimeout bounds one question to an engine: one that hangs is as good as
// stopped, and a learner waits for the answer.
const engineTimeout = 10 * time.Second

// Where says what of podium's own is looked at.
type Where struct {
	Home    string                 // podium's folder
	Plane   func() (string, error) // finds podium-plane
	Engines []string               // the container engines that podium may use, the preferred one first
	Wish    string                 // the only one it may use, or ""
	Label   string                 // the label of containers that are podium's: "key=value"
}

// Look gathers facts about this machine. It changes nothing but for a file in
// podium's folder that it removes again, and ends with ctx.
func Look(ctx context.Context, w Where) Facts {
	f := Facts{OS: runtime.GOOS, Home: w.Home, Wish: w.Wish, WSL: inWSL(),
		InotifyWatches: sysctl("fs/inotify/max_user_watches"), InotifyInstances: sysctl("fs/inotify/max_user_instances"),
		Proxy: proxyOf(os.Getenv), NoProxy: first(os.Getenv("NO_PROXY"), os.Getenv("no_proxy"))}
	f.HomeWhy, f.HomeFree = lookHome(w.Home), free(w.Home)
	if path, err := w.Plane(); err == nil {
		f.Plane = path
	}
	f.Loopback = lookLoopback(ctx)
	f.Engines = lookEngines(ctx, w.Engines)
	if e, ok := chosen(f.Engines); ok && w.Label != "" {
		f.Leftovers = leftovers(ctx, e.Name, w.Label)
	}
	return f
}

func lookHome(dir string) string {
	file, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		var known *os.PathError
		if errors.As(err, &known) {
			return known.Err.Error()
		}
		return err.Error()
	}
	err = errors.Join(file.Close(), os.Remove(file.Name()))
	if err != nil {
		return err.Error()
	}
	return ""
}

func lookLoopback(ctx context.Context) string {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err.Error()
	}
	_ = l.Close()
	return ""
}

// lookEngines asks the engines at the same time: a stopped one may take long.
func lookEngines(ctx context.Context, names []string) []Engine {
	found := make([]*Engine, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			continue
		}
		group.Go(func() { found[i] = lookEngine(ctx, name) })
	}
	group.Wait()
	var list []Engine
	for _, e := range found {
		if e != nil {
			list = append(list, *e)
		}
	}
	return list
}

func lookEngine(ctx context.Context, name string) *Engine {
	format := "{{json .}}"
	if name == "podman" {
		format = "json"
	}
	out, err := ask(ctx, name, "info", "--format", format)
	if err != nil {
		return &Engine{Name: name, Failure: err.Error()}
	}
	e, err := readInfo(name, out)
	if err != nil {
		return &Engine{Name: name, Failure: err.Error()}
	}
	if name == "nerdctl" && !e.Rootless && free(containerdRoot) > 0 {
		e.Root = containerdRoot
	}
	if e.Root != "" {
		e.Free = free(e.Root)
	}
	return &e
}

// containerdRoot is where containerd keeps images unless it is told otherwise,
// which it tells nobody (github.com/containerd/containerd/v2/defaults).
const containerdRoot = "/var/lib/containerd"

// ask runs one read-only command of an engine and returns what it printed, or
// what it complained about.
func ask(ctx context.Context, name string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	var out, complaint bytes.Buffer
	c := exec.CommandContext(ctx, name, args...)
	c.Stdout, c.Stderr, c.WaitDelay = &out, &complaint, time.Second
	err := c.Run()
	if text := strings.TrimSpace(complaint.String()); err != nil && text != "" {
		return nil, errors.New(text)
	}
	return out.Bytes(), err
}

// readInfo understands what docker, nerdctl and podman print of themselves.
func readInfo(name string, out []byte) (Engine, error) {
	if name == "podman" {
		var info struct {
			Version struct{ Version string }
			Host    struct {
				CgroupVersion string
				MemTotal      uint64
				OS            string
				Security      struct{ Rootless bool }
			}
			Store struct{ GraphRoot string }
		}
		err := json.Unmarshal(out, &info)
		return Engine{Name: name, Version: info.Version.Version, OS: info.Host.OS, Cgroup: strings.TrimPrefix(info.Host.CgroupVersion, "v"),
			Memory: info.Host.MemTotal, Rootless: info.Host.Security.Rootless, Root: info.Store.GraphRoot}, err
	}
	var info struct {
		ServerVersion, OSType, CgroupVersion, DockerRootDir string
		MemTotal                                            uint64
		SecurityOptions                                     []string
		ServerErrors                                        []string // docker prints these and exits with 0 or 1
	}
	if err := json.Unmarshal(out, &info); err != nil {
		return Engine{}, err
	}
	if len(info.ServerErrors) > 0 {
		return Engine{}, errors.New(info.ServerErrors[0])
	}
	return Engine{Name: name, Version: info.ServerVersion, OS: info.OSType, Cgroup: info.CgroupVersion, Memory: info.MemTotal,
		Root: info.DockerRootDir, Rootless: strings.Contains(strings.Join(info.SecurityOptions, " "), "rootless")}, nil
}

// leftovers are containers of podium's own that don't run.
func leftovers(ctx context.Context, engine, label string) []string {
	out, err := ask(ctx, engine, "ps", "--all", "--filter", "label="+label, "--filter", "status=exited", "--filter", "status=created", "--format", "{{.Names}}")
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}

func inWSL() bool {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	return err == nil && strings.Contains(strings.ToLower(string(release)), "microsoft")
}

// sysctl reads a number of the Linux kernel, or 0.
func sysctl(name string) int {
	text, err := os.ReadFile(filepath.Join("/proc/sys", name))
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return n
}

// proxyOf is the proxy that Go's clients would use, without a password.
func proxyOf(env func(string) string) string {
	address := first(env("HTTPS_PROXY"), env("https_proxy"), env("HTTP_PROXY"), env("http_proxy"))
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.Redacted()
}

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
