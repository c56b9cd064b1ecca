package sim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"podium/i18n"
)

// planeVariable names the environment variable with the executable's path.
const planeVariable = "PODIUM_PLANE"

// A finder knows where podium-plane may be. Its functions are those of package
// os, but for tests.
type finder struct {
	explicit string // from the command line
	variable string // from the environment
	embedded []byte // compressed into this executable; nil in a development build
	cache    func() (string, error)
	self     func() (string, error)
	look     func(string) (string, error)
}

func newFinder(explicit string) finder {
	return finder{
		explicit: explicit, variable: os.Getenv(planeVariable), embedded: embeddedPlane,
		cache: os.UserCacheDir, self: os.Executable, look: exec.LookPath,
	}
}

// planeName is the executable's file name on this system.
func planeName() string {
	if runtime.GOOS == "windows" {
		return "podium-plane.exe"
	}
	return "podium-plane"
}

// check says why there is no podium-plane to run, without unpacking it.
func (f finder) check() error {
	if f.explicit == "" && f.variable == "" && f.embedded != nil {
		return nil
	}
	_, err := f.locate()
	return err
}

// executable returns the path of podium-plane, unpacking it if need be.
func (f finder) executable(progress *progress) (string, error) {
	if f.explicit != "" || f.variable != "" || f.embedded == nil {
		return f.locate()
	}
	path, err := f.unpacked()
	if err == nil && !fits(path, f.embedded) {
		progress.begin(i18n.M("sim.stage.unpack"))
		err = unpack(f.embedded, path)
	}
	if err != nil {
		return "", i18n.Errorf(err, i18n.M("sim.unpack", "Path", path, "Why", err.Error()))
	}
	return path, nil
}

// unpacked returns where the embedded executable goes: a directory named after
// its contents, so that another version never meets it.
func (f finder) unpacked() (string, error) {
	cache, err := f.cache()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(f.embedded)
	return filepath.Join(cache, "podium", "plane-"+hex.EncodeToString(sum[:8]), planeName()), nil
}

// locate returns the executable named by the user, or one beside podium, or one
// on PATH. What the user names is taken or refused, never passed over.
func (f finder) locate() (string, error) {
	for _, named := range []string{f.explicit, f.variable} {
		if named == "" {
			continue
		}
		path, err := f.look(named)
		if err != nil {
			return "", i18n.Errorf(err, i18n.M("sim.plane.named", "Path", named))
		}
		return filepath.Abs(path)
	}
	self, err := f.self()
	if err == nil {
		if resolved, err := filepath.EvalSymlinks(self); err == nil {
			self = resolved
		}
		if path, err := f.look(filepath.Join(filepath.Dir(self), planeName())); err == nil {
			return path, nil
		}
	}
	path, err := f.look(planeName())
	if errors.Is(err, exec.ErrDot) {
		err = fs.ErrNotExist // one in the current directory is nobody's choice
	}
	if err != nil {
		return "", i18n.Errorf(err, i18n.M("sim.plane.missing"))
	}
	return path, nil
}
