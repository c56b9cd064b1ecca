package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// suite and packages say what the shared layer is made of.
const suite = "bookworm"

var packages = []string{"nginx-light", "apache2", "curl", "busybox-static"}

// debian is the shared layer, unpacked by debootstrap, and what is taken out of
// it for other images.
type debian struct {
	layer                 layer
	nginx, apache, static string // contents of nginx, apache2 and busybox
}

// prepare makes a Debian fit for a layer: users as the programs' own images
// have them, logs to the container's output, nothing that is only read by
// people.
const prepare = `set -e
cd "$1"
chroot . useradd --system --no-create-home --shell /usr/sbin/nologin nginx
ln -sf /dev/stdout var/log/nginx/access.log
ln -sf /dev/stderr var/log/nginx/error.log
rm -rf etc/nginx/sites-enabled usr/share/doc usr/share/man usr/share/locale usr/share/info usr/share/zoneinfo usr/share/perl usr/lib/x86_64-linux-gnu/perl usr/bin/perl
rm -rf usr/lib/*/libicu* usr/lib/*/libperl* usr/lib/*/gconv
rm -rf var/cache/apt var/cache/debconf var/lib/apt/lists var/lib/dpkg/info
rm -rf dev proc sys run && mkdir dev proc sys run
tar --numeric-owner --sort=name -cf "$2" .`

// newDebian finds the layer in the user's cache or makes it.
func newDebian() (debian, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return debian{}, err
	}
	sum := sha256.Sum256([]byte(suite + strings.Join(packages, " ") + prepare))
	path := filepath.Join(cache, "podium", "testimages", hex.EncodeToString(sum[:8])+".tar")
	if _, err := os.Stat(path); err != nil {
		if err := bootstrap(path); err != nil {
			return debian{}, err
		}
	}
	return readDebian(path)
}

func bootstrap(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	root, err := os.MkdirTemp("", "debian")
	if err != nil {
		return err
	}
	defer os.RemoveAll(root)
	if err := run("debootstrap", "--variant=minbase", "--include="+strings.Join(packages, ","), suite, root); err != nil {
		return err
	}
	if err := run("sh", "-c", prepare, "sh", root, path+".part"); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

func run(name string, args ...string) error {
	output, err := exec.Command(name, args...).CombinedOutput() //nolint:gosec // our own words
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(output)), "\n")
		return fmt.Errorf("%s: %w: %s", name, err, lines[len(lines)-1])
	}
	return nil
}

func readDebian(path string) (debian, error) {
	f, err := os.Open(path)
	if err != nil {
		return debian{}, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return debian{}, err
	}
	d := debian{layer: layer{path, hex.EncodeToString(sum.Sum(nil))}}
	for name, content := range map[string]*string{"./usr/sbin/nginx": &d.nginx, "./usr/sbin/apache2": &d.apache, "./bin/busybox ./usr/bin/busybox": &d.static} {
		for _, candidate := range strings.Fields(name) {
			if out, err := exec.Command("tar", "-xOf", path, candidate).Output(); err == nil { //nolint:gosec // our own words
				*content = string(out)
			}
		}
		if *content == "" {
			return debian{}, fmt.Errorf("%s has no %s", path, name)
		}
	}
	return d, nil
}

// serverVersion finds how a server names itself in its executable.
var serverVersion = regexp.MustCompile(`(nginx|Apache)/[0-9]+\.[0-9]+\.[0-9]+`)

// saying returns a server's executable that says it is of this version. One of
// another length would not fit and stays as it is.
func saying(executable, version string) string {
	return serverVersion.ReplaceAllStringFunc(executable, func(is string) string {
		name, _, _ := strings.Cut(is, "/")
		if said := name + "/" + version; len(said) == len(is) {
			return said
		}
		return is
	})
}
