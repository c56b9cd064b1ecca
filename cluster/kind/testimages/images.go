package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// configuration holds the files that make Debian's servers behave as their
// official images do.
//
//go:embed files
var configuration embed.FS

// A maker collects images.
type maker struct {
	work    string
	debian  debian
	busybox layer // a shell and its applets, nothing else
	standin layer // the stand-in program
	made    []image
}

func newMaker(work string) (*maker, error) {
	m := &maker{work: work}
	var err error
	if m.debian, err = newDebian(); err != nil {
		return nil, err
	}
	program := filepath.Join(work, "standin")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", program, "podium/cluster/kind/testimages/standin") //nolint:gosec // our own words
	build.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	if m.standin, err = newLayer(program+".tar", []file{{path: standinPath, content: string(content), mode: 0o755}}); err != nil {
		return nil, err
	}
	m.busybox, err = m.shellLayer()
	return m, err
}

// standinPath is where the stand-in program lies; entrypoints are links to it.
const standinPath = "/usr/local/lib/standin"

// applets are the commands that lessons may use in a busybox container.
const applets = "[ ash awk basename cat chmod chown cp cut date dd df dirname du echo env expr false find free grep " +
	"gunzip gzip head hostname httpd id ip kill ln ls md5sum mkdir mktemp mount mv nc netstat nohup nslookup ping " +
	"printenv printf ps pwd realpath rm rmdir sed seq sh sha256sum sleep sort stat stty sync tail tar tee telnet test " +
	"time timeout top touch tr traceroute true tty uname uniq uptime vi watch wc wget which whoami xargs yes"

func (m *maker) shellLayer() (layer, error) {
	files := []file{
		{path: "/bin/busybox", content: m.debian.static, mode: 0o755},
		{path: "/etc/passwd", content: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n", mode: 0o644},
		{path: "/etc/group", content: "root:x:0:\nnobody:x:65534:\n", mode: 0o644},
		{path: "/tmp/.keep", mode: 0o644}, {path: "/root/.keep", mode: 0o644}, {path: "/var/log/.keep", mode: 0o644},
	}
	for _, name := range strings.Fields(applets) {
		files = append(files, file{path: "/bin/" + name, target: "busybox"})
	}
	return newLayer(filepath.Join(m.work, "busybox.tar"), files)
}

// images makes one image for each version of an entry.
func (m *maker) images(e entry) error {
	tags := map[string][]string{}
	for _, tag := range sortedKeys(e.Tags) {
		version := e.Tags[tag]
		tags[version] = append(tags[version], familiar(e.Name)+":"+tag)
	}
	for _, version := range sortedKeys(tags) {
		im, err := m.image(e, version)
		if err != nil {
			return err
		}
		im.tags = tags[version]
		m.made = append(m.made, im)
	}
	return nil
}

// image makes one image: the layer below and what is special to it.
func (m *maker) image(e entry, version string) (image, error) {
	im := image{config: runConfig{Entrypoint: e.Entrypoint, Cmd: e.Command}}
	for _, name := range sortedKeys(e.Env) {
		im.config.Env = append(im.config.Env, name+"="+strings.ReplaceAll(e.Env[name], "{version}", version))
	}
	im.config.Env = append(im.config.Env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	files, err := m.special(e, version, &im)
	if err != nil {
		return image{}, err
	}
	name := strings.ReplaceAll(e.Name, "/", "-") + "-" + version + ".tar"
	top, err := newLayer(filepath.Join(m.work, name), files)
	im.layers = append(im.layers, top)
	return im, err
}

// special returns the files that only this image has.
func (m *maker) special(e entry, version string, im *image) ([]file, error) {
	if e.Program == "shell" && e.Name != "docker.io/curlimages/curl" {
		im.layers = []layer{m.busybox}
		return []file{{path: "/etc/busybox-version", content: version + "\n", mode: 0o644}}, nil
	}
	if strings.HasPrefix(e.Name, "podium.dev/") {
		im.layers = []layer{m.busybox, m.standin}
		return m.standinFor(e, version)
	}
	im.layers = []layer{m.debian.layer}
	switch e.Program {
	case "shell":
		return []file{{path: "/entrypoint.sh", content: "#!/bin/sh\ncase $1 in -*) set -- curl \"$@\" ;; esac\nexec \"$@\"\n", mode: 0o755}}, nil
	case "nginx":
		im.config.StopSignal = "SIGQUIT"
		return m.server(saying(m.debian.nginx, version), "/usr/sbin/nginx", "nginx", e.Files)
	case "proxy":
		im.config.StopSignal = "SIGQUIT"
		return m.server(saying(m.debian.nginx, version), "/usr/sbin/nginx", "proxy", nil)
	case "httpd":
		im.config.StopSignal = "SIGWINCH"
		return m.server(saying(m.debian.apache, version), "/usr/sbin/apache2", "httpd", e.Files)
	case "idle":
		im.layers = nil
	case "podinfo":
		im.config.WorkingDir = "/home/app"
	}
	im.layers = append(im.layers, m.standin)
	return m.standinFor(e, version)
}

// server returns an executable of Debian's, with the folder of files that goes
// with it and the pages of images.yaml.
func (m *maker) server(executable, path, folder string, pages map[string]string) ([]file, error) {
	files := []file{{path: path, content: executable, mode: 0o755}}
	root := "files/" + folder
	err := walk(configuration, root, func(name string, content []byte) {
		mode := int64(0o644)
		if strings.HasPrefix(string(content), "#!") {
			mode = 0o755
		}
		files = append(files, file{path: strings.TrimPrefix(name, root), content: string(content), mode: mode})
	})
	for _, page := range sortedKeys(pages) {
		if strings.HasSuffix(page, ".html") {
			files = append(files, file{path: page, content: pages[page], mode: 0o644})
		}
	}
	return files, err
}

// standinFor returns a link to the stand-in program under the name that the entry's
// entrypoint has for it, told what to be.
func (m *maker) standinFor(e entry, version string) ([]file, error) {
	words := append(append([]string(nil), e.Entrypoint...), e.Command...)
	if len(words) == 0 {
		return nil, fmt.Errorf("nothing to run")
	}
	told, err := json.Marshal(map[string]any{
		"program": e.Program, "version": version, "text": strings.ReplaceAll(e.Text, "{version}", version),
		"ports": e.Ports, "startDelay": e.StartDelay, "exitCode": e.ExitCode, "root": e.Root,
	})
	if err != nil {
		return nil, err
	}
	path := words[0]
	switch {
	case strings.HasPrefix(path, "./"):
		path = "/home/app/" + path[2:]
	case !strings.HasPrefix(path, "/"):
		path = "/usr/bin/" + path
	}
	files := []file{
		{path: path, target: standinPath},
		{path: "/etc/standin.json", content: string(told), mode: 0o644},
	}
	for _, name := range sortedKeys(e.Files) {
		files = append(files, file{path: name, content: e.Files[name], mode: 0o644})
	}
	return files, nil
}

func (m *maker) write(path string) error {
	out, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	if err := writeArchive(out, m.made); err != nil {
		_ = out.Close()
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
